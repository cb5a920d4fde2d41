"""What a verifier asks of outputs and inputs themselves, before any equation says something about their residues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from malicious_servers import Answer, check, cnn, fields_of, honest, inputs_of, two_primes
from networks_kit import chain, exact_tensors

from proofs.errors import InvalidInput, RejectedProof, UnsupportedModel
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets import noninteractive
from proofs.sumcheck.safetynets.network import Network, Node
from proofs.sumcheck.safetynets.verifier import MAX_CLAIMS, check_number

ENDINGS: dict[str, Sequence[Any]] = {
    "convolution": [Convolution(np.ones((3, 2, 2, 2), np.int64), (1, 2, 3), (2, 3, 7), (2, 3), (1, 0, 0, 2))],
    "pool": [Square((2, 3, 7)), SumPool((2, 3, 7), (2, 3), (1, 2), (1, 0, 0, 1))],
    "square": [Dense(np.ones((5, 3), np.int64), (0,) * 5, (3,)), Square((5,)), Square((5,))],
    "reshape": [Square((24,)), Reshape((24,), (2, 3, 4))],
}


def doubled(times: int) -> Network:
    """A square added to itself time after time: each sum doubles the claims about what is before it."""
    nodes = [Node(Square((3,)), (0,)), *(Node(Add((3,)), (index, index)) for index in range(1, times + 1))]
    return Network((3,), -2, 2, Fraction(1), (), tuple(nodes))


@pytest.mark.parametrize("total", [1, 3])
@pytest.mark.parametrize("layers", ENDINGS.values(), ids=ENDINGS)
def test_networks_may_end_in_any_layer_and_shape(layers: Sequence[Any], total: int) -> None:
    network = chain(layers)
    x = inputs_of(network, total)
    answer = honest(network, x)
    assert (answer.outputs == exact_tensors(network, x)[-1].T).all()
    check(network, x, answer)
    messages = len(noninteractive.rounds(network, total))
    assert messages >= 1 and len(answer.proof) % 16 == 0
    outputs = answer.outputs.copy()
    outputs[-1, -1] += 1
    with pytest.raises(RejectedProof):
        check(network, x, Answer(outputs, answer.proof))


@pytest.mark.parametrize("make", [cnn, two_primes])
@pytest.mark.parametrize("sign", [1, -1])
def test_integers_of_the_same_residues_are_not_the_outputs(make: Callable[[], Network], sign: int) -> None:
    """They are congruent modulo every prime, so no equation can tell them from the right ones."""
    network = make()
    x = inputs_of(network, 3)
    answer = honest(network, x)
    product = np.prod([f.scalars.p for f in fields_of(network)], dtype=object)
    outputs = answer.outputs.astype(object)
    outputs[1, 0] += sign * product
    with pytest.raises(RejectedProof, match="half the product"):
        check(network, x, Answer(outputs, answer.proof))


@pytest.mark.parametrize(
    "change",
    [
        lambda y: y[:, :-1],
        lambda y: y[:-1],
        lambda y: y.reshape(-1),
        lambda y: y[..., None],
        lambda y: y.astype(np.float64),
        lambda y: y.astype(np.uint64),
        lambda y: y.astype(object) + Fraction(1, 3),
        lambda y: np.where(y == y.max(), None, y),
    ],
    ids=["a class less", "an example less", "flat", "an axis more", "real", "unsigned", "fractions", "one missing"],
)
def test_outputs_are_integers_of_the_networks_shape(change: Callable[[Any], Any]) -> None:
    network = cnn()
    x = inputs_of(network, 3)
    answer = honest(network, x)
    with pytest.raises(RejectedProof, match="outputs"):
        check(network, x, Answer(change(np.abs(answer.outputs)), answer.proof))


def test_inputs_outside_the_box_are_no_statement() -> None:
    """The bounds say nothing about them: outputs might be right modulo the prime and wrong as integers."""
    network = cnn()
    x = inputs_of(network, 3)
    answer = honest(network, x)
    x[0, 0] = network.input_high + 1
    with pytest.raises(InvalidInput, match="box"):
        check(network, x, answer)


def test_a_proof_is_bound_to_its_network_and_not_only_by_the_statement() -> None:
    """Another scale of the inputs: the same integers and the same messages, and other challenges."""
    network = cnn()
    x = inputs_of(network, 3)
    answer = honest(network, x)
    other = replace(network, alpha=2 * network.alpha)
    assert other.digest != network.digest
    assert (honest(other, x).outputs == answer.outputs).all()
    with pytest.raises(RejectedProof, match="layer"):
        check(other, x, answer)


def test_claims_that_multiply_without_end_are_refused() -> None:
    deepest = MAX_CLAIMS.bit_length() - 1
    network = doubled(deepest)
    x = inputs_of(network, 1)
    answer = honest(network, x)
    check(network, x, answer)
    assert (answer.outputs == (x.T**2 << deepest)).all()
    with pytest.raises(UnsupportedModel, match="merge the branches"):
        noninteractive.rounds(doubled(deepest + 1), 1)
    with pytest.raises(UnsupportedModel, match="layer 1 is read 65 times"):
        check_number([0] * (MAX_CLAIMS + 1), 1)
