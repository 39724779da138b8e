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

import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from encoder import Encoder

torch.backends.nnpack.set_flags(False)  # on a CPU it does not know it complains at every convolution


class Output(NamedTuple):
    """Logits of one forward pass; `None` where a network has no such head."""

    shape: Tensor  # [N, 3, H, W]     background / skin (person minus dress) / dress
    parts: Tensor | None  # [N, 13, H/2, W/2]   only the shape is worth full resolution
    presence: Tensor | None  # [N]
    tags: Tensor | None  # [N, 13]   which parts the photo shows at all
    turned: Tensor | None = None  # [N, 4]   turned clockwise by 0, 90, 180, 270 degrees
    features: Tensor | None = None  # [N, 32, H/8, W/8]   what the encoder sees, for descriptions


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


class Bands(nn.Module):
    """The upper, middle and lower third of the dress's area, compared: is it one cloth from top to hem?

    Pooling over the whole photo cannot ask that. Features of three depths are brought to 1/8 and pooled under the soft
    mask of the dress, in three bands of equal area; what the judge gets are the bands, their differences and products,
    and their colours.
    """

    COUNT = 3

    def __init__(self, deep: int, fine: int, width: int = 48) -> None:
        super().__init__()
        self.deep = nn.Conv2d(deep, width, 1)
        self.fine = nn.Conv2d(fine, width, 1)
        # Bands; differences and products of each pair; the same of colours, without products.
        self.size = (3 * self.COUNT) * width + 2 * self.COUNT * 3

    def forward(self, deep: Tensor, fine: Tensor, dress: Tensor, rgb: Tensor) -> Tensor:
        """deep `[N, C, H/16, W/16]`, fine `[N, C', H/8, W/8]`, dress `[N, 1, H/2, W/2]` probability, rgb `[N, 3, H, W]`
        -1 to 1 -> `[N, size]`."""
        features = upsample(self.deep(deep)) + self.fine(fine)
        places = torch.cat([features, F.avg_pool2d(rgb, 8)], 1).flatten(2)  # [N, width + 3, places]
        pooled = self.weights(F.avg_pool2d(dress, 4)) @ places.transpose(1, 2)  # [N, 3, width + 3]
        upper, middle, lower = pooled[:, 0], pooled[:, 1], pooled[:, 2]
        width = self.deep.out_channels
        pairs = ((upper, middle), (middle, lower), (upper, lower))
        differences = [(a - b).abs() for a, b in pairs]
        products = [(a * b)[:, :width] for a, b in pairs]
        return torch.cat([upper, middle, lower, *differences, *products], 1)

    def weights(self, mask: Tensor) -> Tensor:
        """mask `[N, 1, h, w]` -> each place's share of each band, `[N, 3, h * w]`; a band's shares add up to 1, or to
        less where hardly anything is masked."""
        rows = mask.sum(3)  # [N, 1, h]
        area = rows.sum(2, keepdim=True).clamp(min=1.0)
        share = rows / area
        end = share.cumsum(2)
        cuts = [i / self.COUNT for i in range(self.COUNT + 1)]
        # How much of a row's area lies in a band: bands end within rows, so that they are of equal area.
        within = [end.clamp(a, b) - (end - share).clamp(a, b) for a, b in pairwise(cuts)]
        of_row = torch.cat(within, 1) / (share + 1e-6)  # [N, 3, h]
        return (of_row[..., None] * mask).flatten(2) * (self.COUNT / area)


class PresenceHead(nn.Module):
    """Is a dress worn? From features pooled over clothes and photo, the parts' areas, and the dress's bands."""

    def __init__(self, deep: int, d8: int, eighth: int, parts: int) -> None:
        super().__init__()
        self.attend = nn.Conv2d(deep, 2, 1)
        self.bands = Bands(deep, d8 + eighth)
        self.judge = nn.Sequential(
            nn.Dropout(0.3),
            nn.Linear(2 * deep + d8 + 2 * parts + self.bands.size, 128),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(128, 1 + parts),
        )

    def forward(
        self, rgb: Tensor, deep: Tensor, d8: Tensor, eighth: Tensor, parts: Tensor, shape: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits of presence `[N]` and of the tags `[N, 13]`.

        No gradient through parts and shape: the judge must not bend the masks to win its own argument (the trial's
        masks got worse that way).
        """
        attention = self.attend(deep).flatten(2).softmax(-1)  # [N, 2, places]
        pooled = (attention @ deep.flatten(2).transpose(1, 2)).flatten(1)  # [N, 2 * 320]
        # Areas of the parts, and how sure the surest pixels are.
        p = F.avg_pool2d(parts.detach(), 4).flatten(2).softmax(1)
        areas, peaks = p.mean(-1), p.topk(8, dim=-1).values.mean(-1)
        dress = shape.detach().softmax(1)[:, 2:]
        bands = self.bands(deep, torch.cat([d8, eighth], 1), dress, rgb)
        verdict = self.judge(torch.cat([pooled, d8.mean((2, 3)), areas.sqrt(), peaks, bands], 1))
        return verdict[:, 0], verdict[:, 1:]


class TurnHead(nn.Module):
    """Which way is up? Features weighted by where they are: with the first cosines of height and width."""

    def __init__(self, deep: int, width: int = 32, waves: int = 3) -> None:
        super().__init__()
        self.waves = waves
        self.reduce = nn.Conv2d(deep, width, 1)
        self.judge = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(width * waves**2, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 4)
        )

    def forward(self, deep: Tensor) -> Tensor:
        """deep `[N, C, h, w]` -> logits of 0, 90, 180 and 270 degrees clockwise, `[N, 4]`."""
        x = F.relu6(self.reduce(deep))
        down = self.cosines(x[:, :1, :, :1].transpose(2, 3))  # [N, waves, h]
        across = self.cosines(x[:, :1, :1, :])  # [N, waves, w]
        by_row = x @ across[:, None].transpose(2, 3)  # [N, C, h, waves]
        moments = down[:, None] @ by_row  # [N, C, waves, waves]
        return self.judge(moments.flatten(1))

    def cosines(self, line: Tensor) -> Tensor:
        """`[N, 1, 1, n]`, of any content -> the first cosines at n places, divided by n, `[N, waves, n]`."""
        ones = torch.ones_like(line[:, 0])
        count = ones.sum(2, keepdim=True)
        at = (ones.cumsum(2) - 0.5) * (torch.pi / count)
        return torch.cat([(at * k).cos() for k in range(self.waves)], 1) / count


class DressNet(nn.Module):
    """UNet with a MobileNetV2 encoder, a light decoder and four heads, about 2.1 M parameters."""

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
        self.presence = PresenceHead(c16, 96, c8, parts)
        self.turned = TurnHead(c16)

    def forward(self, rgb: Tensor) -> Output:
        """`rgb`: `[N, 3, H, W]`, 0-255, height and width multiples of 16."""
        rgb = rgb / 127.5 - 1.0
        half, quarter, eighth, deep = self.encoder(rgb)
        context = self.context(deep.mean((2, 3)))[:, :, None, None]
        neck = self.drop(self.neck(deep) + context)
        d8 = self.up8(torch.cat([upsample(neck), eighth], 1))
        d4 = self.up4(torch.cat([upsample(d8), quarter], 1))
        d2 = self.up2(torch.cat([upsample(d4), half], 1))
        parts, shape = self.parts(d2), self.shape(d2)
        presence, tags = self.presence(rgb, deep, d8, eighth, parts, shape)
        return Output(upsample(shape), parts, presence, tags, self.turned(deep.detach()), eighth)

    def which_way(self, rgb: Tensor) -> Tensor:
        """Logits of how far `rgb` is turned clockwise alone, `[N, 4]`; see `Output.turned`."""
        with torch.no_grad():
            *_, deep = self.encoder(rgb / 127.5 - 1.0)
        return self.turned(deep)

    def adopt(self, state: dict[str, Tensor]) -> list[str]:
        """Take over the weights of an earlier DressNet as far as it had them; returns what stays as it was.

        Networks up to 1.3.0 have no heads `turned` and `presence.bands`; their judge saw fewer kinds of evidence, and
        what is new to it begins with a say near nought.
        """
        old = {re.sub(r"^(attend|judge)\.", r"presence.\1.", k): v.float() for k, v in state.items()}
        mine = self.state_dict()
        left = []
        for name, value in mine.items():
            if name not in old:
                left.append(name)
            elif old[name].shape == value.shape:
                value.copy_(old[name])
            else:  # the judge's first layer
                value.mul_(0.1)[:, : old[name].shape[1]] = old[name]
        return left


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


def load_weights(net: nn.Module, state: dict[str, Tensor]) -> None:
    """Weights of a checkpoint, floats or half floats, into a network of its kind or a later one."""
    if isinstance(net, DressNet):
        net.adopt(state)
    else:
        net.load_state_dict({k: v.float() if v.dtype == torch.half else v for k, v in state.items()})


def restore(checkpoint: Path) -> tuple[str, nn.Module]:
    """The network of a checkpoint, in float and in `eval()`, and its name.

    An earlier DressNet comes with the heads that it lacked as they are before training.

    Args:
        checkpoint: `best.pt` of a training run, or a published one, which is in half floats.
    """
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = build(state["network"])
    load_weights(net, state["model"])
    return state["network"], net.eval()
