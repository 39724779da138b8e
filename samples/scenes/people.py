"""The figures, and where they stand."""

from __future__ import annotations

import math

import bpy
import numpy as np

from accessories import make_sunglasses
from body import Look, add_arm, add_head, add_torso, body_grid
from fields import Grid
from hair import hair_material, hair_mesh
from meshes import add_mesh
from skin import paint_skin, skin_material


def objects() -> set[str]:
    """Names of everything made so far."""
    return {ob.name for ob in bpy.context.scene.objects}


def place(names: set[str], angle: float) -> None:
    """Turn a figure (all its objects) about the vertical."""
    for name in names:
        bpy.context.scene.objects[name].rotation_euler = (0, 0, angle)


def make_body(look: Look, step: float, strands: int) -> None:
    """Skin, hair and everything both figures share."""
    v, q = body_grid(look, step).surface()
    add_mesh("body", v, q, skin_material(), paint_skin(v, look))
    # The hair must lie on the clothes, not on the skin under them.
    over = Grid(((-0.32, 0.32), (-0.24, 0.22), (0.95, 1.78)), 0.006)
    add_torso(over)
    for side in (-1, 1):
        add_arm(over, look.arms[side], 2, 0.008)
    over.d -= np.float32(0.010)
    add_head(over, look)
    hair_mesh(look, over, strands, 0.00060, hair_material())
    make_sunglasses(look)


WIDE = {
    1: [
        (0.160, 0.014, 1.362),
        (0.196, 0.022, 1.248),
        (0.242, 0.040, 1.106),
        (0.258, 0.020, 1.040),
        (0.280, -0.018, 0.950),
        (0.292, -0.050, 0.874),
    ],
    -1: [
        (-0.160, 0.014, 1.362),
        (-0.200, 0.018, 1.250),
        (-0.256, 0.022, 1.110),
        (-0.276, 0.000, 1.045),
        (-0.302, -0.040, 0.957),
        (-0.318, -0.068, 0.884),
    ],
}

MARA = Look(
    skin=(0.50, 0.285, 0.195),
    lips=(0.36, 0.105, 0.095),
    hair=((0.030, 0.014, 0.007), (0.150, 0.072, 0.032)),
    hair_length=0.3,
    head_yaw=math.radians(10),
    head_roll=math.radians(4),
    seed=42,
    updo=True,
    arms=WIDE,
)

LIN = Look(
    skin=(0.55, 0.345, 0.235),
    lips=(0.36, 0.105, 0.095),
    hair=((0.010, 0.007, 0.005), (0.045, 0.028, 0.018)),
    hair_length=0.30,
    head_yaw=math.radians(-6),
    head_roll=math.radians(-3),
    seed=78,
    updo=True,
    arms=WIDE,
)
