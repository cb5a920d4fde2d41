"""The MobileNet converter: a small model made here, and the real ones where ``ASSAY_DATA`` has them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from examples.mobilenet.convert import to_onnx
from examples.mobilenet.images import pixels, real_inputs
from examples.mobilenet.model import Model, read, same_pads
from examples.safetynets.data import data_folder
from proofs.networks.execution import execute, logits
from proofs.networks.network import Clamp
from proofs.networks.onnx_import import import_float
from proofs.networks.quantise import integer_inputs, quantise

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "mobilenet_v1_0.25_128_quant",
    "mobilenet_v1_0.5_160_quant",
    "mobilenet_v2_1.0_224_quant",
    "tf2_mobilenet_v2_1.0_224_ptq",
)
MOST_ROWS = 600_000


def folder(name: str) -> Path:
    try:
        return data_folder(name)
    except FileNotFoundError:
        pytest.skip(f"no {name} in ASSAY_DATA: set it to the folder that holds {name}/")


def run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"image": x})[0])


def small(path: Path) -> Path:
    """Convolution (stride 2, SAME), depthwise with a scale a channel, addition, mean, convolution: two classes."""
    random = np.random.default_rng(3)
    arrays = {
        "w1": random.integers(0, 256, (4, 3, 3, 3), dtype=np.uint8),
        "b1": random.integers(-999, 999, 4, dtype=np.int32),
        "w2": random.integers(-128, 128, (1, 3, 3, 4), dtype=np.int8),
        "b2": random.integers(-99, 99, 4, dtype=np.int32),
        "s2": np.array([0.01, 0.02, 0.005, 0.01], np.float32),
        "w3": random.integers(-128, 128, (2, 1, 1, 4), dtype=np.int8),
        "b3": random.integers(-99, 99, 2, dtype=np.int32),
    }
    arrays["sb2"] = arrays["s2"] * np.float32(0.02)

    def tensor(shape: list[int], scale: float, zero: int, dtype: str = "uint8") -> dict[str, Any]:
        return {"name": "", "shape": shape, "dtype": dtype, "scale": scale, "zero_point": zero}

    def stored(name: str, **scale: Any) -> dict[str, Any]:
        return {"constant": name, "shape": list(arrays[name].shape), "dtype": str(arrays[name].dtype), **scale}

    tensors = {
        "0": tensor([1, 6, 6, 3], 0.01, 128),
        "1": stored("w1", scale=0.01, zero_point=120),
        "2": stored("b1", scale=0.0001, zero_point=0),
        "3": tensor([1, 3, 3, 4], 0.02, 0),
        "4": stored("w2", scale_array="s2", quant_axis=3, zero_point=0),
        "5": stored("b2", scale_array="sb2", quant_axis=0, zero_point=0),
        "6": tensor([1, 3, 3, 4], 0.05, 110),
        "7": tensor([1, 3, 3, 4], 0.06, 100),
        "8": tensor([1, 1, 1, 4], 0.03, 90),
        "9": stored("w3", scale=0.01, zero_point=0),
        "10": stored("b3", scale=0.0003, zero_point=0),
        "11": tensor([1, 1, 1, 2], 0.1, 128),
        "12": tensor([1, 2], 0.1, 128),
    }
    same = {"stride": [1, 1], "padding": "SAME", "activation": "NONE"}
    ops = [
        {"op": "CONV_2D", "inputs": [0, 1, 2], "output": 3, **same, "stride": [2, 2], "activation": "RELU6"},
        {"op": "DEPTHWISE_CONV_2D", "inputs": [3, 4, 5], "output": 6, **same},
        {"op": "ADD", "inputs": [3, 6], "output": 7, "activation": "NONE"},
        {"op": "MEAN", "inputs": [7, 99], "output": 8, "keep_dims": True},
        {"op": "CONV_2D", "inputs": [8, 9, 10], "output": 11, **same},
        {"op": "RESHAPE", "inputs": [11, 99], "output": 12},
        {"op": "SOFTMAX", "inputs": [12], "output": 13},
    ]
    file = path / "small.json"
    file.write_text(json.dumps({"model": "small", "input": 0, "output": 13, "ops": ops, "tensors": tensors}))
    np.savez(path / "small.npz", **arrays)  # type: ignore[arg-type]
    return file


def test_same_pads_put_the_odd_one_after() -> None:
    assert same_pads(224, 3, 2) == (0, 1)
    assert same_pads(7, 3, 2) == (1, 1)
    assert same_pads(56, 3, 1) == (1, 1)
    assert same_pads(7, 1, 1) == (0, 0)


def test_the_script_writes_a_model_the_integer_network_follows(tmp_path: Path) -> None:
    out = tmp_path / "small.onnx"
    script = ROOT / "examples" / "mobilenet" / "convert.py"
    subprocess.run([sys.executable, str(script), str(small(tmp_path)), str(out)], check=True, cwd=tmp_path)
    model = onnx.load(out)
    images = np.random.default_rng(1).integers(0, 256, (20, 6, 6, 3), dtype=np.uint8)
    x = real_inputs(read(tmp_path / "small.json"), images)
    network = import_float(out.read_bytes())
    integer, weights, report = quantise(network, None)
    assert not report.warnings
    assert float(integer.input_scale) == pytest.approx(0.01, rel=1e-6)
    inputs = integer_inputs(network, integer, x)
    assert inputs.clamped == 0
    assert np.array_equal(inputs.x.transpose(3, 1, 2, 0), images.astype(np.int16) - 128)
    found = execute(integer, weights, inputs.x, kernels="plain").logits * float(integer.output_scale)
    wanted = run(model, x)
    assert np.abs(found - wanted).max() < 0.05 * np.ptp(wanted)


@pytest.mark.parametrize("name", NAMES)
def test_real_models_fit_the_tables(name: str) -> None:
    model = read(folder("mobilenet-quant") / f"{name}.json")
    network = import_float(to_onnx(model).SerializeToString())
    integer, _, report = quantise(network, None)
    assert not report.warnings
    assert report.rows <= MOST_ROWS
    assert report.shifts[1] <= 16
    assert integer.classes == 1001
    assert all(isinstance(table, Clamp) for table in integer.tables)
    assert all(report.nodes[i].accumulator_bits <= 30 for i in range(len(integer.nodes)))


@pytest.mark.parametrize(("name", "count"), [(NAMES[0], 24), (NAMES[2], 2)])
def test_real_images(name: str, count: int) -> None:
    """The ONNX follows LiteRT's own integer logits, and the integer network follows both."""
    source = folder("mobilenet-quant")
    folder("imagenet-sample-1000")
    model = read(source / f"{name}.json")
    proto = to_onnx(model)
    images, labels = pixels(model.input.shape[1], count)
    x = real_inputs(model, images)
    wanted = golden(source, model, count)
    floating = run(proto, x)
    network = import_float(proto.SerializeToString())
    integer, weights, _ = quantise(network, None)
    found = logits(integer, weights, integer_inputs(network, integer, x).x) * float(integer.output_scale)
    scale = model.tensors[model.ops[-1].output].scale
    assert np.abs(floating - wanted).mean() < 2 * scale
    assert np.abs(found - wanted).mean() < 2 * scale
    assert (found.argmax(1) == labels).sum() >= 0.3 * count


def golden(source: Path, model: Model, count: int) -> np.ndarray:
    last = model.tensors[model.ops[-1].output]
    with np.load(source / "golden_sample_logits.npz") as stored:
        levels = stored[next(key for key in stored.files if key.startswith(model.name) and "top1" not in key)]
    return last.scale * (levels[:count].astype(np.float64) - last.zero_point)
