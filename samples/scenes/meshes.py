"""Meshes and materials of Blender, made by short calls."""

from __future__ import annotations

from typing import Optional, Sequence

import bpy
import numpy as np

RGB = tuple[float, float, float]


def add_mesh(
    name: str,
    verts: np.ndarray,
    quads: np.ndarray,
    material: Optional[bpy.types.Material] = None,
    colour: Optional[np.ndarray] = None,
) -> bpy.types.Object:
    """A smooth-shaded object out of numpy arrays, with an optional point colour."""
    me = bpy.data.meshes.new(name)
    me.vertices.add(len(verts))
    me.vertices.foreach_set("co", np.ascontiguousarray(verts, np.float32).ravel())
    me.loops.add(quads.size)
    me.loops.foreach_set("vertex_index", np.ascontiguousarray(quads, np.int32).ravel())
    me.polygons.add(len(quads))
    side = quads.shape[1]
    me.polygons.foreach_set("loop_start", np.arange(len(quads), dtype=np.int32) * side)
    me.polygons.foreach_set("loop_total", np.full(len(quads), side, np.int32))
    me.polygons.foreach_set("use_smooth", np.ones(len(quads), bool))
    if colour is not None:
        layer = me.attributes.new("paint", "FLOAT_COLOR", "POINT")
        rgba = np.ones((len(verts), 4), np.float32)
        rgba[:, :3] = colour
        layer.data.foreach_set("color", rgba.ravel())
    me.update(calc_edges=True)
    ob = bpy.data.objects.new(name, me)
    bpy.context.scene.collection.objects.link(ob)
    if material:
        me.materials.append(material)
    return ob


def add_box(
    name: str,
    lo: Sequence[float],
    hi: Sequence[float],
    material: bpy.types.Material,
    bevel: float = 0.0,
) -> bpy.types.Object:
    """An axis-aligned box, its edges rounded by `bevel`."""
    v = np.array([[(lo, hi)[i >> a & 1][a] for a in range(3)] for i in range(8)], float)
    q = np.array([[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]])
    ob = add_mesh(name, v, q, material)
    ob.data.polygons.foreach_set("use_smooth", np.zeros(6, bool))
    if bevel:
        mod = ob.modifiers.new("bevel", "BEVEL")
        mod.width, mod.segments = bevel, 3
    return ob


class Shader:
    """A node material around one Principled BSDF, built by short calls."""

    def __init__(self, name: str, colour: RGB = (0.5, 0.5, 0.5), **inputs: float) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.bsdf = self.tree.nodes["Principled BSDF"]
        self.bsdf.inputs["Base Color"].default_value = (*colour, 1)
        for key, value in inputs.items():
            self.bsdf.inputs[key.replace("_", " ")].default_value = value

    def node(self, kind: str, **values: object) -> bpy.types.Node:
        """Add a node; values name its inputs (by index 'i0' or name) or properties."""
        n = self.tree.nodes.new(kind)
        for key, value in values.items():
            if key in n.inputs:
                n.inputs[key].default_value = value
            elif key[0] == "i" and key[1:].isdigit():
                n.inputs[int(key[1:])].default_value = value
            else:
                setattr(n, key, value)
        return n

    def link(self, a: bpy.types.NodeSocket, b: bpy.types.NodeSocket) -> None:
        self.tree.links.new(a, b)

    def coords(self, scale: Sequence[float] = (1, 1, 1), turn: Sequence[float] = (0, 0, 0)) -> bpy.types.NodeSocket:
        """Object coordinates, scaled and turned."""
        tc = self.node("ShaderNodeTexCoord")
        mp = self.node("ShaderNodeMapping")
        mp.inputs["Scale"].default_value = scale
        mp.inputs["Rotation"].default_value = turn
        self.link(tc.outputs["Object"], mp.inputs["Vector"])
        return mp.outputs["Vector"]

    def noise(self, vector: bpy.types.NodeSocket, scale: float, detail: float = 4) -> bpy.types.NodeSocket:
        n = self.node("ShaderNodeTexNoise", Scale=scale, Detail=detail)
        self.link(vector, n.inputs["Vector"])
        return n.outputs["Fac"]

    def ramp(self, fac: bpy.types.NodeSocket, stops: Sequence[tuple[float, RGB]]) -> bpy.types.NodeSocket:
        n = self.node("ShaderNodeValToRGB")
        for i, (pos, col) in enumerate(stops):
            e = n.color_ramp.elements[i] if i < 2 else n.color_ramp.elements.new(pos)
            e.position, e.color = pos, (*col, 1)
        self.link(fac, n.inputs["Fac"])
        return n.outputs["Color"]

    def mix(self, fac: object, a: object, b: object, blend: str = "MIX") -> bpy.types.NodeSocket:
        """Mix two colours; each argument is a socket or a constant."""
        n = self.node("ShaderNodeMixRGB", blend_type=blend)
        for key, value in (("Fac", fac), ("Color1", a), ("Color2", b)):
            if isinstance(value, bpy.types.NodeSocket):
                self.link(value, n.inputs[key])
            elif key == "Fac":
                n.inputs[key].default_value = value
            else:
                n.inputs[key].default_value = (*value, 1)
        return n.outputs["Color"]

    def base(self, socket: bpy.types.NodeSocket) -> None:
        self.link(socket, self.bsdf.inputs["Base Color"])

    def bump(self, height: bpy.types.NodeSocket, strength: float, distance: float) -> None:
        n = self.node("ShaderNodeBump", Strength=strength, Distance=distance)
        self.link(height, n.inputs["Height"])
        last = self.bsdf.inputs["Normal"]
        if last.links:
            self.link(last.links[0].from_socket, n.inputs["Normal"])
        self.link(n.outputs["Normal"], last)


def plain(name: str, colour: RGB, mottle: float = 0.15, scale: float = 3.0, **inputs: float) -> bpy.types.Material:
    """A material of one colour with a little uneven dirt in it."""
    s = Shader(name, colour, **inputs)
    dark = tuple(c * (1 - mottle * 1.6) for c in colour)
    light = tuple(min(1.0, c * (1 + mottle)) for c in colour)
    s.base(s.ramp(s.noise(s.coords(), scale), [(0.3, dark), (0.7, light)]))
    return s.material
