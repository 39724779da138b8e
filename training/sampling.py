"""Which photos a run learns from, which an epoch shows, how often, and as what views."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from augment import Example, augment
from data import Corpus, Pixels, Sample

# Shares of an epoch. Photos with masks teach shape, so they are most of it; a trial with as many
# tag-only photos as labelled ones lost 0.08 of the dress's IoU.
SHARES = {"dress": 0.24, "proxy": 0.11, "labelled": 0.32, "tag-dress": 0.14, "tag-other": 0.12, "flatlay": 0.07}


def group_of(sample: Sample) -> str:
    """The group of `SHARES` to which a sample belongs."""
    if sample.source == "flatlay":
        return "flatlay"
    if sample.source == "tags":
        return "tag-dress" if sample.presence_weight > 0 and sample.presence > 0.5 else "tag-other"
    if sample.proxy:
        return "proxy"
    return "dress" if sample.presence > 0.5 else "labelled"


# From this weight on it is believed whether a photo shows a dress.
TOLD = 0.6


def without_fold(corpus: Corpus, which: int, count: int) -> Corpus:
    """All but one of `count` equal parts of the training photos to learn from, and that part to judge by.

    One run for each fold, and every training photo is judged by a network that has not seen it: nearly ten times as
    many dresses as validation has. Photos of one series lie in one fold, and each group of `SHARES` is spread evenly.
    Only people judge, of whom it is known whether they wear a dress.

    Args:
        corpus: its validation photos are left out.
        which: the fold, 0 to `count` - 1; of the same photos each time.
        count: of folds, 2 or more.

    Raises:
        ValueError: nothing in the fold can judge.
    """
    rng = np.random.default_rng(count)
    groups: dict[str, list[str]] = {}
    for sample in corpus.train:
        groups.setdefault(group_of(sample), []).append(sample.id)
    fold = {id: i % count for _, ids in sorted(groups.items()) for i, id in enumerate(rng.permutation(ids).tolist())}
    for one_dress in corpus.series:
        here = [id for id in one_dress if id in fold]
        fold |= {id: fold[here[0]] for id in here}
    left_out = [s for s in corpus.train if fold[s.id] == which]
    judges = [s for s in left_out if s.presence_weight >= TOLD and s.source != "flatlay"]
    if not judges:
        raise ValueError(f"fold {which + 1} of {count} has no photo to judge by: there are {len(corpus.train)} in all")
    return Corpus([s for s in corpus.train if fold[s.id] != which], judges, corpus.series)


class Views(Dataset[Example]):
    """Random views of samples; an index is (epoch, draw, sample), so that workers need no state."""

    def __init__(
        self, samples: list[Sample], size: tuple[int, int], backdrops: list[Pixels], seed: int, elsewhere: float
    ) -> None:
        self.samples, self.size, self.backdrops, self.seed, self.elsewhere = samples, size, backdrops, seed, elsewhere

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, key: tuple[int, int, int]) -> Example:
        epoch, draw, index = key
        rng = np.random.default_rng((self.seed, epoch, draw))
        return augment(self.samples[index], *self.size, rng, self.backdrops, self.elsewhere)


class Draws(Sampler[tuple[int, int, int]]):
    """An epoch's draws: each group gets its share, each sample of a group comes before one comes twice."""

    def __init__(self, samples: list[Sample], count: int, seed: int) -> None:
        self.groups: dict[str, list[int]] = {}
        for i, sample in enumerate(samples):
            self.groups.setdefault(group_of(sample), []).append(i)
        self.count, self.seed, self.epoch = count, seed, 0
        present = sum(SHARES[g] for g in self.groups)
        self.quota = {g: max(1, round(count * SHARES[g] / present)) for g in self.groups}

    def __len__(self) -> int:
        return sum(self.quota.values())

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        rng = np.random.default_rng((self.seed, self.epoch))
        chosen: list[int] = []
        for group, members in sorted(self.groups.items()):
            want = self.quota[group]
            rounds = -(-want // len(members))
            chosen += np.concatenate([rng.permutation(members) for _ in range(rounds)])[:want].tolist()
        rng.shuffle(chosen)
        for draw, index in enumerate(chosen):
            yield self.epoch, draw, index


def collate(examples: list[Example]) -> dict[str, Tensor]:
    """Examples -> one batch, channels last: rgb `[N, 3, H, W]` 0-255, parts and shape `[N, H, W]`."""
    rgb = torch.from_numpy(np.stack([e.rgb for e in examples])).permute(0, 3, 1, 2)
    return {
        "rgb": rgb.float(),
        "parts": torch.from_numpy(np.stack([e.parts for e in examples])).long(),
        "shape": torch.from_numpy(np.stack([e.shape for e in examples])).long(),
        "shape_weight": torch.tensor([e.shape_weight for e in examples]),
        "presence": torch.tensor([e.presence for e in examples]),
        "presence_weight": torch.tensor([e.presence_weight for e in examples]),
        "tags": torch.from_numpy(np.stack([e.tags for e in examples])),
    }
