"""Files of tensors, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import torch


def save(path: Path, **content: object) -> None:
    """Write a checkpoint whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(content, part)
    part.replace(path)
