"""Where the tests find the data that may not enter the repository."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import pytest
import torch

# Threads that wait for each other on a busy machine turn a minute into ten.
torch.set_num_threads(1)
cv2.setNumThreads(1)

DATA = Path(os.environ.get("DRESSCUT_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The data folder; a test that wants it is skipped, and says so, where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"no data at {DATA}: set DRESSCUT_DATA to run this test")
    return DATA
