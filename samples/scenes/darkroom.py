"""What is done to a render before it is tone-mapped: noise taken out, the distance put out of focus.

Debian's Blender has no denoiser. The one here averages neighbours whose
albedo, normal and depth are alike, as Dammertz et al., "Edge-Avoiding
A-Trous Wavelet Transform for fast Global Illumination Filtering" (HPG 2010).
"""

from __future__ import annotations

import numpy as np

from photograph import blur


def denoise(passes: dict[str, np.ndarray], rounds: int = 4, strength: float = 0.6) -> np.ndarray:
    """Linear colour (rows, columns, 3) without most of its noise; edges and prints stay.

    Light is smoothed apart from the albedo it falls on, with holes of 1, 2, 4
    and 8 pixels; colours count less with each round.
    """
    albedo = np.maximum(passes["albedo"], 0.02)
    light = passes["colour"] / albedo
    # Single bright pixels would spread: no pixel above three times its surroundings.
    around = blur(light, 1.5)
    light = np.minimum(light, 3 * around + 0.05)
    normal, depth = passes["normal"], passes["depth"][..., :1]
    h, w = light.shape[:2]
    kernel = np.array([1, 4, 6, 4, 1]) / 16
    for turn in range(rounds):
        gap = 2**turn
        guide = np.log1p(blur(light, 1.0)) if turn == 0 else np.log1p(light)
        pad = 2 * gap
        wide = [np.pad(a, [(pad, pad), (pad, pad), (0, 0)], mode="edge") for a in (light, normal, depth, albedo, guide)]
        total = np.zeros_like(light)
        weight = np.zeros((h, w, 1), light.dtype)
        for j in range(5):
            for i in range(5):
                cut = (slice(j * gap, j * gap + h), slice(i * gap, i * gap + w))
                other, n, d, a, g = (m[cut] for m in wide)
                apart = (
                    ((n - normal) ** 2).sum(2, keepdims=True) / 0.10
                    + (np.abs(d - depth) / depth / 0.006) ** 2
                    + ((a - albedo) ** 2).sum(2, keepdims=True) / 0.05
                    + ((g - guide) ** 2).sum(2, keepdims=True) / (strength * 0.5**turn) ** 2
                )
                k = kernel[i] * kernel[j] * np.exp(-np.minimum(apart, 40))
                total += k * other
                weight += k
        light = total / weight
    return light * albedo


def disc_blur(a: np.ndarray, radius: float) -> np.ndarray:
    """Convolution with a disc, as a lens that is wide open does it (by FFT)."""
    if radius < 0.5:
        return a
    r = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    disc /= disc.sum()
    b = np.pad(a, [(r, r), (r, r)] + [(0, 0)] * (a.ndim - 2), mode="edge")
    shape = b.shape[:2]
    spectrum = np.fft.rfft2(disc, shape)[..., None]
    out = np.fft.irfft2(np.fft.rfft2(b, axes=(0, 1)) * spectrum, shape, axes=(0, 1))
    return np.maximum(out[2 * r : 2 * r + a.shape[0], 2 * r : 2 * r + a.shape[1]], 0).astype(np.float32)


def enlarge(a: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Bilinear, by rows and columns."""
    h, w = a.shape[:2]
    y = np.clip((np.arange(shape[0]) + 0.5) * h / shape[0] - 0.5, 0, h - 1.001)
    x = np.clip((np.arange(shape[1]) + 0.5) * w / shape[1] - 0.5, 0, w - 1.001)
    y0, x0 = y.astype(int), x.astype(int)
    fy, fx = (y - y0)[:, None, None], (x - x0)[None, :, None]
    top = a[y0][:, x0] * (1 - fx) + a[y0][:, x0 + 1] * fx
    low = a[y0 + 1][:, x0] * (1 - fx) + a[y0 + 1][:, x0 + 1] * fx
    return top * (1 - fy) + low * fy


def defocus(
    sharp: np.ndarray, empty: dict[str, np.ndarray], figure: np.ndarray, focus: float, aperture: float
) -> np.ndarray:
    """Put what stands behind the figure out of focus.

    @param sharp   the render, everything in focus
    @param empty   passes of the scene without the figure; may be smaller
    @param figure  share of each pixel that shows the figure, (rows, columns)
    @param focus   distance in metres at which a point stays a point
    @param aperture  radius of the blur of a point at infinity, in pixels
    """
    shape = sharp.shape[:2]
    plate = enlarge(denoise(empty), shape)
    depth = np.minimum(enlarge(empty["depth"][..., :1], shape)[..., 0], 1e4)
    radius = aperture * np.maximum(np.abs(depth - focus) - 0.25, 0) / depth
    radius = blur(radius[..., None], 1.5)[..., 0]
    near = np.clip(blur(figure[..., None], 4.0) * 3, 0, 1)
    ground = sharp * (1 - near) + plate * near
    levels = np.concatenate([[0], np.geomspace(0.8, max(aperture, 1), 9)])
    bands = [disc_blur(ground, r) for r in levels]
    place = np.interp(radius, levels, np.arange(len(levels)))
    low = np.minimum(place.astype(int), len(levels) - 2)
    part = (place - low)[..., None]
    blurred = np.zeros_like(sharp)
    for i in range(len(levels) - 1):
        here = (low == i)[..., None]
        blurred += here * (bands[i] * (1 - part) + bands[i + 1] * part)
    # Beside the feet the ground is in focus, and has the figure's shadow, which the empty scene lacks.
    soft = np.clip(radius / 0.8, 0, 1)[..., None]
    behind = sharp * (1 - soft) + blurred * soft
    f = figure[..., None]
    return behind * (1 - f) + sharp * f
