"""What a run leaves for people to look at: a table, curves, and a contact sheet."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from torch import nn

from data import DRESS, Sample
from inference import look
from served import as_served

matplotlib.use("Agg")


def write_log(log: list[dict[str, float]], out: Path) -> None:
    """`log.csv` and `curves.png`, made anew each time, so that neither is ever half-written for long."""
    keys = list(dict.fromkeys(k for row in log for k in row))
    with (out / "log.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, keys)
        writer.writeheader()
        writer.writerows(log)
    curves(log, out / "curves.png")


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
        output, small = look(net, s.photo), as_served(s.photo)[0].astype(np.float32)
        alpha = output.shape.softmax(1)[0, DRESS].cpu().numpy()[..., None] * 0.6
        tile = (small * (1 - alpha) + np.array([255, 0, 60]) * alpha).astype(np.uint8)
        said = "" if output.presence is None else f"{float(output.presence[0].sigmoid()):.2f}"
        cv2.putText(tile, f"{s.id[:8]} {said}", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 0), 1)
        tiles.append(cv2.resize(tile, (192, 288)))
    while len(tiles) % 8:
        tiles.append(np.zeros_like(tiles[0]))
    rows = [np.hstack(tiles[i : i + 8]) for i in range(0, len(tiles), 8)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
