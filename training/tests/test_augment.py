from dataclasses import replace

import numpy as np
import pytest

from augment import (
    augment,
    blocks,
    change_background,
    degrade,
    frame,
    inpaint_person,
    person_of,
    recolour,
    surroundings,
    tint_garment,
)
from data import BACKGROUND, DRESS, IGNORE, PART, PARTS, SKIN, Sample


def figure() -> Sample:
    """A red dress on a green person in front of blue, so that colours tell classes."""
    parts = np.full((240, 160), PART["background"], np.uint8)
    parts[30:220, 55:105] = PART["skin"]
    parts[80:170, 45:115] = PART["dress"]
    photo = np.zeros((240, 160, 3), np.uint8)
    photo[parts == PART["background"]] = (0, 0, 200)
    photo[parts == PART["skin"]] = (0, 200, 0)
    photo[parts == PART["dress"]] = (200, 0, 0)
    shape = np.where(parts == PART["background"], 0, np.where(parts == PART["dress"], DRESS, SKIN)).astype(np.uint8)
    return Sample("x", photo, parts, shape, presence=1.0, presence_weight=1.0)


def street() -> np.ndarray:
    """Grey, of another shape than the photos."""
    return np.full((60, 90, 3), 90, np.uint8)


@pytest.mark.parametrize("seed", range(24))
def test_photo_and_masks_stay_aligned_through_the_geometry(seed):
    s = figure()
    photo, parts, shape, _ = frame(
        s.photo, s.parts, s.shape, person_of(s), (288, 192), np.random.default_rng(seed), [street()]
    )
    known = parts != IGNORE
    red = np.abs(photo.astype(int) - (200, 0, 0)).max(-1) < 100
    dress = parts == PART["dress"]
    assert ((shape == DRESS) == dress).all()
    both, either = (red & dress & known).sum(), ((red | dress) & known).sum()
    assert either == 0 or both / either > 0.93


def test_a_small_view_shows_the_photo_where_its_labels_are():
    # A ramp tells by its brightness which column of the photo a pixel of the view shows, to a fraction of a pixel; the
    # labels of its left half end at a column that is known. In floats, because bytes round a quarter of a pixel away.
    h, w = 447, 299  # odd: half of it is no whole number
    ramp = np.broadcast_to(np.arange(w, dtype=np.float32)[None, :, None], (h, w, 3)).copy()
    parts = np.full((h, w), PART["background"], np.uint8)
    parts[:, : w // 2] = PART["dress"]
    shape = np.where(parts == PART["dress"], DRESS, BACKGROUND).astype(np.uint8)
    apart = []
    for seed in range(600):
        view, ids, _, scale = frame(ramp, parts, shape, None, (144, 96), np.random.default_rng(seed), [])
        ends = np.flatnonzero((ids[72, :-1] == PART["dress"]) & (ids[72, 1:] == PART["background"]))
        if view.dtype == np.uint8 or scale >= 0.6 or len(ends) != 1 or not 8 < ends[0] < 86:
            continue
        # Halfway between the last pixel of dress and the first of background.
        apart.append((view[72, ends[0] : ends[0] + 2, 0].mean() - (w // 2 - 0.5)) * scale)
    assert len(apart) > 50
    assert abs(np.mean(apart)) < 0.06  # the labels' own rounding averages out; what is off always does not


def test_a_teachers_outline_is_learned_in_half_of_the_views():
    s = figure()
    s.cut = np.full_like(s.shape, SKIN)
    seen = [augment(s, 96, 64, np.random.default_rng(seed), []) for seed in range(40)]
    assert 10 < sum((e.shape == DRESS).any() for e in seen) < 32


def test_what_lies_around_a_distant_photo_is_background_and_what_a_crop_cut_off_is_unknown():
    s = figure()
    s.photo[:], s.parts[:] = (200, 0, 0), PART["dress"]  # nothing but dress: whatever else is seen lies outside
    s.shape[:] = DRESS
    found = set()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        view, parts, shape, scale = frame(s.photo, s.parts, s.shape, None, (288, 192), rng, [street()])
        assert ((parts == PART["background"]) == (shape == BACKGROUND)).all()
        found |= {int(i) for i in np.unique(shape)}
        if (shape == BACKGROUND).any():
            assert not (shape == IGNORE).any() and scale <= 1.2
        else:
            assert (view == (200, 0, 0)).all()  # the border goes on
        nothing = np.full_like(s.shape, IGNORE)
        rng = np.random.default_rng(seed)
        assert (frame(s.photo, s.parts, nothing, None, (288, 192), rng, [street()])[2] == IGNORE).all()
    assert found == {BACKGROUND, DRESS, IGNORE}


def test_surroundings_are_plain_or_blurred_or_a_street_and_fill_the_view():
    s = figure()
    seen = [surroundings(s.photo, 96, 128, np.random.default_rng(seed), [street()]) for seed in range(60)]
    assert all(behind.shape == (96, 128, 3) and behind.dtype == np.uint8 for behind, _ in seen)
    streets = [behind for behind, is_street in seen if is_street]
    plain = [behind for behind, is_street in seen if not is_street and (behind == behind[0, 0]).all()]
    assert 5 < len(streets) < 30 and all((behind == 90).all() for behind in streets)
    assert 15 < len(plain) < 45 and {0, 255} < {int(behind[0, 0, 0]) for behind in plain}
    assert len(seen) - len(streets) - len(plain) > 3
    assert not any(
        is_street for _, is_street in (surroundings(s.photo, 9, 9, np.random.default_rng(i), []) for i in range(20))
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_view_has_the_asked_size_and_is_repeatable(seed):
    s = figure()
    a = augment(s, 96, 64, np.random.default_rng(seed), [])
    b = augment(s, 96, 64, np.random.default_rng(seed), [])
    assert a.rgb.shape == (96, 64, 3) and a.parts.shape == a.shape.shape == (96, 64)
    assert (a.rgb == b.rgb).all() and (a.parts == b.parts).all()


def test_a_view_that_lost_the_dress_says_nothing_about_presence():
    s = figure()
    for seed in range(200):
        e = augment(s, 64, 64, np.random.default_rng(seed), [])
        if e.presence_weight > 0:
            assert (e.shape == DRESS).any()


def test_a_new_background_keeps_the_person():
    s = figure()
    person = (s.parts != PART["background"]).astype(np.uint8)
    inner = np.zeros_like(person, bool)
    inner[90:160, 55:105] = True
    for seed in range(10):
        out = change_background(s.photo, person, np.random.default_rng(seed), [np.full((50, 50, 3), 90, np.uint8)])
        assert (np.abs(out[inner].astype(int) - s.photo[inner]) < 4).all()
        assert (out[:20, :20] != s.photo[:20, :20]).any()


def test_the_street_without_its_person_shows_none_of_it():
    s = figure()
    out = inpaint_person(s.photo, (s.parts != PART["background"]).astype(np.uint8))
    assert out.shape[:2] == (120, 80)
    assert (out[..., 2] > 150).mean() > 0.99 and (out[..., 0] < 60).all()


def test_recolour_and_tint_touch_garments_only():
    s = figure()
    s.parts[80:120, 45:115], s.parts[120:170, 45:115] = PART["upper"], PART["skirt"]
    garment = np.isin(s.parts, [PART["upper"], PART["skirt"]])
    dyed = recolour(s.photo, s.parts, np.random.default_rng(0))
    assert (np.abs(dyed[~garment].astype(int) - s.photo[~garment]) < 6).all()
    tinted = tint_garment(s.photo, s.parts, np.random.default_rng(1))
    assert (np.abs(tinted[:60, :30].astype(int) - s.photo[:60, :30]) < 6).all()
    assert (tinted[garment] != s.photo[garment]).any()


def test_light_and_noise_keep_size_and_type():
    for seed in range(20):
        out = degrade(figure().photo, np.random.default_rng(seed))
        assert out.shape == (240, 160, 3) and out.dtype == np.uint8


def test_blocks_dye_a_part_of_the_dress_and_nothing_else():
    s = figure()
    dress = s.parts == PART["dress"]
    shares, rows = [], 0
    for seed in range(30):
        out = blocks(s.photo, dress, np.random.default_rng(seed))
        changed = np.abs(out.astype(int) - s.photo).max(-1) > 12
        assert not changed[~dress].mean() > 0.02
        shares.append(changed[dress].mean())
        across = changed[82:168, 47:113].any(1).mean(), changed[82:168, 47:113].any(0).mean()
        rows += across[0] > across[1]
    assert min(shares) > 0.05 and max(shares) < 0.95
    assert 5 < rows < 25  # lines of any direction
    assert (blocks(s.photo, np.zeros_like(dress), np.random.default_rng(0)) == s.photo).all()


def test_a_dress_of_several_cloths_is_half_believed_and_keeps_its_outline():
    s = figure()
    s.tags = np.zeros(len(PARTS), np.float32)
    seen = [augment(s, 288, 192, np.random.default_rng(seed), []) for seed in range(80)]
    assert {e.presence for e in seen} == {1.0}
    dyed = [e for e in seen if e.presence_weight == 0.5]
    assert 10 < len(dyed) < 40
    for e in dyed:
        assert np.isnan(e.tags).all() and (e.shape == DRESS).any() and not (e.parts == PART["dress"]).any()


def test_nobody_knows_whether_a_skirt_and_a_top_of_one_cloth_are_a_dress():
    s = figure()
    s.parts[80:120, 45:115], s.parts[120:170, 45:115] = PART["upper"], PART["skirt"]
    s.presence, s.proxy = 0.0, True
    seen = [augment(s, 288, 192, np.random.default_rng(seed), []) for seed in range(60)]
    dyed = [e for e in seen if not np.isin(e.parts, [PART["upper"], PART["skirt"]]).any()]
    assert 20 < len(dyed) < 50
    assert all(e.presence_weight == 0.0 and np.isnan(e.tags).all() for e in dyed)
    assert any(e.presence == 0.0 and e.presence_weight > 0 for e in seen)


def test_whom_a_teacher_sees_in_a_photo_without_masks_stands_elsewhere_as_often_as_asked():
    s = figure()
    person = (s.parts != PART["background"]).astype(np.uint8)
    s = Sample("x", s.photo, source="tags", presence=1.0, presence_weight=1.0, person=person)
    assert person_of(s) is person and person_of(replace(s, person=None)) is None

    def moved(share: float, person: np.ndarray | None) -> int:
        views = [
            augment(replace(s, person=person), 288, 192, np.random.default_rng(seed), [street()], share).rgb
            for seed in range(40)
        ]
        # Light and colour change, but blue stays the largest channel of the old background.
        return sum(int((v[..., 2].astype(int) > v[..., 1].astype(int) + 40).mean() < 0.2) for v in views)

    assert moved(1.0, person) > 30 > 20 > moved(0.0, person) >= moved(1.0, None)
