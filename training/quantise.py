"""A float network in ONNX -> the same in int8."""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnx
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from data import Pixels
from rewrite import rewrite
from served import as_served

# A few thousand weights, and matrix products of pooled features: nothing to gain in 8 bits, and digits to lose.
FLOAT = ("/net/presence/", "/net/turned/")


class Photos(CalibrationDataReader):
    """Real photos at the served size, one at a time."""

    def __init__(self, photos: list[Pixels]) -> None:
        self.queue = iter(photos)

    def get_next(self) -> dict[str, Pixels] | None:
        photo = next(self.queue, None)
        return None if photo is None else {"photo": as_served(photo)}


def to_int8(fp32: Path, int8: Path, photos: list[Pixels]) -> None:
    """Static QDQ quantisation, activations uint8, weights int8 a channel, ranges from real photos.

    The heads for whole photos stay in float, and so does what lies outside the network itself (the average of views):
    probabilities in 256 steps would no longer add up to 1.
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(fp32), str(prepared), skip_symbolic_shape=True)
        names = [n.name for n in onnx.load(str(prepared)).graph.node]
        keep_float = [n for n in names if not n.startswith("/net/") or n.startswith(FLOAT)]
        quantized = Path(folder) / "quantized.onnx"
        quantize_static(
            str(prepared), str(quantized), Photos(photos), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=keep_float,
            calibrate_method=CalibrationMethod.MinMax, op_types_to_quantize=["Conv", "Clip", "Add", "Concat", "Resize"],
        )  # fmt: skip
        optimise(quantized, int8)


def optimise(net: Path, optimised: Path) -> None:
    """Fuse operators once, here, instead of each time that the network is loaded. The answers stay the same.

    Level "extended": its operators run on every processor that ONNX Runtime knows. What fits one kind of processor
    alone, such as layouts of planes, is left to whoever loads it.
    """
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(optimised)
    options.log_severity_level = 3
    ort.InferenceSession(str(net), options, providers=["CPUExecutionProvider"])
    fused = onnx.load(str(optimised))
    rewrite(fused)
    onnx.save(fused, str(optimised))
