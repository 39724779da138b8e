"""How good a mask and a verdict are: IoU, boundary IoU, AUC, calibration error, bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Counts = NDArray[np.float64]


def iou_counts(guess: Mask, truth: Mask, known: Mask | None = None) -> tuple[int, int]:
    """Pixels of intersection and union. Pooled over photos, their sums give the pooled IoU."""
    if known is not None:
        guess, truth = guess & known, truth & known
    return int((guess & truth).sum()), int((guess | truth).sum())


def boundary(mask: Mask, ratio: float = 0.02) -> Mask:
    """The band inside `mask` within `ratio` of the image's diagonal from its outline.

    Cheng et al., "Boundary IoU", CVPR 2021: erosion with a 3x3 square, repeated; the image's border
    counts as outline.
    """
    h, w = mask.shape
    d = max(1, round(ratio * float(np.hypot(h, w))))
    padded = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    eroded = cv2.erode(padded, np.ones((3, 3), np.uint8), iterations=d)[1:-1, 1:-1]
    return mask & (eroded == 0)


def boundary_counts(guess: Mask, truth: Mask, ratio: float = 0.02) -> tuple[int, int]:
    """Intersection and union of the two outlines' bands, pixels."""
    return iou_counts(boundary(guess, ratio), boundary(truth, ratio))


def auc(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """The share of (yes, no) pairs that the scores put in order; a tie counts half. 0.5 where a side is empty."""
    s, t = np.asarray(scores, float), np.asarray(truth, bool)
    yes, no = s[t], s[~t]
    if len(yes) == 0 or len(no) == 0:
        return 0.5
    difference = yes[:, None] - no[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def ece(probabilities: Sequence[float], truth: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Guo et al., ICML 2017), 0 to 1."""
    p, t = np.asarray(probabilities, float), np.asarray(truth, float)
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[which == b].mean() - t[which == b].mean()) * (which == b).mean() for b in set(which.tolist())]
    return float(sum(gaps))


def interval(rows: Counts, figure: Callable[[Counts], float], rounds: int = 2000) -> tuple[float, float]:
    """The 95 % bootstrap interval of a figure, photos drawn with replacement.

    Args:
        rows: one row a photo.
        figure: rows -> the figure.
        rounds: of drawing.
    """
    rng = np.random.default_rng(0)
    values = [figure(rows[rng.integers(len(rows), size=len(rows))]) for _ in range(rounds)]
    return float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))


def pooled(rows: Counts) -> float:
    """IoU of all photos together; `rows` `[N, 2]` intersection, union."""
    return float(rows[:, 0].sum() / max(1.0, rows[:, 1].sum()))
