"""What the network is punished for. All take logits; all ignore pixels marked `IGNORE`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from data import DRESS, IGNORE
from model import Output

# Shares of the labelled photos' pixels are far apart (background 0.75, bag 0.01); their square roots are not.
PART_WEIGHTS = (0.4, 1.0, 1.0, 1.6, 1.3, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.7, 1.3)
WEIGHTS = {"parts": 1.0, "shape": 1.5, "presence": 0.5, "tags": 0.3}


def parts_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy at half resolution. logits `[N, 13, H/2, W/2]`, target `[N, H, W]`."""
    target = target[:, ::2, ::2]
    known = target != IGNORE
    if not known.any():
        return logits.sum() * 0.0
    weight = logits.new_tensor(PART_WEIGHTS)
    return F.cross_entropy(logits, target, weight=weight, ignore_index=IGNORE)


def shape_loss(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy plus soft Dice of the dress, photo by photo, weighted.

    logits `[N, 3, H, W]`, target `[N, H, W]`, weight `[N]`; photos without a known pixel do not count.
    """
    known = (target != IGNORE).float()  # [N, H, W]
    pixels = known.sum((1, 2))
    weight = weight * (pixels > 0)
    if weight.sum() == 0:
        return logits.sum() * 0.0
    ce = F.cross_entropy(logits, target, ignore_index=IGNORE, reduction="none").sum((1, 2)) / pixels.clamp(min=1)
    p = logits.softmax(1)[:, DRESS] * known
    t = (target == DRESS).float()
    dice = 1 - (2 * (p * t).sum((1, 2)) + 50) / (p.sum((1, 2)) + t.sum((1, 2)) + 50)
    return ((ce + dice) * weight).sum() / weight.sum()


def presence_loss(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Binary cross-entropy with a little label smoothing: tags and eyes err. All `[N]`."""
    smooth = target * 0.94 + 0.03
    loss = F.binary_cross_entropy_with_logits(logits, smooth, reduction="none")
    return (loss * weight).sum() / weight.sum().clamp(min=1.0)


def tags_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Which parts the photo shows at all. Both `[N, 13]`, NaN = not known."""
    known = ~target.isnan()
    if not known.any():
        return logits.sum() * 0.0
    return F.binary_cross_entropy_with_logits(logits[known], target[known])


def total(output: Output, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
    """The weighted sum, and its terms for the log.

    Which way is up is not asked here: `turn.py` teaches it to the finished network.
    """
    terms = {"shape": shape_loss(output.shape, batch["shape"], batch["shape_weight"])}
    if output.parts is not None and output.presence is not None and output.tags is not None:
        terms["parts"] = parts_loss(output.parts, batch["parts"])
        terms["presence"] = presence_loss(output.presence, batch["presence"], batch["presence_weight"])
        terms["tags"] = tags_loss(output.tags, batch["tags"])
    loss = torch.stack([WEIGHTS[k] * v for k, v in terms.items()]).sum()
    return loss, {k: float(v.detach()) for k, v in terms.items()}
