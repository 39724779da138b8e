"""Train a little, export, quantise, reload: the same answers all the way, in a minute on a CPU."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

import export
import tfjs
from data import DRESS, PART, PARTS, SKIN, Corpus, Sample
from model import Output, build
from train import Draws, Settings, group_of, look, served_size, teach, train

TINY = Settings(batch=2, samples=6, small_epochs=1, full_epochs=1, small=(96, 64), full=(96, 64), check_every=1)


def sample(id: str, worn: bool, seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    parts = np.full((120, 80), PART["background"], np.uint8)
    parts[10:110, 30:50], parts[40:90, 25:55] = PART["skin"], PART["dress"] if worn else PART["lower"]
    photo = rng.integers(0, 60, (120, 80, 3)).astype(np.uint8)
    photo[parts != PART["background"]] += 120
    shape = np.where(parts == PART["background"], 0, np.where(parts == PART["dress"], DRESS, SKIN)).astype(np.uint8)
    return Sample(id, photo, parts, shape if worn else None, presence=float(worn), presence_weight=1.0)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    samples = [sample(f"{i}", i % 2 == 0, i) for i in range(8)]
    return Corpus(samples[:6], samples[6:])


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    train(corpus, TINY, out, None, None, resume=False)
    return out


def test_training_leaves_checkpoints_log_curves_and_a_contact_sheet(trained):
    for name in ("best.pt", "last.pt", "log.csv", "curves.png", "contact-sheet.png"):
        assert (trained / name).stat().st_size > 0
    assert len((trained / "log.csv").read_text().splitlines()) == 3


def test_a_run_goes_on_where_it_stopped(corpus, trained):
    longer = Settings(**{**TINY.__dict__, "full_epochs": 2})
    train(corpus, longer, trained, None, None, resume=True)
    assert [line.split(",")[0] for line in (trained / "log.csv").read_text().splitlines()] == ["epoch", "1", "2", "3"]


def test_a_teacher_says_where_people_stand_and_where_a_dress_is_in_photos_with_tags_only(corpus):
    class Knows(torch.nn.Module):
        """Bright is a person, and the middle of the photo is a dress; of the mirror image, too."""

        def __init__(self) -> None:
            super().__init__()
            self.nothing = torch.nn.Parameter(torch.zeros(1))

        def forward(self, rgb: torch.Tensor) -> Output:
            bright = rgb.mean(1) > 100
            h, w = bright.shape[1:]
            dress = torch.zeros_like(bright)
            dress[:, h // 3 : 3 * h // 4, w // 3 : 2 * w // 3] = True
            logits = torch.stack([~bright, bright & ~dress, bright & dress], 1) * 9.0
            parts = torch.zeros(1, len(PARTS), *bright.shape[1:])
            parts[:, PART["background"]], parts[:, PART["dress"]] = 9.0 * ~bright, 9.0 * bright
            return Output(logits, parts, torch.zeros(1), None)

    known = corpus.train[0]
    worn = replace(known, parts=None, shape=None, source="tags", presence=1.0, presence_weight=1.0)
    none = replace(worn, presence=0.0)
    assert teach(Knows(), [worn, none, known]) == 1
    for s in (worn, none):
        seen, truth = s.person > 0, known.parts != PART["background"]
        assert (seen & truth).sum() / (seen | truth).sum() > 0.8
    assert (worn.shape == DRESS).any() and worn.shape_weight == 0.5
    assert known.person is None and none.shape is None
    with pytest.raises(ValueError, match="has to be a dressnet"):
        teach(build("article"), [none])


def test_the_same_seed_draws_the_same_views(corpus):
    draws = [list(Draws(corpus.train, 6, seed)) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert {group_of(s) for s in corpus.train} == {"dress", "labelled"}


def test_the_exported_networks_say_what_the_checkpoint_says(corpus, trained, tmp_path):
    photos = [s.photo for s in corpus.train]
    manifest = export.publish(trained / "best.pt", tmp_path, "0.0.1", photos, corpus.validation, force=False)
    assert json.loads((tmp_path / "model.json").read_text()) == manifest
    assert export.sha256(tmp_path / manifest["file"]) == manifest["sha256"]

    net = build("dressnet")
    net.load_state_dict(torch.load(trained / "best.pt", weights_only=True)["model"])
    net.eval()
    photo = corpus.validation[0].photo
    out, (h, w) = look(net, photo)
    mirrored, _ = look(net, np.ascontiguousarray(photo[:, ::-1]))
    averaged = (out.shape.softmax(1) + mirrored.shape.softmax(1).flip(-1))[0].numpy() / 2
    served, seen_from_afar = export.both_looks(photo)
    fp32, said = export.run(export.session(tmp_path / manifest["float"]["file"]), served)
    assert fp32.shape == (3, h, w)
    assert np.abs(fp32 - averaged).max() < 1e-3
    calibration = export.Calibration(**{k: manifest["calibration"][k] for k in ("slope", "offset")})
    assert said == pytest.approx(calibration(float(out.presence[0] + mirrored.presence[0]) / 2), abs=1e-3)
    far = seen_from_afar[0]
    assert max(far.shape[:2]) == manifest["input"]["glance"] == 224
    glimpsed = [look(net, np.ascontiguousarray(one), 224)[0].presence[0] for one in (far, far[:, ::-1])]
    logits = [float(out.presence[0] + mirrored.presence[0]) / 2, float(sum(glimpsed)) / 2]
    held = Sample("held", photo, None, None, presence=1.0, presence_weight=1.0)
    assert export.presence_logits(net, [held]) == pytest.approx([np.mean(logits)], abs=1e-4)
    int8, _ = export.run(export.session(tmp_path / manifest["file"]), served)
    assert np.abs(int8 - fp32).mean() < 0.05
    assert (tmp_path / manifest["file"]).stat().st_size < 4_000_000
    assert manifest["tfjs"] and tfjs.add_to(tmp_path) == manifest  # and anybody can make the same from it again

    vectors = json.loads((tmp_path / "parity.json").read_text())
    again, _ = export.session(tmp_path / manifest["float"]["file"]).run(None, {"photo": export.pattern()[None]})
    assert np.allclose(again.ravel()[:: vectors["every"]], vectors["fp32"]["probabilities"], atol=1e-3)


def test_a_better_model_is_not_overwritten_silently(tmp_path):
    found = {"int8": {"dress_iou": 0.8, "presence_auc": 0.9}}
    (tmp_path / "model.json").write_text(json.dumps({"metrics": found}))
    worse = {"int8": {"dress_iou": 0.7, "presence_auc": 0.9}}
    with pytest.raises(SystemExit, match="better model"):
        export.refuse_worse(tmp_path / "model.json", worse, force=False)
    export.refuse_worse(tmp_path / "model.json", worse, force=True)
    export.refuse_worse(tmp_path / "model.json", found, force=False)


def test_fine_tuning_starts_from_a_published_checkpoint(corpus, trained, tmp_path):
    export.publish(trained / "best.pt", tmp_path, "0.0.1", [corpus.train[0].photo], corpus.validation, force=False)
    best = train(corpus, TINY, tmp_path / "mine", None, tmp_path / "dressnet.pt", resume=False)
    assert best["score"] > 0


def test_calibration_turns_logits_into_the_observed_share():
    rng = np.random.default_rng(0)
    truth = rng.random(4000) < 0.3
    logits = np.where(truth, 3.0, -1.0) + rng.normal(0, 2, 4000)
    fitted = export.calibrate(logits.tolist(), truth.tolist())
    said = [fitted(x) for x in logits]
    assert np.mean(said) == pytest.approx(truth.mean(), abs=0.01)
    assert export.ece(said, truth.tolist()) < 0.03


def test_photos_are_served_at_their_own_aspect():
    assert served_size(830, 550) == (384, 256)
    assert served_size(3000, 4000) == (288, 384)
    assert served_size(5000, 100) == (384, 16)
