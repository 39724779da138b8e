import numpy as np
import pytest
import torch

import losses
from data import DRESS, IGNORE
from metrics import auc, boundary, boundary_counts, ece, interval, iou_counts, pooled


def logits_for(target: torch.Tensor, classes: int, sure: float) -> torch.Tensor:
    return torch.nn.functional.one_hot(target.clamp(max=classes - 1), classes).permute(0, 3, 1, 2).float() * sure


def test_a_good_shape_costs_less_than_a_bad_one():
    target = torch.zeros(2, 16, 16, dtype=torch.long)
    target[:, 4:12, 4:12] = DRESS
    good = losses.shape_loss(logits_for(target, 3, 6.0), target, torch.ones(2))
    vague = losses.shape_loss(logits_for(target, 3, 1.0), target, torch.ones(2))
    wrong = losses.shape_loss(logits_for(target.flip(1).roll(5, 2), 3, 6.0), target, torch.ones(2))
    assert good < vague < wrong


def test_ignored_pixels_and_unweighted_photos_cost_nothing():
    target = torch.full((2, 8, 8), IGNORE)
    logits = torch.randn(2, 3, 8, 8, requires_grad=True)
    loss = losses.shape_loss(logits, target, torch.ones(2))
    assert loss.item() == 0
    loss.backward()
    assert losses.shape_loss(logits, torch.zeros(2, 8, 8, dtype=torch.long), torch.zeros(2)).item() == 0
    assert losses.parts_loss(torch.randn(2, 13, 4, 4), target).item() == 0
    assert losses.presence_loss(torch.tensor([9.0]), torch.tensor([0.0]), torch.tensor([0.0])).item() == 0
    assert losses.tags_loss(torch.randn(2, 13), torch.full((2, 13), torch.nan)).item() == 0


def test_presence_in_the_right_order_costs_less():
    weight, truth = torch.ones(2), torch.tensor([1.0, 0.0])
    right = losses.presence_loss(torch.tensor([2.0, -2.0]), truth, weight)
    wrong = losses.presence_loss(torch.tensor([-2.0, 2.0]), truth, weight)
    assert right < wrong


def test_iou_and_boundary_iou_of_a_shifted_square():
    a, b = np.zeros((100, 100), bool), np.zeros((100, 100), bool)
    a[20:60, 20:60], b[20:60, 30:70] = True, True
    i, u = iou_counts(a, b)
    assert (i, u) == (30 * 40, 50 * 40)
    i2, u2 = boundary_counts(a, b)
    assert 0 < i2 / u2 < i / u
    assert boundary_counts(a, a)[0] == boundary_counts(a, a)[1] == boundary(a).sum()
    assert boundary(a)[40, 40] == 0 and boundary(a)[20, 40] == 1


def test_auc_and_ece_of_known_cases():
    assert auc([0.9, 0.8, 0.1], [True, True, False]) == 1.0
    assert auc([0.1, 0.9], [True, False]) == 0.0
    assert auc([0.5, 0.5], [True, False]) == 0.5
    assert ece([1.0, 0.0], [True, False]) == 0.0
    assert ece([0.95, 0.95], [True, False]) == pytest.approx(0.45)


def test_the_bootstrap_interval_holds_the_figure_and_narrows_with_photos():
    rng = np.random.default_rng(0)
    few = np.stack([rng.uniform(60, 90, 12), np.full(12, 100.0)], 1)
    many = np.tile(few, (20, 1))
    low, high = interval(few, pooled)
    assert low < pooled(few) < high
    low2, high2 = interval(many, pooled)
    assert high2 - low2 < high - low
