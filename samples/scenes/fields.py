"""Signed distance fields: shapes as numbers, merged on a grid and meshed by surface nets."""

from __future__ import annotations

import math
from typing import Callable, Optional, Sequence

import numpy as np

Sdf = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


def hermite(t: np.ndarray, keys: np.ndarray, vals: np.ndarray) -> np.ndarray:
    """Smooth (Catmull-Rom) interpolation, held constant outside the keys."""
    slope = np.gradient(vals, keys)
    t = np.clip(t, keys[0], keys[-1])
    i = np.clip(np.searchsorted(keys, t, side="right") - 1, 0, len(keys) - 2)
    h = keys[i + 1] - keys[i]
    s = (t - keys[i]) / h
    s2, s3 = s * s, s * s * s
    return (
        (2 * s3 - 3 * s2 + 1) * vals[i]
        + (s3 - 2 * s2 + s) * h * slope[i]
        + (3 * s2 - 2 * s3) * vals[i + 1]
        + (s3 - s2) * h * slope[i + 1]
    )


def stack(rows: Sequence[Sequence[float]], power: float = 2.2) -> Sdf:
    """A limb or torso as horizontal super-ellipses.

    Each row is (z, centre x, centre y, half width, depth to the front, depth
    to the back), from low to high. The distance is the radial one, which is
    exact on the surface and good enough near it for smooth unions.
    """
    table = np.array(sorted(rows), dtype=np.float64)
    keys = table[:, 0]

    def f(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        cx, cy, w, front, back = (hermite(z, keys, table[:, c]) for c in range(1, 6))
        px, py = x - cx, y - cy
        depth = np.where(py < 0, front, back)
        rho = (np.abs(px / w) ** power + np.abs(py / depth) ** power) ** (1 / power)
        r = np.sqrt(px * px + py * py)
        # On the very axis the direction is undefined; it is just inside.
        side = np.where(rho < 1e-3, -0.02, r * (1 - 1 / np.maximum(rho, 1e-3)))
        return np.maximum(side, np.maximum(keys[0] - z, z - keys[-1]))

    return f


def cone(a: Sequence[float], b: Sequence[float], ra: float, rb: float) -> Sdf:
    """A capsule whose radius runs from ra at a to rb at b."""
    (ax, ay, az), (bx, by, bz) = a, b
    dx, dy, dz = bx - ax, by - ay, bz - az
    dd = dx * dx + dy * dy + dz * dz

    def f(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        px, py, pz = x - ax, y - ay, z - az
        h = np.clip((px * dx + py * dy + pz * dz) / dd, 0, 1)
        r = np.sqrt((px - h * dx) ** 2 + (py - h * dy) ** 2 + (pz - h * dz) ** 2)
        return r - (ra + (rb - ra) * h)

    return f


def ellipsoid(c: Sequence[float], r: Sequence[float]) -> Sdf:
    """First-order distance to an ellipsoid."""

    def f(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        px, py, pz = x - c[0], y - c[1], z - c[2]
        k0 = np.sqrt((px / r[0]) ** 2 + (py / r[1]) ** 2 + (pz / r[2]) ** 2)
        k1 = np.sqrt((px / r[0] ** 2) ** 2 + (py / r[1] ** 2) ** 2 + (pz / r[2] ** 2) ** 2)
        return k0 * (k0 - 1) / np.maximum(k1, 1e-6)

    return f


def smin(a: np.ndarray, b: np.ndarray, k: float) -> np.ndarray:
    """Polynomial smooth minimum; k is the width of the blend."""
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b + (a - b) * h - k * h * (1 - h)


def wrinkles(seed: int, scale: Sequence[float], count: int = 24) -> Sdf:
    """A smooth zero-mean field in about -1..1: waves of random direction.

    `scale` is the wave number per axis, so folds can be made to run one way.
    """
    rng = np.random.default_rng(seed)
    waves = rng.normal(size=(count, 3)) * np.asarray(scale)
    phase = rng.uniform(0, 2 * math.pi, count)

    def f(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        total = 0.0
        for (kx, ky, kz), p in zip(waves, phase):
            total = total + np.sin(kx * x + ky * y + kz * z + p)
        return total / math.sqrt(2 * count)

    return f


class Grid:
    """A signed distance field sampled on a box; shapes are merged in one by one."""

    FAR = 0.2

    def __init__(self, box: Box, step: float) -> None:
        self.step = step
        self.axes = [np.arange(lo, hi + step, step) for lo, hi in box]
        self.origin = np.array([lo for lo, _ in box])
        self.d = np.full([len(a) for a in self.axes], self.FAR, np.float32)

    def coords(self, sl: Optional[Sequence[slice]] = None) -> list[np.ndarray]:
        """Open coordinate arrays (they broadcast) of a part of the grid."""
        parts = sl or [slice(None)] * 3
        out = []
        for i in range(3):
            shape = [1, 1, 1]
            shape[i] = -1
            out.append(self.axes[i][parts[i]].reshape(shape))
        return out

    def merge(self, f: Sdf, box: Box, k: float = 0.0, cut: bool = False) -> None:
        """Unite with f (or cut f away), looking only at `box` and its margin."""
        margin = 0.02 + k
        sl = []
        for (lo, hi), a in zip(box, self.axes):
            i0 = int(np.searchsorted(a, lo - margin))
            i1 = int(np.searchsorted(a, hi + margin))
            if i1 <= i0:
                return
            sl.append(slice(i0, i1))
        view = self.d[tuple(sl)]
        new = f(*self.coords(sl))
        if cut:
            view[...] = -smin(-view, new, max(k, 1e-6))
        elif k > 0:
            view[...] = smin(view, new, k)
        else:
            np.minimum(view, new, out=view)

    def sample(self, p: np.ndarray) -> np.ndarray:
        """Trilinear value at points of shape (n, 3); far outside is FAR."""
        g = (p - self.origin) / self.step
        lim = np.array(self.d.shape) - 2
        g = np.clip(g, 0, lim + 0.999)
        i = g.astype(int)
        i = np.minimum(i, lim)
        t = g - i
        out = np.zeros(len(p))
        for c in range(8):
            o = np.array([c & 1, c >> 1 & 1, c >> 2 & 1])
            w = np.prod(np.where(o, t, 1 - t), axis=1)
            j = i + o
            out += w * self.d[j[:, 0], j[:, 1], j[:, 2]]
        return out

    def gradient(self, p: np.ndarray) -> np.ndarray:
        """Unit outward direction at points."""
        e = self.step * 1.5
        g = np.stack(
            [self.sample(p + e * np.eye(3)[a]) - self.sample(p - e * np.eye(3)[a]) for a in range(3)],
            axis=1,
        )
        return g / np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-9)

    def surface(self, level: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """The iso-surface as (vertices, quads), by naive surface nets."""
        d = self.d - level
        neg = d < 0
        corners = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
        nx, ny, nz = (n - 1 for n in d.shape)
        count = np.zeros((nx, ny, nz), np.uint8)
        for a, b, c in corners:
            count += neg[a : a + nx, b : b + ny, c : c + nz]
        cells = np.argwhere((count > 0) & (count < 8))
        val = {o: d[cells[:, 0] + o[0], cells[:, 1] + o[1], cells[:, 2] + o[2]] for o in corners}
        total = np.zeros((len(cells), 3))
        hits = np.zeros(len(cells))
        for o in corners:
            for axis in range(3):
                if o[axis]:
                    continue
                q = tuple(1 if i == axis else o[i] for i in range(3))
                a, b = val[o], val[q]
                cross = (a < 0) != (b < 0)
                t = np.where(cross, a / np.where(cross, a - b, 1), 0)
                pos = np.tile(np.array(o, float), (len(cells), 1))
                pos[:, axis] += t
                total += pos * cross[:, None]
                hits += cross
        verts = self.origin + (cells + total / hits[:, None]) * self.step
        index = np.full((nx, ny, nz), -1, np.int32)
        index[tuple(cells.T)] = np.arange(len(cells))
        quads = []
        for axis in range(3):
            u, v = [(1, 2), (2, 0), (0, 1)][axis]
            lo = [slice(1, n) for n in (nx, ny, nz)]
            hi = list(lo)
            lo[axis] = slice(0, (nx, ny, nz)[axis])
            hi[axis] = slice(1, (nx, ny, nz)[axis] + 1)
            s0, s1 = neg[tuple(lo)], neg[tuple(hi)]
            for inside_first in (True, False):
                e = np.argwhere((s0 & ~s1) if inside_first else (~s0 & s1))
                base = e + np.array([0 if i == axis else 1 for i in range(3)])
                du, dv = np.eye(3, dtype=int)[u], np.eye(3, dtype=int)[v]
                ring = [base - du - dv, base - dv, base, base - du]
                if not inside_first:
                    ring.reverse()
                quads.append(np.stack([index[tuple(r.T)] for r in ring], axis=1))
        quad = np.concatenate(quads)
        return verts, quad[(quad >= 0).all(axis=1)]
