"""A street: paving, house fronts, trees, parked cars."""

from __future__ import annotations

import math

import bpy
import numpy as np

from body import box_around
from fields import Grid, cone, stack
from meshes import RGB, Shader, add_box, add_mesh, plain


def paving(name: str, colour: RGB, size: tuple[float, float], gap: RGB) -> bpy.types.Material:
    s = Shader(name, colour, Roughness=0.85, Specular=0.25)
    xyz = s.coords()
    b = s.node("ShaderNodeTexBrick", Scale=1.0, offset=0.5)
    b.inputs["Mortar Size"].default_value = 0.006
    b.inputs["Mortar Smooth"].default_value = 0.3
    b.inputs["Brick Width"].default_value, b.inputs["Row Height"].default_value = size
    b.inputs["Color1"].default_value = (*colour, 1)
    b.inputs["Color2"].default_value = (*(c * 0.80 for c in colour), 1)
    b.inputs["Mortar"].default_value = (*gap, 1)
    s.link(xyz, b.inputs["Vector"])
    stain = s.ramp(s.noise(xyz, 1.3, 8), [(0.3, (0.72, 0.70, 0.68)), (0.7, (1.08, 1.06, 1.04))])
    grit = s.ramp(s.noise(xyz, 160, 3), [(0.3, (0.82, 0.82, 0.82)), (0.7, (1.1, 1.1, 1.1))])
    s.base(s.mix(1.0, s.mix(1.0, b.outputs["Color"], stain, "MULTIPLY"), grit, "MULTIPLY"))
    s.bump(b.outputs["Fac"], -0.4, 0.004)
    s.bump(s.noise(xyz, 120, 4), 0.25, 0.003)
    return s.material


def building(
    x0: float,
    x1: float,
    y: float,
    floors: int,
    wall: bpy.types.Material,
    trim: bpy.types.Material,
    shop: bpy.types.Material,
    seed: int,
    pane: RGB = (0.03, 0.04, 0.05),
) -> None:
    """A town house front: shop at street level, rows of windows above."""
    rng = np.random.default_rng(seed)
    glass = Shader("window", pane, Roughness=0.05, Specular=0.9).material
    curtain = plain("curtain", (0.45, 0.42, 0.38), 0.1)
    awning = plain("awning", tuple(rng.uniform(0.05, 0.5, 3)), 0.1)
    add_box("wall", (x0, y, 0), (x1, y + 6, floors * 3.2 + 0.8), wall)
    add_box("cornice", (x0, y - 0.25, floors * 3.2 + 0.5), (x1, y + 0.1, floors * 3.2 + 0.85), trim)
    add_box("shopfront", (x0, y - 0.06, 0), (x1, y + 0.1, 3.0), shop)
    add_box("fascia", (x0, y - 0.16, 2.75), (x1, y, 3.25), trim)
    bays = max(1, int((x1 - x0) / 2.1))
    w = (x1 - x0) / bays
    for i in range(bays):
        cx = x0 + (i + 0.5) * w
        door = rng.uniform() < 0.3
        half = 0.48 if door else w * 0.40
        add_box("shop-glass", (cx - half, y - 0.09, 0.05 if door else 0.55), (cx + half, y - 0.05, 2.45), glass)
        add_box("shop-bar", (cx - half - 0.06, y - 0.12, 2.45), (cx + half + 0.06, y - 0.04, 2.55), trim)
        for s in (-1, 1):
            add_box("shop-post", (cx + s * half - 0.05, y - 0.12, 0), (cx + s * half + 0.05, y - 0.04, 2.5), trim)
        if not door and rng.uniform() < 0.6:
            a = add_box("awning", (cx - half - 0.1, -0.55, -0.02), (cx + half + 0.1, 0.55, 0.02), awning)
            a.location, a.rotation_euler = (0, y - 0.6, 2.6), (0.38, 0, 0)
        for f in range(1, floors):
            z = f * 3.2 + 0.75
            add_box("frame", (cx - 0.56, y - 0.07, z - 0.06), (cx + 0.56, y + 0.02, z + 1.76), trim)
            add_box("glass", (cx - 0.47, y - 0.085, z), (cx + 0.47, y - 0.02, z + 1.68), glass)
            add_box("bar", (cx - 0.03, y - 0.10, z), (cx + 0.03, y - 0.02, z + 1.68), trim)
            add_box("sill", (cx - 0.65, y - 0.18, z - 0.14), (cx + 0.65, y, z - 0.05), trim)
            if rng.uniform() < 0.6:
                d = rng.uniform(0.12, 0.3)
                add_box("curtain", (cx - 0.46, y - 0.09, z), (cx - 0.46 + d, y - 0.086, z + 1.66), curtain)
                add_box("curtain", (cx + 0.46 - d, y - 0.09, z), (cx + 0.46, y - 0.086, z + 1.66), curtain)


def tree(x: float, y: float, height: float, seed: int) -> None:
    """A street tree: a bent trunk and some thousand leaves in clumps."""
    rng = np.random.default_rng(seed)
    bark = plain("bark", (0.085, 0.065, 0.050), 0.3, 12, Roughness=0.95)
    g = Grid(((x - 1.2, x + 1.2), (y - 1.2, y + 1.2), (0, height)), 0.05)
    top = np.array([x + 0.15, y, height * 0.55])
    g.merge(cone((x, y, -0.1), top, 0.16, 0.11), box_around([(x, y, 0), top], 0.2))
    for _ in range(7):
        a = np.array([top[0], top[1], top[2] * rng.uniform(0.8, 1.0)])
        b = a + np.array([rng.normal(0, 0.5), rng.normal(0, 0.5), rng.uniform(0.6, 1.3)])
        g.merge(cone(a, b, 0.07, 0.03), box_around([a, b], 0.1), 0.05)
    add_mesh("trunk", *g.surface(), bark)
    clumps = np.array([x, y, height * 0.75]) + rng.normal(size=(46, 3)) * np.array([1.0, 1.0, 0.75])
    n = 9000
    centre = clumps[rng.integers(0, len(clumps), n)] + rng.normal(size=(n, 3)) * 0.26
    u = rng.normal(size=(n, 3))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(u, rng.normal(size=(n, 3)))
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    size = rng.uniform(0.045, 0.085, n)[:, None]
    quad = np.stack([centre - u * size, centre + v * size * 0.55, centre + u * size, centre - v * size * 0.55], axis=1)
    tone = rng.uniform(0.6, 1.35, n)[:, None]
    colour = np.array([0.085, 0.165, 0.030]) * tone * np.array([1, 1, 1]) + rng.uniform(0, 0.03, (n, 1)) * np.array(
        [1, 0.5, 0]
    )
    s = Shader("leaf", Roughness=0.55)
    s.base(s.node("ShaderNodeAttribute", attribute_name="paint").outputs["Color"])
    add_mesh(
        "leaves",
        quad.reshape(-1, 3),
        np.arange(n * 4).reshape(-1, 4),
        s.material,
        np.repeat(colour, 4, axis=0),
    )


def car(x: float, y: float, colour: RGB) -> None:
    """A parked car seen from the side; far out of focus, so only its masses count."""
    paint = Shader("car-paint", colour, Roughness=0.25, Clearcoat=1.0, Metallic=0.3).material
    dark = Shader("car-glass", (0.02, 0.025, 0.03), Roughness=0.05).material
    tyre = plain("tyre", (0.02, 0.02, 0.02), 0.1, Roughness=0.9)
    rim = Shader("rim", (0.5, 0.5, 0.52), Roughness=0.3, Metallic=1.0).material
    rows = [
        (0.25, 0, 0, 2.05, 0.78, 0.78),
        (0.40, 0, 0, 2.12, 0.85, 0.85),
        (0.65, 0, 0, 2.13, 0.87, 0.87),
        (0.85, 0, 0, 2.08, 0.84, 0.84),
        (0.95, 0.05, 0, 1.9, 0.80, 0.80),
    ]
    cabin = [
        (0.85, 0.15, 0, 1.45, 0.76, 0.76),
        (1.10, 0.18, 0, 1.25, 0.70, 0.70),
        (1.32, 0.22, 0, 1.02, 0.63, 0.63),
        (1.42, 0.24, 0, 0.85, 0.56, 0.56),
    ]
    g = Grid(((-2.3, 2.3), (-1.0, 1.0), (0.2, 1.5)), 0.035)
    g.merge(stack(rows, 5), ((-2.2, 2.2), (-0.9, 0.9), (0.25, 0.95)))
    for wx in (-1.32, 1.32):
        g.merge(
            cone((wx, -1, 0.32), (wx, 1, 0.32), 0.38, 0.38),
            ((wx - 0.4, wx + 0.4), (-1, 1), (0, 0.72)),
            0.02,
            True,
        )
    v, q = g.surface()
    add_mesh("car", v + np.array([x, y, 0]), q, paint)
    g = Grid(((-2.3, 2.3), (-1.0, 1.0), (0.8, 1.5)), 0.03)
    g.merge(stack(cabin, 4), ((-2, 2), (-0.9, 0.9), (0.85, 1.42)))
    v, q = g.surface()
    ob = add_mesh("cabin", v + np.array([x, y, 0]), q, dark)
    ob.data.materials.append(paint)
    z = v[q].mean(axis=1)[:, 2]
    px = v[q].mean(axis=1)[:, 0]
    ob.data.polygons.foreach_set("material_index", ((z > 1.36) | (np.abs(px - 0.15) < 0.05)).astype(np.int32))
    for wx in (-1.32, 1.32):
        for r, mat, yy in ((0.32, tyre, -0.80), (0.20, rim, -0.83)):
            bpy.ops.mesh.primitive_cylinder_add(
                radius=r, depth=0.2, location=(x + wx, y + yy, 0.32), rotation=(math.pi / 2, 0, 0)
            )
            bpy.context.object.data.materials.append(mat)


def make_street() -> None:
    """Pavement, kerb, road and the far side of the street."""
    slab = paving("slabs", (0.33, 0.315, 0.29), (0.60, 0.40), (0.12, 0.11, 0.10))
    kerb = plain("kerb", (0.36, 0.35, 0.33), 0.15, 5, Roughness=0.9)
    tar = plain("tar", (0.075, 0.075, 0.078), 0.2, 6, Roughness=0.9)
    line = plain("line", (0.6, 0.6, 0.58), 0.2, 5, Roughness=0.8)
    add_box("pavement", (-12, -8, -0.3), (12, 2.6, 0), slab)
    add_box("kerb", (-30, 2.6, -0.3), (30, 2.78, 0.0), kerb, 0.02)
    add_box("road", (-60, 2.78, -0.4), (60, 10.2, -0.13), tar)
    add_box("line", (-60, 6.4, -0.13), (60, 6.52, -0.126), line)
    add_box("kerb", (-60, 10.2, -0.3), (60, 10.4, 0.0), kerb)
    add_box("far-pavement", (-60, 10.4, -0.3), (60, 13, -0.01), slab)
    stone = plain("stone", (0.52, 0.47, 0.38), 0.12, 0.8, Roughness=0.9)
    cream = plain("cream", (0.62, 0.56, 0.45), 0.10, 0.6, Roughness=0.9)
    rose = plain("rose", (0.46, 0.30, 0.24), 0.10, 0.6, Roughness=0.9)
    white = plain("white", (0.66, 0.64, 0.60), 0.08, 2, Roughness=0.7)
    pale = (0.36, 0.41, 0.44)
    building(-16, -4.6, 13, 4, rose, white, stone, 1, pale)
    building(-4.6, 5.2, 13, 4, cream, white, stone, 3, pale)
    building(5.2, 18, 13, 5, stone, white, cream, 4, pale)
    tree(-3.1, 10.8, 6.0, 21)
    tree(5.0, 11.2, 6.5, 22)
    car(-5.4, 9.1, (0.30, 0.31, 0.32))
    car(4.9, 9.1, (0.16, 0.02, 0.02))
