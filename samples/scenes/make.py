"""Make the sample photos, and masks that say where the dress is.

    blender -b -P samples/scenes/make.py -- OUTDIR [--preview] [--only NAME]

Everything in the pictures is modelled here: the bodies are signed distance
fields, skirts are cloth that falls under Blender's solver, hair is strands,
prints are painted with numpy. No mesh, texture or photo of anybody else is
read, so the pictures are ours alone. All random numbers have fixed seeds.

Units are metres, z is up, and figures look along -y at the camera.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from typing import Callable

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy  # noqa: E402
import numpy as np  # noqa: E402

import patterns  # noqa: E402
from accessories import make_shoes  # noqa: E402
from body import Look  # noqa: E402
from cloth import fabric, printed  # noqa: E402
from darkroom import defocus, denoise  # noqa: E402
from dress import Cut, make_dress  # noqa: E402
from flat import lay_dress, wooden_floor  # noqa: E402
from meshes import RGB, add_box, plain  # noqa: E402
from people import LIN, MARA, make_body, objects, place  # noqa: E402
from photograph import save_photo, write_pixels  # noqa: E402
from render import camera, even_light, lamp, light, new_scene, render, render_shares  # noqa: E402
from street import make_street  # noqa: E402

DRESS, FIGURE = (1.0, 1.0, 0.0), (0.0, 1.0, 0.0)


class Studio:
    """One picture on its way: what stands in it, and how finely it is made."""

    def __init__(self, name: str, out: str, preview: bool, width: int, height: int, samples: int) -> None:
        self.name, self.out, self.preview = name, out, preview
        self.step = 0.004 if preview else 0.0032
        self.shares: dict[str, tuple[float, float, float]] = {}
        scale = 0.35 if preview else 1
        new_scene(int(width * scale), int(height * scale), 16 if preview else samples)

    def stand(self, look: Look, cut: Cut, shoe: RGB, angle: float) -> None:
        """Put a figure into the scene, turned by `angle` degrees."""
        before = objects()
        make_body(look, self.step, 4000 if self.preview else 7500)
        for ob in make_dress(look, self.step, cut, not self.preview):
            self.shares[ob.name] = DRESS
        make_shoes(shoe)
        new = objects() - before
        for name in new - set(self.shares):
            self.shares[name] = FIGURE
        place(new, math.radians(angle))

    def take(self, seed: int, focus: float = 0.0, aperture: float = 0.0) -> None:
        """Render, develop and write the photo and its mask."""
        passes = render()
        picture = denoise(passes)
        h, w = picture.shape[:2]
        empty = None
        if aperture:
            for name in self.shares:
                bpy.data.objects[name].hide_render = True
            # It will be blurred: a third of the size and a few samples are enough.
            bpy.context.scene.cycles.samples = 8
            empty = render(33)
            for name in self.shares:
                bpy.data.objects[name].hide_render = False
        shares = render_shares(self.shares)
        if empty is not None:
            picture = defocus(picture, empty, np.clip(shares[..., 1], 0, 1), focus, aperture * h / 1000)
        save_photo(picture, os.path.join(self.out, f"{self.name}.jpg"), seed)
        mask = np.repeat(shares[..., :1], 3, axis=2)
        write_pixels(mask, os.path.join(self.out, f"{self.name}-mask.png"), "PNG", "BW")


def street(out: str, preview: bool) -> None:
    """A woman in a flowered midi dress, her hair up."""
    s = Studio("street", out, preview, 720, 1080, 20)
    tile = patterns.floral(
        3,
        (0.085, 0.120, 0.265),
        [(0.93, 0.48, 0.42), (0.96, 0.80, 0.74), (0.97, 0.92, 0.84), (0.87, 0.33, 0.36)],
        [(0.30, 0.45, 0.36), (0.22, 0.37, 0.36)],
    )
    navy = fabric("navy", (0.012, 0.018, 0.060), sheen=0.2)
    print_ = printed("flowers", tile.image("flowers"), 0.30, 0.30)
    s.stand(MARA, Cut(print_, navy, sleeve=0.085, slant=0.70, flare=0.42), (0.70, 0.68, 0.65), -14)
    make_street()
    light(math.radians(-48), math.radians(44), 4.2)
    camera((0.30, -4.5, 1.20), (0.01, 0.0, 0.885), 76)
    s.take(5, 4.5, 11)


def shop(out: str, preview: bool) -> None:
    """A plain dress before a grey wall, the head left out, as shops do."""
    s = Studio("shop", out, preview, 600, 900, 20)
    wine = fabric("wine", (0.150, 0.012, 0.030), sheen=0.15, fold=0.25)
    s.stand(LIN, Cut(wine, wine, sleeve=0, slant=0.56, flare=0.27), (0.55, 0.45, 0.36), 10)
    wall = plain("wall", (0.56, 0.55, 0.54), 0.02, 0.6, Roughness=0.95)
    add_box("wall", (-6, 1.4, -0.1), (6, 1.6, 5), wall)
    add_box("ground", (-6, -6, -0.1), (6, 1.5, 0), wall)
    even_light(0.55, (1.0, 0.99, 0.97))
    lamp((-2.2, -2.6, 2.7), (0, 0, 1.0), 1.8, 150, (1.0, 0.97, 0.94))
    lamp((2.6, -2.2, 2.0), (0, 0, 1.0), 1.6, 50, (0.95, 0.97, 1.0))
    camera((0.0, -4.3, 1.05), (0.0, 0.0, 0.80), 82)
    s.take(6)


def lying(out: str, preview: bool) -> None:
    """A flowered dress on a wooden floor, from above."""
    s = Studio("flat", out, preview, 660, 880, 20)
    tile = patterns.floral(
        11,
        (0.12, 0.25, 0.52),
        [(0.96, 0.93, 0.86), (0.98, 0.84, 0.46), (0.80, 0.88, 0.96)],
        [(0.36, 0.55, 0.62), (0.28, 0.46, 0.60)],
    )
    cloth = printed("flowers", tile.image("flowers"), 0.34, 0.12)
    lining = fabric("lining", (0.05, 0.10, 0.26))
    navy = fabric("navy", (0.012, 0.022, 0.085))
    for ob in lay_dress(cloth, lining, navy, 0.004 if preview else 0.0018):
        ob.rotation_euler = (0, 0, math.radians(4))
        s.shares[ob.name] = DRESS
    wooden_floor()
    even_light(0.25, (0.93, 0.97, 1.0))
    lamp((-2.3, 1.2, 1.0), (0, 0, 0), 1.0, 150, (1.0, 0.97, 0.93))
    camera((0, -0.03, 2.6), (0, -0.03, 0), 66)
    s.take(8)


SCENES: dict[str, Callable[[str, bool], None]] = {
    "street": street,
    "shop": shop,
    "flat": lying,
}


def main() -> None:
    args = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    parser = argparse.ArgumentParser(prog="make.py", description=__doc__.splitlines()[0])
    parser.add_argument("outdir")
    parser.add_argument("--preview", action="store_true", help="small and noisy, for looking at changes")
    parser.add_argument("--only", choices=sorted(SCENES))
    opt = parser.parse_args(args)
    os.makedirs(opt.outdir, exist_ok=True)
    for name, scene in SCENES.items():
        if opt.only in (None, name):
            scene(opt.outdir, opt.preview)


if __name__ == "__main__":
    main()
