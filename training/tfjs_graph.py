"""A TensorFlow graph, written without TensorFlow: nodes, constants, and the operations that DressNet needs, NHWC."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from torch import Tensor, nn

FLOAT, INT = "DT_FLOAT", "DT_INT32"


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


def plus(g: Graph, name: str, a: str, term: float) -> str:
    return g.add("AddV2", name, [a, g.constant(f"{name}/term", float(term))], T=FLOAT)


def elementwise(g: Graph, name: str, op: str, *inputs: str) -> str:
    """`Abs`, `Cos`, `Mul`, `RealDiv`, `Sub`, `Sqrt` and their like."""
    return g.add(op, name, list(inputs), T=FLOAT)


def clamp(g: Graph, name: str, x: str, low: float, high: float) -> str:
    raised = g.add("Maximum", f"{name}/raised", [x, g.constant(f"{name}/low", float(low))], T=FLOAT)
    return g.add("Minimum", name, [raised, g.constant(f"{name}/high", float(high))], T=FLOAT)


def add_up(g: Graph, name: str, x: str, axes: list[int]) -> str:
    return g.add("Sum", name, [x, g.constant(f"{name}/axes", axes)], keep_dims=True, T=FLOAT, Tidx=INT)


def running_sum(g: Graph, name: str, x: str, axis: int) -> str:
    inputs = [x, g.constant(f"{name}/axis", axis)]
    return g.add("Cumsum", name, inputs, exclusive=False, reverse=False, T=FLOAT, Tidx=INT)


def average_pool(g: Graph, name: str, x: str, side: int) -> str:
    window = [1, side, side, 1]
    return g.add("AvgPool", name, [x], T=FLOAT, ksize=window, strides=window, padding="VALID", data_format="NHWC")


def product(g: Graph, name: str, a: str, b: str, transposed: bool = False) -> str:
    """Matrices multiplied, the leading axes alike; `transposed`: with the second one's transpose."""
    return g.add("BatchMatMulV2", name, [a, b], T=FLOAT, adj_x=False, adj_y=transposed)


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
