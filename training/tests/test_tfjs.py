"""The TensorFlow.js model that is written says what the network says, in the engine that serves it."""

import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import export
import tfjs
import tfjs_graph
from model import ArticleUNet, DressNet, build
from served import Served, Serving

ROOT = Path(__file__).parents[2]
SERVING = Serving(0.7, -0.3, upright=1.0)


@pytest.fixture(scope="module")
def net() -> DressNet:
    """Random weights that keep their signal alive, and batch norms that have seen something."""
    torch.manual_seed(0)
    net = DressNet()
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.1)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
    nn.init.normal_(net.shape.weight, std=0.3)
    return net.eval()


def published(net: DressNet, models: Path, mirrored: bool = False) -> dict:
    """A folder of models as `export.publish` leaves it, without the ONNX networks."""
    manifest = {
        "name": "dressnet",
        "version": "0.0.1",
        "file": "none.onnx",
        "sha256": "0" * 64,
        "float": {"file": "none-fp32.onnx", "checkpoint": "dressnet.pt"},
        "input": {"longest": 384, "multiple": 16, "mirrored": mirrored},
        "classes": ["background", "skin", "dress"],
        "calibration": {"slope": SERVING.slope, "offset": SERVING.offset, "upright": SERVING.upright},
    }
    torch.save({"model": net.state_dict(), "network": "dressnet"}, models / "dressnet.pt")
    (models / "model.json").write_text(json.dumps(manifest))
    return manifest


def answers(models: Path, photo: np.ndarray) -> dict:
    """What serving says of a photo `[H, W, 3]`; skipped, and says so, without the project's npm packages."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "@tensorflow" / "tfjs-core").is_dir():
        pytest.skip("no Node with this project's packages: npm ci in the project's root")
    h, w = photo.shape[:2]
    script = Path(__file__).parent / "tfjs_answers.cjs"
    command = ["node", "--require", "tsx/cjs", str(script), str(models), str(w), str(h)]
    done = subprocess.run(command, input=photo.tobytes(), capture_output=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    said = json.loads(done.stdout)
    return {**said, "planes": np.array(said["planes"], np.float32).reshape(3, h, w)}


@pytest.mark.parametrize(("height", "width"), [(96, 64), (64, 160)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_written_model_says_what_the_network_says_at_any_size(net, tmp_path, height, width, mirrored):
    published(net, tmp_path, mirrored)
    tfjs.add_to(tmp_path)
    photo = export.pattern(height, width)
    said = answers(tmp_path, photo)
    with torch.no_grad():
        served = Served(net, replace(SERVING, mirrored=mirrored))
        planes, presence, turned, features = served(torch.from_numpy(photo)[None])
    assert planes[0].std() > 0.05  # there is something to agree on
    # Half floats of random weights, through sixty layers: with learned ones it is less than 0.001.
    assert np.abs(said["planes"] - planes[0].numpy()).max() < 0.1
    assert np.abs(said["planes"] - planes[0].numpy()).mean() < 0.005
    assert said["presence"] == pytest.approx(float(presence[0]), abs=0.02)
    assert said["turned"] == 90 * int(turned[0].argmax())
    assert said["size"] == [width // 8, height // 8, 32]
    seen = features.numpy().ravel()
    assert np.abs(np.array(said["features"]) - seen).max() < 0.01 * np.abs(seen).max()


def test_it_is_added_beside_a_published_network_and_everything_else_stays(net, tmp_path):
    before = published(net, tmp_path)
    after = tfjs.add_to(tmp_path)
    assert after == json.loads((tmp_path / "model.json").read_text())
    entry = after["tfjs"]
    assert after == {**before, "tfjs": entry}
    model = tmp_path / entry["file"]
    loaded = model.read_bytes() + (model.parent / tfjs.SHARD).read_bytes()
    assert entry["sha256"] == hashlib.sha256(loaded).hexdigest() and entry["bytes"] == len(loaded) < 4_600_000
    assert tfjs.add_to(tmp_path) == after  # the same bytes again, and one entry


def test_8_bit_weights_are_half_as_large_and_within_half_a_step(net, tmp_path):
    small, large = (tfjs.write(net, SERVING, tmp_path / kind, kind) for kind in ("uint8", "float16"))
    assert small["bytes"] < 0.55 * large["bytes"]
    value = np.linspace(-0.3, 1.1, 2000, dtype=np.float32)
    about, data = tfjs.stored("w", value, True, "uint8")
    step, low = about["quantization"]["scale"], about["quantization"]["min"]
    again = np.frombuffer(data, np.uint8) * step + low
    assert np.abs(again - value).max() <= step
    assert np.isclose(low / step, round(low / step))  # zero is one of the steps


def test_the_graph_names_every_input_and_holds_every_constant(net, tmp_path):
    entry = tfjs.write(net, SERVING, tmp_path / "m")
    model = json.loads((tmp_path / entry["file"]).read_text())
    nodes = model["modelTopology"]["node"]
    names = [node["name"] for node in nodes]
    assert len(set(names)) == len(names)
    for i, node in enumerate(nodes):
        assert set(node.get("input", [])) <= set(names[:i])
    [group] = model["weightsManifest"]
    assert [w["name"] for w in group["weights"]] == [node["name"] for node in nodes if node["op"] == "Const"]
    assert "BatchNorm" not in json.dumps(nodes)  # folded


def test_what_cannot_be_written_is_refused_in_words(net, tmp_path):
    with pytest.raises(ValueError, match=r"Only DressNet.*ArticleUNet"):
        tfjs.write(ArticleUNet(), SERVING, tmp_path / "m")
    with pytest.raises(ValueError, match="float16 or uint8"):
        tfjs.write(net, SERVING, tmp_path / "m", "int4")
    with pytest.raises(ValueError, match="2 groups"):
        tfjs_graph.convolution(tfjs_graph.Graph(), "c", "x", nn.Conv2d(4, 8, 1, groups=2))
    with pytest.raises(ValueError, match="not TensorFlow's SAME"):
        tfjs_graph.convolution(tfjs_graph.Graph(), "c", "x", nn.Conv2d(4, 8, 3))
    with pytest.raises(ValueError, match="Tanh"):
        tfjs_graph.dense(tfjs_graph.Graph(), "d", "x", nn.Sequential(nn.Linear(2, 2), nn.Tanh()))
    assert not (tmp_path / "m").exists()


def test_the_articles_network_is_published_without_one(tmp_path):
    torch.save({"model": build("article").state_dict(), "network": "article"}, tmp_path / "best.pt")
    from test_round_trip import sample

    samples = [sample("a", True, 0), sample("b", False, 1)]
    models = tmp_path / "models"
    manifest = export.publish(tmp_path / "best.pt", models, export.Release("0.0.1"), [samples[0].photo], samples)
    assert "tfjs" not in manifest and not list(models.glob("*tfjs*"))
