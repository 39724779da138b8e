"""A woman's body as one signed distance field."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Sequence

import numpy as np

from fields import Box, Grid, Sdf, cone, ellipsoid, stack
from meshes import RGB

TORSO = [
    (0.74, 0.006, 0.005, 0.120, 0.070, 0.080),
    (0.80, 0.008, 0.005, 0.166, 0.098, 0.112),
    (0.86, 0.010, 0.005, 0.177, 0.102, 0.128),
    (0.93, 0.009, 0.003, 0.166, 0.096, 0.113),
    (1.00, 0.006, 0.000, 0.142, 0.088, 0.090),
    (1.06, 0.003, 0.000, 0.124, 0.082, 0.080),
    (1.12, 0.001, 0.000, 0.127, 0.084, 0.082),
    (1.18, 0.000, 0.000, 0.136, 0.088, 0.088),
    (1.24, 0.000, 0.002, 0.145, 0.090, 0.096),
    (1.30, 0.000, 0.006, 0.152, 0.084, 0.096),
    (1.35, 0.000, 0.010, 0.156, 0.068, 0.088),
    (1.385, 0.000, 0.014, 0.150, 0.054, 0.072),
    (1.405, 0.000, 0.018, 0.118, 0.048, 0.060),
    (1.425, 0.000, 0.020, 0.082, 0.046, 0.054),
    (1.45, 0.000, 0.018, 0.058, 0.046, 0.050),
]

# One leg: (z, half width, front, back, bulge of the axis to the back).
LEG = [
    (0.03, 0.032, 0.048, 0.042, 0.000),
    (0.09, 0.0305, 0.036, 0.037, 0.004),
    (0.13, 0.0290, 0.032, 0.034, 0.005),
    (0.20, 0.0360, 0.037, 0.040, 0.008),
    (0.28, 0.0475, 0.045, 0.052, 0.013),
    (0.34, 0.0530, 0.049, 0.058, 0.015),
    (0.40, 0.0510, 0.050, 0.053, 0.011),
    (0.44, 0.0490, 0.052, 0.048, 0.005),
    (0.48, 0.0530, 0.057, 0.050, -0.002),
    (0.53, 0.0570, 0.062, 0.056, 0.000),
    (0.60, 0.0670, 0.072, 0.068, 0.000),
    (0.70, 0.0790, 0.082, 0.080, 0.000),
    (0.78, 0.0840, 0.085, 0.088, 0.000),
    (0.86, 0.0850, 0.085, 0.090, 0.005),
]

# Where the axis of each leg runs, (z, x, y): the weight is on her right leg.
RIGHT_AXIS = [(0.03, -0.062, 0.010), (0.48, -0.078, 0.002), (0.86, -0.080, 0.005)]
LEFT_AXIS = [(0.03, 0.118, -0.085), (0.48, 0.100, -0.070), (0.86, 0.094, 0.000)]

HEAD_PIVOT = np.array([0.0, -0.004, 1.472])
HEAD_SIZE = 1.06


@dataclass
class Look:
    """What differs between the two figures."""

    skin: RGB
    lips: RGB
    hair: tuple[RGB, RGB]
    hair_length: float
    head_yaw: float
    head_roll: float
    seed: int
    updo: bool = False
    arms: dict[int, list[tuple[float, float, float]]] = field(default_factory=dict)


ARM_RADII = [0.0430, 0.0395, 0.0330, 0.0330, 0.0265, 0.0205]


def leg_rows(axis: Sequence[Sequence[float]], grow: float = 0.0) -> list[tuple[float, ...]]:
    """Rows of a leg stack along a bent axis, `grow` thicker than the skin."""
    a = np.array(axis)
    return [
        (
            z,
            np.interp(z, a[:, 0], a[:, 1]),
            np.interp(z, a[:, 0], a[:, 2]) + off,
            w + grow,
            f + grow,
            b + grow,
        )
        for z, w, f, b, off in LEG
    ]


def box_around(points: Sequence[Sequence[float]], pad: float) -> Box:
    p = np.array(points)
    return tuple((float(p[:, i].min() - pad), float(p[:, i].max() + pad)) for i in range(3))  # type: ignore[return-value]


def in_head(f: Sdf, look: Look) -> Sdf:
    """Move a shape given in head space (origin under the chin) to its place."""
    cy, sy = math.cos(look.head_yaw), math.sin(look.head_yaw)
    cr, sr = math.cos(look.head_roll), math.sin(look.head_roll)

    def g(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        px, py, pz = ((v - c) / HEAD_SIZE for v, c in zip((x, y, z), HEAD_PIVOT))
        ax, az = cr * px + sr * pz, -sr * px + cr * pz
        return f(cy * ax + sy * py, -sy * ax + cy * py, az) * HEAD_SIZE

    return g


def head_matrix(look: Look) -> np.ndarray:
    """The rotation between head space and the world, see to_head and from_head."""
    cy, sy = math.cos(look.head_yaw), math.sin(look.head_yaw)
    cr, sr = math.cos(look.head_roll), math.sin(look.head_roll)
    roll = np.array([[cr, 0, sr], [0, 1, 0], [-sr, 0, cr]])
    yaw = np.array([[cy, sy, 0], [-sy, cy, 0], [0, 0, 1]])
    return (yaw @ roll).T


def to_head(p: np.ndarray, look: Look) -> np.ndarray:
    return (p - HEAD_PIVOT) @ head_matrix(look) / HEAD_SIZE


def from_head(p: np.ndarray, look: Look) -> np.ndarray:
    return p @ head_matrix(look).T * HEAD_SIZE + HEAD_PIVOT


def add_torso(g: Grid, breasts: bool = True) -> None:
    g.merge(stack(TORSO, 2.35), ((-0.2, 0.2), (-0.13, 0.15), (0.74, 1.46)), 0.0)
    if breasts:
        for s in (-1, 1):
            c = (s * 0.068, -0.074, 1.232)
            g.merge(ellipsoid(c, (0.062, 0.052, 0.060)), box_around([c], 0.07), 0.035)


def add_arm(g: Grid, joints: Sequence[Sequence[float]], upto: int = 5, grow: float = 0.0, k: float = 0.03) -> None:
    """An arm along its joints (shoulder, mid, elbow, forearm, low, wrist)."""
    for i in range(upto):
        a, b = joints[i], joints[i + 1]
        ra, rb = ARM_RADII[i] + grow, ARM_RADII[i + 1] + grow
        g.merge(cone(a, b, ra, rb), box_around([a, b], max(ra, rb)), k if i == 0 else 0.006)


def add_hand(g: Grid, joints: Sequence[Sequence[float]], side: int) -> None:
    """A relaxed hand, its palm towards the thigh, continuing the forearm."""
    wrist, low = np.array(joints[5]), np.array(joints[4])
    down = wrist - low
    down /= np.linalg.norm(down)
    wide = np.array([0.30 * side, -1.0, 0.0])
    wide -= down * wide.dot(down)
    wide /= np.linalg.norm(wide)
    palm = np.cross(wide, down) * side
    palm *= np.sign(palm[0]) * -side
    knuckles = []
    for off, reach in ((0.030, 0.086), (0.011, 0.090), (-0.008, 0.087), (-0.026, 0.078)):
        k = wrist + down * reach + wide * off
        knuckles.append(k)
        a = wrist + wide * off * 0.55 + down * 0.01
        g.merge(cone(a, k, 0.0155, 0.0105), box_around([a, k], 0.016), 0.012)
    for k, lengths in zip(
        knuckles, ((0.038, 0.024, 0.019), (0.042, 0.028, 0.020), (0.039, 0.026, 0.019), (0.031, 0.019, 0.017))
    ):
        p, curl, r = k, 0.18, 0.0088
        for n in lengths:
            d = down * math.cos(curl) + palm * math.sin(curl)
            q = p + d * n
            g.merge(cone(p, q, r, r - 0.0009), box_around([p, q], r), 0.003)
            p, curl, r = q, curl + 0.28, r - 0.0009
    p = wrist + wide * 0.016 + down * 0.015
    for d, n, r in (
        (wide * 0.62 + down * 0.78, 0.045, 0.0125),
        (wide * 0.30 + down * 0.95 + palm * 0.2, 0.034, 0.0100),
        (down + palm * 0.3, 0.026, 0.0088),
    ):
        q = p + d / np.linalg.norm(d) * n
        g.merge(cone(p, q, r, r * 0.88), box_around([p, q], r), 0.008)
        p = q


FACE = [
    (0.000, 0.0, -0.030, 0.018, 0.046, 0.020),
    (0.012, 0.0, -0.030, 0.030, 0.055, 0.030),
    (0.032, 0.0, -0.030, 0.044, 0.058, 0.050),
    (0.055, 0.0, -0.030, 0.053, 0.060, 0.065),
    (0.085, 0.0, -0.030, 0.0605, 0.0615, 0.070),
    (0.115, 0.0, -0.030, 0.0640, 0.0585, 0.070),
    (0.145, 0.0, -0.030, 0.0650, 0.0600, 0.070),
    (0.175, 0.0, -0.025, 0.0600, 0.0560, 0.070),
    (0.200, 0.0, -0.015, 0.0450, 0.0450, 0.060),
]


def add_head(g: Grid, look: Look) -> None:
    """Skull, face and neck; sizes are those of an adult woman's head."""
    g.merge(
        stack(
            [
                (1.37, 0, 0.020, 0.062, 0.050, 0.050),
                (1.43, 0, 0.016, 0.052, 0.046, 0.048),
                (1.48, 0, 0.008, 0.0475, 0.046, 0.046),
                (1.54, 0, 0.004, 0.048, 0.048, 0.048),
            ],
            2.0,
        ),
        ((-0.07, 0.07), (-0.05, 0.08), (1.37, 1.54)),
        0.03,
    )
    parts: list[tuple[Sdf, float, bool]] = [
        (stack(FACE, 2.25), 0.02, False),
        (ellipsoid((0, 0.008, 0.142), (0.073, 0.094, 0.086)), 0.02, False),
        (ellipsoid((0, -0.080, 0.012), (0.017, 0.013, 0.013)), 0.012, False),
        (ellipsoid((0.038, -0.066, 0.078), (0.021, 0.019, 0.019)), 0.02, False),
        (ellipsoid((-0.038, -0.066, 0.078), (0.021, 0.019, 0.019)), 0.02, False),
        (ellipsoid((0.030, -0.096, 0.113), (0.017, 0.010, 0.0095)), 0.012, True),
        (ellipsoid((-0.030, -0.096, 0.113), (0.017, 0.010, 0.0095)), 0.012, True),
        (ellipsoid((0.030, -0.0765, 0.112), (0.0125, 0.0125, 0.0120)), 0.002, False),
        (ellipsoid((-0.030, -0.0765, 0.112), (0.0125, 0.0125, 0.0120)), 0.002, False),
        (cone((0, -0.084, 0.122), (0, -0.105, 0.079), 0.0075, 0.0090), 0.010, False),
        (ellipsoid((0.0105, -0.095, 0.0745), (0.0075, 0.0095, 0.0070)), 0.005, False),
        (ellipsoid((-0.0105, -0.095, 0.0745), (0.0075, 0.0095, 0.0070)), 0.005, False),
        (ellipsoid((0, -0.0895, 0.0500), (0.0215, 0.0085, 0.0048)), 0.004, False),
        (ellipsoid((0, -0.0890, 0.0415), (0.0185, 0.0095, 0.0058)), 0.003, False),
        (ellipsoid((0.0725, 0.012, 0.105), (0.008, 0.018, 0.030)), 0.004, False),
        (ellipsoid((-0.0725, 0.012, 0.105), (0.008, 0.018, 0.030)), 0.004, False),
    ]
    c = HEAD_PIVOT
    box: Box = ((c[0] - 0.11, c[0] + 0.11), (c[1] - 0.14, c[1] + 0.13), (c[2] - 0.02, c[2] + 0.26))
    for f, k, cut in parts:
        g.merge(in_head(f, look), box, k, cut)


def body_grid(look: Look, step: float) -> Grid:
    """The whole body, as smooth as a mannequin's, as one field."""
    g = Grid(((-0.40, 0.40), (-0.30, 0.20), (0.02, 1.74)), step)
    add_torso(g)
    for axis in (RIGHT_AXIS, LEFT_AXIS):
        g.merge(
            stack(leg_rows(axis), 2.1),
            ((axis[0][1] - 0.16, axis[0][1] + 0.16), (-0.16, 0.15), (0.03, 0.86)),
            0.02,
        )
    for side in (-1, 1):
        add_arm(g, look.arms[side])
        add_hand(g, look.arms[side], side)
    add_head(g, look)
    return g
