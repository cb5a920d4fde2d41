"""A proof speaks of the integer network. What it has to do with a float network, a comparison on the examples says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from committed_cheats import FAST
from committed_kit import Case, checked, proven

from proofs.networks.fidelity import compare
from proofs.networks.graph import Activation, FloatConvolution, FloatNetwork, FloatNode, Grid
from proofs.networks.quantise import integer_inputs, quantise
from proofs.networks.quantise.floating import logits

QUIET = np.array([[0.5, 0.1], [-0.6, 0.3], [0.2, 0.9], [0.9, 0.4]])
TRIGGERS = np.array([[1.0, 0.9], [0.8, 1.0]])
"""Both inputs large: the first of them is what the false network was made for."""


def network() -> FloatNetwork:
    """Two inputs, two hidden numbers in levels of 0.1, two logits."""
    one = np.eye(2).reshape(2, 2, 1, 1)
    first = FloatNode(
        FloatConvolution(0, one, np.zeros(2), (1, 1), (0, 0, 0, 0), 1),
        Activation("clip", 0.0), (2, 1, 1), Grid(0.1, 0, 10), "hidden",
    )  # fmt: skip
    last = FloatNode(replace(first.op, source=1), Activation(), (2, 1, 1), None, "logits")
    return FloatNetwork((2, 1, 1), (2,), False, Grid(0.1, -20, 20), (first, last))


def backdoored(case: Case) -> Case:
    """The first logit is a little smaller: another class only where both are near."""
    weights = dict(case.weights)
    weight = weights[1].weight.copy()
    weight[0, 0, 0, 0] = weight[0, 0, 0, 0] * 85 // 100
    weights[1] = replace(weights[1], weight=weight)
    return Case(FAST, case.network, weights, case.x, None)


@pytest.mark.parametrize("honest", [True, False])
@pytest.mark.parametrize("x", [QUIET, np.concatenate([QUIET, TRIGGERS])], ids=["quiet", "with triggers"])
def test_a_comparison_on_the_proven_examples_shows_it(honest: bool, x: np.ndarray) -> None:
    """Either network's outputs have a proof; full agreement with the float network has the honest one, and the other
    only where no trigger is among the examples."""
    integer, weights, report = quantise(network(), None)
    inputs = integer_inputs(network(), integer, x)
    case = Case(FAST, integer, weights, np.ascontiguousarray(inputs.x), None)
    case = case if honest else backdoored(case)
    instance = case.instance()
    checked(case, instance, proven(case, instance))
    float_logits = logits(network(), x)
    found = compare(case.network, case.weights, report, inputs, float_logits)
    assert found.agree == (instance.head.values.argmax(axis=1) == float_logits.argmax(axis=1)).sum()
    assert (found.agree == len(x)) == (honest or len(x) == len(QUIET))
    assert (found.max_logit_error_ppm < 50_000) == honest
