"""What a phone does to a photo: distance, framing, backgrounds, light, colour, blur, noise, JPEG.

Photo, parts and shape go through the same geometry; only the photo sees light and colour. Everything
takes a seeded `numpy.random.Generator`, so that a run can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data import BACKGROUND, DRESS, IGNORE, PART, Floats, Pixels, Sample
from served import LONGEST


@dataclass
class Example:
    """A sample as the network takes it; see `Sample` for the meaning of the targets."""

    rgb: Pixels  # [h, w, 3]
    parts: Pixels  # [h, w]
    shape: Pixels  # [h, w]
    shape_weight: float
    presence: float
    presence_weight: float
    tags: Floats  # [13]


def augment(
    sample: Sample, height: int, width: int, rng: Generator, backdrops: list[Pixels], elsewhere: float = 0.3
) -> Example:
    """One random view of a photo, `height` x `width`.

    Args:
        sample: photo and labels.
        height: of the view, pixels.
        width: of the view, pixels.
        rng: the only source of chance.
        backdrops: streets with nobody in them, for `change_background`.
        elsewhere: share of the views in which whoever can be cut out stands before another background.
    """
    photo = sample.photo
    parts = sample.parts if sample.parts is not None else np.full(photo.shape[:2], IGNORE, np.uint8)
    shape = sample.shape if sample.shape is not None else np.full(photo.shape[:2], IGNORE, np.uint8)
    if sample.cut is not None and rng.random() < 0.5:
        shape = sample.cut
    target = replace(sample)

    if sample.proxy and rng.random() < 0.6:
        photo = recolour(photo, parts, rng)
        # Now it looks like a dress, and nobody knows whether it is none.
        parts = np.where((parts == PART["skirt"]) | (parts == PART["upper"]), IGNORE, parts).astype(np.uint8)
        target.presence_weight = 0.0
    elif sample.source == "ccp" and sample.presence > 0.5 and sample.shape is not None and rng.random() < 0.3:
        photo = blocks(photo, parts == PART["dress"], rng)
        # Still a dress, with a dress's outline; which part of it looks like what is another question.
        parts = np.where(parts == PART["dress"], IGNORE, parts).astype(np.uint8)
        target.presence_weight, target.tags = 0.5, np.full_like(sample.tags, np.nan)
    person = person_of(sample)
    if person is not None and rng.random() < elsewhere:
        photo = change_background(photo, person, rng, backdrops)
    if sample.parts is not None and rng.random() < 0.25:
        photo = tint_garment(photo, parts, rng)

    before = int((shape == DRESS).sum())
    photo, parts, shape, scale = frame(photo, parts, shape, person, (height, width), rng, backdrops)
    if before and (shape == DRESS).sum() < 0.6 * before * scale**2:
        target.presence_weight = 0.0  # too little of it left in the view to say
    if sample.source == "tags" and scale * sample.photo.shape[0] > 1.2 * height:
        target.presence_weight = 0.0
    if target.presence_weight == 0.0:
        target.tags = np.full_like(sample.tags, np.nan)

    if rng.random() < 0.5:
        photo, parts, shape = photo[:, ::-1], parts[:, ::-1], shape[:, ::-1]
    photo = degrade(np.ascontiguousarray(photo), rng)
    return Example(
        photo,
        np.ascontiguousarray(parts),
        np.ascontiguousarray(shape),
        sample.shape_weight,
        target.presence,
        target.presence_weight,
        target.tags,
    )


def person_of(sample: Sample) -> Pixels | None:
    """Where somebody (or the garment) is, 0 or 1, or None where that is not known."""
    if sample.person is not None:
        return sample.person
    if sample.source == "ccp" and sample.parts is not None:
        return (sample.parts != PART["background"]).astype(np.uint8)
    if sample.source in ("flatlay", "article") and sample.shape is not None:
        return (sample.shape != BACKGROUND).astype(np.uint8)
    return None


def frame(
    photo: Pixels,
    parts: Pixels,
    shape: Pixels,
    person: Pixels | None,
    size: tuple[int, int],
    rng: Generator,
    backdrops: list[Pixels],
) -> tuple[Pixels, Pixels, Pixels, float]:
    """A random crop at a random scale, slightly turned and stretched. Returns also the scale used.

    Four views in ten show the whole photo, half of these far away in `surroundings`, which are background
    wherever anything is known of the photo. The others are crops at about the scale at which the network is
    served, from half-figure to full figure; where they reach beyond the photo its border goes on, and what
    that is nobody knows: a skirt that the photo cut off is still a skirt.
    """
    height, width = size
    h, w = photo.shape[:2]
    kind = rng.random()
    far = kind < 0.2
    if kind < 0.4:
        scale = min(height / h, width / w) * rng.uniform(0.35 if far else 0.7, 1.0)
    else:
        scale = LONGEST / max(h, w) * float(np.exp(rng.uniform(np.log(0.75), np.log(1.5))))
    stretch = float(np.exp(rng.uniform(-0.08, 0.08)))
    angle = 0.0 if far else float(rng.normal(0, 4))
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1.0)
    matrix = np.diag([scale * stretch, scale / stretch]) @ matrix
    slack = np.array([width, height]) - scale * np.array([w, h])
    place = np.array([rng.uniform(min(0, s), max(0, s)) for s in slack])
    matrix[:, 2] += place
    flags = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    if scale < 0.6:  # warpAffine does not average; a reduction first keeps fine patterns from flickering
        half = cv2.resize(photo, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        # The middle of the half-size photo's first pixel lies half a pixel further in than that of the photo's own.
        coarse = matrix.copy()
        coarse[:, :2] *= 2
        coarse[:, 2] += matrix[:, :2] @ np.array([0.5, 0.5])
        view = cv2.warpAffine(half, coarse, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    else:
        view = cv2.warpAffine(photo, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    if far:
        behind, street = surroundings(photo, height, width, rng, backdrops)
        inside = np.ones((h, w), np.float32)
        if street and person is not None:  # a small figure in a wide street, not a photo stuck on one
            inside = cv2.GaussianBlur(person.astype(np.float32), (0, 0), max(0.5, 0.5 / scale))
        alpha = cv2.warpAffine(inside, matrix, (width, height), flags=cv2.INTER_LINEAR)[..., None]
        view = (view * alpha + behind * (1 - alpha)).astype(np.uint8)
    ids = [
        cv2.warpAffine(
            m, matrix, (width, height), flags=cv2.INTER_NEAREST,
            borderValue=BACKGROUND if far and (m != IGNORE).any() else IGNORE,
        )
        for m in (parts, shape)
    ]  # fmt: skip
    return view, ids[0], ids[1], scale


def surroundings(
    photo: Pixels, height: int, width: int, rng: Generator, backdrops: list[Pixels]
) -> tuple[Pixels, bool]:
    """What lies around a photo that does not fill its frame: plain bars of a screenshot or a shop's padding,
    the photo itself, large and blurred, as video editors fill a frame, or a street. Returns also whether it is one.
    """
    kind = rng.random()
    if kind < 0.5 or (kind > 0.7 and not backdrops):
        colour = [255, 0, rng.integers(0, 256), rng.integers(0, 256, 3)][rng.choice(4, p=[0.4, 0.25, 0.15, 0.2])]
        return np.full((height, width, 3), colour, np.uint8), False
    behind = photo if kind < 0.7 else backdrops[rng.integers(len(backdrops))]
    h, w = behind.shape[:2]
    cover = max(height / h, width / w)
    behind = cv2.resize(behind, (max(width, round(w * cover)), max(height, round(h * cover))))
    top, left = (behind.shape[0] - height) // 2, (behind.shape[1] - width) // 2
    behind = behind[top : top + height, left : left + width]
    if kind > 0.7:
        return behind, True
    return (cv2.GaussianBlur(behind, (0, 0), height / 20) * rng.uniform(0.5, 1.0)).astype(np.uint8), False


def change_background(photo: Pixels, person: Pixels, rng: Generator, backdrops: list[Pixels]) -> Pixels:
    """The person in front of a studio wall, on GrabCut's plain white, or in another street."""
    h, w = photo.shape[:2]
    kind = rng.random()
    if kind < 0.2 or not backdrops:
        behind = np.full_like(photo, 255)
        alpha = person.astype(np.float32)[..., None]  # as GrabCut leaves it: no soft edge
    else:
        if kind < 0.5:
            shade = rng.integers(120, 256, 3) if rng.random() < 0.4 else np.full(3, rng.integers(170, 256))
            ramp = np.linspace(rng.uniform(0.8, 1.0), rng.uniform(0.8, 1.0), h, dtype=np.float32)[:, None, None]
            behind = np.broadcast_to(shade.astype(np.float32) * ramp, photo.shape)
        else:
            other = backdrops[rng.integers(len(backdrops))]
            behind = cv2.resize(other, (w, h), interpolation=cv2.INTER_LINEAR)
            if rng.random() < 0.5:
                behind = behind[:, ::-1]
        alpha = cv2.GaussianBlur(person.astype(np.float32), (0, 0), 1.0)[..., None]
    return (photo * alpha + behind * (1 - alpha)).astype(np.uint8)


def inpaint_person(photo: Pixels, person: Pixels) -> Pixels:
    """The photo without its person: the hole filled with what is around it, from coarse to fine."""
    mask = cv2.dilate(person, np.ones((9, 9), np.uint8))
    small = cv2.resize(photo, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    keep = 1.0 - cv2.resize(mask, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST).astype(np.float32)
    image, filled, known = small.astype(np.float32), small * keep[..., None], keep.copy()
    for sigma in (4, 12, 36, 100):
        weight = cv2.GaussianBlur(keep, (0, 0), sigma)
        blur = cv2.GaussianBlur(image * keep[..., None], (0, 0), sigma) / np.maximum(weight, 1e-6)[..., None]
        fresh = (known < 0.5) & (weight > 0.05)
        filled[fresh], known[fresh] = blur[fresh], 1.0
    return filled.clip(0, 255).astype(np.uint8)


def recolour(photo: Pixels, parts: Pixels, rng: Generator) -> Pixels:
    """Skirt and top in one cloth: the mean colour and contrast of one given to the other."""
    lab = cv2.cvtColor(photo, cv2.COLOR_RGB2LAB).astype(np.float32)
    skirt, upper = parts == PART["skirt"], parts == PART["upper"]
    a, b = (skirt, upper) if rng.random() < 0.5 else (upper, skirt)
    source, model = lab[a], lab[b]
    gain = np.clip((model.std(0) + 2) / (source.std(0) + 2), 0.4, 2.0)
    lab[a] = (source - source.mean(0)) * gain + model.mean(0)
    return cv2.cvtColor(lab.clip(0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)


def blocks(photo: Pixels, dress: NDArray[np.bool_], rng: Generator) -> Pixels:
    """A dress of which what lies on one side of a line, or between two, is dyed: a sleeve, a stripe, a panel."""
    y, x = np.nonzero(dress)
    if len(y) == 0:
        return photo
    angle = rng.uniform(0, np.pi)
    across = x * np.cos(angle) + y * np.sin(angle)
    first = rng.uniform(0, 0.8) if rng.random() < 0.5 else 0.0
    low, high = np.quantile(across, [first, first + rng.uniform(0.15, 0.8) * (1 - first)])
    block = np.zeros_like(dress)
    chosen = (across >= low) & (across <= high)
    block[y[chosen], x[chosen]] = True
    return in_another_cloth(photo, block, rng)


def in_another_cloth(photo: Pixels, region: NDArray[np.bool_], rng: Generator) -> Pixels:
    """`region` `[H, W]` clearly brighter or darker than it was, and of any hue."""
    if not region.any():
        return photo
    # Black cannot become darker, nor white brighter: what looks as before must not be called two cloths.
    light = cv2.cvtColor(photo, cv2.COLOR_RGB2LAB)[..., 0][region].mean()
    brighter = light < 80 or (light < 175 and rng.random() < 0.5)
    change = 30 + abs(rng.normal(0, 25))
    return shift_lab(photo, region, np.array([change if brighter else -change, *rng.normal(0, 25, 2)]))


def shift_lab(photo: Pixels, region: NDArray[np.bool_], shift: NDArray[np.float64]) -> Pixels:
    """`region` `[H, W]` moved by `shift` in 8-bit CIELAB, softly at its edge; folds stay."""
    lab = cv2.cvtColor(photo, cv2.COLOR_RGB2LAB).astype(np.float32)
    soft = cv2.GaussianBlur(region.astype(np.float32), (0, 0), 0.7)[..., None]
    moved = lab + shift.astype(np.float32) * soft
    return cv2.cvtColor(moved.clip(0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)


def tint_garment(photo: Pixels, parts: Pixels, rng: Generator) -> Pixels:
    """One garment in another colour, its folds kept: no colour makes a dress."""
    present = [g for g in ("dress", "skirt", "upper", "outer", "lower") if (parts == PART[g]).any()]
    if not present:
        return photo
    region = parts == PART[present[rng.integers(len(present))]]
    return shift_lab(photo, region, np.array([rng.normal(0, 30), rng.normal(0, 25), rng.normal(0, 25)]))


def degrade(rgb: Pixels, rng: Generator) -> Pixels:
    """Light, white balance, contrast, saturation, blur, noise and JPEG, as phones and chats add them."""
    x = rgb.astype(np.float32)
    if rng.random() < 0.8:
        x *= rng.uniform(0.65, 1.35)
        x *= np.exp(rng.normal(0, 0.06, 3)).astype(np.float32)
        mean = x.mean()
        x = (x - mean) * rng.uniform(0.7, 1.3) + mean
        grey = x.mean(-1, keepdims=True)
        x = grey + (x - grey) * (0.0 if rng.random() < 0.03 else rng.uniform(0.5, 1.5))
    if rng.random() < 0.3:
        x = 255 * (x.clip(0, 255) / 255) ** rng.uniform(0.7, 1.5)
    if rng.random() < 0.25:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.4))
    if rng.random() < 0.3:
        x += rng.normal(0, rng.uniform(2, 12), x.shape).astype(np.float32)
    out = x.clip(0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = int(rng.integers(30, 90))
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return out
