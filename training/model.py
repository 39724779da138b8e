"""The networks: a UNet on a MobileNetV2 encoder (`DressNet`) and the article's own UNet (`ArticleUNet`).

Both take raw RGB, `[N, 3, H, W]`, 0-255, and normalise inside, so that whoever serves them cannot
get it wrong. Both return an `Output` of logits; probabilities are made in `export.py`.

DressNet answers three questions with three heads on one decoder, because they have different
evidence:

* `parts`: what is each pixel? 13 classes, learned from every labelled photo. Teaches the features.
* `shape`: given that a dress is worn, which pixels are it? background / skin / dress, learned only
  from photos of which that is true, so "is it a dress or a skirt with a top?" cannot tear holes.
* `presence`: is a dress worn here? One logit for the whole photo, from features pooled over the
  clothes; learned also from photos that have nothing but tags.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

# (output channels, stride, dilation) of MobileNetV2's inverted residuals as DeepLab uses them:
# the stage of 160 channels keeps its resolution and dilates instead, so features end at 1/16.
BLOCKS = [
    *[(24, 2, 1), (24, 1, 1)],
    *[(32, 2, 1), (32, 1, 1), (32, 1, 1)],
    *[(64, 2, 1), (64, 1, 1), (64, 1, 1), (64, 1, 1), (96, 1, 1), (96, 1, 1), (96, 1, 1)],
    *[(160, 1, 1), (160, 1, 2), (160, 1, 2), (320, 1, 2)],
]
STRIDE = 16  # input height and width must be multiples of this


class Output(NamedTuple):
    """Logits of one forward pass; `None` where a network has no such head."""

    shape: Tensor  # [N, 3, H, W]     background / skin (person minus dress) / dress
    parts: Tensor | None  # [N, 13, H/2, W/2]   only the shape is worth full resolution
    presence: Tensor | None  # [N]
    tags: Tensor | None  # [N, 13]   which parts the photo shows at all


class Conv(nn.Sequential):
    """Convolution with TensorFlow's SAME padding, bias, and ReLU6 unless `linear`.

    Batch norm is already folded into the supplied encoder weights, so there is none here.
    """

    def __init__(
        self, cin: int, cout: int, k: int, stride: int = 1, dilation: int = 1, groups: int = 1, linear: bool = False
    ) -> None:
        # SAME on an even input with stride 2 pads below and to the right only.
        pad = [nn.ZeroPad2d((0, 1, 0, 1))] if stride == 2 else []
        inner = 0 if stride == 2 or k == 1 else dilation
        conv = nn.Conv2d(cin, cout, k, stride, inner, dilation, groups)
        super().__init__(*pad, conv, *([] if linear else [nn.ReLU6()]))

    @property
    def conv(self) -> nn.Conv2d:
        return next(m for m in self if isinstance(m, nn.Conv2d))


class InvertedResidual(nn.Module):
    def __init__(self, cin: int, cout: int, stride: int, dilation: int, expand: int = 6) -> None:
        super().__init__()
        mid = cin * expand
        self.expand = Conv(cin, mid, 1) if expand > 1 else nn.Identity()
        self.depthwise = Conv(mid, mid, 3, stride, dilation, groups=mid)
        self.project = Conv(mid, cout, 1, linear=True)
        self.residual = stride == 1 and cin == cout

    def forward(self, x: Tensor) -> Tensor:
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class Encoder(nn.Module):
    """MobileNetV2 1.0 at output stride 16; returns features at 1/2, 1/4, 1/8 and 1/16."""

    channels = (16, 24, 32, 320)

    def __init__(self) -> None:
        super().__init__()
        self.stem = Conv(3, 32, 3, stride=2)
        self.first = InvertedResidual(32, 16, 1, 1, expand=1)
        blocks, cin = [], 16
        for cout, stride, dilation in BLOCKS:
            blocks.append(InvertedResidual(cin, cout, stride, dilation))
            cin = cout
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        half = self.first(self.stem(x))
        quarter = self.blocks[1](self.blocks[0](half))
        eighth = quarter
        for block in self.blocks[2:5]:
            eighth = block(eighth)
        deep = eighth
        for block in self.blocks[5:]:
            deep = block(deep)
        return half, quarter, eighth, deep

    def convs(self) -> list[nn.Conv2d]:
        """The 51 convolutions in the order of the supplied weights `w0, b0 ... w50, b50`."""
        return [m for m in self.modules() if isinstance(m, nn.Conv2d)]

    def load(self, path: Path) -> None:
        """Copy the weights of `mobilenetv2_voc.npz`.

        Raises:
            ValueError: an array's shape does not fit its convolution.
        """
        arrays = np.load(path)
        for i, conv in enumerate(self.convs()):
            w, b = torch.from_numpy(arrays[f"w{i}"]).float(), torch.from_numpy(arrays[f"b{i}"]).float()
            if w.shape != conv.weight.shape:
                raise ValueError(f"w{i} of {path} is {tuple(w.shape)}, the encoder wants {tuple(conv.weight.shape)}")
            assert conv.bias is not None
            conv.weight.data.copy_(w)
            conv.bias.data.copy_(b)

    def freeze_early(self) -> None:
        """Stop learning up to 1/4 resolution: edges and colours need no dresses, and half the time of a
        training step on a CPU is spent there."""
        for part in (self.stem, self.first, self.blocks[0], self.blocks[1]):
            part.requires_grad_(False)


class Separable(nn.Sequential):
    """Depthwise 3x3, pointwise, batch norm, ReLU6: the decoder's only block."""

    def __init__(self, cin: int, cout: int) -> None:
        super().__init__(
            nn.Conv2d(cin, cin, 3, padding=1, groups=cin, bias=False),
            nn.Conv2d(cin, cout, 1, bias=False),
            nn.BatchNorm2d(cout),
            nn.ReLU6(),
        )


def upsample(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


class DressNet(nn.Module):
    """UNet with a MobileNetV2 encoder and a light decoder, about 2.1 M parameters."""

    def __init__(self, parts: int = 13, width: int = 48, dropout: float = 0.2) -> None:
        super().__init__()
        c2, c4, c8, c16 = Encoder.channels
        self.encoder = Encoder()
        self.neck = nn.Sequential(nn.Conv2d(c16, 128, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU6())
        # The whole person decides what one pixel is: a pooled summary is added to every place.
        self.context = nn.Sequential(nn.Linear(c16, 128), nn.ReLU(), nn.Linear(128, 128))
        self.drop = nn.Dropout2d(dropout)
        self.up8 = nn.Sequential(Separable(128 + c8, 96), Separable(96, 96))
        self.up4 = nn.Sequential(Separable(96 + c4, 64), Separable(64, 64))
        self.up2 = nn.Sequential(Separable(64 + c2, width), Separable(width, width))
        self.shape = nn.Conv2d(width, 3, 1)
        self.parts = nn.Conv2d(width, parts, 1)
        # Evidence for presence: features pooled over clothes and over the photo, and the parts' areas.
        self.attend = nn.Conv2d(c16, 2, 1)
        self.judge = nn.Sequential(
            nn.Dropout(0.3),
            nn.Linear(2 * c16 + 96 + 2 * parts, 128),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(128, 1 + parts),
        )

    def forward(self, rgb: Tensor) -> Output:
        """`rgb`: `[N, 3, H, W]`, 0-255, height and width multiples of 16."""
        half, quarter, eighth, deep = self.encoder(rgb / 127.5 - 1.0)
        context = self.context(deep.mean((2, 3)))[:, :, None, None]
        neck = self.drop(self.neck(deep) + context)
        d8 = self.up8(torch.cat([upsample(neck), eighth], 1))
        d4 = self.up4(torch.cat([upsample(d8), quarter], 1))
        d2 = self.up2(torch.cat([upsample(d4), half], 1))
        parts = self.parts(d2)

        attention = self.attend(deep).flatten(2).softmax(-1)  # [N, 2, places]
        pooled = torch.einsum("nap,ncp->nac", attention, deep.flatten(2)).flatten(1)  # [N, 2 * 320]
        # Areas of the parts, and how sure the surest pixels are. No gradient: the judge must not bend
        # the masks to win its own argument (the trial's masks got worse that way).
        p = F.avg_pool2d(parts.detach(), 4).flatten(2).softmax(1)
        areas, peaks = p.mean(-1), p.topk(8, dim=-1).values.mean(-1)
        verdict = self.judge(torch.cat([pooled, d8.mean((2, 3)), areas.sqrt(), peaks], 1))
        return Output(upsample(self.shape(d2)), parts, verdict[:, 0], verdict[:, 1:])


class ArticleUNet(nn.Module):
    """The article's UNet: five levels of 32 to 512 channels, two 3x3 convolutions each, 7.76 M parameters."""

    def __init__(self, levels: tuple[int, ...] = (32, 64, 128, 256, 512), dropout: float = 0.0) -> None:
        super().__init__()
        self.drop = nn.Dropout2d(dropout)

        def double(cin: int, cout: int) -> nn.Sequential:
            return nn.Sequential(
                nn.Conv2d(cin, cout, 3, padding=1), nn.ReLU(), nn.Conv2d(cout, cout, 3, padding=1), nn.ReLU()
            )

        self.down = nn.ModuleList(double(a, b) for a, b in pairwise((3, *levels)))
        ups = list(reversed(levels))
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairwise(ups))
        self.merge = nn.ModuleList(double(2 * b, b) for b in ups[1:])
        self.shape = nn.Conv2d(levels[0], 3, 1)

    def forward(self, rgb: Tensor) -> Output:
        """`rgb`: `[N, 3, H, W]`, 0-255, height and width multiples of 16."""
        x, skips = rgb / 255.0, []
        for i, block in enumerate(self.down):
            x = block(x if i == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        x = self.drop(x)
        for up, merge, skip in zip(self.up, self.merge, reversed(skips[:-1]), strict=True):
            x = merge(torch.cat([up(x), skip], 1))
        return Output(self.shape(x), None, None, None)


NETWORKS = {"dressnet": DressNet, "article": ArticleUNet}


def build(name: str, encoder: Path | None = None) -> nn.Module:
    """A network by name, with the encoder's initial weights where it has such an encoder.

    Raises:
        KeyError: no network of that name.
    """
    if name not in NETWORKS:
        raise KeyError(f"no network is called {name!r}; known: {', '.join(NETWORKS)}")
    net = NETWORKS[name]()
    if encoder is not None and isinstance(net, DressNet):
        net.encoder.load(encoder)
    return net


def restore(checkpoint: Path) -> tuple[str, nn.Module]:
    """The network of a checkpoint, in float and in `eval()`, and its name.

    Args:
        checkpoint: `best.pt` of a training run, or a published one, which is in half floats.
    """
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = build(state["network"])
    net.load_state_dict({k: v.float() if v.dtype == torch.half else v for k, v in state["model"].items()})
    return state["network"], net.eval()
