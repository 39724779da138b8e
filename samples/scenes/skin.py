"""The colours of skin, painted on the vertices of a body."""

from __future__ import annotations

from typing import Sequence

import bpy
import numpy as np

from body import LEFT_AXIS, RIGHT_AXIS, Look, to_head
from fields import wrinkles
from meshes import Shader


def blob(p: np.ndarray, c: Sequence[float], r: Sequence[float]) -> np.ndarray:
    """A soft spot of paint: 1 at c, 0 outside the radii."""
    q = ((p - np.array(c)) / np.array(r)) ** 2
    return np.clip(1 - q.sum(axis=1), 0, 1)


def scalp_line(y: np.ndarray) -> np.ndarray:
    """Height of the hairline in head space over the depth y."""
    return np.interp(
        y,
        [-0.095, -0.070, -0.045, -0.020, 0.000, 0.030, 0.090],
        [0.169, 0.167, 0.157, 0.118, 0.085, 0.055, 0.030],
    )


def paint_skin(verts: np.ndarray, look: Look) -> np.ndarray:
    """Skin colour per vertex: flushed joints and cheeks, lips, brows, scalp."""
    skin = np.array(look.skin)
    col = np.tile(skin, (len(verts), 1))
    tone = wrinkles(7, (40, 40, 40))(verts[:, 0], verts[:, 1], verts[:, 2])
    col *= 1 + 0.05 * tone[:, None]
    flush = np.array([1.10, 0.86, 0.82])

    def tint(weight: np.ndarray, factor: np.ndarray) -> None:
        col[:] = col * (1 + weight[:, None] * (factor - 1))

    for side in (-1, 1):
        tint(blob(verts, look.arms[side][2], (0.05, 0.05, 0.05)) * 0.6, flush)
        tip = np.array(look.arms[side][5]) + np.array([0.02 * side, -0.03, -0.15])
        tint(blob(verts, tip, (0.07, 0.08, 0.10)) * 0.7, flush)
    for x, y in ((RIGHT_AXIS[1][1], RIGHT_AXIS[1][2]), (LEFT_AXIS[1][1], LEFT_AXIS[1][2])):
        tint(blob(verts, (x, y - 0.05, 0.475), (0.05, 0.05, 0.06)) * 0.6, flush)
    head = to_head(verts, look)
    for s in (-1, 1):
        tint(blob(head, (s * 0.042, -0.075, 0.075), (0.028, 0.04, 0.024)) * 0.8, flush)
        tint(blob(head, (s * 0.030, -0.09, 0.112), (0.022, 0.03, 0.013)) * 0.6, np.array([0.72, 0.62, 0.60]))
        for x, z, w in ((0.018, 0.1320, 0.011), (0.030, 0.1350, 0.012), (0.042, 0.1325, 0.011)):
            tint(
                np.minimum(1, 2.5 * blob(head, (s * x, -0.085, z), (w, 0.04, 0.0050))),
                np.array(look.hair[0]) / skin * 1.4,
            )
    tint(blob(head, (0, -0.10, 0.074), (0.018, 0.02, 0.016)) * 0.6, flush)
    mouth = np.minimum(
        1,
        2.2
        * np.maximum(
            blob(head, (0, -0.095, 0.0500), (0.024, 0.02, 0.0062)),
            blob(head, (0, -0.095, 0.0410), (0.021, 0.02, 0.0075)),
        ),
    )
    tint(mouth, np.array(look.lips) / skin)
    tint(
        np.minimum(1, 3 * blob(head, (0, -0.095, 0.0462), (0.022, 0.02, 0.0016))),
        np.array([0.35, 0.30, 0.30]),
    )
    # Skin shows between the hairline's first strands and along the parting.
    edge = scalp_line(head[:, 1]) + 0.018 * np.clip((-0.04 - head[:, 1]) / 0.02, 0, 1)
    scalp = np.clip((head[:, 2] - edge) / 0.006, 0, 1) * (head[:, 2] > 0.03)
    if not look.updo:
        scalp *= np.clip((np.abs(head[:, 0] - 0.014) - 0.002) / 0.003, 0.25, 1)
    tint(scalp, np.array(look.hair[0]) / skin)
    return np.clip(col, 0.001, 1)


def skin_material() -> bpy.types.Material:
    # No subsurface scattering: it costs far more noise than it shows at this size.
    s = Shader("skin", Roughness=0.46, Specular=0.36, Sheen=0.15)
    paint = s.node("ShaderNodeAttribute", attribute_name="paint").outputs["Color"]
    xyz = s.coords()
    fine = s.ramp(s.noise(xyz, 220, 3), [(0.3, (0.95, 0.93, 0.92)), (0.7, (1.03, 1.02, 1.02))])
    s.base(s.mix(1.0, paint, fine, "MULTIPLY"))
    s.bump(s.noise(xyz, 300, 2), 0.04, 0.0005)
    return s.material
