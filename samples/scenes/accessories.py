"""Shoes and sunglasses."""

from __future__ import annotations

import math
from typing import Optional

import numpy as np

from body import LEFT_AXIS, RIGHT_AXIS, Look, box_around, from_head
from cloth import keep
from fields import Grid, cone, ellipsoid, hermite, smin
from meshes import RGB, Shader, add_mesh, plain

# A trainer in its own frame: (y, half width, height of the upper), toe at -y.
SHOE = [
    (-0.1980, 0.0015, 0.030),
    (-0.1960, 0.012, 0.034),
    (-0.1910, 0.021, 0.039),
    (-0.1830, 0.029, 0.044),
    (-0.1700, 0.0365, 0.048),
    (-0.1500, 0.0425, 0.052),
    (-0.1250, 0.0450, 0.056),
    (-0.0950, 0.0445, 0.064),
    (-0.0600, 0.0410, 0.080),
    (-0.0250, 0.0375, 0.093),
    (0.0100, 0.0365, 0.096),
    (0.0380, 0.0350, 0.098),
    (0.0540, 0.0300, 0.096),
    (0.0630, 0.0225, 0.092),
    (0.0680, 0.0140, 0.088),
    (0.0700, 0.0015, 0.085),
]


def make_shoes(upper: RGB) -> None:
    """A pair of trainers: leather upper, rubber sole, laces."""
    leather = plain("leather", upper, 0.05, 20, Roughness=0.42)
    rubber = plain("rubber", (0.62, 0.60, 0.56), 0.08, 15, Roughness=0.6)
    lace = plain("lace", (0.70, 0.68, 0.64), 0.05, 20, Roughness=0.8)
    table = np.array(SHOE)

    def loft(y: np.ndarray, x: np.ndarray, z: np.ndarray, grow: float, top: Optional[float]) -> np.ndarray:
        # Widen by a share, not an amount, so that toe and heel stay round.
        w = hermite(y / (1 + grow / 5), table[:, 0], table[:, 1]) * (1 + grow)
        h = hermite(y, table[:, 0], table[:, 2]) if top is None else np.full_like(y, top)
        inner = np.interp(y, [-0.2, -0.08, 0.07], [0.010, 0.004, 0.0])
        px, pz = np.abs((x + inner) / w), np.where(z > 0.02, (z - 0.02) / (h - 0.02), 0)
        rho = (px**2.4 + pz**2.4) ** (1 / 2.4)
        r = np.sqrt((x + inner) ** 2 + np.maximum(z - 0.02, 0) ** 2)
        side = np.where(rho < 1e-3, -0.02, r * (1 - 1 / np.maximum(rho, 1e-3)))
        return np.maximum(side, np.maximum(table[0, 0] * (1 + grow / 5) - y, y - table[-1, 0] * (1 + grow / 5)))

    for axis, side in ((RIGHT_AXIS, -1), (LEFT_AXIS, 1)):
        g = Grid(((-0.06, 0.06), (-0.21, 0.08), (0.0, 0.12)), 0.0025)
        x, y, z = g.coords()
        x = x * side
        g.d[...] = loft(y, x, z, 0.0, None)
        keep(g, 0.012 - z)
        # The opening for the foot.
        g.d[...] = -smin(-g.d, ellipsoid((0, 0.018, 0.108), (0.030, 0.046, 0.030))(x, y, z), 0.006)
        upper_mesh = g.surface()
        g.d[...] = loft(y, x, z, 0.10, 0.10)
        keep(g, z - 0.027 - 0.25 * np.maximum(-y - 0.15, 0))
        keep(g, 0.003 - z)
        sole_mesh = g.surface()
        angle = 0.20 * side + 0.05
        c, s = math.cos(angle), math.sin(angle)
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        at = np.array([axis[0][1], axis[0][2], 0])
        for name, (v, q), mat in (("upper", upper_mesh, leather), ("sole", sole_mesh, rubber)):
            add_mesh(name, v @ turn.T + at, q, mat)
        g = Grid(((-0.06, 0.06), (-0.14, 0.02), (0.02, 0.13)), 0.0025)
        for k in range(5):
            ly = -0.085 + 0.017 * k
            lz = float(hermite(np.array([ly]), table[:, 0], table[:, 2])) + 0.001
            for a, b in (
                ((-0.02, ly, lz - 0.008), (0, ly - 0.004, lz)),
                ((0, ly - 0.004, lz), (0.02, ly, lz - 0.008)),
            ):
                g.merge(cone(a, b, 0.0036, 0.0036), box_around([a, b], 0.005))
        v, q = g.surface()
        add_mesh("laces", v @ turn.T + at, q, lace)


def make_sunglasses(look: Look) -> None:
    """Dark glasses; like many street photos, and they spare us the eyes."""
    glass = Shader("glass", (0.012, 0.010, 0.010), Roughness=0.06, Specular=0.6).material
    frame = Shader("frame", (0.020, 0.012, 0.008), Roughness=0.25).material
    lens = Grid(((-0.085, 0.085), (-0.125, 0.03), (0.07, 0.16)), 0.0015)
    rim = Grid(((-0.085, 0.085), (-0.125, 0.03), (0.07, 0.16)), 0.0015)
    x, y, z = lens.coords()
    face = -0.1035 + 6.0 * x * x
    ax = np.abs(x) - 0.0335
    flat = (np.abs(ax / 0.0265) ** 2.6 + np.abs((z - 0.1120) / np.where(z > 0.112, 0.0205, 0.0240)) ** 2.4) ** (1 / 2.5)
    edge = (flat - 1) * 0.023
    lens.d[...] = np.maximum(edge, np.abs(y - face) - 0.0018)
    rim.d[...] = np.sqrt(edge**2 + (y - face) ** 2) - 0.0026
    rim.merge(
        cone((-0.010, -0.1035, 0.1215), (0.010, -0.1035, 0.1215), 0.0022, 0.0022),
        ((-0.012, 0.012), (-0.11, -0.10), (0.11, 0.13)),
        0.002,
    )
    for s in (-1, 1):
        a, b = (s * 0.061, -0.0820, 0.1225), (s * 0.0775, 0.010, 0.1220)
        rim.merge(cone(a, b, 0.0026, 0.0020), box_around([a, b], 0.004), 0.002)
    for name, g, mat in (("lens", lens, glass), ("rim", rim, frame)):
        v, q = g.surface()
        add_mesh(name, from_head(v, look), q, mat)
