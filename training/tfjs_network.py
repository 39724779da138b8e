"""DressNet as a TensorFlow graph, one function for each part of `model.py`: who changes the one changes the other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from torch import nn
from torch.nn.utils import fuse_conv_bn_eval

from encoder import Conv, InvertedResidual
from model import Bands, DressNet, PresenceHead, TurnHead
from served import Serving
from tfjs_graph import (
    FLOAT,
    INT,
    Graph,
    add,
    add_up,
    average_pool,
    clamp,
    concat,
    convolution,
    cut,
    dense,
    dimensions,
    elementwise,
    mean,
    mirror,
    multiply,
    plus,
    product,
    reshape,
    resize_like,
    running_sum,
    softmax,
    transpose,
)

# Shape and type of what goes in and what comes out; -1 is free.
INPUTS = {"photo": ((1, -1, -1, 3), INT)}
OUTPUTS = {
    "probabilities": ((1, 3, -1, -1), FLOAT),
    "presence": ((1,), FLOAT),
    "turned": ((1, 4), FLOAT),
    "features": ((1, 32, -1, -1), FLOAT),
}


@dataclass
class Seen:
    """What `DressNet.forward` gives to its presence head: names of nodes, NHWC."""

    count: int  # photos
    rgb: str  # -1 to 1
    deep: str
    d8: str
    eighth: str
    parts: str
    kinds: int  # of parts
    shape: str


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


def presence(g: Graph, seen: Seen, net: PresenceHead) -> str:
    """`PresenceHead`: the logits of a worn dress and of the tags, `[n, 1 + tags]`."""
    channels, looks, count = net.attend.in_channels, net.attend.out_channels, seen.count
    places = reshape(g, "attend/places", convolution(g, "attend", seen.deep, net.attend), [count, -1, looks])
    attention = softmax(g, "attend/share", transpose(g, "attend/turned", places, [0, 2, 1]))
    pooled = product(g, "attend/pooled", attention, reshape(g, "attend/features", seen.deep, [count, -1, channels]))
    pooled = reshape(g, "attend/flat", pooled, [count, channels * looks])

    coarse = reshape(g, "parts/places", average_pool(g, "parts/coarse", seen.parts, 4), [count, -1, seen.kinds])
    p = softmax(g, "parts/share", coarse)
    areas = elementwise(g, "parts/root", "Sqrt", mean(g, "parts/areas", p, [1]))
    turned = transpose(g, "parts/turned", p, [0, 2, 1])
    peaks = g.add("TopKV2", "parts/top", [turned, g.constant("parts/top/k", 8)], T=FLOAT, sorted=True)
    peaks = mean(g, "parts/peaks", peaks, [2])
    joined = [pooled, mean(g, "judge/d8", seen.d8, [1, 2]), areas, peaks, bands(g, seen, net.bands)]
    return dense(g, "judge", concat(g, "judge/evidence", joined, axis=1), net.judge)


def bands(g: Graph, seen: Seen, net: Bands) -> str:
    """`Bands`: `[n, size]`."""
    width = net.deep.out_channels
    fine = concat(g, "bands/joined", [seen.d8, seen.eighth], axis=3)
    fine = convolution(g, "bands/fine", fine, net.fine)
    deep = resize_like(g, "bands/up", convolution(g, "bands/deep", seen.deep, net.deep), seen.d8)
    colours = average_pool(g, "bands/colours", seen.rgb, 8)
    places = concat(g, "bands/places", [add(g, "bands/features", deep, fine), colours], axis=3)
    places = reshape(g, "bands/flat", places, [seen.count, -1, width + 3])
    dress = cut(g, "bands/dress", softmax(g, "bands/shares", seen.shape), [0, 0, 0, 2], [-1, -1, -1, 1])
    mask = average_pool(g, "bands/mask", dress, 4)
    pooled = product(g, "bands/pooled", band_weights(g, seen.count, mask, net.COUNT), places)
    thirds = [cut(g, f"bands/{i}", pooled, [0, i, 0], [-1, 1, -1]) for i in range(net.COUNT)]
    thirds = [reshape(g, f"bands/{i}/flat", third, [seen.count, width + 3]) for i, third in enumerate(thirds)]
    pairs = ((0, 1), (1, 2), (0, 2))
    apart = [elementwise(g, f"bands/{a}-{b}", "Sub", thirds[a], thirds[b]) for a, b in pairs]
    apart = [elementwise(g, f"{name}/size", "Abs", name) for name in apart]
    alike = [elementwise(g, f"bands/{a}*{b}".replace("*", "by"), "Mul", thirds[a], thirds[b]) for a, b in pairs]
    alike = [cut(g, f"{name}/features", name, [0, 0], [-1, width]) for name in alike]
    return concat(g, "bands/evidence", [*thirds, *apart, *alike], axis=1)


def band_weights(g: Graph, photos: int, mask: str, count: int) -> str:
    """`Bands.weights`: mask `[n, h, w, 1]` -> `[n, count, h * w]`."""
    rows = add_up(g, "bands/rows", mask, [2, 3])  # [n, h, 1, 1]
    area = add_up(g, "bands/sum", rows, [1])
    area = g.add("Maximum", "bands/area", [area, g.constant("bands/area/least", 1.0)], T=FLOAT)
    share = elementwise(g, "bands/share", "RealDiv", rows, area)
    end = running_sum(g, "bands/end", share, 1)
    begin = elementwise(g, "bands/begin", "Sub", end, share)
    per_row = plus(g, "bands/some", share, 1e-6)
    weights = []
    for i in range(count):
        name, low, high = f"bands/{i}/weight", i / count, (i + 1) / count
        ends = [clamp(g, f"{name}/{at}", x, low, high) for at, x in (("end", end), ("begin", begin))]
        of_row = elementwise(g, f"{name}/part", "RealDiv", elementwise(g, f"{name}/area", "Sub", *ends), per_row)
        weights.append(elementwise(g, name, "Mul", of_row, mask))
    joined = elementwise(g, "bands/scaled", "RealDiv", concat(g, "bands/weights", weights, axis=3), area)
    joined = reshape(g, "bands/weights/flat", multiply(g, "bands/weights/scaled", joined, count), [photos, -1, count])
    return transpose(g, "bands/weights/by", joined, [0, 2, 1])


def turn(g: Graph, deep: str, net: TurnHead) -> str:
    """`TurnHead`, of one photo: `[1, 4]`."""
    width = net.reduce.out_channels
    x = convolution(g, "turn/reduce", deep, net.reduce, "Relu6")  # [1, h, w, C]
    one = cut(g, "turn/one", x, [0, 0, 0, 0], [1, -1, -1, 1])
    down = cosines(g, "turn/down", cut(g, "turn/column", one, [0, 0, 0, 0], [1, -1, 1, 1]), net.waves)
    across = cosines(g, "turn/across", cut(g, "turn/row", one, [0, 0, 0, 0], [1, 1, -1, 1]), net.waves)
    planes = reshape_like_planes(g, x)  # [C, h, w]
    by_row = product(g, "turn/by-row", planes, repeated(g, "turn/across/repeated", across, width), transposed=True)
    moments = product(g, "turn/moments", repeated(g, "turn/down/repeated", down, width), by_row)  # [C, waves, waves]
    return dense(g, "turn/judge", reshape(g, "turn/flat", moments, [1, width * net.waves**2]), net.judge)


def reshape_like_planes(g: Graph, x: str) -> str:
    """`[1, h, w, C]` -> `[C, h, w]`."""
    return g.add("Squeeze", "turn/planes", [transpose(g, "turn/channels", x, [3, 0, 1, 2])], T=FLOAT, squeeze_dims=[1])


def repeated(g: Graph, name: str, x: str, times: int) -> str:
    """`[1, a, b]` -> `[times, a, b]`."""
    return g.add("Tile", name, [x, g.constant(f"{name}/times", [times, 1, 1])], T=FLOAT, Tmultiples=INT)


def cosines(g: Graph, name: str, line: str, waves: int) -> str:
    """`TurnHead.cosines`: n places of any content -> `[1, waves, n]`."""
    line = reshape(g, f"{name}/line", line, [1, 1, -1])
    ones = plus(g, f"{name}/ones", multiply(g, f"{name}/noughts", line, 0.0), 1.0)
    count = add_up(g, f"{name}/count", ones, [2])
    middle = plus(g, f"{name}/middle", running_sum(g, f"{name}/index", ones, 2), -0.5)
    at = elementwise(g, f"{name}/at", "RealDiv", multiply(g, f"{name}/half-turn", middle, math.pi), count)
    curves = [elementwise(g, f"{name}/{k}", "Cos", multiply(g, f"{name}/{k}/times", at, k)) for k in range(waves)]
    return elementwise(g, name, "RealDiv", concat(g, f"{name}/all", curves, axis=1), count)


def forward(g: Graph, photos: str, like: str, count: int, net: DressNet) -> tuple[str, Seen, str]:
    """`DressNet.forward` on `count` photos `[n, H, W, 3]`: logits of the shape `[n, H, W, 3]`, what was seen on the
    way, and the logits of presence `[n, 1 + tags]`."""
    x = g.add("Sub", "normalised", [multiply(g, "scaled", photos, 1 / 127.5), g.constant("one", 1.0)], T=FLOAT)
    half, quarter, eighth, deep = encoder(g, x, net)
    d8 = level(g, "up8", neck(g, deep, net), eighth, net.up8)
    d4 = level(g, "up4", d8, quarter, net.up4)
    d2 = level(g, "up2", d4, half, net.up2)
    parts, shape = convolution(g, "parts", d2, net.parts), convolution(g, "shape", d2, net.shape)
    seen = Seen(count, x, deep, d8, eighth, parts, net.parts.out_channels, shape)
    return resize_like(g, "shape/up", shape, like, INT), seen, presence(g, seen, net.presence)


def served(net: DressNet, about: Serving) -> Graph:
    """`Served`: the photo, or the photo and its mirror image averaged; presence calibrated."""
    g = Graph()
    shape, dtype = INPUTS["photo"]
    g.nodes.append({
        "name": "photo", "op": "Placeholder",
        "attr": {"dtype": {"type": dtype}, "shape": {"shape": dimensions(shape)}},
    })  # fmt: skip
    photo = g.add("Cast", "bytes", ["photo"], SrcT=INT, DstT=FLOAT, Truncate=False)
    both = concat(g, "both", [photo, mirror(g, "mirrored", photo)], axis=0) if about.mirrored else photo
    logits, seen, verdict = forward(g, both, "photo", 2 if about.mirrored else 1, net)
    p, deep, eighth = softmax(g, "shares", logits), seen.deep, seen.eighth
    if about.mirrored:
        first = ([0, 0, 0, 0], [1, -1, -1, -1])
        flipped = mirror(g, "back", cut(g, "turned-back", p, [1, 0, 0, 0], [1, -1, -1, -1]))
        p = multiply(g, "average", add(g, "sum", cut(g, "straight", p, *first), flipped), 0.5)
        deep, eighth = cut(g, "deep-straight", deep, *first), cut(g, "eighth-straight", eighth, *first)
    transpose(g, "probabilities", p, [0, 3, 1, 2])
    logit = cut(g, "logit", mean(g, "verdict", verdict, [0]), [0], [1])
    g.add(
        "Sigmoid", "presence", [plus(g, "calibrated", multiply(g, "slope", logit, about.slope), about.offset)], T=FLOAT
    )
    upright = g.constant("upright", np.array([[about.upright, 0, 0, 0]]))
    g.add("Softmax", "turned", [add(g, "turn/with-prior", turn(g, deep, net.turned), upright)], T=FLOAT)
    transpose(g, "features", eighth, [0, 3, 1, 2])
    return g
