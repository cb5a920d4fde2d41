"""Number types, bounds and closeness to the float model; no circuit compiler needed."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from integer_cases import operator_cases, random_case
from integer_kit import LIMIT, Case, Graph

from proofs.errors import UnsupportedModel
from proofs.integer import IntegerModel

ROOT = Path(__file__).resolve().parents[3]
DIGITS = (ROOT / "examples/models/digits_mlp.onnx").read_bytes()


def as_integers(values: np.ndarray) -> list[list[int]]:
    return [[int(value) for value in row] for row in values]


@settings(max_examples=60, deadline=None)
@given(st.integers(1000, 9000))
def test_both_number_types_give_the_same(seed: int) -> None:
    found = random_case(seed)
    model = found.integer_model
    exact = dataclasses.replace(model, safe=1 << 24).run(found.raw) if model.safe >= 60 else model.run(found.raw)
    wide = dataclasses.replace(model, safe=-1).run(found.raw)
    assert wide.values.dtype == object
    assert as_integers(exact.values) == as_integers(wide.values)


@settings(max_examples=40, deadline=None)
@given(st.integers(1000, 9000), st.integers(0, 24))
def test_nothing_overflows_where_int64_is_called_safe(seed: int, bits: int) -> None:
    model = random_case(seed).integer_model
    size = min((1 << bits) - 1, model.safe)
    if size < 0:
        return
    raw = np.random.default_rng(seed).choice(np.array([-size, size]), (4, 3)).astype(np.int64)
    model = dataclasses.replace(model, unchecked=1 << 24)
    wide = dataclasses.replace(model, safe=-1).run(raw)
    assert as_integers(model.run(raw).values) == as_integers(wide.values)


def test_large_inputs_of_a_deep_product_need_wide_integers() -> None:
    g = Graph((3,))
    tensor = "x"
    for _ in range(3):
        tensor = g.add("MatMul", tensor, g.put(np.full((3, 3), 100.0)))
    deep = Case("deep", g.onnx(tensor, 3), (3,), 3, np.full((1, 3), (1 << 24) - 1), 10)
    model = deep.integer_model
    assert 0 < model.safe < (1 << 24) - 1
    assert model.run(deep.raw).integers(0) == [(3 * 102_400) ** 3 * ((1 << 24) - 1)] * 3


@pytest.mark.parametrize("found", operator_cases(), ids=lambda found: found.name)
def test_close_to_onnxruntime_at_a_fine_scale(found: Case) -> None:
    raw = found.raw << 10
    fine = dataclasses.replace(found, scale_bits=14, raw=raw)
    outputs = fine.integer_model.run(raw)
    session = onnxruntime.InferenceSession(found.model)
    x = (raw / (1 << 14)).astype(np.float32).reshape(len(raw), *found.shape)
    floats = np.concatenate([session.run(None, {"x": x[i : i + 1]})[0] for i in range(len(x))])
    assert np.allclose(outputs.values.astype(float) / 2.0**outputs.scale_bits, floats, atol=0.02, rtol=0.002)


def test_classes_are_first_maxima() -> None:
    g = Graph((3,))
    model = Case("x", g.onnx(g.add("Relu", "x"), 3), (3,), 3, np.zeros((1, 3), np.int64)).integer_model
    assert model.run(np.array([[5, 5, 1], [-1, -2, 0], [-1, -1, -1]])).classes.tolist() == [0, 0, 0]


def test_a_batch_is_its_examples() -> None:
    for found in operator_cases():
        model = found.integer_model
        rows = [model.run(found.raw[i : i + 1]).integers(0) for i in range(len(found.raw))]
        assert rows == as_integers(model.run(found.raw).values), found.name


def test_two_thousand_single_digits_a_second() -> None:
    model = IntegerModel.compile_onnx(DIGITS, 10, LIMIT)
    raw = np.random.default_rng(0).integers(0, 1025, (1, 64))
    model.run(raw)
    best = min(_time(model, raw) for _ in range(5))
    assert best < 1 / 2000


def _time(model: IntegerModel, raw: np.ndarray) -> float:
    began = time.perf_counter()
    for _ in range(100):
        model.run(raw)
    return (time.perf_counter() - began) / 100


def test_products_of_stored_tensors_are_refused() -> None:
    g = Graph((3,))
    matrix = g.add("MatMul", g.put(np.ones((3, 3))), g.put(np.eye(3)))
    found = Case("folded", g.onnx(g.add("MatMul", "x", matrix), 3), (3,), 3, np.zeros((1, 3), np.int64))
    with pytest.raises(UnsupportedModel, match="stored tensors alone"):
        _ = found.integer_model
