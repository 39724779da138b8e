"""A checkpoint -> what serving reads: ONNX (fp32 and int8), TensorFlow.js, `model.json`, parity vectors.

    python export.py --checkpoint runs/main/best.pt --data ../../shared/data --models ../models

The graph takes a photo as it lies in memory, `photo` uint8 `[1, H, W, 3]` RGB, with H and W multiples
of 16, and gives `probabilities` float `[1, 3, H, W]` (background / skin / dress, given that a dress is
worn) and `presence` float `[1]` (calibrated). Nothing is left for serving to normalise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from data import CLASSES, DRESS, IGNORE, Pixels, Sample, read_ccp, read_own
from metrics import auc, boundary_counts, ece, iou_counts
from model import STRIDE, DressNet, restore
from tfjs import add_to as add_tfjs_to
from train import served_size

# Pixels; see EXPERIMENTS.md for other sizes.
LONGEST = 384
GLANCE = 224  # of a second look, from further away, from which presence is told as well


@dataclass
class Calibration:
    """Platt scaling: presence = sigmoid(slope * logit + offset)."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, logit: float) -> float:
        return float(1 / (1 + np.exp(-(self.slope * logit + self.offset))))


def calibrate(logits: list[float], worn: list[bool], steps: int = 400) -> Calibration:
    """The slope and offset that make logits into probabilities (Platt 1999), by Newton's own minimum of the loss."""
    x, y = torch.tensor(logits, dtype=torch.float64), torch.tensor(worn, dtype=torch.float64)
    # Platt's targets: a few dozen photos do not prove certainty.
    yes, no = y.sum(), (1 - y).sum()
    target = torch.where(y > 0.5, (yes + 1) / (yes + 2), 1 / (no + 2))
    ab = torch.zeros(2, dtype=torch.float64)
    ab[0] = 1.0
    ab.requires_grad_(True)
    optimiser = torch.optim.LBFGS([ab], max_iter=steps, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(ab[0] * x + ab[1], target)
        loss.backward()
        return loss

    optimiser.step(closure)
    slope, offset = ab.tolist()
    return Calibration(slope, offset)


def both_ways(net: nn.Module, rgb: Tensor) -> tuple[Tensor, Tensor]:
    """What the network sees in a photo and in its mirror image, averaged.

    Args:
        rgb: `[1, 3, H, W]`, 0-255.

    Returns:
        Probabilities `[1, 3, H, W]` and the presence logit `[1]`. A network without a presence head gives
        the logit of its surest dress pixel.
    """
    out = net(torch.cat([rgb, rgb.flip(-1)]))
    p = out.shape.softmax(1)
    p = (p[:1] + p[1:].flip(-1)) / 2
    presence = torch.logit(p[:, DRESS].amax((1, 2)), 1e-4) if out.presence is None else out.presence.mean(0, True)
    return p, presence


class Served(nn.Module):
    """The network as it is served: bytes in, probabilities out."""

    def __init__(self, net: nn.Module, calibration: Calibration) -> None:
        super().__init__()
        self.net, self.calibration = net, calibration

    def forward(self, photo: Tensor) -> tuple[Tensor, Tensor]:
        probabilities, presence = both_ways(self.net, photo.permute(0, 3, 1, 2).float())
        return probabilities, torch.sigmoid(self.calibration.slope * presence + self.calibration.offset)


def to_onnx(net: nn.Module, calibration: Calibration, path: Path) -> None:
    """fp32 ONNX with free height and width."""
    served = Served(net, calibration).eval()
    example = torch.zeros(1, LONGEST, LONGEST * 2 // 3, 3, dtype=torch.uint8)
    axes = {1: "height", 2: "width"}
    torch.onnx.export(
        served, (example,), str(path), input_names=["photo"], output_names=["probabilities", "presence"],
        dynamic_axes={"photo": axes, "probabilities": {2: "height", 3: "width"}}, opset_version=17, dynamo=False,
    )  # fmt: skip


class Photos(CalibrationDataReader):
    """Real photos at the served size, one at a time."""

    def __init__(self, photos: list[Pixels]) -> None:
        self.queue = iter(photos)

    def get_next(self) -> dict[str, Pixels] | None:
        photo = next(self.queue, None)
        return None if photo is None else {"photo": as_served(photo)}


def as_served(photo: Pixels, longest: int = LONGEST) -> Pixels:
    """A photo as the graph takes it, `[1, H, W, 3]`."""
    h, w = served_size(*photo.shape[:2], longest)
    return cv2.resize(photo, (w, h), interpolation=cv2.INTER_AREA)[None]


def both_looks(photo: Pixels) -> tuple[Pixels, Pixels]:
    """A photo as it is served, and the same from further away. Presence is the mean logit of both."""
    near = as_served(photo)
    return near, as_served(near[0], GLANCE)


def to_int8(fp32: Path, int8: Path, photos: list[Pixels]) -> None:
    """Static QDQ quantisation, activations uint8, weights int8 a channel, ranges from real photos.

    What lies outside the network itself (the mirror image, the average of both looks) stays in float:
    probabilities in 256 steps would no longer add up to 1.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(fp32), str(prepared), skip_symbolic_shape=True)
        keep_float = [n.name for n in onnx.load(str(prepared)).graph.node if not n.name.startswith("/net/")]
        # The convolutions and what joins them; the judge, a few thousand weights, stays in float.
        quantize_static(
            str(prepared), str(int8), Photos(photos), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=keep_float,
            calibrate_method=CalibrationMethod.MinMax, op_types_to_quantize=["Conv", "Clip", "Add", "Concat", "Resize"],
        )  # fmt: skip


def session(path: Path, threads: int = 1) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(net: ort.InferenceSession, look: Pixels) -> tuple[np.ndarray, float]:
    """What a network says of one look, `[1, h, w, 3]`: probabilities `[3, h, w]` and presence."""
    probabilities, presence = net.run(None, {"photo": look})
    return probabilities[0], float(presence[0])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --------------------------------------------------------------------------- publishing


@torch.no_grad()
def presence_logits(net: nn.Module, samples: list[Sample]) -> list[float]:
    """The uncalibrated presence of each photo as it is served, in two looks."""
    net.eval()

    def logit(look: Pixels) -> float:
        return float(both_ways(net, torch.from_numpy(look).permute(0, 3, 1, 2).float())[1][0])

    return [sum(map(logit, both_looks(s.photo))) / 2 for s in samples]


def cross_fitted(logits: list[float], worn: list[bool], folds: int = 5) -> list[float]:
    """Calibrated probabilities, each from a calibration that has not seen its photo: what ECE may be told from."""
    out = np.zeros(len(logits))
    order = np.argsort(np.asarray(worn), kind="stable")  # each fold gets its share of dresses
    for k in range(folds):
        test = order[k::folds]
        rest = [i for i in range(len(logits)) if i not in set(test.tolist())]
        fitted = calibrate([logits[i] for i in rest], [worn[i] for i in rest])
        out[test] = [fitted(logits[i]) for i in test]
    return out.tolist()


def judge(net: ort.InferenceSession, samples: list[Sample]) -> dict[str, float]:
    """The exported network alone, without refinement: dress IoU (pooled), boundary IoU (pooled), presence AUC."""
    area, outline = np.zeros(2), np.zeros(2)
    scores: list[float] = []
    for s in samples:
        (probabilities, near), (_, far) = (run(net, look) for look in both_looks(s.photo))
        scores.append(float(np.mean([np.log(said / (1 - said)) for said in (near, far)])))
        if s.shape is None or s.proxy:
            continue
        h, w = s.photo.shape[:2]
        guess = cv2.resize(probabilities[DRESS], (w, h), interpolation=cv2.INTER_LINEAR) > 0.5
        area += iou_counts(guess, s.shape == DRESS, s.shape != IGNORE)
        outline += boundary_counts(guess, s.shape == DRESS)
    worn = [s.presence > 0.5 for s in samples]
    return {
        "dress_iou": round(float(area[0] / max(1, area[1])), 4),
        "boundary_iou": round(float(outline[0] / max(1, outline[1])), 4),
        "presence_auc": round(auc(scores, worn), 4),
    }


def pattern(height: int = 96, width: int = 64) -> Pixels:
    """A picture that anyone can make again from this formula, for parity tests without a photo."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * 7 + y * 13 + c * 29 + (x * y) // 8) % 256).astype(np.uint8)


def parity(nets: dict[str, ort.InferenceSession]) -> dict:
    """What each network says of `pattern()`, at every 61st value: the serving tests compare with it."""
    photo = pattern()
    vectors: dict = {"pattern": "(7 x + 13 y + 29 c + floor(x y / 8)) mod 256", "height": 96, "width": 64, "every": 61}
    for name, net in nets.items():
        probabilities, presence = net.run(None, {"photo": photo[None]})
        flat = probabilities.ravel()[::61]
        vectors[name] = {"presence": round(float(presence[0]), 5), "probabilities": [round(float(v), 4) for v in flat]}
    return vectors


def publish(
    checkpoint: Path, models: Path, version: str, photos: list[Pixels], validation: list[Sample], force: bool
) -> dict:
    """Write networks, manifest, parity vectors and float checkpoint to `models`; returns the manifest.

    Args:
        checkpoint: `best.pt` of a training run.
        models: the folder that serving reads.
        version: of the network, e.g. "1.0.0".
        photos: real photos that calibrate the int8 ranges; never validation photos.
        validation: photos that training has not seen; they calibrate presence and give the figures.
        force: overwrite a better model.

    Raises:
        SystemExit: the model that is there scores better and `force` is not set.
    """
    name, net = restore(checkpoint)
    logits, worn = presence_logits(net, validation), [s.presence > 0.5 for s in validation]
    calibration = calibrate(logits, worn)
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=models) as folder:
        fp32, int8 = Path(folder) / f"{name}-fp32.onnx", Path(folder) / f"{name}-int8.onnx"
        to_onnx(net, calibration, fp32)
        to_int8(fp32, int8, photos)
        nets = {"int8": session(int8), "fp32": session(fp32)}
        metrics = {kind: judge(one, validation) for kind, one in nets.items()}
        metrics["presence_ece_cross_fitted"] = round(ece(cross_fitted(logits, worn), worn), 4)
        refuse_worse(models / "model.json", metrics, force)
        manifest = {
            "name": name,
            "version": version,
            "file": int8.name,
            "sha256": sha256(int8),
            "float": {"file": fp32.name, "sha256": sha256(fp32), "checkpoint": f"{name}.pt"},
            "input": {
                "name": "photo",
                "layout": "NHWC",
                "type": "uint8",
                "longest": LONGEST,
                "multiple": STRIDE,
                "glance": GLANCE,
            },
            "classes": list(CLASSES),
            "activation": "softmax, given that a dress is worn; presence is a calibrated probability",
            "calibration": {"slope": round(calibration.slope, 4), "offset": round(calibration.offset, 4)},
            "metrics": {
                "photos": f"{len(validation)} validation photos, {sum(worn)} with a dress; the network alone",
                **metrics,
            },
            "data": "Clothing Co-Parsing (Apache-2.0), flat-lay photos of Grigorev's clothing dataset (CC0); "
            "encoder from a DeepLabV3 on Pascal VOC (Apache-2.0)",
            "licence": "Apache-2.0",
        }
        (models / "parity.json").write_text(json.dumps(parity(nets)) + "\n")
        half = {k: v.half() if v.dtype.is_floating_point else v for k, v in net.state_dict().items()}
        torch.save({"model": half, "network": name}, models / f"{name}.pt")
        fp32.replace(models / fp32.name)
        int8.replace(models / int8.name)
    # Last, so that a manifest never names a network that is not there yet.
    (models / "model.json").write_text(json.dumps(manifest, indent=2) + "\n")
    # From what is published by now, as anybody can do it again. The article's network has no such form.
    return add_tfjs_to(models) if isinstance(net, DressNet) else manifest


def refuse_worse(manifest: Path, metrics: dict, force: bool) -> None:
    """Stop before a better model is overwritten: the mean of dress IoU and presence AUC decides."""
    if force or not manifest.exists():
        return

    def score(found: dict) -> float:
        return (found["int8"]["dress_iou"] + found["int8"]["presence_auc"]) / 2

    old, new = score(json.loads(manifest.read_text())["metrics"]), score(metrics)
    if new < old:
        raise SystemExit(f"{manifest} holds a better model ({old:.4f}; this one {new:.4f}); --force overwrites it")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="best.pt of a training run")
    parser.add_argument("--data", type=Path, help="folder with ccp (calibration and validation photos)")
    parser.add_argument("--own", type=Path, help="one's own photos in the article's layout, instead of --data")
    parser.add_argument("--models", type=Path, required=True, help="where serving reads")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--force", action="store_true", help="overwrite a better model")
    args = parser.parse_args()
    if (args.data is None) == (args.own is None):
        parser.error("give either --data or --own")
    if args.own is not None:
        corpus = read_own(args.own)
        photos, validation = [s.photo for s in corpus.train], corpus.validation
    else:
        corpus = read_ccp(args.data / "ccp", tagged=False)
        # 60 photos or so cover the ranges that activations take.
        photos, validation = [s.photo for s in corpus.train[::14]], corpus.validation
    manifest = publish(args.checkpoint, args.models, args.version, photos, validation, args.force)
    print(json.dumps(manifest["metrics"], indent=2))


if __name__ == "__main__":
    main()
