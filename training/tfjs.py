"""A network -> a TensorFlow.js graph model: `model.json` and one file of weights, without TensorFlow.

    python tfjs.py --models ../models          adds it beside the networks that `export.py` published there

The graph keeps the contract of the ONNX one (`Served` in `export.py`): `photo` int32 `[1, H, W, 3]` RGB, 0-255, H and W
multiples of 16, gives `probabilities` float `[1, 3, H, W]` and calibrated `presence` float `[1]`. Inside it is NHWC, as
TensorFlow.js wants it, batch norm is folded into the convolutions before it, and bias and activation are fused.

One function for each part of `DressNet.forward`: who changes the one changes the other.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_eval

from model import Conv, DressNet, InvertedResidual, restore

QUANTISATIONS = ("float16", "uint8")
SHARD = "group1-shard1of1.bin"
LARGE = 1024  # values; below, a bias or a small kernel, 8 bits save nothing and cost accuracy

FLOAT, INT = "DT_FLOAT", "DT_INT32"
# Shape and type of what goes in and what comes out; -1 is free.
INPUTS = {"photo": ((1, -1, -1, 3), INT)}
OUTPUTS = {"probabilities": ((1, 3, -1, -1), FLOAT), "presence": ((1,), FLOAT)}


def attribute(value: bool | int | str | list[int] | list[str]) -> dict[str, Any]:
    """One attribute of a node as protobuf's JSON writes it: names of types bare, other strings in base64."""
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, str):
        return {"type": value} if value.startswith("DT_") else {"s": base64.b64encode(value.encode()).decode()}
    kinds = [attribute(v) for v in value]
    key = next(iter(kinds[0]))
    return {"list": {key: [kind[key] for kind in kinds]}}


def dimensions(shape: tuple[int, ...]) -> dict[str, Any]:
    """A tensor's shape as protobuf's JSON writes it."""
    return {"dim": [{"size": str(side)} for side in shape]}


class Graph:
    """A TensorFlow graph that is being written: nodes, and the values of its constants in the order of the file."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.constants: list[tuple[str, np.ndarray, bool]] = []  # name, value, may it be rounded?

    def add(self, op: str, name: str, inputs: list[str], **attributes: bool | int | str | list[int] | list[str]) -> str:
        """One operation; returns its name, which stands for its first output."""
        node = {"name": name, "op": op, "input": inputs}
        self.nodes.append({**node, "attr": {key: attribute(value) for key, value in attributes.items()}})
        return name

    def constant(self, name: str, value: np.ndarray | list[int] | int | float, rounded: bool = False) -> str:
        """A value that is part of the graph: whole numbers as int32, everything else as float32."""
        array = np.asarray(value, np.int32 if isinstance(value, int | list) else np.float32)
        dtype = INT if array.dtype == np.int32 else FLOAT
        value_of = {"tensor": {"dtype": dtype, "tensorShape": dimensions(array.shape)}}
        self.nodes.append({"name": name, "op": "Const", "attr": {"dtype": {"type": dtype}, "value": value_of}})
        self.constants.append((name, array, rounded))
        return name

    def weight(self, name: str, value: Tensor) -> str:
        """A learned array: what may be rounded when it is written."""
        return self.constant(name, value.detach().float().contiguous().numpy(), rounded=True)


# --------------------------------------------------------------------------- operations


def add(g: Graph, name: str, a: str, b: str) -> str:
    return g.add("AddV2", name, [a, b], T=FLOAT)


def multiply(g: Graph, name: str, a: str, factor: float) -> str:
    return g.add("Mul", name, [a, g.constant(f"{name}/factor", float(factor))], T=FLOAT)


def concat(g: Graph, name: str, parts: list[str], axis: int) -> str:
    return g.add("ConcatV2", name, [*parts, g.constant(f"{name}/axis", axis)], N=len(parts), T=FLOAT, Tidx=INT)


def mean(g: Graph, name: str, x: str, axes: list[int], keep: bool = False) -> str:
    return g.add("Mean", name, [x, g.constant(f"{name}/axes", axes)], keep_dims=keep, T=FLOAT, Tidx=INT)


def reshape(g: Graph, name: str, x: str, shape: list[int]) -> str:
    return g.add("Reshape", name, [x, g.constant(f"{name}/shape", shape)], T=FLOAT, Tshape=INT)


def transpose(g: Graph, name: str, x: str, order: list[int]) -> str:
    return g.add("Transpose", name, [x, g.constant(f"{name}/order", order)], T=FLOAT, Tperm=INT)


def cut(g: Graph, name: str, x: str, begin: list[int], size: list[int], dtype: str = FLOAT) -> str:
    inputs = [x, g.constant(f"{name}/begin", begin), g.constant(f"{name}/size", size)]
    return g.add("Slice", name, inputs, T=dtype, Index=INT)


def mirror(g: Graph, name: str, x: str) -> str:
    """Left for right, `[N, H, W, C]`."""
    return g.add("ReverseV2", name, [x, g.constant(f"{name}/axis", [2])], T=FLOAT, Tidx=INT)


def softmax(g: Graph, name: str, x: str) -> str:
    """Over the last axis, the only one that TensorFlow.js knows."""
    return g.add("Softmax", name, [x], T=FLOAT)


def resize_like(g: Graph, name: str, x: str, like: str, dtype: str = FLOAT) -> str:
    """Bilinear, `align_corners=False` as PyTorch means it, to the height and width of `like`."""
    shape = g.add("Shape", f"{name}/shape", [like], T=dtype, out_type=INT)
    size = cut(g, f"{name}/to", shape, [1], [2], INT)
    return g.add("ResizeBilinear", name, [x, size], T=FLOAT, align_corners=False, half_pixel_centers=True)


def convolution(g: Graph, name: str, x: str, conv: nn.Conv2d, activation: str | None = None) -> str:
    """One convolution with bias and activation; depthwise where each channel has its own kernel.

    Raises:
        ValueError: grouped in another way, padded otherwise than TensorFlow's SAME on even inputs.
    """
    depthwise = conv.groups == conv.in_channels == conv.out_channels > 1
    if conv.groups > 1 and not depthwise:
        raise ValueError(f"{name}: {conv.groups} groups; TensorFlow.js has full and depthwise convolutions only")
    k, dilation, stride = conv.kernel_size[0], conv.dilation[0], conv.stride[0]
    # With stride 2 the padding is a layer of its own before it (`Conv`), below and to the right.
    expected = 0 if stride == 2 else dilation * (k - 1) // 2
    if conv.padding != (expected, expected):
        raise ValueError(f"{name}: padding {conv.padding} is not TensorFlow's SAME")
    order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
    kernel = g.weight(f"{name}/kernel", conv.weight.permute(order))
    how = {
        "T": FLOAT, "strides": [1, stride, stride, 1], "dilations": [1, dilation, dilation, 1],
        "padding": "SAME", "data_format": "NHWC",
    }  # fmt: skip
    if conv.bias is None:
        return g.add("DepthwiseConv2dNative" if depthwise else "Conv2D", name, [x, kernel], **how)
    inputs = [x, kernel, g.weight(f"{name}/bias", conv.bias)]
    fused = ["BiasAdd", *([activation] if activation else [])]
    op = "FusedDepthwiseConv2dNative" if depthwise else "_FusedConv2D"
    return g.add(op, name, inputs, **how, fused_ops=fused, num_args=1)


def dense(g: Graph, name: str, x: str, layers: nn.Sequential) -> str:
    """`Linear`, `ReLU` and `Dropout` in any order, `[N, in]` -> `[N, out]`.

    Raises:
        ValueError: another kind of layer.
    """
    kept = [layer for layer in layers if not isinstance(layer, nn.Dropout)]
    for i, layer in enumerate(kept):
        if isinstance(layer, nn.ReLU):
            continue  # fused into the layer before it
        if not isinstance(layer, nn.Linear) or layer.bias is None:
            raise ValueError(f"{name}: a {type(layer).__name__} cannot be written")
        relu = i + 1 < len(kept) and isinstance(kept[i + 1], nn.ReLU)
        inputs = [x, g.weight(f"{name}/{i}/kernel", layer.weight.T), g.weight(f"{name}/{i}/bias", layer.bias)]
        fused = ["BiasAdd", *(["Relu"] if relu else [])]
        x = g.add(
            "_FusedMatMul", f"{name}/{i}", inputs, T=FLOAT, transpose_a=False, transpose_b=False,
            fused_ops=fused, num_args=1,
        )  # fmt: skip
    return x


# --------------------------------------------------------------------------- the parts of DressNet


def same_convolution(g: Graph, name: str, x: str, layer: Conv) -> str:
    linear = not any(isinstance(m, nn.ReLU6) for m in layer)
    return convolution(g, name, x, layer.conv, None if linear else "Relu6")


def inverted_residual(g: Graph, name: str, x: str, block: InvertedResidual) -> str:
    y = same_convolution(g, f"{name}/expand", x, block.expand) if isinstance(block.expand, Conv) else x
    y = same_convolution(g, f"{name}/depthwise", y, block.depthwise)
    y = same_convolution(g, f"{name}/project", y, block.project)
    return add(g, f"{name}/sum", x, y) if block.residual else y


def encoder(g: Graph, x: str, net: DressNet) -> tuple[str, str, str, str]:
    """Features at 1/2, 1/4, 1/8 and 1/16."""
    x = inverted_residual(g, "first", same_convolution(g, "stem", x, net.encoder.stem), net.encoder.first)
    ends = [x]
    for i, block in enumerate(net.encoder.blocks):
        x = inverted_residual(g, f"block{i}", x, block)
        if i in (1, 4, len(net.encoder.blocks) - 1):
            ends.append(x)
    half, quarter, eighth, deep = ends
    return half, quarter, eighth, deep


def normalised(g: Graph, name: str, x: str, conv: nn.Conv2d, norm: nn.BatchNorm2d) -> str:
    """Convolution, batch norm and ReLU6 as one operation."""
    return convolution(g, name, x, fuse_conv_bn_eval(conv, norm), "Relu6")


def neck(g: Graph, deep: str, net: DressNet) -> str:
    conv, norm, _ = net.neck
    context = dense(g, "context", mean(g, "context/pooled", deep, [1, 2]), net.context)
    context = reshape(g, "context/place", context, [-1, 1, 1, conv.out_channels])
    return add(g, "neck/sum", normalised(g, "neck", deep, conv, norm), context)


def level(g: Graph, name: str, x: str, skip: str, blocks: nn.Sequential) -> str:
    """One step of the decoder: up to the size of `skip`, joined with it, two separable convolutions."""
    x = concat(g, f"{name}/joined", [resize_like(g, f"{name}/up", x, skip), skip], axis=3)
    for i, (depthwise, pointwise, norm, _) in enumerate(blocks):
        x = convolution(g, f"{name}/{i}/depthwise", x, depthwise)
        x = normalised(g, f"{name}/{i}/pointwise", x, pointwise, norm)
    return x


def presence(g: Graph, deep: str, d8: str, parts: str, net: DressNet) -> str:
    """The logit of a worn dress and of the tags, `[2, 1 + tags]`."""
    attention = convolution(g, "attend", deep, net.attend)
    places = reshape(g, "attend/places", attention, [2, -1, net.attend.out_channels])
    attention = softmax(g, "attend/share", transpose(g, "attend/turned", places, [0, 2, 1]))
    features = reshape(g, "attend/features", deep, [2, -1, net.attend.in_channels])
    pooled = g.add("BatchMatMulV2", "attend/pooled", [attention, features], T=FLOAT, adj_x=False, adj_y=False)
    pooled = reshape(g, "attend/flat", pooled, [2, net.attend.in_channels * net.attend.out_channels])

    count = net.parts.out_channels
    window = [1, 4, 4, 1]
    coarse = g.add(
        "AvgPool", "parts/coarse", [parts], T=FLOAT, ksize=window, strides=window, padding="VALID", data_format="NHWC"
    )
    p = softmax(g, "parts/share", reshape(g, "parts/places", coarse, [2, -1, count]))
    areas = g.add("Sqrt", "parts/root", [mean(g, "parts/areas", p, [1])], T=FLOAT)
    turned = transpose(g, "parts/turned", p, [0, 2, 1])
    peaks = g.add("TopKV2", "parts/top", [turned, g.constant("parts/top/k", 8)], T=FLOAT, sorted=True)
    peaks = mean(g, "parts/peaks", peaks, [2])
    evidence = concat(g, "judge/evidence", [pooled, mean(g, "judge/d8", d8, [1, 2]), areas, peaks], axis=1)
    return dense(g, "judge", evidence, net.judge)


def forward(g: Graph, photos: str, like: str, net: DressNet) -> tuple[str, str]:
    """`DressNet.forward` on `[2, H, W, 3]`: logits of the shape `[2, H, W, 3]`, and of presence `[2, 1 + tags]`."""
    x = g.add("Sub", "normalised", [multiply(g, "scaled", photos, 1 / 127.5), g.constant("one", 1.0)], T=FLOAT)
    half, quarter, eighth, deep = encoder(g, x, net)
    d8 = level(g, "up8", neck(g, deep, net), eighth, net.up8)
    d4 = level(g, "up4", d8, quarter, net.up4)
    d2 = level(g, "up2", d4, half, net.up2)
    verdict = presence(g, deep, d8, convolution(g, "parts", d2, net.parts), net)
    return resize_like(g, "shape/up", convolution(g, "shape", d2, net.shape), like, INT), verdict


def served(net: DressNet, slope: float, offset: float) -> Graph:
    """`Served`: the photo and its mirror image, averaged; presence calibrated."""
    g = Graph()
    shape, dtype = INPUTS["photo"]
    about = {"dtype": {"type": dtype}, "shape": {"shape": dimensions(shape)}}
    g.nodes.append({"name": "photo", "op": "Placeholder", "attr": about})
    photo = g.add("Cast", "bytes", ["photo"], SrcT=INT, DstT=FLOAT, Truncate=False)
    both = concat(g, "both", [photo, mirror(g, "mirrored", photo)], axis=0)
    logits, verdict = forward(g, both, "photo", net)
    p = softmax(g, "shares", logits)
    straight = cut(g, "straight", p, [0, 0, 0, 0], [1, -1, -1, -1])
    back = mirror(g, "back", cut(g, "turned", p, [1, 0, 0, 0], [1, -1, -1, -1]))
    transpose(g, "probabilities", multiply(g, "average", add(g, "sum", straight, back), 0.5), [0, 3, 1, 2])
    logit = cut(g, "logit", mean(g, "verdict", verdict, [0]), [0], [1])
    calibrated = add(g, "calibrated", multiply(g, "slope", logit, slope), g.constant("offset", float(offset)))
    g.add("Sigmoid", "presence", [calibrated], T=FLOAT)
    return g


# --------------------------------------------------------------------------- files


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


def write(net: nn.Module, slope: float, offset: float, folder: Path, quantisation: str = "float16") -> dict[str, Any]:
    """Write `model.json` and its weights into `folder`.

    Args:
        net: a DressNet; it is used as in `eval()`, whatever it is set to.
        slope: presence = sigmoid(slope * logit + offset), as `export.Calibration`.
        offset: see `slope`.
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
    g = served(net, slope, offset)
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
    calibration = manifest["calibration"]
    entry = write(net, calibration["slope"], calibration["offset"], models / f"{name}-tfjs", quantisation)
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
