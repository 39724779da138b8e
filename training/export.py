"""A checkpoint -> what serving reads: ONNX (fp32 and int8), TensorFlow.js, `model.json`, parity vectors.

    python export.py --checkpoint runs/main/best.pt --data ../../shared/data --models ../models

What the graph takes and gives stands in `served.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import torch
from torch import nn

from calibration import calibrate, cross_fitted, turned_figures
from data import CLASSES, DRESS, IGNORE, Pixels, Sample, read_ccp, read_own
from encoder import STRIDE
from inference import turned_logits
from metrics import auc, boundary_counts, ece, iou_counts
from model import DressNet, restore
from quantise import to_int8
from served import CONTEXT, LONGEST, UPRIGHT, Served, Serving, as_served, merged, views
from tfjs import add_to as add_tfjs_to


@dataclass(frozen=True)
class Release:
    """What is published, beside the weights."""

    version: str  # of the network, e.g. "1.0.0"
    mirrored: bool = False  # every look also at the mirror image: twice the time
    context: bool = False  # presence from a second look, too, at `CONTEXT`
    upright: float = UPRIGHT  # see `Serving`
    force: bool = False  # overwrite a better model


def to_onnx(net: nn.Module, serving: Serving, path: Path) -> None:
    """fp32 ONNX with free height and width."""
    served = Served(net, serving).eval()
    example = torch.zeros(1, LONGEST, LONGEST * 2 // 3, 3, dtype=torch.uint8)
    names = ["probabilities", "presence", *(["turned", "features"] if isinstance(net, DressNet) else [])]
    axes = {"photo": {1: "height", 2: "width"}, "probabilities": {2: "height", 3: "width"}}
    if "features" in names:
        axes["features"] = {2: "height8", 3: "width8"}
    torch.onnx.export(
        served, (example,), str(path), input_names=["photo"], output_names=names, dynamic_axes=axes,
        opset_version=17, dynamo=False,
    )  # fmt: skip


def session(path: Path, threads: int = 1) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(net: ort.InferenceSession, look: Pixels) -> tuple[np.ndarray, float]:
    """What a network says of one look, `[1, h, w, 3]`: probabilities `[3, h, w]` and presence."""
    probabilities, presence = net.run(["probabilities", "presence"], {"photo": look})
    return probabilities[0], float(presence[0])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --------------------------------------------------------------------------- figures


def looks(photo: Pixels, context: bool) -> list[Pixels]:
    """A photo as it is served, and where there is a second look the same from further away."""
    near = as_served(photo)
    return [near, as_served(near[0], CONTEXT)] if context else [near]


@torch.no_grad()
def presence_logits(net: nn.Module, samples: list[Sample], release: Release) -> list[float]:
    """The uncalibrated presence of each photo as it is served: the mean of its looks."""
    net.eval()

    def logit(look: Pixels) -> float:
        out = net(views(torch.from_numpy(look).permute(0, 3, 1, 2).float(), release.mirrored))
        return float(merged(out.shape, out.presence, release.mirrored)[1][0])

    return [float(np.mean([logit(look) for look in looks(s.photo, release.context)])) for s in samples]


def judge(net: ort.InferenceSession, samples: list[Sample], context: bool) -> dict[str, float]:
    """The exported network alone, without refinement: dress IoU (pooled), boundary IoU (pooled), presence AUC."""
    area, outline = np.zeros(2), np.zeros(2)
    scores: list[float] = []
    for s in samples:
        said = [run(net, look) for look in looks(s.photo, context)]
        scores.append(float(np.mean([np.log(p / (1 - p)) for _, p in said])))
        if s.shape is None or s.proxy:
            continue
        h, w = s.photo.shape[:2]
        guess = cv2.resize(said[0][0][DRESS], (w, h), interpolation=cv2.INTER_LINEAR) > 0.5
        area += iou_counts(guess, s.shape == DRESS, s.shape != IGNORE)
        outline += boundary_counts(guess, s.shape == DRESS)
    worn = [s.presence > 0.5 for s in samples]
    return {
        "dress_iou": round(float(area[0] / max(1, area[1])), 4),
        "boundary_iou": round(float(outline[0] / max(1, outline[1])), 4),
        "presence_auc": round(auc(scores, worn), 4),
    }


def pattern(height: int = 96, width: int = 64) -> Pixels:
    """A picture that anyone can make again from this formula, for parity tests without a photo."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * 7 + y * 13 + c * 29 + (x * y) // 8) % 256).astype(np.uint8)


def parity(nets: dict[str, ort.InferenceSession]) -> dict:
    """What each network says of `pattern()`, at every 61st value: the serving tests compare with it."""
    photo = pattern()
    vectors: dict = {"pattern": "(7 x + 13 y + 29 c + floor(x y / 8)) mod 256", "height": 96, "width": 64, "every": 61}
    for name, net in nets.items():
        said = dict(zip([o.name for o in net.get_outputs()], net.run(None, {"photo": photo[None]}), strict=True))
        vectors[name] = {
            "presence": round(float(said["presence"][0]), 5),
            "probabilities": [round(float(v), 4) for v in said["probabilities"].ravel()[::61]],
        }
        if "turned" in said:
            vectors[name]["turned"] = [round(float(v), 4) for v in said["turned"][0]]
            vectors[name]["features"] = [round(float(v), 3) for v in said["features"].ravel()[::61]]
    return vectors


# --------------------------------------------------------------------------- publishing


def publish(checkpoint: Path, models: Path, release: Release, photos: list[Pixels], validation: list[Sample]) -> dict:
    """Write networks, manifest, parity vectors and float checkpoint to `models`; returns the manifest.

    Args:
        checkpoint: `best.pt` of a training run.
        models: the folder that serving reads.
        release: how it is served.
        photos: real photos that calibrate the int8 ranges; never validation photos.
        validation: photos that training has not seen; they calibrate presence and give the figures.

    Raises:
        SystemExit: the model that is there scores better and `force` is not set.
    """
    name, net = restore(checkpoint)
    logits, worn = presence_logits(net, validation, release), [s.presence > 0.5 for s in validation]
    slope, offset = (round(v, 4) for v in calibrate(logits, worn))
    serving = Serving(slope, offset, release.upright, release.mirrored)
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models) as folder:
        fp32, int8 = Path(folder) / f"{name}-fp32.onnx", Path(folder) / f"{name}-int8.onnx"
        to_onnx(net, serving, fp32)
        to_int8(fp32, int8, photos)
        nets = {"int8": session(int8), "fp32": session(fp32)}
        metrics: dict = {kind: judge(one, validation, release.context) for kind, one in nets.items()}
        metrics["presence_ece_cross_fitted"] = round(ece(cross_fitted(logits, worn), worn), 4)
        if isinstance(net, DressNet):
            metrics["turned"] = turned_figures(*turned_logits(net, validation), release.upright)
        refuse_worse(models / "model.json", metrics, release.force)
        manifest = manifest_of(name, release, serving, metrics, f"{len(validation)} validation photos, {sum(worn)}")
        manifest["sha256"], manifest["float"]["sha256"] = sha256(int8), sha256(fp32)
        (models / "parity.json").write_text(json.dumps(parity(nets)) + "\n")
        half = {k: v.half() if v.dtype.is_floating_point else v for k, v in net.state_dict().items()}
        torch.save({"model": half, "network": name}, models / f"{name}.pt")
        fp32.replace(models / fp32.name)
        int8.replace(models / int8.name)
    # Last, so that a manifest never names a network that is not there yet.
    (models / "model.json").write_text(json.dumps(manifest, indent=2) + "\n")
    # From what is published by now, as anybody can do it again. The article's network has no such form.
    return add_tfjs_to(models) if isinstance(net, DressNet) else manifest


def manifest_of(name: str, release: Release, serving: Serving, metrics: dict, photos: str) -> dict:
    """`model.json` without the checksums."""
    calibration = {k: v for k, v in asdict(serving).items() if k != "mirrored"}
    return {
        "name": name,
        "version": release.version,
        "file": f"{name}-int8.onnx",
        "sha256": "",
        "float": {"file": f"{name}-fp32.onnx", "sha256": "", "checkpoint": f"{name}.pt"},
        "input": {
            "name": "photo",
            "layout": "NHWC",
            "type": "uint8",
            "longest": LONGEST,
            "multiple": STRIDE,
            "mirrored": release.mirrored,
            **({"glance": CONTEXT} if release.context else {}),
        },
        "classes": list(CLASSES),
        "activation": "softmax, given that a dress is worn; presence is a calibrated probability",
        "calibration": calibration,
        "metrics": {"photos": f"{photos} with a dress; the network alone", **metrics},
        "data": "Clothing Co-Parsing (Apache-2.0), flat-lay photos of Grigorev's clothing dataset (CC0); "
        "encoder from a DeepLabV3 on Pascal VOC (Apache-2.0)",
        "licence": "Apache-2.0",
    }


def refuse_worse(manifest: Path, metrics: dict, force: bool) -> None:
    """Stop before a better model is overwritten: the mean of dress IoU and presence AUC decides."""
    if force or not manifest.exists():
        return

    def score(found: dict) -> float:
        return (found["int8"]["dress_iou"] + found["int8"]["presence_auc"]) / 2

    old, new = score(json.loads(manifest.read_text())["metrics"]), score(metrics)
    if new < old:
        raise SystemExit(f"{manifest} holds a better model ({old:.4f}; this one {new:.4f}); --force overwrites it")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="best.pt of a training run")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder with ccp (calibration and validation photos)")
    source.add_argument("--own", type=Path, help="one's own photos in the article's layout, instead of --data")
    parser.add_argument("--models", type=Path, required=True, help="where serving reads")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--mirrored", action="store_true", help="look at the mirror image, too: twice the time")
    parser.add_argument("--context", action="store_true", help=f"tell presence from a second look, too, at {CONTEXT}")
    parser.add_argument("--upright", type=float, default=Release.upright, help="added to the logit of 'not turned'")
    parser.add_argument("--force", action="store_true", help="overwrite a better model")
    args = parser.parse_args()
    if args.own is not None:
        corpus = read_own(args.own)
        photos, validation = [s.photo for s in corpus.train], corpus.validation
    else:
        corpus = read_ccp(args.data / "ccp", tagged=False)
        # 60 photos or so cover the ranges that activations take.
        photos, validation = [s.photo for s in corpus.train[::14]], corpus.validation
    release = Release(args.version, args.mirrored, args.context, args.upright, args.force)
    print(json.dumps(publish(args.checkpoint, args.models, release, photos, validation)["metrics"], indent=2))


if __name__ == "__main__":
    main()
