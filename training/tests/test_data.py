import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from data import (
    BACKGROUND,
    DRESS,
    IGNORE,
    PART,
    PART_OF,
    PARTS,
    SKIN,
    Ccp,
    encode_masks,
    grabcut_middle,
    grabcut_seeded,
    proxy_shape,
    read_article,
    read_own,
    resize_ids,
    shape_of,
)

SPLITS = Path(__file__).parents[1] / "splits"


def cut_on_white(mask: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    out = np.full((*mask.shape, 3), 255, np.uint8)
    out[mask] = colour
    return out


def test_two_cutouts_on_white_become_background_skin_and_dress():
    person, dress = np.zeros((100, 80), bool), np.zeros((100, 80), bool)
    person[10:90, 20:60] = True
    dress[30:70, 25:55] = True
    mask = encode_masks(cut_on_white(person, (90, 60, 50)), cut_on_white(dress, (10, 90, 120)))
    assert (mask[dress] == DRESS).all()
    assert (mask[person & ~dress] == SKIN).all()
    assert (mask[~person] == BACKGROUND).all()


def test_a_small_white_hole_in_a_cutout_belongs_to_it():
    person = np.zeros((200, 200), bool)
    person[20:180, 20:180] = True
    holed = person.copy()
    holed[100:103, 100:103] = False
    mask = encode_masks(cut_on_white(holed, (90, 60, 50)), cut_on_white(np.zeros_like(person), (0, 0, 0)))
    assert (mask[person] == SKIN).all()


def test_cutouts_of_different_sizes_are_refused():
    with pytest.raises(ValueError, match="one size"):
        encode_masks(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5, 3), np.uint8))


def triple(folder: Path, id: int, dress: np.ndarray) -> None:
    """A photo, its person (everything) and its dress, the dress transparent around with black beneath."""
    photo = np.full((*dress.shape, 3), 90, np.uint8)
    cv2.imwrite(str(folder / f"original{id}.jpg"), photo)
    cv2.imwrite(str(folder / f"body{id}.png"), photo)
    transparent = np.zeros((*dress.shape, 4), np.uint8)
    transparent[dress] = (40, 40, 200, 255)
    cv2.imwrite(str(folder / f"dress{id}.png"), transparent)


def test_a_cutout_may_be_transparent_instead_of_on_white(tmp_path):
    dress = np.zeros((100, 80), bool)
    dress[30:70, 25:55] = True
    triple(tmp_path, 1, dress)
    (sample,) = read_article(tmp_path)
    assert ((sample.shape == DRESS) == dress).all()
    # 16 bits a channel, as some editors save.
    deep = cv2.imread(str(tmp_path / "dress1.png"), cv2.IMREAD_UNCHANGED).astype(np.uint16) * 257
    cv2.imwrite(str(tmp_path / "dress1.png"), deep)
    assert ((read_article(tmp_path)[0].shape == DRESS) == dress).all()


def test_a_white_dress_on_transparent_ground_is_a_dress(tmp_path):
    dress = np.zeros((100, 80), bool)
    dress[30:70, 25:55] = True
    triple(tmp_path, 1, dress)
    white = np.zeros((*dress.shape, 4), np.uint8)
    white[dress] = 255
    cv2.imwrite(str(tmp_path / "dress1.png"), white)
    assert ((read_article(tmp_path)[0].shape == DRESS) == dress).all()
    # With an alpha that is 255 everywhere, white is ground as it is without any.
    flat = np.full((*dress.shape, 4), 255, np.uint8)
    flat[dress] = (40, 40, 200, 255)
    cv2.imwrite(str(tmp_path / "dress1.png"), flat)
    assert ((read_article(tmp_path)[0].shape == DRESS) == dress).all()


def test_every_fifth_photo_of_ones_own_judges_and_teaches_nothing(tmp_path):
    dress = np.zeros((60, 40), bool)
    dress[20:50, 10:30] = True
    for id in range(4):
        triple(tmp_path, id, dress)
    few = read_own(tmp_path)
    assert [s.id for s in few.train] == [s.id for s in few.validation] == [f"article-{i}" for i in range(4)]
    for id in range(4, 7):
        triple(tmp_path, id, dress)
    more = read_own(tmp_path)
    assert [s.id for s in more.validation] == ["article-0", "article-5"]
    assert [s.id for s in more.train] == [f"article-{i}" for i in (1, 2, 3, 4, 6)]


def test_reduced_labels_stay_where_they_were_on_average():
    rng = np.random.default_rng(0)
    off = []
    for _ in range(30):
        top, left, height, width = rng.integers((0, 0, 400, 400), (1000, 800, 3000, 2000))
        ids = np.zeros((4000, 3000), np.uint8)
        ids[top : top + height, left : left + width] = 1
        where = np.argwhere(resize_ids(ids, 448, 336)).mean(0) + 0.5
        off.append(where - np.array([top + height / 2, left + width / 2]) * 448 / 4000)
    assert np.abs(np.mean(off, 0)).max() < 0.2, "OpenCV's plain nearest neighbour is half a pixel off"


def test_the_article_authors_own_sample_is_encoded(data):
    sample = read_article(data / "author-sample")[0]
    assert sample.shape is not None
    share = np.bincount(sample.shape.ravel(), minlength=3) / sample.shape.size
    assert share[BACKGROUND] > 0.5
    assert 0.02 < share[SKIN] < 0.3
    assert 0.05 < share[DRESS] < 0.3
    # The dress is one piece, with nothing of the person above its top row beside it.
    count, _ = cv2.connectedComponents((sample.shape == DRESS).astype(np.uint8))
    assert count == 2


def test_a_missing_third_of_a_triple_is_named(tmp_path):
    cv2.imwrite(str(tmp_path / "original1.png"), np.zeros((8, 8, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "body1.png"), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(FileNotFoundError, match="dress1"):
        read_article(tmp_path)


def test_every_garment_of_ccp_has_a_part(data):
    names = json.loads((data / "ccp" / "label-names.json").read_text())
    assert set(PART_OF) <= set(names)
    assert set(PART_OF.values()) | {"other"} == set(PARTS)


@pytest.fixture(scope="module")
def ccp(data):
    return Ccp(data / "ccp")


def one_of(ccp: Ccp, **wanted: str) -> str:
    return next(
        i
        for i, e in ccp.curation.items()
        if i.isdigit() and i not in ccp.curation["repairable_dress_unions"] and wanted.items() <= e.items()
    )


@pytest.mark.parametrize(("kind", "part"), [("skirt", "skirt"), ("jumpsuit", "jumpsuit"), ("coat", "outer")])
def test_what_ccp_calls_dress_becomes_what_people_saw(ccp, kind, part):
    id = one_of(ccp, kind=kind, mask="good", confidence="sure")
    sample = ccp.labelled(id)
    assert sample.presence == 0 and sample.presence_weight == 1
    assert not (sample.parts == PART["dress"]).any()
    assert (sample.parts == PART[part]).any()


def test_a_bad_mask_is_ignored_and_its_dress_still_counts_as_worn(ccp):
    sample = ccp.labelled(one_of(ccp, kind="dress", mask="bad", confidence="sure"))
    assert sample.presence == 1 and sample.presence_weight == 1
    assert (sample.parts == IGNORE).any() and not (sample.parts == PART["dress"]).any()


def test_unlabelled_dresses_are_found_under_their_other_names(ccp):
    for id in ccp.curation["unlabelled_dresses"]:
        sample = ccp.labelled(id)
        assert sample.presence == 1 and (sample.shape == DRESS).any()


def test_an_unsure_unlabelled_dress_teaches_neither_yes_nor_no(ccp):
    for id in ccp.curation["unlabelled_dresses_unsure"]:
        assert ccp.labelled(id).presence_weight == 0


def test_a_dress_tag_beside_a_top_is_not_trusted(ccp, monkeypatch):
    id = next(id for id, tags in ccp.tags.items() if "dress" in tags and "skirt" in tags)
    monkeypatch.setattr(ccp, "looked_at", {})  # as if nobody had looked
    assert ccp.tagged(id, 64).presence_weight == 0


def test_what_somebody_saw_in_a_photo_goes_before_its_tags(ccp):
    looked_at = json.loads((SPLITS / "ccp-tags-looked-at.json").read_text())
    ids = [id for found in looked_at.values() for id in found]
    assert len(ids) == len(set(ids)) and set(ids) <= set(ccp.tags) and not set(ids) & ccp.validation
    assert any("dress" not in ccp.tags[id] for id in looked_at["dress"])
    for found, presence, weight in (("dress", 1, 1), ("none", 0, 1), ("unsure", 0, 0)):
        for id in looked_at[found]:
            sample = ccp.tagged(id, 64)
            assert (sample.presence, sample.presence_weight) == (presence, weight), id
            assert np.isnan(sample.tags[PART["dress"]]) and sample.tags[PART["background"]] >= 0


def test_the_split_written_here_is_the_data_folders_and_series_stay_together(data, ccp):
    split = json.loads((SPLITS / "ccp-validation.json").read_text())
    assert set(split["dress"]) | set(split["no_dress"]) == ccp.validation
    assert not set(split["dress"]) & set(split["no_dress"])
    assert len(split["dress"]) == 24 and len(split["no_dress"]) == 80
    for pair in ccp.curation["same_photo_series"]:
        inside = [i in ccp.validation or i in ccp.excluded for i in pair]
        assert all(inside) or not any(inside)


def test_a_belt_on_a_dress_is_part_of_it_and_a_belt_elsewhere_is_not():
    parts = np.full((40, 40), PART["background"], np.uint8)
    parts[5:18, 10:30] = parts[20:35, 10:30] = PART["dress"]
    parts[18:20, 10:30] = PART["other"]
    parts[2:4, 2:6] = PART["other"]
    belt = parts == PART["other"]
    shape = shape_of(parts, belt)
    assert (shape[5:35, 10:30] == DRESS).all()
    assert (shape[2:4, 2:6] == SKIN).all()


def test_a_skirt_with_a_top_stands_in_for_a_dress_but_trousers_do_not():
    parts = np.full((100, 60), PART["background"], np.uint8)
    parts[10:40, 15:45], parts[40:80, 15:45] = PART["upper"], PART["skirt"]
    shape = proxy_shape(parts, np.zeros_like(parts, bool))
    assert shape is not None and (shape[10:80, 15:45] == DRESS).all()
    parts[80:90, 15:45] = PART["lower"]
    assert proxy_shape(parts, np.zeros_like(parts, bool)) is None


def test_grabcut_finds_one_solid_garment_in_the_middle():
    rng = np.random.default_rng(0)
    photo = rng.integers(200, 230, (300, 240, 3)).astype(np.uint8)
    photo[60:240, 70:170] = rng.integers(20, 60, (180, 100, 3))
    mask = grabcut_middle(photo)
    assert mask is not None
    truth = np.zeros((300, 240), bool)
    truth[60:240, 70:170] = True
    assert (mask & truth).sum() / (mask | truth).sum() > 0.9


def test_seeded_grabcut_decides_where_the_network_is_not_certain():
    photo = np.full((120, 80, 3), (40, 60, 160), np.uint8)
    photo[30:90, 20:60] = (200, 40, 40)
    probability = np.full((120, 80), 0.01, np.float32)
    probability[20:100, 10:70] = 0.4  # a vague guess around it, too large
    probability[40:80, 30:50] = 0.99
    truth = np.zeros((120, 80), bool)
    truth[30:90, 20:60] = True
    cut = grabcut_seeded(photo, probability)
    assert (cut & truth).sum() / (cut | truth).sum() > 0.97
    assert (cut == grabcut_seeded(photo, probability)).all()
    nowhere, everywhere = np.zeros((9, 9), np.float32), np.ones((9, 9), np.float32)
    assert not grabcut_seeded(photo[:9, :9], nowhere).any()
    assert grabcut_seeded(photo[:9, :9], everywhere).all()
