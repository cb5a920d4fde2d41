"""Fidelity receipts of integer networks: counts, canonical bytes, and everything that is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from proofs.canonical import canonical_bytes
from proofs.errors import InvalidInput, MalformedProof
from proofs.networks.fidelity import Accuracy, NetworkFidelity, compare, ranks
from proofs.networks.graph import Activation, FloatConvolution, FloatNetwork, FloatNode, Grid
from proofs.networks.quantise import integer_inputs, quantise
from proofs.networks.quantise.floating import logits

RECEIPT = NetworkFidelity(10, 9, 1234, 5, 6, 700, Accuracy(5, 6, 8, 7, 9))


def network() -> FloatNetwork:
    """x (2) -> relu (2), levels of 0.1 up to 1 -> the same two numbers as logits."""
    one = np.eye(2).reshape(2, 2, 1, 1)
    op = FloatConvolution(0, one, np.zeros(2), (1, 1), (0, 0, 0, 0), 1)
    first = FloatNode(op, Activation("clip", 0.0), (2, 1, 1), Grid(0.1, 0, 10), "relu")
    last = FloatNode(replace(op, source=1), Activation(), (2, 1, 1), None, "head")
    return FloatNetwork((2, 1, 1), (2,), False, Grid(0.1, -20, 20), (first, last))


def receipt(x: np.ndarray, labels: np.ndarray | None, top_k: int = 1, **more: Any) -> NetworkFidelity:
    integer, weights, report = quantise(network(), None)
    inputs = integer_inputs(network(), integer, x)
    return compare(integer, weights, report, inputs, logits(network(), x), labels, top_k, **more)


def test_counts() -> None:
    x = np.array([[0.5, 0.2], [-1.0, 0.3], [1.2, 1.5], [0.8, 3.0]])
    steps: list[tuple[int, int]] = []
    found = receipt(x, np.array([0, 1, 1, 0]), 2, progress=lambda *step: steps.append(step))
    assert found.examples == 4
    assert found.clamped_inputs == 1  # 3.0
    assert found.saturated == 3  # 1.2, 1.5 and 2.0 become 1; ReLU's own zero is not counted
    assert found.agree == 3  # 1.2 and 1.5 are a tie, which class 0 wins
    assert found.accuracy == Accuracy(2, 2, 4, 3, 4)
    assert found.max_logit_error_ppm == pytest.approx(2_000_000, abs=2000)
    assert found.activations == 16
    assert steps[-1] == (4, 4)


def test_ranks_break_ties_towards_low_classes() -> None:
    table = np.array([[3, 5, 5, 1]] * 4)
    assert ranks(table, np.arange(4)).tolist() == [2, 0, 1, 3]


@pytest.mark.parametrize("found", [RECEIPT, replace(RECEIPT, accuracy=None)])
def test_bytes_round_trip(found: NetworkFidelity) -> None:
    assert NetworkFidelity.from_bytes(found.to_bytes()) == found


@pytest.mark.parametrize(
    "change",
    [
        {"examples": 0},
        {"agree": 11},
        {"saturated": 701},
        {"max_logit_error_ppm": -1},
        {"clamped_inputs": 1.5},
        {"more": 1},
        {"accuracy": {}},
        {"accuracy": 3},
        {"accuracy": {"top_k": 0}},
        {"accuracy": {"integer_top_k": 11}},
        {"accuracy": {"integer_top1": 9}},
        {"accuracy": {"float_top1": 10}},
        {"accuracy": {"float_top_k": True}},
    ],
)
def test_malformed_receipts(change: dict[str, Any]) -> None:
    value = json.loads(RECEIPT.to_bytes())
    part = change.get("accuracy")
    if isinstance(part, dict) and part:
        change = {"accuracy": value["accuracy"] | part}
    raw = json.dumps(value | change, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(MalformedProof):
        NetworkFidelity.from_bytes(raw)


def test_missing_fields_are_malformed() -> None:
    value = json.loads(RECEIPT.to_bytes())
    del value["agree"]
    with pytest.raises(MalformedProof):
        NetworkFidelity.from_bytes(canonical_bytes(value))


def test_refusals() -> None:
    x = np.array([[0.5, 0.2]])
    integer, weights, report = quantise(network(), None)
    inputs = integer_inputs(network(), integer, x)
    for wrong in (np.zeros((2, 2)), np.array([[np.nan, 0.0]])):
        with pytest.raises(InvalidInput):
            compare(integer, weights, report, inputs, wrong)
    for labels in (np.array([2]), np.array([-1]), np.array([0, 1]), np.array([0.0])):
        with pytest.raises(InvalidInput):
            receipt(x, labels)
    with pytest.raises(InvalidInput):
        receipt(x, np.array([0]), 3)
