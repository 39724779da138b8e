"""Train a little, export, quantise, reload: the same answers all the way, in a minute on a CPU."""

import json
from dataclasses import replace

import cv2
import numpy as np
import onnx
import pytest
import torch

import export
import tfjs
from data import DRESS, PART, PARTS, SKIN, Corpus, Sample
from inference import look
from model import Output, build
from sampling import Draws, group_of
from served import CONTEXT, served_size
from teacher import keep, remember, sharpened, teach
from train import Settings, Start, train

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
    train(corpus, TINY, out, Start())
    return out


def test_training_leaves_checkpoints_log_curves_and_a_contact_sheet(trained):
    for name in ("best.pt", "last.pt", "log.csv", "curves.png", "contact-sheet.png"):
        assert (trained / name).stat().st_size > 0
    assert len((trained / "log.csv").read_text().splitlines()) == 3


def test_a_run_goes_on_where_it_stopped(corpus, trained):
    longer = Settings(**{**TINY.__dict__, "full_epochs": 2})
    train(corpus, longer, trained, Start(resume=True))
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


def test_what_a_teacher_said_is_there_again_when_a_run_goes_on(corpus, tmp_path):
    taught = replace(corpus.train[0], person=corpus.train[0].shape, cut=None, shape_weight=0.5)
    keep([taught], tmp_path / "lessons.pt")
    again = replace(taught, shape=None, person=None, cut=taught.shape, shape_weight=1.0)
    remember([again], tmp_path / "lessons.pt")
    assert (again.shape == taught.shape).all() and (again.person == taught.person).all()
    assert again.cut is None and again.shape_weight == 0.5


def test_a_rough_outline_is_mended_near_it_and_nowhere_else(corpus):
    sample_ = corpus.train[0]
    truth = sample_.shape == DRESS

    class Sees(torch.nn.Module):
        """The dress as it is, in a photo of the sample's kind."""

        def __init__(self) -> None:
            super().__init__()
            self.nothing = torch.nn.Parameter(torch.zeros(1))

        def forward(self, rgb: torch.Tensor) -> Output:
            h, w = rgb.shape[2:]
            one = torch.from_numpy(cv2.resize(truth.astype(np.uint8), (w, h), interpolation=cv2.INTER_NEAREST)) > 0
            logits = torch.stack([~one, torch.zeros_like(one), one]).float()[None] * 9.0
            return Output(logits, None, None, None)

    photo = np.where(truth[..., None], np.uint8(220), np.uint8(30)) + np.zeros((1, 1, 3), np.uint8)
    rough = sample_.shape.copy()
    rough[truth & (np.roll(truth, 2, 0) == 0)] = SKIN  # two rows short at the top
    mended = sharpened(Sees(), replace(sample_, photo=photo, shape=rough))
    assert mended is not None
    assert ((mended == DRESS) != truth).sum() < 0.25 * ((rough == DRESS) != truth).sum()
    other = replace(sample_, photo=photo, shape=np.where(np.roll(truth, 40, 1), DRESS, SKIN).astype(np.uint8))
    assert sharpened(Sees(), other) is None


def test_the_same_seed_draws_the_same_views(corpus):
    draws = [list(Draws(corpus.train, 6, seed)) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert {group_of(s) for s in corpus.train} == {"dress", "labelled"}


@pytest.mark.parametrize(("mirrored", "context"), [(False, False), (True, True)])
def test_the_exported_networks_say_what_the_checkpoint_says(corpus, trained, tmp_path, mirrored, context):
    photos = [s.photo for s in corpus.train]
    release = export.Release("0.0.1", mirrored, context, upright=1.5)
    manifest = export.publish(trained / "best.pt", tmp_path, release, photos, corpus.validation)
    assert json.loads((tmp_path / "model.json").read_text()) == manifest
    assert export.sha256(tmp_path / manifest["file"]) == manifest["sha256"]
    assert manifest["input"]["mirrored"] is mirrored and manifest["input"].get("glance") == (
        CONTEXT if context else None
    )

    net = build("dressnet")
    net.load_state_dict(torch.load(trained / "best.pt", weights_only=True)["model"])
    net.eval()
    photo = corpus.validation[0].photo
    ways = [photo, np.ascontiguousarray(photo[:, ::-1])] if mirrored else [photo]
    seen = [look(net, way) for way in ways]
    flips = (lambda p: p, lambda p: p.flip(-1))
    averaged = sum(flip(out.shape.softmax(1)) for flip, out in zip(flips, seen, strict=False))[0].numpy() / len(ways)
    served, *afar = export.looks(photo, context)
    graph = export.session(tmp_path / manifest["float"]["file"])
    fp32, said = export.run(graph, served)
    assert np.abs(fp32 - averaged).max() < 1e-3
    logit = float(np.mean([float(out.presence[0]) for out in seen]))
    calibration = export.Serving(**manifest["calibration"])
    assert said == pytest.approx(calibration.presence(logit), abs=1e-3)
    turned, features = graph.run(["turned", "features"], {"photo": served})
    prior = torch.tensor([1.5, 0, 0, 0])
    assert np.allclose(turned[0], (seen[0].turned[0] + prior).softmax(0), atol=1e-3)
    assert np.allclose(features, seen[0].features, atol=1e-2)

    logits = [logit]
    for far in afar:
        assert max(far.shape[1:3]) == CONTEXT
        glimpsed = [look(net, np.ascontiguousarray(one), CONTEXT).presence[0] for one in (far[0], far[0][:, ::-1])]
        logits.append(float(sum(glimpsed[: len(ways)])) / len(ways))
    held = Sample("held", photo, None, None, presence=1.0, presence_weight=1.0)
    assert export.presence_logits(net, [held], release) == pytest.approx([np.mean(logits)], abs=1e-4)
    int8, _ = export.run(export.session(tmp_path / manifest["file"]), served)
    assert np.abs(int8 - fp32).mean() < 0.05
    assert (tmp_path / manifest["file"]).stat().st_size < 4_000_000
    # Operators are fused already, for every processor: planes in blocks ("nchwc") would suit one kind alone.
    operators = {(n.domain, n.op_type) for n in onnx.load(tmp_path / manifest["file"]).graph.node}
    assert ("", "QLinearConv") in operators and {domain for domain, _ in operators} == {"", "com.microsoft"}
    assert manifest["tfjs"] and tfjs.add_to(tmp_path) == manifest  # and anybody can make the same from it again

    vectors = json.loads((tmp_path / "parity.json").read_text())
    again, _ = export.run(graph, export.pattern()[None])
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
    release = export.Release("0.0.1")
    export.publish(trained / "best.pt", tmp_path, release, [corpus.train[0].photo], corpus.validation)
    best = train(corpus, TINY, tmp_path / "mine", Start(init=tmp_path / "dressnet.pt"))
    assert best["score"] > 0


def test_calibration_turns_logits_into_the_observed_share():
    rng = np.random.default_rng(0)
    truth = rng.random(4000) < 0.3
    logits = np.where(truth, 3.0, -1.0) + rng.normal(0, 2, 4000)
    fitted = export.Serving(*export.calibrate(logits.tolist(), truth.tolist()))
    said = [fitted.presence(x) for x in logits]
    assert np.mean(said) == pytest.approx(truth.mean(), abs=0.01)
    assert export.ece(said, truth.tolist()) < 0.03


def test_photos_are_served_at_their_own_aspect():
    assert served_size(830, 550) == (384, 256)
    assert served_size(3000, 4000) == (288, 384)
    assert served_size(5000, 100) == (384, 16)
