"""A network -> a TensorFlow.js graph model: `model.json` and one file of weights, without TensorFlow.

    python tfjs.py --models ../models          adds it beside the networks that `export.py` published there

The graph keeps the contract of the ONNX one (`served.py`), but for `photo`, which is int32: TensorFlow.js has no bytes.
Inside it is NHWC, batch norm is folded into the convolutions before it, and bias and activation are fused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from model import DressNet, restore
from served import Serving
from tfjs_graph import dimensions
from tfjs_network import INPUTS, OUTPUTS, served

QUANTISATIONS = ("float16", "uint8")
SHARD = "group1-shard1of1.bin"
LARGE = 1024  # values; below, a bias or a small kernel, 8 bits save nothing and cost accuracy


def stored(name: str, value: np.ndarray, rounded: bool, quantisation: str) -> tuple[dict[str, Any], bytes]:
    """One constant as the weights manifest describes it, and its bytes (little endian, row by row)."""
    about: dict[str, Any] = {"name": name, "shape": list(value.shape), "dtype": str(value.dtype)}
    if not rounded:
        return about, value.tobytes()
    if quantisation == "float16" or value.size < LARGE:
        about["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        return about, value.astype("<f2").tobytes()
    low, high = float(value.min()), float(value.max())
    scale = (high - low) / 255 or 1.0
    low = -round(-low / scale) * scale  # zero stays zero
    steps = np.clip(np.round((value - low) / scale), 0, 255).astype(np.uint8)
    about["quantization"] = {"dtype": "uint8", "min": low, "scale": scale, "original_dtype": "float32"}
    return about, steps.tobytes()


def write(net: nn.Module, serving: Serving, folder: Path, quantisation: str = "float16") -> dict[str, Any]:
    """Write `model.json` and its weights into `folder`.

    Args:
        net: a DressNet; it is used as in `eval()`, whatever it is set to.
        serving: how its answers are calibrated, and whether the mirror image is looked at, too.
        folder: is made; what is in it and has another name stays.
        quantisation: of the weights, "float16", or "uint8" with one range an array.

    Returns:
        The manifest's entry: `file` (below the models), `sha256` (of the bytes of `model.json` and then of its weights,
        as one), `bytes` (of both) and `quantisation`.

    Raises:
        ValueError: another network or quantisation.
    """
    if not isinstance(net, DressNet):
        raise ValueError(f"Only DressNet is written for TensorFlow.js, this is a {type(net).__name__}.")
    if quantisation not in QUANTISATIONS:
        raise ValueError(f"Weights are written as {' or '.join(QUANTISATIONS)}, not as {quantisation!r}.")
    net.eval()
    g = served(net, serving)
    stores = [stored(*constant, quantisation) for constant in g.constants]
    weights = b"".join(data for _, data in stores)
    model = {
        "format": "graph-model",
        "generatedBy": "dresscut training/tfjs.py",
        "signature": {
            kind: {
                name: {"name": f"{name}:0", "dtype": dtype, "tensorShape": dimensions(shape)}
                for name, (shape, dtype) in tensors.items()
            }
            for kind, tensors in (("inputs", INPUTS), ("outputs", OUTPUTS))
        },
        "modelTopology": {"node": g.nodes, "library": {}, "versions": {}},
        "weightsManifest": [{"paths": [SHARD], "weights": [about for about, _ in stores]}],
    }
    text = json.dumps(model, separators=(",", ":")).encode()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SHARD).write_bytes(weights)
    (folder / "model.json").write_bytes(text)
    return {
        "file": f"{folder.name}/model.json",
        "sha256": hashlib.sha256(text + weights).hexdigest(),
        "bytes": len(text) + len(weights),
        "quantisation": quantisation,
    }


def add_to(models: Path, quantisation: str = "float16") -> dict[str, Any]:
    """Write the TensorFlow.js model of the checkpoint that is published in `models`, and name it in `model.json`.

    The ONNX files stay as they are. Returns the whole manifest, in which `tfjs` is new.

    Raises:
        ValueError: see `write`.
    """
    manifest = json.loads((models / "model.json").read_text())
    name, net = restore(models / manifest["float"]["checkpoint"])
    serving = Serving(**manifest["calibration"], mirrored=manifest["input"]["mirrored"])
    entry = write(net, serving, models / f"{name}-tfjs", quantisation)
    named: dict[str, Any] = {}
    for key, value in manifest.items():
        if key != "tfjs":
            named[key] = value
        if key == "float":  # the network that it comes from
            named["tfjs"] = entry
    # Last, so that a manifest never names a network that is not there yet.
    (models / "model.json").write_text(json.dumps(named, indent=2) + "\n")
    return named


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True, help="where export.py published")
    parser.add_argument("--quantisation", choices=QUANTISATIONS, default="float16")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(json.dumps(add_to(args.models, args.quantisation)["tfjs"], indent=2))


if __name__ == "__main__":
    main()
