"""One photo through a network in training, as it is served, and how good a network is on photos it has not seen."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from data import DRESS, IGNORE, PART, Floats, Pixels, Sample
from metrics import auc, iou_counts
from model import DressNet, Output
from served import LONGEST, as_served


@torch.no_grad()
def look(net: nn.Module, photo: Pixels, longest: int = LONGEST) -> Output:
    """The network's logits for one photo, its longest side brought to `longest`."""
    device = next(net.parameters()).device
    rgb = torch.from_numpy(as_served(photo, longest)).permute(0, 3, 1, 2).float()
    return net(rgb.to(device, memory_format=torch.channels_last))


def both_ways(net: nn.Module, photo: Pixels) -> Floats:
    """The shape's probabilities at a photo's own size, `[3, H, W]`: the mean of the photo and its mirror image."""
    shape = look(net, photo).shape.softmax(1)
    mirrored = look(net, np.ascontiguousarray(photo[:, ::-1])).shape.softmax(1)
    return resized((shape + mirrored.flip(-1)) / 2, *photo.shape[:2])[0].cpu().numpy()


def resized(probabilities: Tensor, height: int, width: int) -> Tensor:
    """Probabilities, never class ids, are brought to a photo's size. `[N, C, h, w]` -> `[N, C, height, width]`"""
    return F.interpolate(probabilities, (height, width), mode="bilinear", align_corners=False)


def validate(net: nn.Module, samples: list[Sample]) -> dict[str, float]:
    """The network alone, without refinement, on photos it has not learned from.

    Returns:
        `iou` (dress, all dress photos together, the caller knows that there is one), `skin_leak`,
        `auc` (presence) and `score`, by which the best checkpoint is chosen: the mean of iou and auc.
    """
    net.eval()
    inter = union = leak = found = 0
    scores, worn = [], []
    for s in samples:
        output = look(net, s.photo)
        scores.append(float(output.presence[0]) if output.presence is not None else 0.0)
        worn.append(s.presence > 0.5)
        if s.shape is None or s.proxy:
            continue
        guess = resized(output.shape.softmax(1), *s.photo.shape[:2])[0, DRESS].cpu().numpy() > 0.5
        i, u = iou_counts(guess, s.shape == DRESS, s.shape != IGNORE)
        inter, union = inter + i, union + u
        if s.parts is not None:
            leak += int((guess & (s.parts == PART["skin"])).sum())
            found += int(guess.sum())
    iou, area = inter / max(1, union), auc(scores, worn)
    return {"iou": iou, "auc": area, "skin_leak": leak / max(1, found), "score": (iou + area) / 2}


def turned_logits(net: DressNet, samples: list[Sample]) -> tuple[Floats, NDArray[np.int64]]:
    """What the network says of how photos lie, each turned by 0, 90, 180 and 270 degrees clockwise.

    Returns:
        logits `[4 N, 4]` and the true quarter turns `[4 N]`.
    """
    net.eval()
    said, truth = [], []
    for s in samples:
        for quarters in range(4):
            rgb = torch.from_numpy(as_served(np.ascontiguousarray(np.rot90(s.photo, -quarters))))
            said.append(net.which_way(rgb.permute(0, 3, 1, 2).float())[0].detach().cpu().numpy())
            truth.append(quarters)
    return np.stack(said), np.array(truth)
