"""What a camera does to a clean render: fringes, bloom, vignetting, sharpening, grain."""

from __future__ import annotations

import os

import bpy
import numpy as np


def read_pixels(path: str) -> np.ndarray:
    """Display-referred pixels of an image file, as (rows from the top, columns, 4)."""
    img = bpy.data.images.load(path)
    img.colorspace_settings.name = "Non-Color"
    w, h = img.size
    px = np.empty(w * h * 4, np.float32)
    img.pixels.foreach_get(px)
    bpy.data.images.remove(img)
    return px.reshape(h, w, 4)[::-1].copy()


def write_pixels(px: np.ndarray, path: str, kind: str, mode: str, quality: int = 90) -> None:
    """Write values as they are (no colour transform)."""
    scene = bpy.context.scene
    h, w = px.shape[:2]
    img = bpy.data.images.new("out", w, h, alpha=False)
    img.colorspace_settings.name = "Non-Color"
    rgba = np.ones((h, w, 4), np.float32)
    rgba[..., :3] = np.clip(px, 0, 1)
    img.pixels.foreach_set(np.ascontiguousarray(rgba[::-1]).ravel())
    out = scene.render.image_settings
    out.file_format, out.color_mode, out.quality, out.color_depth, out.compression = (
        kind,
        mode,
        quality,
        "8",
        95,
    )
    scene.view_settings.view_transform, scene.view_settings.look = "Raw", "None"
    img.save_render(path, scene=scene)
    bpy.data.images.remove(img)


def blur(a: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur over rows and columns."""
    r = max(1, int(3 * sigma))
    k = np.exp(-0.5 * (np.arange(-r, r + 1) / sigma) ** 2)
    k /= k.sum()
    for axis in (0, 1):
        pad = [(0, 0)] * a.ndim
        pad[axis] = (r, r)
        b = np.pad(a, pad, mode="edge")
        n = a.shape[axis]
        a = sum(k[i] * b.take(range(i, i + n), axis=axis) for i in range(2 * r + 1))
    return a


def scale_channel(c: np.ndarray, factor: float) -> np.ndarray:
    """Resize one channel about its centre by a hair: lateral colour fringes."""
    h, w = c.shape
    y = (np.arange(h) - (h - 1) / 2) / factor + (h - 1) / 2
    x = (np.arange(w) - (w - 1) / 2) / factor + (w - 1) / 2
    y, x = np.clip(y, 0, h - 1.001), np.clip(x, 0, w - 1.001)
    y0, x0 = y.astype(int), x.astype(int)
    fy, fx = (y - y0)[:, None], (x - x0)[None]
    top = c[y0][:, x0] * (1 - fx) + c[y0][:, x0 + 1] * fx
    low = c[y0 + 1][:, x0] * (1 - fx) + c[y0 + 1][:, x0 + 1] * fx
    return top * (1 - fy) + low * fy


def photograph(rgb: np.ndarray, seed: int) -> np.ndarray:
    """Give a clean render the traits of a camera file.

    Fringes of under one pixel, bloom round the highlights, vignetting,
    unsharp masking and a little grain. Nothing moves an outline.
    """
    rng = np.random.default_rng(seed)
    rgb = rgb[..., :3].astype(np.float32).copy()
    h, w = rgb.shape[:2]
    rgb[..., 0] = scale_channel(rgb[..., 0], 1.0004)
    rgb[..., 2] = scale_channel(rgb[..., 2], 0.9996)
    rgb += 0.10 * blur(np.clip(rgb - 0.80, 0, 1), w / 60)
    y, x = np.mgrid[0:h, 0:w]
    r2 = ((x / w - 0.5) ** 2 + (y / h - 0.5) ** 2) / 0.5
    rgb *= (1 - 0.12 * r2)[..., None]
    rgb += 0.35 * (rgb - blur(rgb, 1.2))
    luma = rgb.mean(axis=2, keepdims=True)
    sigma = 0.004 + 0.006 * (1 - np.clip(luma, 0, 1))
    grain = blur(rng.normal(size=(h, w, 1)), 0.6) * 1.4 + 0.25 * rng.normal(size=(h, w, 3))
    return np.clip(rgb + grain * sigma, 0, 1)


def save_photo(linear: np.ndarray, path: str, seed: int, limit: int = 290_000) -> None:
    """Tone-map as the scene says, process, and write a JPEG of at most `limit` bytes."""
    developed = path + ".tmp.png"
    scene = bpy.context.scene
    scene.view_settings.view_transform, scene.view_settings.look = "Filmic", "Medium High Contrast"
    h, w = linear.shape[:2]
    img = bpy.data.images.new("linear", w, h, alpha=False, float_buffer=True)
    rgba = np.ones((h, w, 4), np.float32)
    rgba[..., :3] = np.maximum(linear, 0)
    img.pixels.foreach_set(np.ascontiguousarray(rgba[::-1]).ravel())
    scene.render.image_settings.file_format, scene.render.image_settings.color_mode = "PNG", "RGB"
    img.save_render(developed, scene=scene)
    bpy.data.images.remove(img)
    px = photograph(read_pixels(developed), seed)
    os.remove(developed)
    for quality in range(92, 60, -2):
        write_pixels(px, path, "JPEG", "RGB", quality)
        if os.path.getsize(path) <= limit:
            return
