"""MobileNetV2 at output stride 16, as DeepLab uses it: Sandler et al., CVPR 2018; Chen et al., 2017."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
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
