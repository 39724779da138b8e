"""Light, camera, and what Cycles is told."""

from __future__ import annotations

import glob
import math
import os
import tempfile
from typing import Sequence

import bpy
import numpy as np
from mathutils import Vector

from photograph import read_pixels


def light(sun_turn: float, sun_height: float, strength: float) -> None:
    """Physical sky with a slightly veiled (soft) sun."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    tree_ = world.node_tree
    sky = tree_.nodes.new("ShaderNodeTexSky")
    sky.sky_type = "NISHITA"
    sky.sun_disc = False
    sky.sun_elevation, sky.sun_rotation = sun_height, sun_turn
    sky.air_density, sky.dust_density = 1.2, 2.5
    back = tree_.nodes["Background"]
    back.inputs["Strength"].default_value = 0.20
    tree_.links.new(sky.outputs["Color"], back.inputs["Color"])
    sun = bpy.data.lights.new("sun", "SUN")
    sun.energy, sun.angle, sun.color = strength, math.radians(12), (1.0, 0.95, 0.88)
    ob = bpy.data.objects.new("sun", sun)
    bpy.context.scene.collection.objects.link(ob)
    # The sun stands behind the camera (-y), turned to the side by sun_turn.
    d = Vector(
        (
            math.sin(sun_turn) * math.cos(sun_height),
            -math.cos(sun_turn) * math.cos(sun_height),
            math.sin(sun_height),
        )
    )
    ob.rotation_euler = d.to_track_quat("Z", "Y").to_euler()


def camera(at: Sequence[float], target: Sequence[float], lens: float) -> None:
    """A pinhole: what is out of focus is blurred afterwards (darkroom.py), which leaves no noise."""
    cam = bpy.data.cameras.new("camera")
    ob = bpy.data.objects.new("camera", cam)
    bpy.context.scene.collection.objects.link(ob)
    ob.location = at
    ob.rotation_euler = (Vector(target) - Vector(at)).to_track_quat("-Z", "Y").to_euler()
    cam.sensor_fit, cam.sensor_height, cam.lens = "VERTICAL", 36.0, lens
    bpy.context.scene.camera = ob


def lamp(at: Sequence[float], target: Sequence[float], size: float, power: float, colour: Sequence[float]) -> None:
    """A square area light, `size` metres wide, of `power` watts."""
    data = bpy.data.lights.new("lamp", "AREA")
    data.energy, data.size, data.color = power, size, colour
    ob = bpy.data.objects.new("lamp", data)
    bpy.context.scene.collection.objects.link(ob)
    ob.location = at
    ob.rotation_euler = (Vector(target) - Vector(at)).to_track_quat("-Z", "Y").to_euler()


def even_light(strength: float, colour: Sequence[float]) -> None:
    world = bpy.data.worlds.new("even")
    bpy.context.scene.world = world
    world.use_nodes = True
    back = world.node_tree.nodes["Background"]
    back.inputs["Color"].default_value = (*colour, 1)
    back.inputs["Strength"].default_value = strength


def new_scene(width: int, height: int, samples: int) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold = 0.02
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces, scene.cycles.diffuse_bounces = 5, 3
    scene.cycles.glossy_bounces, scene.cycles.transmission_bounces = 2, 2
    scene.cycles.sample_clamp_indirect = 4
    scene.cycles.sample_clamp_direct = 12
    scene.cycles.blur_glossy = 1.0
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.cycles.seed = 1
    scene.render.threads_mode = "FIXED"
    scene.render.threads = 2
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100
    # Dither would put noise into the mask.
    scene.render.dither_intensity = 0
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.look = "High Contrast"


PASSES = {"colour": "Image", "albedo": "DiffCol", "normal": "Normal", "depth": "Depth"}


def render(percent: int = 100) -> dict[str, np.ndarray]:
    """Render, and give the linear passes of PASSES as (rows from the top, columns, 3)."""
    scene = bpy.context.scene
    scene.render.resolution_percentage = percent
    layer = scene.view_layers[0]
    layer.use_pass_normal = layer.use_pass_z = layer.use_pass_diffuse_color = True
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    source = tree.nodes.new("CompositorNodeRLayers")
    out = tree.nodes.new("CompositorNodeOutputFile")
    out.format.file_format, out.format.color_depth = "OPEN_EXR", "32"
    out.file_slots.clear()
    tree.links.new(source.outputs["Image"], tree.nodes.new("CompositorNodeComposite").inputs["Image"])
    for name, socket in PASSES.items():
        out.file_slots.new(name)
        tree.links.new(source.outputs[socket], out.inputs[name])
    with tempfile.TemporaryDirectory() as folder:
        out.base_path = folder
        scene.render.filepath = os.path.join(folder, "whole.png")
        bpy.ops.render.render(write_still=False)
        found = {name: glob.glob(os.path.join(folder, name + "*.exr"))[0] for name in PASSES}
        return {name: read_pixels(path)[..., :3].astype(np.float32) for name, path in found.items()}


def render_shares(colours: dict[str, tuple[float, float, float]]) -> np.ndarray:
    """How much of each pixel shows which objects: each object glows in its own colour, all else is black.

    @param colours by the name of the object
    """
    scene = bpy.context.scene

    def flat(colour: Sequence[float]) -> bpy.types.Material:
        m = bpy.data.materials.new("flat")
        m.use_nodes = True
        m.node_tree.nodes.clear()
        e = m.node_tree.nodes.new("ShaderNodeEmission")
        e.inputs["Color"].default_value = (*colour, 1)
        o = m.node_tree.nodes.new("ShaderNodeOutputMaterial")
        m.node_tree.links.new(e.outputs["Emission"], o.inputs["Surface"])
        return m

    glow = {colour: flat(colour) for colour in {*colours.values(), (0.0, 0.0, 0.0)}}
    for ob in scene.objects:
        if ob.type == "MESH":
            for slot in ob.material_slots:
                slot.material = glow[colours.get(ob.name, (0.0, 0.0, 0.0))]
    even_light(0, (0, 0, 0))
    for ob in [o for o in scene.objects if o.type == "LIGHT"]:
        bpy.data.objects.remove(ob)
    scene.cycles.samples = 16
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.max_bounces = 0
    return render()["colour"]
