"""Prints for cloth: square tiles that repeat without a seam, painted with numpy."""

from __future__ import annotations

import bpy
import numpy as np

RGB = tuple[float, float, float]


class Tile:
    """A square of sRGB colours (0 to 1) that wraps round at its edges."""

    def __init__(self, size: int, ground: RGB) -> None:
        self.size = size
        self.rgb = np.empty((size, size, 3))
        self.rgb[...] = ground

    def window(self, x: float, y: float, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Rows, columns (wrapped) and offsets dx, dy of the pixels within `reach` of a point."""
        r = int(reach) + 2
        cy, cx = int(y), int(x)
        dy, dx = np.mgrid[-r : r + 1, -r : r + 1]
        return (cy + dy) % self.size, (cx + dx) % self.size, dx + cx - x, dy + cy - y

    def blend(self, rows: np.ndarray, cols: np.ndarray, alpha: np.ndarray, colour: np.ndarray) -> None:
        a = np.clip(alpha, 0, 1)[..., None]
        self.rgb[rows, cols] = self.rgb[rows, cols] * (1 - a) + colour * a

    def image(self, name: str) -> bpy.types.Image:
        img = bpy.data.images.new(name, self.size, self.size)
        rgba = np.ones((self.size, self.size, 4), np.float32)
        rgba[..., :3] = np.clip(self.rgb, 0, 1)
        img.pixels.foreach_set(rgba.ravel())
        img.pack()
        return img


def flower(tile: Tile, x: float, y: float, size: float, turn: float, petal: np.ndarray, heart: np.ndarray) -> None:
    """Five petals, lighter at their rims and veined, round a yellow heart."""
    rows, cols, dx, dy = tile.window(x, y, size)
    r, a = np.hypot(dx, dy), np.arctan2(dy, dx) + turn
    rim = size * (0.58 + 0.42 * np.abs(np.cos(2.5 * a)) ** 0.55)
    t = np.clip(r / rim, 0, 1)[..., None]
    vein = 0.06 * np.sin(a * 25)[..., None] * t
    cleft = 0.16 * np.exp(-((np.cos(2.5 * a) / 0.18) ** 2))[..., None]
    tile.blend(rows, cols, (rim - r) / 1.5 + 0.5, np.clip(petal * (0.74 + 0.30 * t + vein - cleft), 0, 1))
    dots = 0.22 * size * (0.86 + 0.14 * np.cos(11 * a))
    tile.blend(rows, cols, (dots - r) / 1.5 + 0.5, heart * (0.8 + 0.3 * np.clip(r / dots, 0, 1))[..., None])


def leaf(tile: Tile, x: float, y: float, size: float, turn: float, colour: np.ndarray) -> None:
    """A pointed leaf with a pale rib; `turn` is where it points."""
    rows, cols, dx, dy = tile.window(x, y, size)
    u, v = dx * np.cos(turn) + dy * np.sin(turn), -dx * np.sin(turn) + dy * np.cos(turn)
    t = np.clip(u / size, 0, 1)
    half = size * 0.52 * np.sin(np.pi * t**0.8) * 0.62
    inside = np.where((u > 0) & (u < size), half - np.abs(v), -9)
    tile.blend(rows, cols, inside / 1.5 + 0.5, colour * (0.86 + 0.22 * (v > 0))[..., None])
    tile.blend(rows, cols, np.where(inside > 0, 1.1 - np.abs(v), 0) * 0.7, colour * 1.35)


def scatter(rng: np.random.Generator, size: int, apart: float, tries: int) -> list[tuple[float, float]]:
    """Points at least `apart` from each other on a wrapping square."""
    points: list[tuple[float, float]] = []
    for x, y in rng.uniform(0, size, (tries, 2)):
        near = any(
            np.hypot((x - a + size / 2) % size - size / 2, (y - b + size / 2) % size - size / 2) < apart
            for a, b in points
        )
        if not near:
            points.append((x, y))
    return points


def floral(seed: int, ground: RGB, petals: list[RGB], leaves: list[RGB], size: int = 1024) -> Tile:
    """Flowers of three sizes with leaves, close together."""
    rng = np.random.default_rng(seed)
    tile = Tile(size, ground)
    heart = np.array([0.93, 0.74, 0.30])
    spots = scatter(rng, size, size * 0.115, 900)
    for x, y in spots:
        for _ in range(rng.integers(2, 4)):
            leaf(
                tile,
                x,
                y,
                size * rng.uniform(0.075, 0.105),
                rng.uniform(0, 6.3),
                np.array(leaves[rng.integers(len(leaves))]),
            )
    for x, y in spots:
        petal = np.array(petals[rng.integers(len(petals))])
        flower(tile, x, y, size * rng.choice([0.030, 0.044, 0.058]), rng.uniform(0, 6.3), petal, heart)
    return tile
