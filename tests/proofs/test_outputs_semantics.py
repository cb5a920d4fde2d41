"""What the circuits of retrieval and inference compute: numpy's first argmax, >=, and the integer model's logits."""

from __future__ import annotations

import itertools

import numpy as np
import onnx
import onnxruntime
import pytest
from circuits import circuit_outputs
from helpers.tiny_models import identity_model, mlp
from helpers.tiny_outputs import views
from onnx import TensorProto

from proofs.commitment.view_format import ViewFormat
from proofs.halo2.architecture import split_model
from proofs.halo2.circuits.inference import inference_circuit
from proofs.halo2.circuits.retrieval import retrieval_circuit
from proofs.halo2.mask import fresh
from proofs.integer import IntegerModel
from proofs.predicate import CLASS, MAX_THRESHOLD, THRESHOLD, Predicate

SCALE_BITS = 7
ONE = 1 << SCALE_BITS
Case = tuple[np.ndarray, Predicate]


def view(features: int, batch: int) -> ViewFormat:
    return ViewFormat((features,), "fixed", SCALE_BITS, SCALE_BITS, batch)


def bits(model: bytes, shape: ViewFormat, outputs: int, cases: list[Case]) -> list[list[bool]]:
    """The circuit's bits for each (raw integers (b, features), predicate); all predicates of one kind."""
    architecture, weights = split_model(model)
    threshold = cases[0][1].kind == THRESHOLD
    circuit = retrieval_circuit(architecture, weights, shape, outputs, fresh(2), threshold)
    found = circuit_outputs(circuit, shape, [(raw, p.words(outputs, SCALE_BITS)) for raw, p in cases])
    assert all(word in (0, ONE) for row in found for word in row)
    return [[word == ONE for word in row] for row in found]


def logits_with_ties(rng: np.random.Generator, size: tuple[int, int], case: int) -> np.ndarray:
    """Raw integers: few distinct values, all alike, neighbours, or large ones of either sign."""
    kinds = [
        lambda: rng.integers(-1, 2, size),
        lambda: np.full(size, rng.integers(-5, 5)),
        lambda: rng.integers(1000, 1003, size) * rng.choice([-1, 1]),
        lambda: rng.integers(-500_000, 500_000, size),
    ]
    return kinds[case % len(kinds)]()


@pytest.mark.parametrize(("outputs", "batch"), [(2, 1), (10, 4)])
def test_class_is_numpys_first_argmax(outputs: int, batch: int) -> None:
    rng = np.random.default_rng(outputs)
    cases = [
        (logits_with_ties(rng, (batch, outputs), case), Predicate(CLASS, int(rng.integers(outputs))))
        for case in range(40)
    ]
    wanted = [list(raw.argmax(axis=1) == predicate.selected) for raw, predicate in cases]
    assert bits(identity_model(outputs), view(outputs, batch), outputs, cases) == wanted
    assert {bit for row in wanted for bit in row} == {False, True}


def test_every_class_against_every_order_of_three_logits() -> None:
    """All orders with ties, 3^3 documents, each for every class."""
    batches = [np.array([logits]) for logits in itertools.product((-1, 0, 1), repeat=3)]
    cases = [(raw, Predicate(CLASS, selected)) for raw in batches for selected in range(3)]
    wanted = [list(raw.argmax(axis=1) == predicate.selected) for raw, predicate in cases]
    assert bits(identity_model(3), view(3, 1), 3, cases) == wanted


def test_threshold_is_at_least_and_equal_is_enough() -> None:
    """Thresholds below, at and above each logit, negative ones, and the largest there are."""
    rng = np.random.default_rng(3)
    cases = []
    for case in range(12):
        raw = logits_with_ties(rng, (2, 3), case)
        selected = case % 3
        near = [int(raw[0, selected]) + step for step in (-1, 0, 1)]
        cases += [(raw, Predicate(THRESHOLD, selected, t)) for t in (*near, 0, MAX_THRESHOLD, -MAX_THRESHOLD)]
    wanted = [list(raw[:, p.selected] >= p.threshold) for raw, p in cases]
    assert bits(identity_model(3), view(3, 2), 3, cases) == wanted
    assert [row[0] for row in wanted[::6]] == [True] * 12 == [row[0] for row in wanted[1::6]]
    assert not any(row[0] for row in wanted[2::6])


def test_logits_are_the_integer_models_and_near_the_float_models() -> None:
    model = mlp(0)
    architecture, weights = split_model(model)
    raw = np.concatenate([np.round(views(4) * ONE), np.zeros((1, 8)), np.full((1, 8), 900.0)]).astype(np.int64)
    circuit = inference_circuit(architecture, weights, view(8, 2), 3, fresh(2))
    found = circuit_outputs(circuit, view(8, 2), [(raw[i : i + 2], ()) for i in range(0, len(raw), 2)])
    exact = IntegerModel.compile(architecture, weights, (8,), SCALE_BITS, 1 << 60).run(raw)
    assert [word for batch in found for word in batch] == exact.values.reshape(-1).tolist()
    session = onnxruntime.InferenceSession(model)
    floats = session.run(None, {session.get_inputs()[0].name: (raw / ONE).astype("f4")})[0]
    scaled = exact.values.astype(float) / (1 << exact.scale_bits)
    assert np.abs(scaled - floats).max() < 0.25  # 8 weights half a step off, inputs up to 7
    assert (scaled[:4].argmax(1) == floats[:4].argmax(1)).all()


def test_bits_are_those_of_the_proven_logits() -> None:
    """Class and threshold decide as ``Predicate.holds`` says of the inference circuit's logits, off the grid, too."""
    model = mlp(0)
    exact = IntegerModel.compile(*split_model(model), (8,), SCALE_BITS, 1 << 60)
    raw = np.round(np.random.default_rng(5).normal(0, 2, (12, 8)) * ONE).astype(np.int64)
    logits = exact.run(raw)
    for kind in (CLASS, THRESHOLD):
        cases = []
        for start in range(0, 12, 2):
            selected = start % 3
            limit = int(logits.integers(start)[selected] >> (logits.scale_bits - SCALE_BITS))
            for step in (0, 1) if kind == THRESHOLD else (0,):
                predicate = Predicate(kind, selected, limit + step if kind == THRESHOLD else None)
                cases.append((raw[start : start + 2], predicate))
        rows = [[logits.integers(s), logits.integers(s + 1)] for s in range(0, 12, 2) for _ in range(len(cases) // 6)]
        wanted = [
            [predicate.holds(row, logits.scale_bits, SCALE_BITS) for row in pair]
            for pair, (_, predicate) in zip(rows, cases, strict=True)
        ]
        assert bits(model, view(8, 2), 3, cases) == wanted
        assert {bit for row in wanted for bit in row} == {False, True}


@pytest.mark.parametrize("task", ["inference", "class", "threshold"])
def test_circuits_hold_no_float_constant_of_their_own(task: str) -> None:
    """A constant of the wrapper would be a committed parameter, hence the prover's to choose."""
    architecture, weights = split_model(mlp())
    if task == "inference":
        circuit = inference_circuit(architecture, weights, view(8, 2), 3, fresh(2))
    else:
        circuit = retrieval_circuit(architecture, weights, view(8, 2), 3, fresh(2), task == "threshold")
    graph = onnx.load_model_from_string(circuit).graph
    floats = {t.name for t in graph.initializer if t.data_type not in (TensorProto.INT64, TensorProto.INT32)}
    assert {name for name in floats if not name.startswith("m_")} == {"mask_inner", "mask_outer", "blind_outer"}
    assert not [node for node in graph.node if node.op_type == "Constant"]
    wrapper = [node for node in graph.node if node.output[0].startswith("wrap_")]
    assert {a.name for node in wrapper for a in node.attribute} <= {"axis", "keepdims"}
    words = {"inference": 6, "class": 2 + 3, "threshold": 2 + 3 + 1}[task]
    sides = [[d.dim_value for d in output.type.tensor_type.shape.dim] for output in graph.output]
    assert sum(int(np.prod(side)) for side in sides) == words + 1 + 16
