"""Which photos a run learns from and is judged by, and that it sees the same whoever makes its views."""

import argparse
from collections import Counter

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from data import Corpus, Sample
from sampling import Draws, Views, collate, group_of, without_fold
from train import fold

PHOTO = np.zeros((32, 32, 3), np.uint8)


def sample(i: int) -> Sample:
    """Dresses, other people, lying garments and photos of which nobody knows, in turns."""
    source = "flatlay" if i % 5 == 4 else "ccp"
    return Sample(str(i), PHOTO, presence=float(i % 3 == 0), presence_weight=0.0 if i % 7 == 0 else 1.0, source=source)


@pytest.fixture
def corpus() -> Corpus:
    samples = [sample(i) for i in range(210)]
    return Corpus(samples[:200], samples[200:], [["3", "8"], ["11", "12", "13"], ["205", "20", "31"]])


@pytest.mark.parametrize("count", [2, 5])
def test_folds_together_judge_each_photo_once_by_a_network_that_has_not_seen_it(corpus, count):
    folds = [without_fold(corpus, which, count) for which in range(count)]
    seen = Counter(s.id for f in folds for s in f.train)
    judged = Counter(s.id for f in folds for s in f.validation)
    told = {s.id for s in corpus.train if s.presence_weight > 0 and s.source != "flatlay"}
    assert seen == {s.id: count - 1 for s in corpus.train}
    assert judged == dict.fromkeys(told, 1)
    for f in folds:
        assert not {s.id for s in f.train} & {s.id for s in f.validation}


def test_a_fold_has_its_share_of_each_group_and_keeps_series_together(corpus):
    for which in range(5):
        left = without_fold(corpus, which, 5)
        groups = Counter(group_of(s) for s in left.train)
        for group, all_of_it in Counter(group_of(s) for s in corpus.train).items():
            assert groups[group] == pytest.approx(0.8 * all_of_it, abs=4)  # three of them follow their series
        learned = {s.id for s in left.train}
        assert all(ids <= learned or not ids & learned for ids in ({"3", "8"}, {"11", "12", "13"}, {"20", "31"}))
        assert {s.id for s in without_fold(corpus, which, 5).train} == learned


def test_a_fold_of_too_few_photos_is_refused(corpus):
    with pytest.raises(ValueError, match="fold 5 of 5 has no photo to judge by: there are 3 in all"):
        without_fold(Corpus(corpus.train[1:4], []), 4, 5)


def test_a_fold_is_named_by_two_numbers():
    assert fold("1/5") == (0, 5)
    assert fold("5/5") == (4, 5)
    for text in ("0/5", "6/5", "1/1", "1", "1/", "a/b", "-1/5", "1/5/2"):
        with pytest.raises(argparse.ArgumentTypeError, match="no fold such as 1/5"):
            fold(text)


def test_views_do_not_depend_on_how_many_make_them():
    rng = np.random.default_rng(1)
    photos = rng.integers(0, 256, (8, 60, 40, 3)).astype(np.uint8)
    samples = [Sample(str(i), photo, presence_weight=1.0) for i, photo in enumerate(photos)]
    views = Views(samples, (48, 32), [], seed=3, elsewhere=0.5)

    def batches(workers: int) -> list[torch.Tensor]:
        loader = DataLoader(views, 2, sampler=Draws(samples, 8, 3), collate_fn=collate, num_workers=workers)
        return [batch["rgb"] for batch in loader]

    alone, shared = batches(0), batches(2)
    assert len(alone) == 4
    assert all(torch.equal(a, b) for a, b in zip(alone, shared, strict=True))
