"""Photos and what is known of them, read from two layouts into one `Sample`.

* The curated CCP layout: `photos/`, `labels/` (8-bit maps of 59 garments), `label-names.json`,
  `curation.json` (what the "dress" of each map really is), `image-tags.json` (photos with tags only),
  `validation.json`. Use `read_ccp`.
* The article's layout: three JPEGs a photo (original, person cut on white, dress cut on white).
  Use `encode_masks` and `read_article`. This is also the layout for fine-tuning on one's own dresses.

A *dress* is a one-piece garment that covers the torso and, as one skirted piece, some of the legs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

IGNORE = 255  # no loss here: the label is known to be wrong or unknown

# The shape head's classes, the contract with serving.
CLASSES = ("background", "skin", "dress")
BACKGROUND, SKIN, DRESS = range(3)

# The parts head's classes. Three or four were not enough to keep dresses apart from skirts with tops.
PARTS = (
    "background", "skin", "hair", "dress", "skirt", "upper", "outer",
    "lower", "legwear", "shoes", "bag", "other", "jumpsuit",
)  # fmt: skip
PART = {name: i for i, name in enumerate(PARTS)}

# CCP's 59 names -> parts. What is not named here is "other" (accessories, belts, scarves ...).
PART_OF = {
    "background": "background", "skin": "skin", "hair": "hair", "dress": "dress", "skirt": "skirt",
    **dict.fromkeys(["blouse", "bra", "hoodie", "jumper", "shirt", "sweater", "sweatshirt", "t-shirt", "top", "vest",
                     "intimate", "bodysuit", "swimwear"], "upper"),
    **dict.fromkeys(["blazer", "cape", "cardigan", "coat", "jacket", "suit"], "outer"),
    **dict.fromkeys(["jeans", "pants", "shorts", "panties"], "lower"),
    **dict.fromkeys(["leggings", "socks", "stockings", "tights"], "legwear"),
    **dict.fromkeys(["boots", "clogs", "flats", "heels", "loafers", "pumps", "sandals", "shoes", "sneakers", "wedges"],
                    "shoes"),
    **dict.fromkeys(["bag", "purse", "wallet"], "bag"),
    "romper": "jumpsuit",
}  # fmt: skip
# What somebody saw in tag-only photos whose tags and network disagreed: three lists of ids, `dress`, `none`, `unsure`.
# Of the 912 photos without the tag, 21 show a dress beyond doubt.
LOOKED_AT = Path(__file__).parent / "splits" / "ccp-tags-looked-at.json"

GARMENTS = ("dress", "skirt", "upper", "outer", "lower", "jumpsuit")


@dataclass
class Sample:
    """One photo and everything known of it; `None` and weight 0 say "not known"."""

    id: str
    photo: Pixels  # [H, W, 3] RGB
    parts: Pixels | None = None  # [H, W] indices into PARTS, or IGNORE
    shape: Pixels | None = None  # [H, W] indices into CLASSES, or IGNORE; only where a dress is worn
    shape_weight: float = 1.0
    cut: Pixels | None = None  # [H, W] as `shape`, with the outline that a teacher and GrabCut see
    presence: float = 0.0  # is a dress worn: 0 no, 1 yes, between: probably
    presence_weight: float = 0.0
    tags: Floats = field(default_factory=lambda: np.full(len(PARTS), np.nan, np.float32))
    source: str = "ccp"
    person: Pixels | None = None  # [H, W] 1 where a teacher sees somebody, else 0; for photos without parts
    proxy: bool = False  # a skirt and a top that stand in for a dress in the shape loss


def read_rgb(path: Path, height: int | None = None) -> Pixels:
    """An image as `[H, W, 3]` RGB, reduced to `height` if it is taller.

    Raises:
        FileNotFoundError: there is no image that OpenCV reads at `path`.
    """
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise FileNotFoundError(f"no readable image at {path}")
    if height is not None and bgr.shape[0] > height:
        width = round(bgr.shape[1] * height / bgr.shape[0])
        bgr = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def read_on_white(path: Path, white: int = 245) -> Pixels:
    """A cut-out as `[H, W, 3]` RGB on white, whether it lies on white or is transparent around.

    A white garment on transparent ground is there all the same: it is darkened to just below `white`.

    Raises:
        FileNotFoundError: there is no image that OpenCV reads at `path`.
    """
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim < 3 or image.shape[2] < 4:
        return read_rgb(path)
    image = image.astype(np.float32) / np.iinfo(image.dtype).max
    alpha = image[..., 3:]
    bgr = (255 * (image[..., :3] * alpha + 1 - alpha)).round().astype(np.uint8)
    if alpha.min() < 0.5:  # else alpha says nothing, and white does
        bgr = np.where(alpha < 0.5, 255, np.minimum(bgr, white - 1)).astype(np.uint8)
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def load_json(path: Path):  # noqa: ANN201 - whatever the file holds
    return json.loads(path.read_text())


def resize_ids(ids: Pixels, height: int, width: int) -> Pixels:
    """Class ids are never interpolated."""
    # The plain INTER_NEAREST takes the upper left of the pixels that become one: half of them too far to that side.
    return cv2.resize(ids, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)


# --------------------------------------------------------------------------- curated CCP


class Ccp:
    """The curated Clothing Co-Parsing folder: what its labels say, mended by what people saw."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: list[str] = load_json(root / "label-names.json")
        self.index = {n: i for i, n in enumerate(self.names)}
        self.lut = np.array([PART[PART_OF.get(n, "other")] for n in self.names], np.uint8)
        self.curation: dict = load_json(root / "curation.json")
        self.tags: dict[str, list[str]] = load_json(root / "image-tags.json")
        validation = load_json(root / "validation.json")
        self.validation = set(validation)
        looked_at = load_json(LOOKED_AT)
        self.looked_at: dict[str, str] = {id: found for found, ids in looked_at.items() for id in ids}
        # Two photos of one series show one dress: the pair stays on the side where its validation photo is.
        self.excluded = {
            i for pair in self.curation["same_photo_series"] if self.validation & set(pair) for i in pair
        } - self.validation

    def photo(self, id: str, height: int | None) -> Pixels:
        for ending in ("webp", "jpg"):
            path = self.root / "photos" / f"{id}.{ending}"
            if path.exists():
                return read_rgb(path, height)
        raise FileNotFoundError(f"no photo {id} in {self.root / 'photos'}")

    def labels(self, id: str) -> Pixels:
        path = self.root / "labels" / f"{id}.png"
        labels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if labels is None:
            raise FileNotFoundError(f"no label map at {path}")
        return labels

    def labelled_ids(self) -> list[str]:
        return sorted(p.stem for p in (self.root / "labels").glob("*.png"))

    def labelled(self, id: str, height: int | None = None) -> Sample:
        """A photo with a label map, with the curation applied."""
        photo = self.photo(id, height)
        raw = resize_ids(self.labels(id), *photo.shape[:2])
        parts, presence, weight = self.mend(id, raw)
        sample = Sample(id, photo, parts, presence=presence, presence_weight=weight)
        seen = np.bincount(parts[parts != IGNORE], minlength=len(PARTS)) > 0.002 * parts.size
        sample.tags = seen.astype(np.float32)
        if (parts == IGNORE).any():
            sample.tags[[PART[g] for g in GARMENTS]] = np.nan
        if presence == 1.0 and (parts == PART["dress"]).any():
            sample.shape = shape_of(parts, raw == self.index["belt"])
        elif presence == 0.0 and weight > 0:
            sample.shape = proxy_shape(parts, raw == self.index["belt"])
            sample.proxy, sample.shape_weight = sample.shape is not None, 0.5
        return sample

    def mend(self, id: str, raw: Pixels) -> tuple[Pixels, float, float]:
        """CCP's label map -> parts, as the curation says.

        Returns:
            parts `[H, W]`, is a dress worn (0 or 1), how far to trust that (0 to 1).
        """
        parts = self.lut[raw]
        region = np.isin(raw, [self.index[n] for n in ("dress", "romper", "bodysuit")])
        special = self.curation

        if id in special["unlabelled_dresses"]:
            parts[np.isin(raw, [self.index[n] for n in special["unlabelled_dresses"][id]])] = PART["dress"]
            return parts, 1.0, 1.0
        if id in special["unlabelled_dresses_unsure"]:
            # Perhaps a dress, perhaps not: no word about it either way.
            parts[np.isin(raw, [self.index[n] for n in special["unlabelled_dresses_unsure"][id]])] = IGNORE
            return parts, 0.0, 0.0
        if id in special["repairable_dress_unions"]:
            parts[np.isin(raw, [self.index[n] for n in special["repairable_dress_unions"][id]])] = PART["dress"]
            return parts, 1.0, 1.0
        if id not in special:
            return parts, 0.0, 1.0

        entry = special[id]
        sure = entry["confidence"] == "sure"
        if entry["kind"] == "dress":
            if entry["mask"] == "good":
                parts[region] = PART["dress"]
            elif entry["mask"] == "partial":
                # What is marked is dress; what is not may be.
                parts[np.isin(parts, [PART[g] for g in GARMENTS if g != "dress"])] = IGNORE
                parts[region] = PART["dress"]
            else:
                parts[region] = IGNORE
            return parts, 1.0, float(sure)
        target = {"skirt": "skirt", "jumpsuit": "jumpsuit", "coat": "outer", "top": "upper"}.get(entry["kind"])
        parts[region] = PART[target] if target and entry["mask"] == "good" else IGNORE
        return parts, 0.0, float(sure)

    def tagged(self, id: str, height: int | None = None) -> Sample:
        """A photo of which only the names of its garments are known."""
        tags = self.tags[id]
        sample = Sample(id, self.photo(id, height), source="tags")
        named = {PART_OF.get(t, "other") for t in tags}
        sample.tags = np.array([float(p in named) for p in PARTS], np.float32)
        if id in self.looked_at:
            found = self.looked_at[id]
            sample.presence, sample.presence_weight = float(found == "dress"), float(found != "unsure")
            sample.tags[[PART[g] for g in GARMENTS]] = np.nan
        elif "dress" not in tags:
            sample.presence, sample.presence_weight = 0.0, 0.5 if named & {"jumpsuit"} else 1.0
        else:
            # CCP's "dress" is often a skirt, but then a top is named beside it. Alone, or under a coat, it is one.
            others = named & {"skirt", "upper", "lower", "jumpsuit"}
            sample.presence, sample.presence_weight = 1.0, 0.0 if others else (0.6 if "outer" in named else 0.8)
            if others:
                sample.tags[[PART[g] for g in GARMENTS]] = np.nan
        return sample


def shape_of(parts: Pixels, belt: NDArray[np.bool_]) -> Pixels:
    """parts -> background / skin / dress, for a photo in which a dress is worn.

    *Skin* is the article's: the person minus the dress. A belt that touches the dress is part of it,
    because CCP leaves it out and cuts dresses in two.
    """
    shape = np.where(parts == PART["background"], BACKGROUND, SKIN).astype(np.uint8)
    shape[parts == IGNORE] = IGNORE
    dress = parts == PART["dress"]
    shape[dress] = DRESS
    near = cv2.dilate(dress.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    count, components = cv2.connectedComponents(belt.astype(np.uint8))
    for i in range(1, count):
        one = components == i
        if (one & near).sum() > 0.15 * one.sum():
            shape[one] = DRESS
    return shape


def proxy_shape(parts: Pixels, belt: NDArray[np.bool_]) -> Pixels | None:
    """A skirt and a top as one garment, a stand-in for a dress, or None where the photo is no such thing.

    Dresses are few (about 95 with masks), skirts with tops four times as many, and their outline is a dress's.
    """
    area = np.bincount(parts.ravel(), minlength=256)
    if (parts == IGNORE).any() or area[PART["skirt"]] < 0.02 * parts.size or area[PART["upper"]] < 0.015 * parts.size:
        return None
    if area[PART["lower"]] > 0 or area[PART["jumpsuit"]] > 0:
        return None
    union = parts.copy()
    union[(parts == PART["skirt"]) | (parts == PART["upper"])] = PART["dress"]
    return shape_of(union, belt)


# --------------------------------------------------------------------------- the article's layout


def encode_masks(person: Pixels, dress: Pixels, white: int = 245) -> Pixels:
    """Two cut-outs on white -> background / skin / dress.

    Args:
        person: `[H, W, 3]`, the person (dress included) on white.
        dress: `[H, W, 3]`, the dress alone on white, same size.
        white: a pixel whose darkest channel is at least this is "white"; JPEG leaves no pure 255.

    Returns:
        `[H, W]`, indices into CLASSES. Holes of white inside the person (a white shirt, teeth) are
        filled; specks smaller than a 2,000th of the photo are dropped.

    Raises:
        ValueError: the two differ in size.
    """
    if person.shape != dress.shape:
        raise ValueError(f"person is {person.shape[:2]}, dress is {dress.shape[:2]}: they must be of one size")

    def solid(cut: Pixels) -> NDArray[np.bool_]:
        mask = (cut.min(-1) < white).astype(np.uint8)
        least = mask.size // 2000
        for value in (1, 0):  # specks first, then holes
            count, components, stats, _ = cv2.connectedComponentsWithStats((mask == value).astype(np.uint8))
            for i in range(1, count):
                x, y, w, h, area = stats[i]
                inside = x > 0 and y > 0 and x + w < mask.shape[1] and y + h < mask.shape[0]
                if area < least and (value == 1 or inside):
                    mask[components == i] = 1 - value
        return mask > 0

    worn = solid(dress)
    out = np.where(solid(person) | worn, SKIN, BACKGROUND).astype(np.uint8)
    out[worn] = DRESS
    return out


def read_article(folder: Path, height: int | None = 448) -> list[Sample]:
    """Triples `original*`, `body*`, `dress*` with the same ending of the name, in one folder.

    Raises:
        FileNotFoundError: no triple, or one of the three is missing.
    """
    samples = []
    for original in sorted(folder.glob("original*")):
        id = original.stem.removeprefix("original")
        cut = {}
        for name in ("body", "dress"):
            found = sorted(folder.glob(f"{name}{id}.*"))
            if not found:
                raise FileNotFoundError(f"{original.name} has no {name}{id}.* beside it in {folder}")
            cut[name] = read_on_white(found[0])
        shape = encode_masks(cut["body"], cut["dress"])
        photo = read_rgb(original, height)
        shape = resize_ids(shape, *photo.shape[:2])
        parts = np.full(shape.shape, IGNORE, np.uint8)
        parts[shape == BACKGROUND], parts[shape == DRESS] = PART["background"], PART["dress"]
        worn = bool((shape == DRESS).any())
        samples.append(
            Sample(f"article-{id}", photo, parts, shape if worn else None, 1.0, float(worn), 1.0, source="article")
        )
    if not samples:
        raise FileNotFoundError(f"no original*, body*, dress* triples in {folder}")
    return samples


def read_own(folder: Path) -> Corpus:
    """One's own photos in the article's layout: every fifth is kept back to judge by; with fewer than five, all judge.

    Raises:
        FileNotFoundError: as `read_article`.
    """
    samples = read_article(folder)
    if len(samples) < 5:
        return Corpus(samples, samples)
    return Corpus([s for i, s in enumerate(samples) if i % 5], samples[::5])


# --------------------------------------------------------------------------- garments lying flat


def read_flatlay(root: Path, height: int | None = 448) -> tuple[list[Sample], list[Sample]]:
    """Single garments, lying or hanging -> (train, held out), split by who sent them.

    Nobody wears them; but a shop's photo of a dress is asked to be cut out all the same, so a lying
    dress counts as a dress. Masks come from GrabCut around the middle, kept only where they look like
    one solid garment.
    """
    labels = load_json(root / "labels.json")
    senders = sorted({v["sender"] for v in labels.values()})
    held = set(senders[::5])
    train: list[Sample] = []
    test: list[Sample] = []
    for id, entry in sorted(labels.items()):
        photo = read_rgb(root / "photos" / f"{id}.webp", height)
        dress = entry["label"] == "Dress"
        sample = Sample(id, photo, presence=float(dress), presence_weight=0.7, source="flatlay")
        if entry["sender"] in held:
            test.append(sample)
            continue
        if dress and (mask := grabcut_middle(photo)) is not None:
            sample.shape = np.where(mask, DRESS, BACKGROUND).astype(np.uint8)
            # The outline is a guess: no loss in a band around it.
            edge = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((7, 7), np.uint8)) > 0
            sample.shape[edge] = IGNORE
            sample.shape_weight = 0.5
        train.append(sample)
    return train, test


def grabcut_middle(photo: Pixels, side: int = 224) -> NDArray[np.bool_] | None:
    """What GrabCut finds around the middle, or None where that is not one solid thing."""
    h, w = photo.shape[:2]
    small = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)
    mask = np.zeros((side, side), np.uint8)
    cv2.setRNGSeed(1)
    margin = side // 20
    box = (margin, margin, side - 2 * margin, side - 2 * margin)
    cv2.grabCut(small, mask, box, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_RECT)
    found = cv2.morphologyEx(((mask == 1) | (mask == 3)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, components, stats, _ = cv2.connectedComponentsWithStats(found)
    if count < 2:
        return None
    big = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    area = stats[big, cv2.CC_STAT_AREA]
    one = (components == big).astype(np.uint8)
    hull = cv2.contourArea(cv2.convexHull(cv2.findNonZero(one)))
    if not 0.1 < area / side**2 < 0.65 or area < 0.6 * found.sum() or area < 0.55 * hull:
        return None
    contours, _ = cv2.findContours(one, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(one, contours, -1, 1, cv2.FILLED)
    return resize_ids(one, h, w) > 0


def grabcut_seeded(photo: Pixels, dress: Floats, never: float = 0.03, sure: float = 0.97) -> NDArray[np.bool_]:
    """One iteration of GrabCut, seeded like serving's: open where the probability of dress, `[H, W]`, is
    `never` to `sure`. Measured on the validation photos it adds 0.03 to the dress's IoU."""
    mask = np.select(
        [dress < never, dress > sure, dress > 0.5], [cv2.GC_BGD, cv2.GC_FGD, cv2.GC_PR_FGD], cv2.GC_PR_BGD
    ).astype(np.uint8)
    if not ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).any() or not (mask == cv2.GC_BGD).any():
        return dress > 0.5
    cv2.setRNGSeed(1)
    cv2.grabCut(photo, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 1, cv2.GC_INIT_WITH_MASK)
    return (mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)


# --------------------------------------------------------------------------- the whole


@dataclass
class Corpus:
    """Everything there is to learn from, and the photos that learning never sees."""

    train: list[Sample]
    validation: list[Sample]
    series: list[list[str]] = field(default_factory=list)  # ids of photos that show one dress, for `fold_of`


def read_ccp(root: Path, height: int = 448, tagged: bool = True) -> Corpus:
    """The curated CCP folder as train and validation samples.

    Args:
        root: the folder with `photos`, `labels` and the JSON files.
        height: taller photos are reduced to this, pixels.
        tagged: read the photos with tags only, too.
    """
    ccp = Ccp(root)
    train, validation = [], []
    for id in ccp.labelled_ids():
        if id in ccp.excluded:
            continue
        (validation if id in ccp.validation else train).append(ccp.labelled(id, height))
    if tagged:
        train += [ccp.tagged(id, height) for id in sorted(ccp.tags)]
    return Corpus(train, validation, ccp.curation["same_photo_series"])
