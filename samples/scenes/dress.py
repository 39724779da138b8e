"""Dresses."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from body import Look, add_torso
from cloth import add_sleeves, drape_skirt, keep, lay_print, wrapped
from fields import Grid, ellipsoid, wrinkles
from meshes import add_mesh


@dataclass
class Cut:
    """How a dress is cut."""

    material: bpy.types.Material
    """Cloth of bodice and skirt."""
    band: bpy.types.Material
    """Cloth of the waistband."""
    sleeve: float = 0.075
    """Length of the sleeves from the shoulder in metres; 0 for none."""
    slant: float = 0.600
    """Length of the skirt in metres, along the cloth."""
    flare: float = 0.36
    """How much wider the skirt is at its hem than at the waist, in metres of radius."""
    v_neck: bool = False


def neckline(g: Grid, cut: Cut) -> None:
    x, y, z = g.coords()
    if cut.v_neck:
        front = 1.6 * np.abs(x) - (z - 1.235) + 0.25 * np.maximum(y, 0)
    else:
        front = ellipsoid((0, -0.055, 1.455), (0.088, 0.135, 0.100))(x, y, z)
    nape = ellipsoid((0, 0.03, 1.455), (0.085, 0.10, 0.055))(x, y, z)
    keep(g, -np.minimum(front, nape))


def make_dress(look: Look, step: float, cut: Cut, fine: bool = True) -> list[bpy.types.Object]:
    """Bodice, waistband and skirt: one dress in three meshes."""
    g = Grid(((-0.32, 0.32), (-0.18, 0.16), (1.00, 1.46)), step)
    add_torso(g)
    if cut.sleeve:
        add_sleeves(g, look, cut.sleeve, 0.004)
    x, y, z = g.coords()
    # Cloth bridges the hollow between the breasts and hangs a little loose.
    bridge = ellipsoid((0, -0.060, 1.225), (0.105, 0.062, 0.055))
    g.merge(bridge, ((-0.12, 0.12), (-0.14, 0.02), (1.15, 1.30)), 0.03)
    loose = (
        0.0075
        + 0.0040 * wrinkles(3, (26, 26, 34))(x, y, z)
        + 0.0035 * np.exp(-(((z - 1.10) / 0.035) ** 2)) * (1 + wrinkles(4, (55, 55, 12))(x, y, z))
    )
    g.d -= loose.astype(np.float32)
    neckline(g, cut)
    if not cut.sleeve:
        # Armholes: the shoulder's outer half stays bare.
        keep(g, np.abs(x) - np.interp(z, [1.22, 1.29, 1.34, 1.42], [0.30, 0.150, 0.128, 0.105]))
    keep(g, 1.045 - z)
    verts, quads = g.surface()
    parts = [add_mesh("bodice", verts, quads, cut.material)]
    lay_print(parts[0], wrapped(verts))

    belt = Grid(((-0.16, 0.16), (-0.13, 0.13), (1.02, 1.10)), step)
    add_torso(belt, breasts=False)
    x, y, z = belt.coords()
    belt.d -= np.float32(0.0125)
    keep(belt, np.abs(z - 1.062 - 0.002 * np.sin(9 * x)) - 0.017)
    verts, quads = belt.surface()
    parts.append(add_mesh("waistband", verts, quads, cut.band))
    lay_print(parts[1], wrapped(verts))

    rings, sectors, frames = (int(46 * cut.slant), 136, 34) if fine else (24, 110, 30)
    verts, quads, flat = drape_skirt(look, rings, sectors, frames, cut.slant, cut.flare)
    skirt = add_mesh("skirt", verts, quads, cut.material)
    lay_print(skirt, flat)
    solid = skirt.modifiers.new("solid", "SOLIDIFY")
    solid.thickness, solid.offset = 0.0016, 1
    sub = skirt.modifiers.new("subdivide", "SUBSURF")
    sub.levels = sub.render_levels = 2
    parts.append(skirt)
    return parts
