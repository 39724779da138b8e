"""Woven cloth: materials, and skirts that fall under Blender's cloth solver."""

from __future__ import annotations

import copy
import math

import bpy
import numpy as np

from body import LEFT_AXIS, RIGHT_AXIS, TORSO, Look, add_arm, add_torso, leg_rows
from fields import Grid, hermite, smin, stack
from meshes import RGB, Shader, add_mesh


def fabric(
    name: str,
    colour: RGB,
    weave: float = 900.0,
    sheen: float = 0.35,
    fold: float = 0.0,
) -> bpy.types.Material:
    """Woven cloth: fine bump, uneven dye, optional soft folds."""
    s = Shader(name, colour, Roughness=0.78, Specular=0.22, Sheen=sheen)
    xyz = s.coords()
    col = s.ramp(
        s.noise(xyz, 7, 5),
        [(0.3, tuple(c * 0.84 for c in colour)), (0.7, tuple(min(1, c * 1.10) for c in colour))],
    )
    s.base(col)
    s.bump(s.noise(xyz, weave, 2), 0.25, 0.0015)
    if fold:
        s.bump(s.noise(s.coords((1, 1, 0.45)), 22, 2), fold, 0.02)
    return s.material


def printed(name: str, image: bpy.types.Image, size: float, fold: float = 0.0) -> bpy.types.Material:
    """Cloth with a printed pattern: `image` repeats every `size` metres of the attribute "cloth"."""
    s = Shader(name, Roughness=0.80, Specular=0.20, Sheen=0.15)
    place = s.node("ShaderNodeAttribute", attribute_name="cloth").outputs["Vector"]
    scale = s.node("ShaderNodeMapping")
    scale.inputs["Scale"].default_value = (1 / size, 1 / size, 1)
    s.link(place, scale.inputs["Vector"])
    tile = s.node("ShaderNodeTexImage", image=image)
    s.link(scale.outputs["Vector"], tile.inputs["Vector"])
    xyz = s.coords()
    uneven = s.ramp(s.noise(xyz, 7, 5), [(0.3, (0.90, 0.90, 0.90)), (0.7, (1.06, 1.06, 1.06))])
    s.base(s.mix(1.0, tile.outputs["Color"], uneven, "MULTIPLY"))
    s.bump(s.noise(xyz, 900, 2), 0.20, 0.0015)
    if fold:
        s.bump(s.noise(s.coords((1, 1, 0.45)), 22, 2), fold, 0.02)
    return s.material


def lay_print(ob: bpy.types.Object, flat: np.ndarray) -> None:
    """Say where each vertex of a garment lies on the flat cloth, in metres, for `printed`."""
    layer = ob.data.attributes.new("cloth", "FLOAT_VECTOR", "POINT")
    layer.data.foreach_set("vector", np.ascontiguousarray(flat, np.float32).ravel())


def wrapped(verts: np.ndarray) -> np.ndarray:
    """Cloth wound round the body's axis: arc at a girth of 0.9 m, and height."""
    arc = np.arctan2(verts[:, 0], -verts[:, 1]) * 0.14
    return np.stack([arc, verts[:, 2], 0 * arc], axis=1)


def drape_skirt(
    look: Look, rings: int, sectors: int, frames: int, slant: float = 0.600, flare: float = 0.36
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Let a cone of cloth, held at the waist, fall over the hips and legs.

    @returns vertices, quads, and where each vertex lies on the unrolled cloth, in metres
    """
    scene = bpy.context.scene
    g = Grid(((-0.30, 0.30), (-0.25, 0.25), (0.20, 1.16)), 0.015)
    add_torso(g, breasts=False)
    for axis in (RIGHT_AXIS, LEFT_AXIS):
        g.merge(stack(leg_rows(axis), 2.1), ((-0.3, 0.3), (-0.16, 0.15), (0.03, 0.86)), 0.02)
    collider = add_mesh("collider", *g.surface(0.003))
    hit = collider.modifiers.new("collision", "COLLISION")
    hit.settings.thickness_outer = 0.006
    hit.settings.cloth_friction = 12

    rng = np.random.default_rng(look.seed + 5)
    t = np.linspace(0, 2 * math.pi, sectors, endpoint=False)
    s = np.linspace(0, 1, rings)
    drop = math.sqrt(slant**2 - flare**2)
    cx, w, front, back = (float(hermite(np.array([1.055]), *torso_column(c))[0]) for c in (0, 2, 3, 4))
    w, front, back = w + 0.008, front + 0.008, back + 0.008
    # A few irregular waves decide where the folds form.
    sway = sum(rng.uniform(0.5, 1.0) * np.sin(k * t + rng.uniform(0, 2 * math.pi)) for k in (7, 9, 11, 13, 16))
    depth = np.where(np.sin(t) < 0, front, back)
    ux, uy = np.cos(t), np.sin(t)
    x = cx + ux[None] * (w + flare * s[:, None])
    y = uy[None] * (depth[None] + flare * s[:, None])
    z = 1.055 - drop * s[:, None] + 0.010 * sway[None] * s[:, None]
    verts = np.stack([x, y, z], axis=2).reshape(-1, 3)
    i = np.arange(rings - 1)[:, None] * sectors
    j = np.arange(sectors)[None]
    k = (j + 1) % sectors
    quads = np.stack([i + k, i + j, i + sectors + j, i + sectors + k], axis=2).reshape(-1, 4)
    ob = add_mesh("drape", verts, quads)
    pin = ob.vertex_groups.new(name="pin")
    pin.add(list(range(2 * sectors)), 1.0, "REPLACE")
    cloth = ob.modifiers.new("cloth", "CLOTH")
    c = cloth.settings
    c.quality, c.mass, c.air_damping = 5, 0.22, 1.2
    c.tension_stiffness = c.compression_stiffness = 18
    c.shear_stiffness, c.bending_stiffness = 6, 0.35
    c.vertex_group_mass = "pin"
    cloth.collision_settings.distance_min = 0.006
    cloth.collision_settings.collision_quality = 2
    cloth.point_cache.frame_start, cloth.point_cache.frame_end = 1, frames
    for frame in range(1, frames + 1):
        scene.frame_set(frame)
    done = ob.evaluated_get(bpy.context.evaluated_depsgraph_get())
    out = np.empty(len(done.data.vertices) * 3, np.float32)
    done.data.vertices.foreach_get("co", out)
    bpy.data.objects.remove(ob)
    bpy.data.objects.remove(collider)
    scene.frame_set(1)
    # The cone unrolled: a sector of a ring, its seam (t = pi / 2) at the back.
    apex = slant * w / flare
    angle = (np.mod(t - math.pi / 2, 2 * math.pi) - math.pi)[None] * (flare / slant)
    radius = (apex + slant * s)[:, None]
    flat = np.stack([radius * np.sin(angle), -radius * np.cos(angle), 0 * angle * radius], axis=2)
    return out.reshape(-1, 3).astype(float), quads, flat.reshape(-1, 3)


def torso_column(c: int) -> tuple[np.ndarray, np.ndarray]:
    """Heights and column c of the torso table, as hermite wants them."""
    table = np.array(TORSO)
    return table[:, 0], table[:, c + 1]


def keep(g: Grid, region: np.ndarray) -> None:
    """Intersect the field with a region (negative inside)."""
    np.maximum(g.d, region.astype(np.float32), out=g.d)


def add_sleeves(g: Grid, look: Look, length: float, grow: float) -> None:
    """Unite the upper arms, cut square at `length` below the shoulder, with a bodice."""
    x, y, z = g.coords()
    for side in (-1, 1):
        arm = copy.copy(g)
        arm.d = np.full_like(g.d, Grid.FAR)
        add_arm(arm, look.arms[side], 2, grow, 0.0)
        a, b = np.array(look.arms[side][0]), np.array(look.arms[side][1])
        d = (b - a) / np.linalg.norm(b - a)
        # Positive beyond the hem of the sleeve.
        beyond = (x - a[0]) * d[0] + (y - a[1]) * d[1] + (z - a[2]) * d[2] - length
        keep(arm, beyond)
        g.d = smin(g.d, arm.d, 0.03).astype(np.float32)
