"""Logits into probabilities that can be believed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from data import Floats


def calibrate(logits: list[float], worn: list[bool], steps: int = 400) -> tuple[float, float]:
    """The slope and offset that make logits into probabilities (Platt 1999): p = sigmoid(slope * logit + offset)."""
    x, y = torch.tensor(logits, dtype=torch.float64), torch.tensor(worn, dtype=torch.float64)
    # Platt's targets: a few dozen photos do not prove certainty.
    yes, no = y.sum(), (1 - y).sum()
    target = torch.where(y > 0.5, (yes + 1) / (yes + 2), 1 / (no + 2))
    ab = torch.zeros(2, dtype=torch.float64)
    ab[0] = 1.0
    ab.requires_grad_(True)
    optimiser = torch.optim.LBFGS([ab], max_iter=steps, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(ab[0] * x + ab[1], target)
        loss.backward()
        return loss

    optimiser.step(closure)
    slope, offset = ab.tolist()
    return slope, offset


def cross_fitted(logits: list[float], worn: list[bool], folds: int = 5) -> list[float]:
    """Calibrated probabilities, each from a calibration that has not seen its photo: what ECE may be told from."""
    out = np.zeros(len(logits))
    order = np.argsort(np.asarray(worn), kind="stable")  # each fold gets its share of dresses
    for k in range(folds):
        test = order[k::folds]
        rest = [i for i in range(len(logits)) if i not in set(test.tolist())]
        slope, offset = calibrate([logits[i] for i in rest], [worn[i] for i in rest])
        out[test] = [1 / (1 + np.exp(-(slope * logits[i] + offset))) for i in test]
    return out.tolist()


def turned_figures(logits: Floats, truth: Floats, upright: float) -> dict[str, float]:
    """How well a network tells how photos lie.

    Args:
        logits: `[N, 4]` of quarter turns clockwise.
        truth: `[N]`, 0 to 3.
        upright: added to the logit of 0.

    Returns:
        `found`, the share of turned photos whose turn is told rightly, and `wronged`, the share of upright ones that
        are taken for turned.
    """
    said = (logits + np.array([upright, 0, 0, 0])).argmax(1)
    lying = truth > 0
    return {
        "found": round(float((said == truth)[lying].mean()), 4),
        "wronged": round(float((said > 0)[~lying].mean()), 4),
    }
