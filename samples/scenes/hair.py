"""Hair: strands combed over the head."""

from __future__ import annotations

import math

import bpy
import numpy as np

from body import Look, from_head, head_matrix, to_head
from fields import Grid
from meshes import Shader, add_mesh
from skin import scalp_line

# Where hair that is worn up is knotted, in head space: the crown, a little to the back.
BUN = (0.006, 0.062, 0.232)


def wind_bun(look: Look, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Strands (count, 34, 3) wound round a flattened ball, in a few locks."""
    rng = np.random.default_rng(look.seed + 9)
    locks = 14
    lock = rng.integers(0, locks, count)
    axis = (np.array([0.1, 0.5, 0.85]) + rng.normal(size=(locks, 3)) * 0.42)[lock] + rng.normal(size=(count, 3)) * 0.05
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    u = np.cross(axis, [0.9, 0.2, 0.1])
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(axis, u)
    shift = (rng.uniform(-0.62, 0.62, locks)[lock] + rng.normal(size=count) * 0.10)[:, None, None]
    start = (rng.uniform(0, 6.3, locks)[lock] + rng.normal(size=count) * 0.4)[:, None]
    t = start + np.linspace(0, 3.6, 34)[None]
    radius = (
        0.040 * np.sqrt(np.clip(1 - shift[..., 0] ** 2 * 0.8, 0.1, 1)) * (1 + rng.normal(size=count)[:, None] * 0.03)
    )
    ring = np.cos(t)[..., None] * u[:, None] + np.sin(t)[..., None] * v[:, None]
    local = ring * radius[..., None] + axis[:, None] * shift * 0.034
    local *= np.array([1.12, 0.95, 0.86])
    head = local + np.array(BUN)
    shade = np.clip(rng.normal(0.45, 0.2, count) + rng.normal(size=locks)[lock] * 0.15, 0, 1)
    return from_head(head.reshape(-1, 3), look).reshape(head.shape), shade


def comb_hair(look: Look, skin: Grid, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Strands (count, points, 3) that run over the head and fall on the shoulders.

    Each strand walks in small steps: on the head it follows a combing
    direction away from the parting, lower down gravity; after each step it is
    pushed out of the body, so the hair lies on what is under it. Hair that is
    worn up is combed towards the bun and ends there.
    """
    rng = np.random.default_rng(look.seed)
    to_world = head_matrix(look).T
    n = count * 16
    direction = rng.normal(size=(n, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    root = np.array([0, 0.005, 0.135]) + direction * np.array([0.072, 0.094, 0.088])
    root = root[(root[:, 2] > scalp_line(root[:, 1])) & (root[:, 2] > 0.045)]
    # More hair along the parting and the hairline, where thin hair would show:
    # there the strands start close together and comb apart.
    x, y, z = root.T
    line = (np.abs(x - 0.014) < 0.009) & (z > 0.12) & (not look.updo)
    edge = ~line & (z < scalp_line(y) + 0.012) & (y < 0)
    rest = ~line & ~edge
    root = np.concatenate([root[m][: int(count * part)] for m, part in ((line, 0.20), (edge, 0.15), (rest, 0.65))])
    count = len(root)
    parting = 0.014
    sign = np.where(root[:, 0] > parting, 1.0, -1.0)
    world = from_head(root, look)
    layer = rng.uniform(0.003, 0.020, count)
    clump = rng.integers(0, 160, count)
    clump_phase = rng.uniform(0, 2 * math.pi, 160)[clump]
    clump_shift = rng.normal(size=(160, 3))[clump] * np.array([0.35, 0.35, 0.1])
    steps = 34
    length = look.hair_length * rng.uniform(0.86, 1.06, count)
    step = length / steps
    p = world.copy()
    lift = layer * 0.5
    pts = [p.copy()]
    own = np.random.default_rng(look.seed + 1).normal(size=(count, 3)) * 0.05
    bun = from_head(np.array([BUN]), look)[0]
    for i in range(steps):
        head = to_head(p, look)
        if look.updo:
            way = bun - p
            far = np.linalg.norm(way, axis=1, keepdims=True)
            d = way / np.maximum(far, 1e-9) + own * 1.5 + clump_shift * 0.10
            d /= np.linalg.norm(d, axis=1, keepdims=True)
            p = p + d * np.minimum(0.0088, np.maximum(far - 0.028, 0))
            gap = np.minimum(layer * 0.45 + 0.0015, 0.0015 * (i + 1)) - skin.sample(p)
            p = p + skin.gradient(p) * np.clip(gap, -0.004, 0.012)[:, None] * (far > 0.034)
            pts.append(p.copy())
            continue
        over = np.clip((head[:, 2] - 0.085) / 0.07, 0, 1)
        comb = np.stack([sign * 0.95, 0.55 + 0 * sign, -0.35 - 0.6 * (1 - over)], axis=1) @ to_world
        down = np.tile([0.0, 0.0, -1.0], (count, 1)) + np.stack([0.10 * sign, 0.02 + 0 * sign, 0 * sign], axis=1)
        d = comb * over[:, None] + down * (1 - over[:, None])
        t = i / steps
        wave = np.sin(t * 13 + clump_phase) * 0.26 * t
        d = (
            d
            + (clump_shift * 0.55 + own) * t
            + np.stack([wave * sign, np.cos(t * 13 + clump_phase) * 0.2 * t, 0 * t + 0 * sign], axis=1)
        )
        d /= np.linalg.norm(d, axis=1, keepdims=True)
        p = p + d * step[:, None]
        want = np.minimum(layer + 0.002, lift + 0.002 * (i + 1))
        for _ in range(2):
            # Pushed out of the body everywhere, and pulled on to the head.
            gap = want - skin.sample(p)
            move = np.clip(gap, -0.012 * np.minimum(1, 2 * over), 0.012)
            p = p + skin.gradient(p) * move[:, None]
        pts.append(p.copy())
    line = np.stack(pts, axis=1)
    # Corners left by the pushing would glint: average neighbours a few times.
    for _ in range(3):
        line[:, 1:-1] = 0.25 * line[:, :-2] + 0.5 * line[:, 1:-1] + 0.25 * line[:, 2:]
    shade = np.clip(rng.normal(0.45, 0.22, count) + 0.25 * rng.normal(size=160)[clump], 0, 1)
    return line, shade


def hair_mesh(look: Look, skin: Grid, count: int, radius: float, material: bpy.types.Material) -> bpy.types.Object:
    """Turn strands into three-sided tubes that taper to the tip."""
    line, shade = comb_hair(look, skin, count)
    if look.updo:
        knot, knot_shade = wind_bun(look, count // 3)
        # Both have 34 steps, the combed ones a point more.
        line, shade = np.concatenate([line[:, 1:], knot]), np.concatenate([shade, knot_shade])
    n, m, _ = line.shape
    tangent = np.gradient(line, axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-9)
    a = np.cross(tangent, np.array([0.31, 0.87, 0.23]))
    a /= np.maximum(np.linalg.norm(a, axis=2, keepdims=True), 1e-9)
    b = np.cross(tangent, a)
    thick = radius * np.interp(np.arange(m), [0, 2, m * 0.75, m - 1], [0.6, 1.0, 0.9, 0.15])[None, :, None]
    ring = [line + thick * (math.cos(w) * a + math.sin(w) * b) for w in (0, 2.094, 4.189)]
    verts = np.stack(ring, axis=2).reshape(-1, 3)
    s = np.arange(n)[:, None, None] * m * 3
    i = np.arange(m - 1)[None, :, None] * 3
    c = np.arange(3)[None, None, :]
    e = (c + 1) % 3
    quads = np.stack([s + i + c, s + i + e, s + i + 3 + e, s + i + 3 + c], axis=3).reshape(-1, 4)
    lo, hi = np.array(look.hair[0]), np.array(look.hair[1])
    along = np.linspace(0, 1, m)[None, :]
    mixv = np.clip(shade[:, None] * 0.8 + 0.35 * along, 0, 1)[..., None]
    col = np.repeat((lo + (hi - lo) * mixv)[:, :, None, :], 3, axis=2).reshape(-1, 3)
    return add_mesh("hair", verts, quads, material, col)


def hair_material() -> bpy.types.Material:
    s = Shader("hair", Roughness=0.36, Specular=0.45)
    s.base(s.node("ShaderNodeAttribute", attribute_name="paint").outputs["Color"])
    return s.material
