"""Servers that cheat, and what rejects each of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from malicious_servers import (
    STATEMENT,
    TOTAL,
    Answer,
    check,
    cnn,
    fields_of,
    garbage_in_pads,
    honest,
    inputs_of,
    posing_as,
    prove_tables,
    residual,
    squares_skipped,
    two_primes,
    with_layer,
)

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.safetynets.execution.execute import execute_all, signed_outputs
from proofs.sumcheck.safetynets.network import Network

NETWORKS = {"cnn": cnn, "residual": residual, "two primes": two_primes}
EVERY_NETWORK = pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
Maker = Callable[[], Network]


@EVERY_NETWORK
@pytest.mark.parametrize("total", [1, 2, 21, 64])
def test_honest_servers_are_believed(make: Maker, total: int) -> None:
    network = make()
    x = inputs_of(network, total)
    answer = honest(network, x)
    check(network, x, answer)
    assert answer.outputs.shape == (total, network.classes)


def test_two_primes_are_two_branches() -> None:
    network = two_primes()
    x = inputs_of(network)
    answer = honest(network, x)
    assert len(fields_of(network)) == 2 and max(abs(int(v)) for v in answer.outputs.flat) > 1 << 61


@EVERY_NETWORK
def test_random_answers(make: Maker) -> None:
    network = make()
    x = inputs_of(network)
    answer = honest(network, x)
    noise = np.random.default_rng(1).integers(-100, 100, answer.outputs.shape)
    with pytest.raises(RejectedProof):
        check(network, x, Answer(noise, answer.proof))


@EVERY_NETWORK
@pytest.mark.parametrize("by", [1, -1])
def test_one_wrong_output_in_a_batch(make: Maker, by: int) -> None:
    network = make()
    x = inputs_of(network, 300)
    answer = honest(network, x)
    outputs = answer.outputs.copy()
    outputs[217, -1] += by
    with pytest.raises(RejectedProof):
        check(network, x, Answer(outputs, answer.proof))


def test_an_output_off_by_one_of_two_primes() -> None:
    """Right modulo one prime, wrong modulo the other: why both branches are checked."""
    network = two_primes()
    x = inputs_of(network)
    answer = honest(network, x)
    for f in fields_of(network):
        outputs = answer.outputs.copy()
        outputs[3, 2] += f.scalars.p
        with pytest.raises(RejectedProof):
            check(network, x, Answer(outputs, answer.proof))


def test_a_lazy_server_with_a_smaller_model() -> None:
    """Of the same shape, a channel's weights being zero, and of another one."""
    network = cnn()
    x = inputs_of(network)
    layer = network.nodes[0].layer
    assert isinstance(layer, Convolution)
    weight = layer.weight.copy()
    weight[1:] = 0
    lazy = with_layer(network, 0, Convolution(weight, layer.bias, layer.in_shape, layer.stride, layer.pads))
    with pytest.raises(RejectedProof, match="layer"):
        check(network, x, posing_as(network, lazy, x))
    with pytest.raises(MalformedProof):
        check(network, x, posing_as(network, cnn(channels=1), x))


@pytest.mark.parametrize("node", [0, 3, 5])
def test_one_wrong_weight(node: int) -> None:
    network = cnn()
    x = inputs_of(network)
    layer = network.nodes[node].layer
    assert isinstance(layer, Convolution | Dense)
    weight = layer.weight.copy()
    weight.flat[-1] += 1
    other = (
        Dense(weight, layer.bias, layer.in_shape)
        if isinstance(layer, Dense)
        else Convolution(weight, layer.bias, layer.in_shape, layer.stride, layer.pads)
    )
    with pytest.raises(RejectedProof):
        check(network, x, posing_as(network, with_layer(network, node, other), x))


@pytest.mark.parametrize("node", [0, 3, 5])
def test_one_wrong_bias(node: int) -> None:
    network = cnn()
    x = inputs_of(network)
    layer = network.nodes[node].layer
    assert isinstance(layer, Convolution | Dense)
    bias = (*layer.bias[:-1], layer.bias[-1] + 1)
    other = (
        Dense(layer.weight, bias, layer.in_shape)
        if isinstance(layer, Dense)
        else Convolution(layer.weight, bias, layer.in_shape, layer.stride, layer.pads)
    )
    with pytest.raises(RejectedProof):
        check(network, x, posing_as(network, with_layer(network, node, other), x))


@pytest.mark.parametrize("node", [1, 4])
def test_a_skipped_square(node: int) -> None:
    network = cnn()
    x = inputs_of(network)
    with pytest.raises(RejectedProof):
        check(network, x, squares_skipped(network, node, x))


@EVERY_NETWORK
def test_replay_of_another_batch(make: Maker) -> None:
    network = make()
    x, other = inputs_of(network), inputs_of(network, seed=6)
    old = honest(network, other)
    with pytest.raises(RejectedProof):
        check(network, x, old)
    with pytest.raises(RejectedProof):
        check(network, x, Answer(honest(network, x).outputs, old.proof))
    with pytest.raises(RejectedProof):
        check(network, other, old, b"another statement")


@EVERY_NETWORK
def test_another_batch_run_in_place_of_the_one_asked_for(make: Maker) -> None:
    """With the transcript of the right inputs: every equation holds but the one about the inputs themselves."""
    network = make()
    x, other, fields = inputs_of(network), inputs_of(network, seed=6), fields_of(network)
    executions = list(execute_all(network, fields, other))
    outputs = signed_outputs(network, executions)
    with pytest.raises(RejectedProof, match="'input'"):
        check(network, x, prove_tables(network, network, x, outputs, executions, fields))
    check(network, other, prove_tables(network, network, other, outputs, executions, fields))


def test_garbage_in_pads() -> None:
    """The batch padded with garbage, as a prover is free to do in its own tables; with and without a wrong output."""
    network = cnn()
    x = inputs_of(network)
    assert TOTAL < 32
    for wrong in (0, 1):
        with pytest.raises(RejectedProof):
            check(network, x, garbage_in_pads(network, x, wrong))


def test_a_batch_of_another_size() -> None:
    network = cnn()
    x = inputs_of(network, 32)
    answer = honest(network, x)
    with pytest.raises((MalformedProof, RejectedProof)):
        check(network, x[:, :31], Answer(answer.outputs[:31], answer.proof))
    with pytest.raises(MalformedProof):
        check(network, x[:, :16], Answer(answer.outputs[:16], answer.proof))


@EVERY_NETWORK
def test_every_element_of_every_message(make: Maker) -> None:
    """Each coordinate of a proof, changed to another, is rejected; one that is not canonical is malformed."""
    network = make()
    x = inputs_of(network, 5)
    answer = honest(network, x)
    p = fields_of(network)[0].scalars.p
    assert len(answer.proof) % 8 == 0
    for start in range(0, len(answer.proof), 8):
        value = int.from_bytes(answer.proof[start : start + 8], "little")
        for changed, error in (((value + 1) % (1 << 60), RejectedProof), (p, MalformedProof)):
            proof = answer.proof[:start] + changed.to_bytes(8, "little") + answer.proof[start + 8 :]
            with pytest.raises(error):
                check(network, x, Answer(answer.outputs, proof))


def test_lengths() -> None:
    network = cnn()
    x = inputs_of(network, 5)
    answer = honest(network, x)
    for proof in (b"", answer.proof[:-1], answer.proof[:-16], answer.proof + b"\0", answer.proof + bytes(16)):
        with pytest.raises(MalformedProof):
            check(network, x, Answer(answer.outputs, proof))
    assert check(network, x, answer, STATEMENT) is None
