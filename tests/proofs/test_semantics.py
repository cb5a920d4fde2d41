"""What the accuracy circuit counts: exactly numpy's first argmax, ties included, whatever the mask is made to hold."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from circuits import circuit_of, counts, with_constants
from helpers.tiny_models import identity_model, mlp
from onnx import TensorProto, helper

from proofs.commitment.input_format import InputFormat
from proofs.halo2.description import PARAM_VISIBILITY
from proofs.halo2.mask import BLIND_LIMBS
from proofs.halo2.runner import run_job
from proofs.halo2.settings import run_args

CASES = 40


def logits_with_ties(shape: InputFormat, rng: np.random.Generator, case: int) -> np.ndarray:
    """Raw integers: few distinct values, all alike, neighbours, or large ones of either sign."""
    size = (shape.batch, shape.classes)
    kinds = [
        lambda: rng.integers(-1, 2, size),
        lambda: np.full(size, rng.integers(-5, 5)),
        lambda: rng.integers(1000, 1003, size) * rng.choice([-1, 1]),
        lambda: rng.integers(-500_000, 500_000, size),
    ]
    return kinds[case % len(kinds)]()


def batches_for(shape: InputFormat, total: int, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    found = []
    for case in range(total):
        logits = logits_with_ties(shape, rng, case // 2)
        labels = logits.argmax(axis=1) if case % 2 else rng.integers(0, shape.classes, shape.batch)
        found.append((logits, labels))
    return found


def expected(batches: list[tuple[np.ndarray, np.ndarray]]) -> list[int]:
    return [int((logits.argmax(axis=1) == labels).sum()) for logits, labels in batches]


@pytest.mark.parametrize(("classes", "batch"), [(2, 1), (3, 2), (10, 8), (2, 4), (4, 1)])
def test_counts_numpys_first_argmax(classes: int, batch: int) -> None:
    shape = InputFormat((classes,), 7, classes, batch)
    batches = batches_for(shape, CASES, seed=classes * 100 + batch)
    wanted = expected(batches)
    assert counts(circuit_of(identity_model(classes), shape), shape, batches) == wanted
    assert len(set(wanted)) > 1


def test_every_label_against_every_order_of_three_classes() -> None:
    """All orders with ties of three logits, all labels: 3^3 x 3 examples."""
    shape = InputFormat((3,), 7, 3, 1)
    orders = [np.array([[a, b, c]]) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1)]
    batches = [(logits, np.array([label])) for logits in orders for label in range(3)]
    assert counts(circuit_of(identity_model(3), shape), shape, batches) == expected(batches)


@pytest.mark.parametrize("column", ["mask_outer", "blind_outer"])
def test_committed_mask_cannot_change_a_count(column: str) -> None:
    shape = InputFormat((3,), 7, 3, 2)
    batches = [pair for pair in batches_for(shape, CASES) if abs(pair[0]).max() < 2000]
    honest = circuit_of(identity_model(3), shape)
    width = {"mask_outer": 2, "blind_outer": BLIND_LIMBS}[column]
    for value in (1 / 128, -3 / 128, np.arange(width)[:, None] / 128):
        malicious = with_constants(honest, **{column: value})
        assert malicious != honest
        assert counts(malicious, shape, batches) == expected(batches)


def test_no_mask_at_all_counts_the_same() -> None:
    shape = InputFormat((3,), 7, 3, 2)
    batches = batches_for(shape, 8)
    assert counts(circuit_of(identity_model(3), shape, mask_units=0), shape, batches) == expected(batches)


def test_wrapper_holds_no_float_constant_of_its_own() -> None:
    shape = InputFormat((8,), 7, 3, 2)
    graph = onnx.load_model_from_string(circuit_of(mlp(), shape)).graph
    floats = {t.name for t in graph.initializer if t.data_type not in (TensorProto.INT64, TensorProto.INT32)}
    assert {name for name in floats if not name.startswith("m_")} <= {"mask_inner", "mask_outer", "blind_outer"}
    assert not [node for node in graph.node if node.op_type == "Constant"]
    wrapper = [node for node in graph.node if node.output[0].startswith("wrap_")]
    assert {a.name for node in wrapper for a in node.attribute} <= {"axis", "keepdims"}


def rows_of(op: str, folder) -> int:
    graph = helper.make_graph(
        [helper.make_node(op, ["x"], ["y"])],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 100])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 100])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "one.onnx").write_bytes(model.SerializeToString())
    from circuits import PARAMETERS

    arguments = run_args(7, "polycommit", PARAMETERS)
    request = {"model": "one.onnx", "run_args": {**arguments, "input_visibility": "private"}}
    return int(run_job("settings", request, folder=folder).answer["settings"]["num_rows"])


def test_sign_of_zero_is_constrained(tmp_path) -> None:
    """The tie rule rests on sign(0) = 0. Abs decomposes without that check; Sign must cost the rows of having it."""
    assert rows_of("Sign", tmp_path) - rows_of("Abs", tmp_path) >= 200


def test_private_weights_are_not_a_binding() -> None:
    assert "private" not in PARAM_VISIBILITY.values()
