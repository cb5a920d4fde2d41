"""The committed SafetyNets networks: operators, shapes, integer weights, and the static bound their metadata states."""

from __future__ import annotations

import hashlib
import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from examples.safetynets.results import table

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "models" / "safetynets"
RESULTS = json.loads((ROOT / "examples" / "safetynets" / "results.json").read_text())
SQUARE = ("cnn-2-quad-mnist", "cnn-2-quad-back-rand")
RELU = ("cnn-2-relu-mnist", "cnn-2-relu-back-rand")
OPERATORS = {
    "quad": ["Conv", "Mul", "AveragePool", "Conv", "Mul", "AveragePool", "Flatten", "Gemm"],
    "relu": ["Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Flatten", "Gemm"],
}
SHAPES = [(16, 1, 5, 5), (16,), (32, 16, 5, 5), (32,), (10, 512), (10,)]
LARGEST_FILE = 100_000
POOL_AREA = 4
FIELD_LIMIT = (2**61 - 2) // 2  # magnitudes up to (p - 1) / 2 for p = 2^61 - 1

Ends = list[tuple[int, int]]


def load(name: str) -> onnx.ModelProto:
    """One committed model."""
    return onnx.load(FOLDER / f"{name}.onnx")


def constants(model: onnx.ModelProto) -> list[np.ndarray]:
    """Weights and biases in graph order."""
    return [numpy_helper.to_array(tensor) for tensor in model.graph.initializer]


def properties(model: onnx.ModelProto) -> dict[str, str]:
    """The metadata."""
    return {entry.key: entry.value for entry in model.metadata_props}


def integer_layers(model: onnx.ModelProto) -> list[tuple[np.ndarray, list[int]]]:
    """Integer weights and biases by the rule alpha and the betas state."""
    stated, found = properties(model), constants(model)
    scale, layers = int(stated["assay.alpha"]), []
    for index, beta in enumerate(json.loads(stated["assay.betas"])):
        weights = np.rint(found[2 * index].astype(np.float64) * beta).astype(np.int64)
        scale *= beta
        layers.append((weights, [round(Fraction(float(value)) * scale) for value in found[2 * index + 1]]))
        scale = POOL_AREA * scale**2
    return layers


def after_linear(weights: np.ndarray, bias: list[int], ends: Ends) -> Ends:
    """Interval of each output, term by term and one input at a time."""
    each = weights.shape[1] // len(ends)
    found = []
    for row, start in zip(weights, bias, strict=True):
        low = high = start
        for place, weight in np.ndenumerate(row):
            if weight:
                products = [int(weight) * end for end in ends[place[0] // each]]
                low, high = low + min(products), high + max(products)
        found.append((low, high))
    return found


def after_square_and_pool(ends: Ends) -> Ends:
    """Interval of the sum of four squares."""
    found = []
    for low, high in ends:
        squares = sorted((low * low, high * high))
        found.append((0 if low <= 0 <= high else POOL_AREA * squares[0], POOL_AREA * squares[1]))
    return found


def largest_value(model: onnx.ModelProto) -> int:
    """The static bound, computed apart from the code that trained against it."""
    stated, layers = properties(model), integer_layers(model)
    ends, largest = [(int(stated["assay.input_low"]), int(stated["assay.input_high"]))], 0
    for index, (weights, bias) in enumerate(layers):
        ends = after_linear(weights, bias, ends)
        largest = max(largest, *(max(abs(low), abs(high)) for low, high in ends))
        if index < len(layers) - 1:
            ends = after_square_and_pool(ends)
            largest = max(largest, *(high for _, high in ends))
    return largest


@pytest.mark.parametrize("name", SQUARE + RELU)
def test_operators_shapes_and_size(name: str) -> None:
    model = load(name)
    onnx.checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == OPERATORS[name.split("-")[2]]
    assert [array.shape for array in constants(model)] == SHAPES
    assert all(array.dtype == np.float32 for array in constants(model))
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 17)]
    assert (FOLDER / f"{name}.onnx").stat().st_size < LARGEST_FILE


@pytest.mark.parametrize("name", SQUARE + RELU)
def test_any_batch_size_runs(name: str) -> None:
    model = load(name)
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "N"
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    images = np.random.default_rng(0).random((3, 1, 28, 28), np.float32)
    found = session.run(None, {"input": images})[0]
    alone = session.run(None, {"input": images[:1]})[0]
    assert found.shape == (3, 10)
    assert np.allclose(found[:1], alone, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", SQUARE)
def test_weights_are_whole_multiples(name: str) -> None:
    model = load(name)
    betas = json.loads(properties(model)["assay.betas"])
    for array, beta in zip(constants(model)[::2], betas, strict=True):
        times = array.astype(np.float64) * beta
        assert np.array_equal(times, np.rint(times))


@pytest.mark.parametrize("name", SQUARE)
def test_static_bound_fits_the_field(name: str) -> None:
    model = load(name)
    bound = largest_value(model)
    assert bound <= FIELD_LIMIT
    assert abs(math.log2(bound) - float(properties(model)["assay.static_bound_bits"])) < 0.001


@pytest.mark.parametrize("name", SQUARE + RELU)
def test_results_name_the_committed_weights(name: str) -> None:
    found = hashlib.sha256()
    for tensor in load(name).graph.initializer:
        found.update(tensor.name.encode() + b"\0" + numpy_helper.to_array(tensor).astype("<f4").tobytes())
    assert RESULTS[name]["parameters_sha256"] == found.hexdigest()


def test_speech_figures_are_recorded() -> None:
    entry = RESULTS["fcnn-3-quad"]
    assert entry["static_bound_bits"] < 120.9
    assert entry["test_inputs"] == 300


def test_readme_shows_the_recorded_figures() -> None:
    shown = (ROOT / "examples" / "safetynets" / "README.md").read_text()
    assert "\n".join(table()) in shown
