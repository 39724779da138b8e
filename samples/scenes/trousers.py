"""What the figure without a dress wears."""

from __future__ import annotations

import numpy as np
from body import LEFT_AXIS, RIGHT_AXIS, TORSO, Look, add_torso, leg_rows
from cloth import add_sleeves, fabric, keep
from fields import Grid, ellipsoid, stack, wrinkles
from meshes import add_mesh


def make_trousers_and_top(look: Look, step: float) -> None:
    """Straight jeans and a loose short-sleeved top for the figure without a dress."""
    denim = fabric("denim", (0.030, 0.041, 0.068), weave=500, sheen=0.05, fold=0.40)
    g = Grid(((-0.24, 0.26), (-0.20, 0.18), (0.05, 1.08)), step)
    g.merge(stack([r for r in TORSO if r[0] < 1.1], 2.35), ((-0.2, 0.2), (-0.13, 0.15), (0.74, 1.06)))
    for axis in (RIGHT_AXIS, LEFT_AXIS):
        rows = []
        for z, ax, ay, w, f, b in leg_rows(axis):
            slack = np.interp(z, [0.0, 0.45, 0.7], [0.062, 0.060, 0.0])
            rows.append((z, ax, ay, max(w, slack), max(f, slack + 0.004), max(b, slack + 0.008)))
        g.merge(
            stack(rows, 2.15), ((axis[0][1] - 0.17, axis[0][1] + 0.17), (-0.16, 0.16), (0.03, 0.86)), 0.012
        )
    x, y, z = g.coords()
    rough = (
        0.25
        + np.exp(-(((z - 0.47) / 0.07) ** 2))
        + 1.3 * np.exp(-(((z - 0.12) / 0.06) ** 2))
        + 0.7 * np.exp(-(((z - 0.80) / 0.05) ** 2))
    )
    g.d -= (0.008 + 0.0060 * rough * wrinkles(11, (22, 22, 48))(x, y, z)).astype(np.float32)
    keep(g, 0.075 + 0.006 * np.sin(20 * y) - z)
    keep(g, z - 1.04)
    add_mesh("trousers", *g.surface(), denim)

    jersey = fabric("jersey", (0.36, 0.345, 0.33), sheen=0.1, fold=0.25)
    g = Grid(((-0.36, 0.36), (-0.19, 0.18), (0.88, 1.46)), step)
    # Below the bust the jersey hangs straight instead of following the waist.
    hang = [
        (
            z,
            cx,
            cy,
            max(w, np.interp(z, [0.9, 1.1, 1.25], [0.176, 0.160, 0.145])),
            max(f, 0.104),
            max(b, 0.112),
        )
        for z, cx, cy, w, f, b in TORSO
        if 0.85 < z < 1.28
    ]
    g.merge(stack(hang, 2.35), ((-0.2, 0.2), (-0.14, 0.16), (0.86, 1.26)))
    add_torso(g)
    g.merge(
        ellipsoid((0, -0.060, 1.225), (0.110, 0.064, 0.075)),
        ((-0.12, 0.12), (-0.14, 0.02), (1.13, 1.31)),
        0.05,
    )
    add_sleeves(g, look, 0.17, 0.010)
    x, y, z = g.coords()
    rough = 0.5 + 1.2 * np.exp(-(((z - 1.02) / 0.08) ** 2))
    g.d -= (0.008 + 0.005 * rough * wrinkles(13, (26, 26, 26))(x, y, z)).astype(np.float32)
    keep(g, -ellipsoid((0, -0.020, 1.475), (0.090, 0.115, 0.092))(x, y, z))
    keep(g, 0.945 + 0.006 * np.sin(15 * x) - z)
    add_mesh("top", *g.surface(), jersey)
