"""Rewritten networks say what they said."""

from collections import Counter

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from onnx import ModelProto
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from torch import nn

from rewrite import rewrite


class Halved(nn.Module):
    """Two convolutions that halve a picture, each after a frame, and shares of three planes."""

    def __init__(self, frame: nn.Module) -> None:
        super().__init__()
        self.first, self.frame = nn.Conv2d(3, 8, 3, 2), frame
        self.second, self.last = nn.Conv2d(8, 8, 3, 2), nn.Conv2d(8, 3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.first(self.frame(x)))
        return self.last(torch.relu(self.second(self.frame(x)))).softmax(1)


class Noise(CalibrationDataReader):
    def __init__(self) -> None:
        self.queue = iter(pictures(4))

    def get_next(self) -> dict[str, np.ndarray] | None:
        picture = next(self.queue, None)
        return None if picture is None else {"x": picture}


def pictures(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.uniform(-1, 1, (1, 3, 32, 48)).astype(np.float32) for _ in range(count)]


def quantised(frame: nn.Module, folder) -> ModelProto:
    torch.manual_seed(1)
    paths = [str(folder / f"{name}.onnx") for name in ("float", "int8", "fused")]
    torch.onnx.export(
        Halved(frame).eval(), (torch.zeros(1, 3, 32, 48),), paths[0], input_names=["x"], opset_version=17, dynamo=False
    )
    quantize_static(
        paths[0], paths[1], Noise(), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, op_types_to_quantize=["Conv", "Relu"],
    )  # fmt: skip
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = paths[2]
    ort.InferenceSession(paths[1], options)
    return onnx.load(paths[2])


def answers(net: ModelProto) -> list[np.ndarray]:
    session = ort.InferenceSession(net.SerializeToString())
    return [session.run(None, {"x": x})[0] for x in pictures(8)]


def operators(net: ModelProto) -> Counter:
    return Counter(n.op_type for n in net.graph.node)


def test_frames_of_zeros_and_softmax_between_planes_go_and_the_answers_stay(tmp_path):
    net = quantised(nn.ZeroPad2d((0, 1, 0, 1)), tmp_path)
    before, said = operators(net), answers(net)
    assert before["Pad"] == 2 and before["Softmax"] == 1 and before["QLinearConv"] == 3
    rewrite(net)
    after = operators(net)
    assert after["Pad"] == 0 and after["Softmax"] == 0 and after["QLinearConv"] == 3
    for a, b in zip(said, answers(net), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-7)


@pytest.mark.parametrize("frame", [nn.ConstantPad2d((0, 1, 0, 1), 0.5), nn.ReflectionPad2d((0, 1, 0, 1))])
def test_other_frames_stay(tmp_path, frame):
    net = quantised(frame, tmp_path)
    said = answers(net)
    rewrite(net)
    assert operators(net)["Pad"] == 2
    for a, b in zip(said, answers(net), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-7)
