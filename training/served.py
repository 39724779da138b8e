"""How a network is served: the numbers beside its weights, and the graph from a photo's bytes to answers.

`photo` uint8 `[1, H, W, 3]` RGB, H and W multiples of 16, gives

* `probabilities` float `[1, 3, H, W]`: background / skin / dress, given that a dress is worn;
* `presence` float `[1]`: the calibrated probability that one is worn;
* `turned` float `[1, 4]`: the probabilities that the photo is turned clockwise by 0, 90, 180, 270 degrees;
* `features` float `[1, 32, H/8, W/8]`: what the encoder sees, for descriptions.

Nothing is left for serving to normalise. `tfjs.py` writes the same graph for TensorFlow.js.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from data import DRESS, Pixels
from encoder import STRIDE

LONGEST = 384  # longest side at which the network sees a photo, pixels; EXPERIMENTS.md has other sizes
UPRIGHT = 3.0  # added to the logit of "not turned", because photos seldom are
CONTEXT = 224  # of a second look, from further away, from which presence is told as well


def served_size(height: int, width: int, longest: int = LONGEST) -> tuple[int, int]:
    """The size at which the network sees a photo: longest side `longest`, both multiples of the stride."""
    scale = longest / max(height, width)
    return tuple(max(STRIDE, round(side * scale / STRIDE) * STRIDE) for side in (height, width))  # type: ignore[return-value]


def as_served(photo: Pixels, longest: int = LONGEST) -> Pixels:
    """A photo as the network takes it, `[1, H, W, 3]`."""
    h, w = served_size(*photo.shape[:2], longest)
    return cv2.resize(photo, (w, h), interpolation=cv2.INTER_AREA)[None]


@dataclass(frozen=True)
class Serving:
    """What serving knows of a network beside its weights; `model.json` keeps it."""

    slope: float = 1.0  # presence = sigmoid(slope * logit + offset), Platt 1999
    offset: float = 0.0
    upright: float = UPRIGHT
    mirrored: bool = False  # the photo and its mirror image are looked at, and both answers averaged

    def presence(self, logit: float) -> float:
        """The calibrated probability, 0 to 1."""
        return float(1 / (1 + np.exp(-(self.slope * logit + self.offset))))


class Served(nn.Module):
    """The network as it is served: bytes in, probabilities out."""

    def __init__(self, net: nn.Module, serving: Serving) -> None:
        super().__init__()
        self.net, self.serving = net, serving
        self.register_buffer("prior", torch.tensor([[serving.upright, 0.0, 0.0, 0.0]]))

    def forward(self, photo: Tensor) -> tuple[Tensor, ...]:
        """The outputs named above; a network without the heads for them lacks `turned` and `features`."""
        s = self.serving
        out = self.net(views(photo.permute(0, 3, 1, 2).float(), s.mirrored))
        probabilities, presence = merged(out.shape, out.presence, s.mirrored)
        answers = [probabilities, torch.sigmoid(s.slope * presence + s.offset)]
        if out.turned is not None and out.features is not None:
            answers += [(out.turned[:1] + self.prior).softmax(1), out.features[:1]]
        return tuple(answers)


def views(rgb: Tensor, mirrored: bool) -> Tensor:
    """`[1, 3, H, W]` -> what the network looks at: the photo, or the photo and its mirror image."""
    return torch.cat([rgb, rgb.flip(-1)]) if mirrored else rgb


def merged(shape: Tensor, presence: Tensor | None, mirrored: bool) -> tuple[Tensor, Tensor]:
    """Logits of one photo's views -> probabilities `[1, 3, H, W]` and the presence logit `[1]`.

    A network without a presence head gives the logit of its surest dress pixel.
    """
    p = shape.softmax(1)
    if mirrored:
        p = (p[:1] + p[1:].flip(-1)) / 2
    said = torch.logit(p[:, DRESS].amax((1, 2)), 1e-4) if presence is None else presence.mean(0, True)
    return p, said
