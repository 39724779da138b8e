"""Train the network: one command, seeded, resumable, on whatever processor there is.

    python train.py --data ../../shared/data --out runs/main
    python train.py --own DIR --init ../models/dressnet.pt --out runs/mine      (fine-tuning)

Two stages: small views first (cheap, and the scale is right), then whole photos as they are served,
with pseudo-labels for photos that have only the tag "dress". Kept is the checkpoint with the best
score on photos that training does not see, not the last one.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Sampler
from tqdm import tqdm

import losses
from augment import Example, augment, empty_street, person_of
from data import DRESS, IGNORE, PART, Corpus, Pixels, Sample, grabcut_seeded, read_ccp, read_flatlay, read_own
from metrics import auc, iou_counts
from model import STRIDE, DressNet, Output, build, restore

matplotlib.use("Agg")
torch.backends.nnpack.set_flags(False)  # on a CPU it does not know it complains at every convolution


@dataclass
class Settings:
    """All hyper-parameters. `EXPERIMENTS.md` says what was tried for each."""

    network: str = "dressnet"
    seed: int = 7
    batch: int = 16  # from 16 on PyTorch's faster convolutions run on one thread, too: 67 ms a view instead of 95
    samples: int = 1040  # views an epoch
    small_epochs: int = 24  # at `small`: crops at the served scale, half the cost
    full_epochs: int = 13  # at `full`: as served
    small: tuple[int, int] = (288, 192)  # height, width
    full: tuple[int, int] = (384, 256)
    rate: float = 1.2e-3  # decoder and heads
    encoder_rate: float = 2.5e-4  # the encoder knows more than 1,000 photos can teach it
    decay: float = 0.03
    ema: float = 0.996  # averaging window about three epochs; the raw weights' score jumps by 0.03
    elsewhere: float = 0.3  # share of the views before another background
    check_every: int = 2  # epochs between looks at the validation photos


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
        self, samples: list[Sample], size: tuple[int, int], backdrops: list[Pixels], settings: Settings
    ) -> None:
        self.samples, self.size, self.backdrops = samples, size, backdrops
        self.seed, self.elsewhere = settings.seed, settings.elsewhere

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


# --------------------------------------------------------------------------- looking at photos as served


def served_size(height: int, width: int, longest: int = 384) -> tuple[int, int]:
    """The size at which the network sees a photo: longest side `longest`, both multiples of the stride."""
    scale = longest / max(height, width)
    return tuple(max(STRIDE, round(side * scale / STRIDE) * STRIDE) for side in (height, width))  # type: ignore[return-value]


@torch.no_grad()
def look(net: nn.Module, photo: Pixels, longest: int = 384) -> tuple[Output, tuple[int, int]]:
    """The network's logits for one photo as it is served."""
    h, w = served_size(*photo.shape[:2], longest)
    small = cv2.resize(photo, (w, h), interpolation=cv2.INTER_AREA)
    device = next(net.parameters()).device
    rgb = torch.from_numpy(small).permute(2, 0, 1)[None].float().to(device, memory_format=torch.channels_last)
    return net(rgb), (h, w)


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
        output, _ = look(net, s.photo)
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


# --------------------------------------------------------------------------- pseudo-labels

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
        output, _ = look(net, s.photo)
        flipped, _ = look(net, np.ascontiguousarray(s.photo[:, ::-1]))
        p = (output.shape.softmax(1) + flipped.shape.softmax(1).flip(-1)) / 2
        p = resized(p, *s.photo.shape[:2])[0].cpu().numpy()
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
    """What a finished network knows of photos that have only tags: masks of dresses, and where people stand.

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
            output, _ = look(teacher, s.photo)
            if output.parts is None:
                raise ValueError("the teacher does not know the parts of a photo: it has to be a dressnet")
            background = resized(output.parts.softmax(1), *s.photo.shape[:2])[0, PART["background"]]
            s.person = (background < 0.5).cpu().numpy().astype(np.uint8)
    return given


# --------------------------------------------------------------------------- the run


def optimiser_for(net: nn.Module, settings: Settings) -> torch.optim.AdamW:
    """AdamW with the encoder's own, lower rate; no decay on biases and norms."""
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, p in net.named_parameters():
        if p.requires_grad:
            groups.setdefault((name.startswith("encoder."), p.ndim > 1), []).append(p)
    return torch.optim.AdamW(
        [
            {"params": ps, "lr": settings.encoder_rate if enc else settings.rate, "weight_decay": settings.decay * dec}
            for (enc, dec), ps in groups.items()
        ]
    )


def curves(log: list[dict[str, float]], path: Path) -> None:
    """Losses and validation figures over epochs, as PNG."""
    from matplotlib import pyplot as plt

    fig, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    for key in ("shape", "parts", "presence", "tags"):
        if key in log[0]:
            left.plot([r["epoch"] for r in log], [r[key] for r in log], label=key)
    seen = [r for r in log if "iou" in r]
    for key in ("iou", "auc"):
        right.plot([r["epoch"] for r in seen], [r[key] for r in seen], label=f"validation {key}")
    for ax, title in ((left, "training loss"), (right, "photos not trained on")):
        ax.set_xlabel("epoch")
        ax.set_title(title)
        ax.legend()
    fig.tight_layout()
    fig.savefig(path, dpi=90)
    plt.close(fig)


def contact_sheet(net: nn.Module, samples: list[Sample], path: Path, count: int = 32) -> None:
    """Photos with the predicted dress in red and presence written on, so that one can look."""
    net.eval()
    tiles = []
    chosen = [s for s in samples if s.presence > 0.5] + [s for s in samples if s.presence <= 0.5]
    for s in chosen[:count]:
        output, (h, w) = look(net, s.photo)
        small = cv2.resize(s.photo, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32)
        alpha = output.shape.softmax(1)[0, DRESS].cpu().numpy()[..., None] * 0.6
        tile = (small * (1 - alpha) + np.array([255, 0, 60]) * alpha).astype(np.uint8)
        said = "" if output.presence is None else f"{float(output.presence[0].sigmoid()):.2f}"
        cv2.putText(tile, f"{s.id[:8]} {said}", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 0), 1)
        tiles.append(cv2.resize(tile, (192, 288)))
    while len(tiles) % 8:
        tiles.append(np.zeros_like(tiles[0]))
    rows = [np.hstack(tiles[i : i + 8]) for i in range(0, len(tiles), 8)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def corpus_of(args: argparse.Namespace) -> Corpus:
    """Everything that the arguments name, as samples."""
    if args.own is not None:
        return read_own(args.own)
    corpus = read_ccp(args.data / "ccp")
    if (args.data / "flatlay").exists():
        corpus.train += read_flatlay(args.data / "flatlay")[0]
    return corpus


def save(path: Path, **content: object) -> None:
    """Write a checkpoint whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(content, part)
    part.replace(path)


def train(
    corpus: Corpus,
    settings: Settings,
    out: Path,
    encoder: Path | None,
    init: Path | None,
    resume: bool,
    teacher: Path | None = None,
) -> dict:
    """Train, and leave `best.pt`, `last.pt`, `log.csv`, `curves.png` and `contact-sheet.png` in `out`.

    Returns:
        The best checkpoint's validation figures.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(settings.seed)
    cv2.setNumThreads(1)  # the views' worker has one core to itself at best
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    net = build(settings.network, encoder)
    if init is not None:
        net.load_state_dict(torch.load(init, map_location="cpu", weights_only=True)["model"])
    if isinstance(net, DressNet):
        net.encoder.freeze_early()
    net = net.to(device, memory_format=torch.channels_last)
    average = deepcopy(net)
    optimiser = optimiser_for(net, settings)
    draws = Draws(corpus.train, settings.samples, settings.seed)
    epochs = settings.small_epochs + settings.full_epochs
    steps = len(draws) // settings.batch * epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [g["lr"] for g in optimiser.param_groups], max(2, steps), pct_start=0.06, anneal_strategy="cos"
    )
    if teacher is not None:
        print(f"the teacher's masks for {teach(restore(teacher)[1].to(device), corpus.train)} photos", flush=True)
    log: list[dict[str, float]] = []
    best: dict[str, float] = {"score": -1.0}
    begin = 0
    if resume and (out / "last.pt").exists():
        state = torch.load(out / "last.pt", map_location=device, weights_only=True)
        net.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        log, best, begin = state["log"], state["best"], state["epoch"] + 1
        # By its place, not by its state: a run may go on with other numbers of epochs than it began with.
        schedule.last_epoch = begin * (len(draws) // settings.batch) - 1
        schedule.step()
        if begin > settings.small_epochs and teacher is None:
            # The pseudo-labels were made once, by the network of that hour: read them back.
            for s in corpus.train:
                if s.id in state["pseudo"]:
                    s.shape, s.shape_weight = state["pseudo"][s.id].cpu().numpy(), 0.5

    people = [s for s in corpus.train if s.source == "ccp" and (s.parts is not None)]
    backdrops = [empty_street(s.photo, p) for s in people[::7] if (p := person_of(s)) is not None]
    for epoch in range(begin, epochs):
        small = epoch < settings.small_epochs
        if epoch == settings.small_epochs and isinstance(net, DressNet) and teacher is None:
            print(f"pseudo-labels for {pseudo_label(average, corpus.train)} photos", flush=True)
        views = Views(corpus.train, settings.small if small else settings.full, backdrops, settings)
        draws.epoch = epoch
        loader = DataLoader(views, settings.batch, sampler=draws, collate_fn=collate, num_workers=1, drop_last=True)
        net.train()
        sums: dict[str, float] = {}
        started = time.time()
        bar = tqdm(loader, desc=f"epoch {epoch + 1}/{epochs}", leave=False, mininterval=2.0)
        for batch in bar:
            batch = {k: v.to(device) for k, v in batch.items()}
            output = net(batch.pop("rgb").contiguous(memory_format=torch.channels_last))
            loss, terms = losses.total(output, batch)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            if schedule.last_epoch < steps - 1:
                schedule.step()
            follow(average, net, min(settings.ema, 1 - 1 / (schedule.last_epoch + 1)))
            for k, v in terms.items():
                sums[k] = sums.get(k, 0.0) + v
            bar.set_postfix({k: f"{v:.3f}" for k, v in terms.items()})
        row = {"epoch": epoch + 1, "seconds": time.time() - started} | {k: v / len(loader) for k, v in sums.items()}
        if (epoch + 1) % settings.check_every == 0 or epoch + 1 == epochs:
            found = validate(average, corpus.validation)
            row |= found
            if found["score"] >= best["score"]:  # the later of equals: photos without a dress cannot tell them apart
                best = {**found, "epoch": epoch + 1}
                save(out / "best.pt", model=average.state_dict(), network=settings.network, figures=best)
        log.append(row)
        print("  ".join(f"{k} {v:.4g}" for k, v in row.items()), flush=True)
        pseudo = {s.id: torch.from_numpy(s.shape) for s in corpus.train if s.source == "tags" and s.shape is not None}
        save(
            out / "last.pt",
            model=net.state_dict(),
            average=average.state_dict(),
            optimiser=optimiser.state_dict(),
            log=log,
            best=best,
            epoch=epoch,
            pseudo=pseudo,
        )
        write_log(log, out)
    average.load_state_dict(torch.load(out / "best.pt", map_location=device, weights_only=True)["model"])
    contact_sheet(average, corpus.validation, out / "contact-sheet.png")
    return best


@torch.no_grad()
def follow(average: nn.Module, net: nn.Module, keep: float) -> None:
    """Move the averaged weights a little towards the present ones (exponential moving average)."""
    for a, b in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        if a.dtype.is_floating_point:
            a.lerp_(b, 1 - keep)
        else:
            a.copy_(b)


def write_log(log: list[dict[str, float]], out: Path) -> None:
    """`log.csv` and `curves.png`, made anew each time, so that neither is ever half-written for long."""
    keys = list(dict.fromkeys(k for row in log for k in row))
    with (out / "log.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, keys)
        writer.writeheader()
        writer.writerows(log)
    curves(log, out / "curves.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with ccp, flatlay and encoder")
    parser.add_argument("--own", type=Path, help="one's own photos: original*, body*, dress* (the article's layout)")
    parser.add_argument("--init", type=Path, help="start from this checkpoint (fine-tuning)")
    parser.add_argument("--teacher", type=Path, help="a finished network that masks the photos with tags only")
    parser.add_argument("--out", type=Path, required=True, help="where checkpoints and logs go")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/last.pt")
    for name, value in asdict(Settings()).items():
        if isinstance(value, tuple):
            parser.add_argument(f"--{name}", type=int, nargs=2, default=value)
        else:
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    args = parser.parse_args()
    if (args.data is None) == (args.own is None):
        parser.error("give either --data or --own")
    settings = Settings(**{k: getattr(args, k) for k in asdict(Settings())})
    settings.small, settings.full = tuple(settings.small), tuple(settings.full)
    encoder = args.data / "encoder" / "mobilenetv2_voc.npz" if args.data is not None and args.init is None else None
    corpus = corpus_of(args)
    print(f"{len(corpus.train)} photos to learn from, {len(corpus.validation)} to judge by", flush=True)
    best = train(corpus, settings, args.out, encoder, args.init, args.resume, args.teacher)
    print("best:", "  ".join(f"{k} {v:.4f}" for k, v in best.items()))


if __name__ == "__main__":
    main()
