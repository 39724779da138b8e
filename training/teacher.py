"""What a finished network teaches the next one: masks of dresses, where people stand, finer outlines."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from checkpoint import save
from data import DRESS, IGNORE, PART, Pixels, Sample, grabcut_seeded
from inference import both_ways, look, resized
from metrics import iou_counts
from model import restore

# Longest side at which a teacher tells where people stand: they only have to be cut out roughly.
PERSON_AT = 256
# Above this share of certain pixels a teacher's mask is worth learning from.
PSEUDO_CERTAIN = 0.6


def pseudo_label(net: nn.Module, samples: list[Sample], **limits: float) -> int:
    """Give photos with the tag "dress" and no other body garment the masks that the network sees in them.

    Where the network is not certain, GrabCut decides, within the `limits` of `grabcut_seeded`; where it is
    and GrabCut contradicts, nobody does (`IGNORE`).
    Returns how many photos got a mask.
    """
    net.eval()
    given = 0
    for s in samples:
        if s.source != "tags" or s.presence < 0.5 or s.presence_weight < 0.7:
            continue
        p = both_ways(net, s.photo)
        best, dress = p.max(0), p.argmax(0) == DRESS
        if dress.mean() < 0.02 or (best[dress] > 0.8).mean() < PSEUDO_CERTAIN:
            continue
        cut = grabcut_seeded(s.photo, p[DRESS], **limits)
        otherwise = p[:DRESS].argmax(0)  # background or skin
        s.shape = np.select([(best > 0.75) & (cut != dress), cut], [IGNORE, DRESS], otherwise).astype(np.uint8)
        s.shape_weight = 0.5
        given += 1
    return given


def teach(teacher: nn.Module, samples: list[Sample]) -> int:
    """What a finished network knows: of photos that have only tags the masks of dresses and where people stand, of
    labelled dresses a finer outline.

    A photo without a mask is always seen before its own background, and is known by it after a few epochs; cut out
    by the teacher it can stand elsewhere.

    Returns:
        how many photos got a mask of a dress.

    Raises:
        ValueError: the teacher has no parts head, as the article's network has none.
    """
    given = pseudo_label(teacher, samples, never=0.01, sure=0.9)
    for s in samples:
        if s.source == "tags":
            s.person = person_seen(teacher, s.photo)
        elif s.shape is not None and not s.proxy:
            s.cut = sharpened(teacher, s)
    return given


def person_seen(teacher: nn.Module, photo: Pixels) -> Pixels:
    """Where the teacher sees somebody, `[H, W]`, 0 or 1."""
    parts = look(teacher, photo, PERSON_AT).parts
    if parts is None:
        raise ValueError("the teacher does not know the parts of a photo: it has to be a dressnet")
    background = resized(parts.softmax(1), *photo.shape[:2])[0, PART["background"]]
    return (background < 0.5).cpu().numpy().astype(np.uint8)


def sharpened(teacher: nn.Module, sample: Sample, band: int = 6, agree: float = 0.85) -> Pixels | None:
    """A photo's label with another outline: where teacher and GrabCut put it, within `band` pixels of the labelled one.

    The labels' outlines are rough; the teacher's, cut as serving cuts them, agree with other photos' labels better than
    the network alone does.

    Returns:
        as `Sample.shape`, or None where the two do not speak of the same thing (IoU below `agree`).
    """
    label = sample.shape
    assert label is not None
    p = both_ways(teacher, sample.photo)
    cut = grabcut_seeded(sample.photo, p[DRESS], never=0.02, sure=0.9)
    inter, union = iou_counts(cut, label == DRESS, label != IGNORE)
    if inter < agree * union:
        return None
    dress = (label == DRESS).astype(np.uint8)
    square = np.ones((2 * band + 1, 2 * band + 1), np.uint8)
    near = (cv2.dilate(dress, square) > 0) & (cv2.erode(dress, square) == 0) & (label != IGNORE)
    out = label.copy()
    out[near & cut] = DRESS
    lost = near & ~cut & (label == DRESS)
    out[lost] = p[:DRESS].argmax(0)[lost]  # background or skin
    return out


def learn_from(teacher: Path, samples: list[Sample], lessons: Path) -> None:
    """`teach`, once: what a teacher said is kept in the file `lessons`, for a run that is resumed."""
    if not lessons.exists():
        print(f"the teacher's masks for {teach(restore(teacher)[1], samples)} photos", flush=True)
        keep(samples, lessons)
    remember(samples, lessons)
    print(f"{sum(s.cut is not None for s in samples)} outlines by the teacher", flush=True)


def keep(samples: list[Sample], path: Path) -> None:
    """Write what is known of samples beyond their labels."""
    said = {}
    for s in samples:
        arrays = {"shape": s.shape, "cut": s.cut, "person": s.person}
        said[s.id] = {k: torch.from_numpy(v.copy()) for k, v in arrays.items() if v is not None}
        said[s.id]["weight"] = torch.tensor(s.shape_weight)
    save(path, said=said)


def remember(samples: list[Sample], path: Path) -> None:
    """Read what `keep` wrote of the same samples."""
    said = torch.load(path, weights_only=True)["said"]
    for s in samples:
        found = {k: v.numpy() for k, v in said[s.id].items()}
        s.shape, s.cut, s.person = found.get("shape"), found.get("cut"), found.get("person")
        s.shape_weight = float(found["weight"])
