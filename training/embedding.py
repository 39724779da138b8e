"""Fit what maps a dress's numbers to its embedding, so that other photos of the same dress come near it.

    npm run bench:views -- --photos PHOTOS --out numbers.ndjson
    python embedding.py --numbers numbers.ndjson

Each line of the file is one view of one photo: `id`, `view` (`plain` for the photo as it is), and two lists of numbers,
`features` and `colours`. Fisher's linear discriminant (1936) is fitted to each list: what differs between the views of
one dress is made small beside what differs between dresses. Shrinkage keeps it from trusting few photos too far.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCKS = ("features", "colours")
OUTPUTS = 64
# Of the mean variance within a dress, added to each direction: of 0.05 to 1 it hardly matters.
SHRINKAGE = 0.3
# As in lib/pipeline/description/embedding.ts.
COLOURS_COUNT = 0.5
FOLDS = 5


@dataclass(frozen=True)
class Views:
    """Photos as they are, one row each, and further views of some of them."""

    ids: list[str]
    plain: dict[str, Floats]  # block -> [photos, numbers]
    view_names: list[str]
    own: NDArray[np.int64]  # row of the photo that each view is of
    views: dict[str, Floats]  # block -> [views, numbers]


@dataclass(frozen=True)
class Map:
    mean: Floats  # [numbers]
    weights: Floats  # [numbers, outputs]

    def __call__(self, numbers: Floats) -> Floats:
        return unit((numbers - self.mean) @ self.weights)


def unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length == 0, 1, length)


def read(path: Path) -> Views:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    plain = sorted((line for line in lines if line["view"] == "plain"), key=lambda line: line["id"])
    row = {line["id"]: at for at, line in enumerate(plain)}
    views = [line for line in lines if line["view"] != "plain" and line["id"] in row]

    def block(some: Sequence[dict[str, list[float]]], name: str) -> Floats:
        return np.array([line[name] for line in some], dtype=np.float64)

    return Views(
        ids=[line["id"] for line in plain],
        plain={name: block(plain, name) for name in BLOCKS},
        view_names=[line["view"] for line in views],
        own=np.array([row[line["id"]] for line in views], dtype=np.int64),
        views={name: block(views, name) for name in BLOCKS},
    )


def fit(plain: Floats, views: Floats, own: NDArray[np.int64], among: NDArray[np.bool_]) -> Map:
    """Fit to the photos `among`; `views` are of the rows `own`, which are among them."""
    apart = views - plain[own]
    within = apart.T @ apart / (2 * len(apart))
    mean = plain[among].mean(axis=0)
    spread = plain[among] - mean
    between = spread.T @ spread / len(spread)
    size = len(within)
    values, axes = np.linalg.eigh(within + SHRINKAGE * np.trace(within) / size * np.eye(size))
    whiten = axes / np.sqrt(values)
    _, directions = np.linalg.eigh(whiten.T @ between @ whiten)
    return Map(mean, whiten @ directions[:, ::-1][:, :OUTPUTS])


def fit_all(data: Views, keep: NDArray[np.bool_]) -> dict[str, Map]:
    """Fit each block to the photos that are kept, and to their views."""
    used = keep[data.own]
    return {b: fit(data.plain[b], data.views[b][used], data.own[used], keep) for b in BLOCKS}


def embed(maps: dict[str, Map], blocks: dict[str, Floats]) -> Floats:
    both = [maps["features"](blocks["features"]), COLOURS_COUNT * maps["colours"](blocks["colours"])]
    return unit(np.concatenate(both, axis=1))


def ranks(queries: Floats, gallery: Floats, own: NDArray[np.int64]) -> NDArray[np.int64]:
    """At which place each query's own row comes, from 1."""
    scores = queries @ gallery.T
    mine = scores[np.arange(len(own)), own]
    return (scores > mine[:, None]).sum(axis=1) + 1


def cross_validated(data: Views) -> NDArray[np.int64]:
    """Ranks of all views, each by maps that saw nothing of its dress."""
    fold = np.random.default_rng(0).permutation(len(data.ids)) % FOLDS
    result = np.zeros(len(data.own), dtype=np.int64)
    for out in range(FOLDS):
        maps = fit_all(data, fold != out)
        asked = fold[data.own] == out
        queries = embed(maps, {b: data.views[b][asked] for b in BLOCKS})
        result[asked] = ranks(queries, embed(maps, data.plain), data.own[asked])
    return result


def stored(fitted: Map) -> dict[str, object]:
    """Whole numbers of 16 bits: rounding moves no score by more than 0.001."""
    units = {name: float(np.abs(getattr(fitted, name)).max() / 32767) for name in ("mean", "weights")}

    def text(name: str) -> str:
        whole = np.round(getattr(fitted, name) / units[name]).astype("<i2")
        return base64.b64encode(whole.tobytes()).decode()

    inputs, outputs = fitted.weights.shape
    return {"inputs": inputs, "outputs": outputs, "unit": units, "mean": text("mean"), "weights": text("weights")}


def main() -> None:
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description="Fit what maps a dress's numbers to its embedding.")
    parser.add_argument("--numbers", type=Path, required=True, help="written by npm run bench:views")
    parser.add_argument("--validation", type=Path, default=here / "splits/ccp-validation.json", help="never fitted to")
    parser.add_argument("--model", type=Path, default=here.parent / "models/model.json")
    parser.add_argument("--out", type=Path, default=here.parent / "lib/pipeline/description/projection.json")
    asked = parser.parse_args()
    data = read(asked.numbers)
    split = json.loads(asked.validation.read_text())
    unseen = {name for names in split.values() if isinstance(names, list) for name in names}
    result = cross_validated(data)
    for view in sorted(set(data.view_names)):
        of = result[np.array(data.view_names) == view]
        print(f"{view}: first for {np.mean(of == 1):.1%}, among ten for {np.mean(of <= 10):.1%} of {len(of)}")
    maps = fit_all(data, np.array([name not in unseen for name in data.ids]))
    model = json.loads(asked.model.read_text())
    content = {"model": {k: model[k] for k in ("name", "version")}, **{b: stored(maps[b]) for b in BLOCKS}}
    asked.out.write_text(json.dumps(content, indent=2) + "\n")
    print(f"{len(data.ids)} photos, {len(data.own)} further views; wrote {asked.out}")


if __name__ == "__main__":
    main()
