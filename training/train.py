"""Train the network: one command, seeded, resumable, on whatever processor there is.

    python train.py --data ../../shared/data --out runs/main
    python train.py --own DIR --init ../models/dressnet.pt --out runs/mine      (fine-tuning)

Two stages: small views first (cheap, and the scale is right), then whole photos as they are served,
with pseudo-labels for photos that have only the tag "dress". Kept is the checkpoint with the best
score on photos that training does not see, not the last one.
"""

from __future__ import annotations

import argparse
import time
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

import losses
from augment import inpaint_person, person_of
from checkpoint import save
from data import Corpus, Pixels, Sample, read_ccp, read_flatlay, read_own
from inference import validate
from model import DressNet, build, load_weights
from report import contact_sheet, write_log
from sampling import Draws, Views, collate, without_fold
from served import LONGEST
from teacher import keep, learn_from, pseudo_label, remember


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
    full: tuple[int, int] = (LONGEST, 256)
    rate: float = 1.2e-3  # decoder and heads
    encoder_rate: float = 2.5e-4  # the encoder knows more than 1,000 photos can teach it
    decay: float = 0.03
    ema: float = 0.996  # averaging window about three epochs; the raw weights' score jumps by 0.03
    elsewhere: float = 0.3  # share of the views before another background
    check_every: int = 2  # epochs between looks at the validation photos
    workers: int = 1  # processes that make views; what they make does not depend on how many they are

    @property
    def epochs(self) -> int:
        return self.small_epochs + self.full_epochs


@dataclass
class Start:
    """What a run begins with, besides photos."""

    encoder: Path | None = None  # `mobilenetv2_voc.npz`
    init: Path | None = None  # a checkpoint to train on
    teacher: Path | None = None  # a finished network, see `teacher.py`
    resume: bool = False  # go on from `last.pt`, where there is one


class Run:
    """One training run, whose state lies in a folder."""

    def __init__(self, corpus: Corpus, settings: Settings, out: Path, start: Start) -> None:
        out.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(settings.seed)
        cv2.setNumThreads(1)  # the views' worker has one core to itself at best
        self.corpus, self.settings, self.out, self.teacher = corpus, settings, out, start.teacher
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = network_for(settings, start).to(self.device, memory_format=torch.channels_last)
        self.average = deepcopy(self.net)
        self.optimiser = optimiser_for(self.net, settings)
        self.draws = Draws(corpus.train, settings.samples, settings.seed)
        self.steps = len(self.draws) // settings.batch * settings.epochs
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser,
            [g["lr"] for g in self.optimiser.param_groups],
            max(2, self.steps),
            pct_start=0.06,
            anneal_strategy="cos",
        )
        self.log: list[dict[str, float]] = []
        self.best: dict[str, float] = {"score": -1.0}
        self.begin = 0
        if start.teacher is not None:
            learn_from(start.teacher, corpus.train, self.lessons)
        if start.resume and self.last.exists():
            self.go_on()
        self.backdrops = backdrops_of(corpus.train)

    @property
    def last(self) -> Path:
        return self.out / "last.pt"

    @property
    def lessons(self) -> Path:
        """What a teacher, or this network itself after the small views, said of photos with tags only."""
        return self.out / "lessons.pt"

    def go_on(self) -> None:
        """Take up the state that the run was left in."""
        state = torch.load(self.last, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.log, self.best, self.begin = state["log"], state["best"], state["epoch"] + 1
        # By its place, not by its state: a run may go on with other numbers of epochs than it began with.
        self.schedule.last_epoch = self.begin * (len(self.draws) // self.settings.batch) - 1
        self.schedule.step()
        if self.begin > self.settings.small_epochs and self.lessons.exists():
            remember(self.corpus.train, self.lessons)

    def train(self) -> dict[str, float]:
        """All epochs that are left; returns the best checkpoint's validation figures."""
        for epoch in range(self.begin, self.settings.epochs):
            if epoch == self.settings.small_epochs and isinstance(self.net, DressNet) and self.teacher is None:
                print(f"pseudo-labels for {pseudo_label(self.average, self.corpus.train)} photos", flush=True)
                keep(self.corpus.train, self.lessons)
            row = self.epoch(epoch)
            if (epoch + 1) % self.settings.check_every == 0 or epoch + 1 == self.settings.epochs:
                row |= self.judged(epoch)
            self.log.append(row)
            print("  ".join(f"{k} {v:.4g}" for k, v in row.items()), flush=True)
            self.leave(epoch)
        self.average.load_state_dict(
            torch.load(self.out / "best.pt", map_location=self.device, weights_only=True)["model"]
        )
        contact_sheet(self.average, self.corpus.validation, self.out / "contact-sheet.png")
        return self.best

    def epoch(self, epoch: int) -> dict[str, float]:
        """One epoch's steps; returns its number, its seconds and the mean of each loss."""
        s = self.settings
        size = s.small if epoch < s.small_epochs else s.full
        views = Views(self.corpus.train, size, self.backdrops, s.seed, s.elsewhere)
        self.draws.epoch = epoch
        loader = DataLoader(
            views, s.batch, sampler=self.draws, collate_fn=collate, num_workers=s.workers, drop_last=True
        )
        self.net.train()
        sums: dict[str, float] = {}
        started = time.time()
        bar = tqdm(loader, desc=f"epoch {epoch + 1}/{s.epochs}", leave=False, mininterval=2.0)
        for batch in bar:
            terms = self.step({k: v.to(self.device) for k, v in batch.items()})
            for k, v in terms.items():
                sums[k] = sums.get(k, 0.0) + v
            bar.set_postfix({k: f"{v:.3f}" for k, v in terms.items()})
        means = {k: v / len(loader) for k, v in sums.items()}
        return {"epoch": epoch + 1, "seconds": time.time() - started} | means

    def step(self, batch: dict[str, Tensor]) -> dict[str, float]:
        """Learn from one batch; returns the losses."""
        rgb = batch.pop("rgb").contiguous(memory_format=torch.channels_last)
        loss, terms = losses.total(self.net(rgb), batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        if self.schedule.last_epoch < self.steps - 1:
            self.schedule.step()
        update_ema(self.average, self.net, min(self.settings.ema, 1 - 1 / (self.schedule.last_epoch + 1)))
        return terms

    def judged(self, epoch: int) -> dict[str, float]:
        """The averaged network's figures on the validation photos; `best.pt` is written where they are the best."""
        found = validate(self.average, self.corpus.validation)
        if found["score"] >= self.best["score"]:  # the later of equals: photos without a dress cannot tell them apart
            self.best = {**found, "epoch": epoch + 1}
            model = self.average.state_dict()
            save(self.out / "best.pt", model=model, network=self.settings.network, figures=self.best)
        return found

    def leave(self, epoch: int) -> None:
        """Write what a later run needs to go on, and the log."""
        save(
            self.last,
            model=self.net.state_dict(),
            average=self.average.state_dict(),
            optimiser=self.optimiser.state_dict(),
            log=self.log,
            best=self.best,
            epoch=epoch,
        )
        write_log(self.log, self.out)


def network_for(settings: Settings, start: Start) -> nn.Module:
    """The network as a run begins with it."""
    net = build(settings.network, start.encoder)
    if start.init is not None:
        load_weights(net, torch.load(start.init, map_location="cpu", weights_only=True)["model"])
    if isinstance(net, DressNet):
        net.encoder.freeze_early()
    return net


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


def backdrops_of(samples: list[Sample]) -> list[Pixels]:
    """Streets with nobody in them, from every seventh labelled photo."""
    people = [s for s in samples if s.source == "ccp" and s.parts is not None]
    return [inpaint_person(s.photo, p) for s in people[::7] if (p := person_of(s)) is not None]


@torch.no_grad()
def update_ema(average: nn.Module, net: nn.Module, keep: float) -> None:
    """Move the averaged weights a little towards the present ones (exponential moving average)."""
    for a, b in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        if a.dtype.is_floating_point:
            a.lerp_(b, 1 - keep)
        else:
            a.copy_(b)


def train(corpus: Corpus, settings: Settings, out: Path, start: Start) -> dict[str, float]:
    """Train, and leave `best.pt`, `last.pt`, `log.csv`, `curves.png` and `contact-sheet.png` in `out`.

    Returns:
        The best checkpoint's validation figures.
    """
    return Run(corpus, settings, out, start).train()


def corpus_of(data: Path | None, own: Path | None) -> Corpus:
    """The photos of either layout, as samples."""
    if own is not None:
        return read_own(own)
    assert data is not None
    corpus = read_ccp(data / "ccp")
    if (data / "flatlay").exists():
        corpus.train += read_flatlay(data / "flatlay")[0]
    return corpus


def fold(text: str) -> tuple[int, int]:
    """`1/5` -> (0, 5): the first of five folds."""
    which, _, count = text.partition("/")
    if not (which.isdecimal() and count.isdecimal() and 1 <= int(which) <= int(count) and int(count) > 1):
        raise argparse.ArgumentTypeError(f"{text!r} is no fold such as 1/5, the first of five")
    return int(which) - 1, int(count)


def parser() -> argparse.ArgumentParser:
    """The command line: where things lie, and every hyper-parameter."""
    out = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = out.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder with ccp, flatlay and encoder")
    source.add_argument("--own", type=Path, help="one's own photos: original*, body*, dress* (the article's layout)")
    out.add_argument("--init", type=Path, help="start from this checkpoint (fine-tuning)")
    out.add_argument("--teacher", type=Path, help="a finished network that masks the photos with tags only")
    out.add_argument("--out", type=Path, required=True, help="where checkpoints and logs go")
    out.add_argument("--resume", action="store_true", help="go on from OUT/last.pt")
    out.add_argument("--fold", type=fold, metavar="K/N", help="leave out one of N parts of the photos, and judge by it")
    for name, value in asdict(Settings()).items():
        if isinstance(value, tuple):
            out.add_argument(f"--{name}", type=int, nargs=2, default=value)
        else:
            out.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    return out


def main() -> None:
    args = parser().parse_args()
    settings = Settings(**{k: getattr(args, k) for k in asdict(Settings())})
    settings.small, settings.full = tuple(settings.small), tuple(settings.full)
    encoder = args.data / "encoder" / "mobilenetv2_voc.npz" if args.data is not None and args.init is None else None
    corpus = corpus_of(args.data, args.own)
    if args.fold is not None:
        try:
            corpus = without_fold(corpus, *args.fold)
        except ValueError as e:
            raise SystemExit(str(e)) from None
    print(f"{len(corpus.train)} photos to learn from, {len(corpus.validation)} to judge by", flush=True)
    best = train(corpus, settings, args.out, Start(encoder, args.init, args.teacher, args.resume))
    print("best:", "  ".join(f"{k} {v:.4f}" for k, v in best.items()))


if __name__ == "__main__":
    main()
