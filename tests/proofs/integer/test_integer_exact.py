"""The integer executor against ezkl itself, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from integer_cases import case, conv, flat, operator_cases, random_case
from integer_kit import Case, Graph, ezkl_outputs

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.halo2.description import RunParameters
from proofs.integer import OutOfRange
from proofs.onnx_check.operators import SUPPORTED

ROOT = Path(__file__).resolve().parents[3]
RANDOM_GRAPHS = 150
SMALL = RunParameters(1024, 2, 15, (0, 0))


def agree(cases: list[Case]) -> None:
    for found, (expected, scale) in zip(cases, ezkl_outputs(cases), strict=True):
        outputs = found.integer_model.run(found.raw)
        assert [outputs.integers(i) for i in range(len(found.raw))] == expected, found.name
        assert outputs.scale_bits == scale, found.name


def test_every_operator_and_way_of_rounding() -> None:
    agree(operator_cases())


def test_random_graphs() -> None:
    agree([random_case(seed) for seed in range(RANDOM_GRAPHS)])


def test_the_cases_cover_every_supported_operator() -> None:
    import onnx

    models = [onnx.load_model_from_string(found.model) for found in operator_cases()]
    used = {node.op_type for model in models for node in model.graph.node}
    assert used | {"Constant"} == SUPPORTED


@pytest.mark.parametrize("name", ["digits_mlp", "digits_lazy"])
def test_the_digits_models(name: str) -> None:
    model = (ROOT / f"examples/models/{name}.onnx").read_bytes()
    with np.load(ROOT / "datasets/digits_audit.npz") as data:
        x = data["x"][:24]
    raw = np.rint(x.reshape(len(x), -1).astype(np.float64) * 1024).astype(np.int64)
    agree([Case(name, model, (64,), 10, raw, 10)])


def test_a_small_convolutional_network() -> None:
    rng, g = np.random.default_rng(0), Graph((1, 8, 8))
    first = g.add("Conv", "x", g.put(rng.normal(size=(4, 1, 3, 3))), g.put(rng.normal(size=4)), strides=[2, 2])
    second = g.add("Conv", g.add("Relu", first), g.put(rng.normal(size=(4, 2, 2, 2))), group=2, strides=[1, 1])
    tensor = g.add("Flatten", g.add("Relu", second))
    logits = g.add("Gemm", tensor, g.put(rng.normal(size=(16, 5))), g.put(rng.normal(size=5)))
    agree([Case("cnn", g.onnx(logits, 5), (1, 8, 8), 5, rng.integers(-1024, 1024, (3, 64)), 10)])


def test_the_circuit_refuses_exactly_what_outgrows_its_digits() -> None:
    graph = Graph((2,))
    wide = case("wide", lambda g: g.add("Relu", "x"))
    limit = SMALL.base**SMALL.legs
    raw = np.array([[limit - 1, 0], [0, 1 - limit], [limit, 0], [0, -limit]], dtype=np.int64)
    found = Case(wide.name, graph.onnx(graph.add("Relu", "x"), 2), (2,), 2, raw, 4, SMALL)
    [(outputs, _)] = ezkl_outputs([found])
    with pytest.raises(OutOfRange) as error:
        found.integer_model.run(raw)
    assert error.value.examples == tuple(i for i, row in enumerate(outputs) if row is None) == (2, 3)
    assert found.integer_model.run(raw[:2]).values.tolist() == outputs[:2]


@pytest.mark.parametrize("op", ["Mul", "Add", "Sub"])
def test_stored_numbers_after_a_convolution_are_refused(op: str) -> None:
    def body(g: Graph) -> str:
        return flat(g, str(g.add(op, conv(g, [2, 1, 2, 2]), g.put(np.array([0.3, 0.7]).reshape(1, 2, 1, 1)))))

    with pytest.raises(UnsupportedModel, match="fold them into the Conv's weights"):
        _ = case("fused", body, (1, 2, 2), 2).integer_model


def test_inputs_of_another_shape_or_size_are_refused() -> None:
    model = case("x", lambda g: g.add("Relu", "x")).integer_model
    for raw in (np.zeros((1, 4), np.int64), np.zeros((0, 3), np.int64), np.zeros((1, 3)), np.full((1, 3), 1 << 24)):
        with pytest.raises(InvalidInput):
            model.run(raw)
    with pytest.raises(InvalidInput, match="magnitudes"):
        model.run(np.full((1, 3), np.iinfo(np.int64).min))
