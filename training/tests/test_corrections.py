"""What `--keep-corrections` writes is what `train.py --own` reads."""

import json
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from data import DRESS, SKIN, read_own, resize_ids

ROOT = Path(__file__).parents[2]


def test_a_corrected_cut_is_read_as_a_sample(tmp_path):
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "tsx").exists():
        pytest.skip("Node or `npm ci` is missing")
    photo, strokes, kept = ROOT / "samples" / "shop.jpg", tmp_path / "strokes.json", tmp_path / "kept"
    # The left half of the skirt is said not to be dress: nobody else would leave it out.
    left, top, width, height = 180, 480, 120, 130
    dropped = {"left": left, "top": top, "width": width, "height": height}
    strokes.write_text(json.dumps([{"kind": "drop", "box": dropped}]))
    command = [node, "--require", "tsx/cjs", ROOT / "bin" / "dresscut.ts", photo, "--out", tmp_path / "out"]
    subprocess.run([*command, "--strokes", strokes, "--keep-corrections", kept], cwd=ROOT, check=True, timeout=300)
    assert sorted(p.name[:4] for p in kept.iterdir()) == ["body", "dres", "orig"]
    (sample,) = read_own(kept).train
    assert sample.photo.shape[0] == 448
    assert sample.presence == 1
    shape = resize_ids(sample.shape, *cv2.imread(str(photo)).shape[:2])
    truth = cv2.imread(str(ROOT / "samples" / "shop-mask.png"), cv2.IMREAD_GRAYSCALE) > 127
    box = np.s_[top : top + height, left : left + width]
    assert truth[box].mean() > 0.3, "the stroke lies on the dress"
    assert (shape[box] == DRESS).mean() < 0.02
    elsewhere = np.ones_like(truth)
    elsewhere[box] = False
    both, either = (shape == DRESS) & truth & elsewhere, ((shape == DRESS) | truth) & elsewhere
    assert both.sum() / either.sum() > 0.8
    # The person below the hem and above the neck is there as well.
    assert (shape == SKIN).mean() > 0.02
