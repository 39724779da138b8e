import numpy as np
import pytest

from augment import augment, change_background, dye, empty_street, frame, spoil, tint_garment, two_cloths
from data import DRESS, IGNORE, PART, SKIN, Sample


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


@pytest.mark.parametrize("seed", range(12))
def test_photo_and_masks_stay_aligned_through_the_geometry(seed):
    s = figure()
    photo, parts, shape, _ = frame(s.photo, s.parts, s.shape, 288, 192, np.random.default_rng(seed))
    known = parts != IGNORE
    red = photo[..., 0] > 100
    dress = parts == PART["dress"]
    assert ((shape == DRESS) == dress).all()
    both, either = (red & dress & known).sum(), ((red | dress) & known).sum()
    assert either == 0 or both / either > 0.93


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
    out = empty_street(s.photo, (s.parts != PART["background"]).astype(np.uint8))
    assert out.shape[:2] == (120, 80)
    assert (out[..., 2] > 150).mean() > 0.99 and (out[..., 0] < 60).all()


def test_dye_and_tint_touch_garments_only():
    s = figure()
    s.parts[80:120, 45:115], s.parts[120:170, 45:115] = PART["upper"], PART["skirt"]
    garment = np.isin(s.parts, [PART["upper"], PART["skirt"]])
    dyed = dye(s.photo, s.parts, np.random.default_rng(0))
    assert (np.abs(dyed[~garment].astype(int) - s.photo[~garment]) < 6).all()
    tinted = tint_garment(s.photo, s.parts, np.random.default_rng(1))
    assert (np.abs(tinted[:60, :30].astype(int) - s.photo[:60, :30]) < 6).all()
    assert (tinted[garment] != s.photo[garment]).any()


def test_light_and_noise_keep_size_and_type():
    for seed in range(20):
        out = spoil(figure().photo, np.random.default_rng(seed))
        assert out.shape == (240, 160, 3) and out.dtype == np.uint8


def test_two_cloths_dye_one_side_of_a_waist_and_nothing_else():
    s = figure()
    dress = s.parts == PART["dress"]
    for seed in range(10):
        out = two_cloths(s.photo, dress, np.random.default_rng(seed))
        changed = np.abs(out.astype(int) - s.photo).max(-1) > 12
        assert not changed[~dress].mean() > 0.01
        rows = changed[82:168, 60:100].mean(1) > 0.5  # of the dress
        assert (np.diff(rows.astype(int)) != 0).sum() == 1  # one waist
        assert 0.25 < rows.mean() < 0.75
    assert (two_cloths(s.photo, np.zeros_like(dress), np.random.default_rng(0)) == s.photo).all()


def test_a_dress_of_two_cloths_is_no_dress_but_keeps_its_outline():
    s = figure()
    seen = [augment(s, 288, 192, np.random.default_rng(seed), []) for seed in range(60)]
    dyed = [e for e in seen if e.presence == 0.0]
    assert 5 < len(dyed) < 30
    for e in dyed:
        assert (e.shape == DRESS).any() and not (e.parts == PART["dress"]).any() and e.presence_weight <= 0.5
        assert np.isnan(e.tags).all()


def test_a_skirt_and_a_top_of_one_cloth_are_half_believed():
    s = figure()
    s.parts[80:120, 45:115], s.parts[120:170, 45:115] = PART["upper"], PART["skirt"]
    s.presence, s.proxy = 0.0, True
    seen = [augment(s, 288, 192, np.random.default_rng(seed), []) for seed in range(60)]
    dyed = [e for e in seen if e.presence == 1.0]
    assert 20 < len(dyed) < 50
    for e in dyed:
        assert e.presence_weight <= 0.3 and not np.isin(e.parts, [PART["upper"], PART["skirt"]]).any()
