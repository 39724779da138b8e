"""Teach a finished network which way is up.

    python turn.py --checkpoint runs/main/best.pt --data ../../shared/data

Labels cost nothing: photos are turned. Only the head `turned` learns, from what the encoder sees anyway, so that masks
and presence stay what they are; the checkpoint is written again with the new head.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from augment import augment
from calibration import turned_figures
from checkpoint import save
from data import Pixels, Sample, read_ccp, read_flatlay
from inference import turned_logits
from model import DressNet, TurnHead, restore
from served import LONGEST, UPRIGHT, as_served


def view(sample: Sample, rng: np.random.Generator) -> Pixels:
    """A photo as it is served, or as a phone might have taken it, `[H, W, 3]`."""
    if rng.random() < 0.5:
        return augment(sample, LONGEST, 256, rng, []).rgb
    photo = as_served(sample.photo)[0]
    return photo[:, ::-1] if rng.random() < 0.5 else photo


@torch.no_grad()
def turned_features(net: DressNet, samples: list[Sample], seed: int) -> list[tuple[Tensor, int]]:
    """What the encoder sees of each photo in all four turns: half floats `[1, C, h, w]`, and quarter turns."""
    rng = np.random.default_rng(seed)
    out = []
    for sample in samples:
        upright = view(sample, rng)
        for quarters in range(4):
            rgb = torch.from_numpy(np.ascontiguousarray(np.rot90(upright, -quarters))[None]).permute(0, 3, 1, 2)
            *_, deep = net.encoder(rgb.float() / 127.5 - 1.0)
            out.append((deep.half(), quarters))
    return out


def fit(head: TurnHead, seen: list[tuple[Tensor, int]], epochs: int, rate: float, batch: int, seed: int) -> float:
    """Train the head alone; returns the last epoch's mean loss. Batches are of photos of one shape."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    shapes: dict[tuple[int, ...], list[int]] = {}
    for i, (deep, _) in enumerate(seen):
        shapes.setdefault(tuple(deep.shape[2:]), []).append(i)
    optimiser = torch.optim.AdamW(head.parameters(), rate, weight_decay=0.02)
    steps = epochs * sum(-(-len(members) // batch) for members in shapes.values())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps + 1, pct_start=0.1)
    head.train()
    mean = 0.0
    for _ in range(epochs):
        batches = [b for members in shapes.values() for b in chunks(rng.permutation(members).tolist(), batch)]
        rng.shuffle(batches)
        total = 0.0
        for members in batches:
            deep = torch.cat([seen[i][0] for i in members]).float()
            loss = F.cross_entropy(head(deep), torch.tensor([seen[i][1] for i in members]), label_smoothing=0.02)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(members)
        mean = total / len(seen)
    head.eval()
    return mean


def chunks(members: list[int], size: int) -> list[list[int]]:
    return [members[i : i + size] for i in range(0, len(members), size)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="best.pt of a training run; is written anew")
    parser.add_argument("--data", type=Path, required=True, help="folder with ccp and flatlay")
    parser.add_argument("--photos", type=int, default=700, help="as many of the training photos, drawn by chance")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    corpus = read_ccp(args.data / "ccp")
    samples = corpus.train + read_flatlay(args.data / "flatlay")[0]
    chosen = np.random.default_rng(args.seed).permutation(len(samples))[: args.photos]
    name, net = restore(args.checkpoint)
    if not isinstance(net, DressNet):
        raise SystemExit(f"{args.checkpoint} holds a {name}, which has no head for this")
    seen = turned_features(net, [samples[i] for i in chosen], args.seed)
    print(f"{len(seen)} views", flush=True)
    net.turned = TurnHead(net.encoder.channels[-1])
    print(f"loss {fit(net.turned, seen, args.epochs, args.rate, 32, args.seed):.4f}", flush=True)
    save(args.checkpoint, model=net.state_dict(), network=name)
    print("validation photos:", turned_figures(*turned_logits(net, corpus.validation), UPRIGHT))


if __name__ == "__main__":
    main()
