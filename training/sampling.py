"""Which photos an epoch shows, how often, and as what views."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from augment import Example, augment
from data import Pixels, Sample

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
