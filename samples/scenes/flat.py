"""A dress that lies on a floor, as a height over the plane: for pictures from above."""

from __future__ import annotations

import bpy
import numpy as np

from cloth import lay_print
from fields import wrinkles
from meshes import Shader, add_box, add_mesh

# Right half of the outline, (x, y) in metres, from the middle of the hem to the neck.
OUTLINE = [
    (0.00, -0.560),
    (0.12, -0.556),
    (0.25, -0.540),
    (0.355, -0.505),
    (0.315, -0.36),
    (0.255, -0.15),
    (0.205, 0.02),
    (0.172, 0.10),
    (0.165, 0.14),
    (0.180, 0.22),
    (0.200, 0.295),
    (0.283, 0.215),
    (0.352, 0.290),
    (0.262, 0.415),
    (0.205, 0.463),
    (0.118, 0.492),
    (0.098, 0.435),
    (0.060, 0.392),
    (0.00, 0.376),
]
# The back of the neck, seen through the front's.
NECK = [(0.118, 0.492), (0.06, 0.474), (0.0, 0.469)]


def distance(px: np.ndarray, py: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Signed distance to a closed polygon, positive inside."""
    best = np.full(px.shape, 9.0)
    inside = np.zeros(px.shape, bool)
    for (ax, ay), (bx, by) in zip(line, np.roll(line, -1, axis=0)):
        dx, dy = bx - ax, by - ay
        t = np.clip(((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy + 1e-12), 0, 1)
        best = np.minimum(best, np.hypot(px - ax - t * dx, py - ay - t * dy))
        crosses = (ay > py) != (by > py)
        inside ^= crosses & (px < (bx - ax) * (py - ay) / np.where(by == ay, 1e-12, by - ay) + ax)
    return np.where(inside, best, -best)


def both_sides(half: list[tuple[float, float]]) -> np.ndarray:
    right = np.array(half)
    return np.concatenate([right, right[::-1] * np.array([-1, 1])])


def smooth(line: np.ndarray, times: int = 2) -> np.ndarray:
    """Corners cut by Chaikin's rule."""
    for _ in range(times):
        after = np.roll(line, -1, axis=0)
        line = np.stack([0.88 * line + 0.12 * after, 0.12 * line + 0.88 * after], axis=1).reshape(-1, 2)
    return line


def sheet(
    name: str, line: np.ndarray, material: bpy.types.Material, step: float, lift: float, folds: float, seed: int
) -> bpy.types.Object:
    """A piece of cloth inside an outline, `lift` metres above the floor, with folds of up to `folds` metres."""
    xs, ys = np.arange(-0.42, 0.42, step), np.arange(-0.60, 0.54, step)
    x, y = np.meshgrid(xs, ys)
    # The hem and the sides wander a little, as nobody lays a dress down with a ruler.
    wander = wrinkles(5, (9, 9, 0), 12)
    d = distance(x + 0.006 * wander(x, y, 0 * x), y + 0.006 * wander(y + 3, x, 0 * x), line)
    below = np.clip((0.12 - y) / 0.66, 0, 1)
    # Folds fan out from the waist; they are named by the angle at a point far above it.
    fan = np.arctan2(x, 0.75 - y + 0.05 * wander(x * 0.5, y * 0.5, 0 * x))
    rng = np.random.default_rng(seed)
    pleats = sum(
        a * np.abs(np.sin(f * fan + p)) for a, f, p in zip((0.5, 0.35, 0.25), (19, 31, 44), rng.uniform(0, 6, 3))
    )
    soft = wrinkles(seed + 1, (13, 8, 0), 20)(x, y, 0 * x) + 0.5 * wrinkles(seed + 2, (34, 22, 0), 20)(x, y, 0 * x)
    gather = np.exp(-(((y - 0.118) / 0.045) ** 2)) * np.abs(np.sin(95 * x + 1.5 * wander(x, y, 0 * x)))
    height = lift + folds * (0.9 * pleats * below**0.7 + 0.30 * soft + 0.40 * gather + 0.4)
    rim = np.clip(d / 0.022, 0, 1)
    if name != "belt":
        # The belt draws the cloth in.
        height *= 1 - 0.45 * np.exp(-(((y - 0.118) / 0.022) ** 2))
    height = height * np.sqrt(np.clip(1 - (1 - rim) ** 2, 0, 1)) + 0.0005
    keep = d > -step
    index = np.full(x.shape, -1)
    index[keep] = np.arange(keep.sum())
    # Vertices just outside are drawn to the outline, which would have stairs otherwise.
    gy, gx = np.gradient(d, step)
    out = np.maximum(-d, 0)
    verts = np.stack(
        [(x + gx * out)[keep], (y + gy * out)[keep], np.where(d < 0, lift * 0.2 + 0.0005, height)[keep]], axis=1
    )
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=2).reshape(-1, 4)
    ob = add_mesh(name, verts, quads[(quads >= 0).all(axis=1)], material)
    # The print follows the fan of the skirt, as the cloth of a flared skirt does.
    spread = np.where(y < 0.118, fan * (0.75 - y) * 1.0, x * (0.75 - 0.118) / (0.75 - 0.118))
    lay_print(ob, np.stack([spread[keep], y[keep] + 0.8 * height[keep], 0 * x[keep]], axis=1))
    return ob


def lay_dress(
    cloth: bpy.types.Material, lining: bpy.types.Material, band: bpy.types.Material, step: float
) -> list[bpy.types.Object]:
    """Front, the inside of the back above it, and a belt."""
    front = sheet("front", smooth(both_sides(OUTLINE)), cloth, step, 0.005, 0.030, 5)
    neck = np.concatenate([both_sides(NECK), np.array([(-0.10, 0.36), (0.10, 0.36)])])
    back = sheet("back", smooth(neck, 2), lining, step, 0.002, 0.001, 6)
    belt = [(0.0, 0.098), (0.10, 0.100), (0.168, 0.107), (0.170, 0.137), (0.10, 0.131), (0.0, 0.129)]
    waist = sheet("belt", smooth(both_sides(belt), 2), band, step / 2, 0.040, 0.003, 8)
    return [front, back, waist]


def wooden_floor() -> None:
    """Oak boards, 14 cm wide."""
    s = Shader("oak", (0.42, 0.27, 0.15), Roughness=0.45, Specular=0.3)
    xyz = s.coords((1, 1, 1), (0, 0, np.pi / 2))
    boards = s.node("ShaderNodeTexBrick", Scale=1.0, offset=0.37)
    boards.inputs["Mortar Size"].default_value = 0.0012
    boards.inputs["Brick Width"].default_value, boards.inputs["Row Height"].default_value = 1.3, 0.14
    boards.inputs["Color1"].default_value = (0.66, 0.49, 0.33, 1)
    boards.inputs["Color2"].default_value = (0.54, 0.385, 0.25, 1)
    boards.inputs["Mortar"].default_value = (0.20, 0.13, 0.08, 1)
    s.link(xyz, boards.inputs["Vector"])
    grain = s.ramp(s.noise(s.coords((26, 1.6, 1)), 3.0, 8), [(0.3, (0.80, 0.77, 0.73)), (0.7, (1.10, 1.09, 1.07))])
    s.base(s.mix(1.0, boards.outputs["Color"], grain, "MULTIPLY"))
    s.bump(boards.outputs["Fac"], -0.3, 0.002)
    add_box("floor", (-3, -3, -0.02), (3, 3, 0), s.material)
