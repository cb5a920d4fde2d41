"""Network, inputs and outputs are in the transcript whatever the statement says, so none is chosen after a challenge.

The attack: the outputs enter the proof as one value at one point. Somebody who knows the point before the outputs are
fixed has two linear equations, over the prime, in as many unknowns as there are outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from malicious_servers import STATEMENT, Answer, check, cnn, fields_of, honest, inputs_of, residual, two_primes
from networks_kit import chain
from numpy.typing import NDArray

from proofs.errors import InvalidInput, RejectedProof
from proofs.sumcheck.exchange import Receive
from proofs.sumcheck.fields import Field, Integers
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets import noninteractive
from proofs.sumcheck.safetynets.execution.execute import execute_all
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.points import cut
from proofs.sumcheck.safetynets.verifier import verify
from proofs.sumcheck.transcript import Transcript

bound = noninteractive._transcript
NETWORKS = {"cnn": cnn, "residual": residual, "two primes": two_primes}
EVERY_NETWORK = pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
Maker = Callable[[], Network]
Transcribe = Callable[..., Transcript]


def without_inputs(
    network: Network, inputs: Integers, outputs: NDArray[Any], fields: Sequence[Field], statement: bytes
) -> Transcript:
    """The transcript of a verifier that forgets to hash the inputs."""
    return bound(network, np.zeros_like(inputs), outputs, fields, statement)


def without_outputs(
    network: Network, inputs: Integers, outputs: NDArray[Any], fields: Sequence[Field], statement: bytes
) -> Transcript:
    """The transcript of a verifier that forgets to hash the outputs."""
    return bound(network, inputs, np.zeros_like(outputs), fields, statement)


def weights_of_outputs(network: Network, x: Integers, outputs: NDArray[Any]) -> NDArray[Any]:
    """eq at the first point of the proof about these outputs: coordinates (2, N K), as Python integers."""
    (f,) = fields_of(network)
    request = next(verify(network, f, outputs))
    assert isinstance(request, Receive)
    transcript = noninteractive._transcript(network, x, outputs, [f], STATEMENT)
    transcript.exchange("fields", b"[[%d,2]]" % f.scalars.p, 0, f.scalars)
    axes, batch = cut(transcript.exchange(request.label, b"", request.challenges, f.scalars), network.output_shape)
    rows, columns = f.eq_table(axes[0], network.classes), f.eq_table(batch, len(outputs))
    at = [f.scalars.mul(tuple(map(int, c)), tuple(map(int, r))) for c in columns.T for r in rows.T]
    return np.array(at, object).T


def other_outputs(network: Network, x: Integers, answer: Answer) -> Answer:
    """The same proof, and outputs of the same value at its first point: three of them changed."""
    p = fields_of(network)[0].scalars.p
    u, v = weights_of_outputs(network, x, answer.outputs)[:, :3]
    change = [int(u[i - 2] * v[i - 1] - u[i - 1] * v[i - 2]) % p for i in range(3)]  # orthogonal to both
    forged = answer.outputs.astype(object)
    forged.flat[:3] = [(int(y) + d + p // 2) % p - p // 2 for y, d in zip(forged.flat[:3], change, strict=True)]
    return Answer(forged.astype(np.int64), answer.proof)


@pytest.mark.parametrize("make", [cnn, residual])
def test_outputs_chosen_for_the_challenges(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    network = make()
    x = inputs_of(network, 5)
    forged = other_outputs(network, x, honest(network, x))
    with pytest.raises(RejectedProof, match="check 'layer"):
        check(network, x, forged)
    with monkeypatch.context() as patch:
        patch.setattr(noninteractive, "_transcript", without_outputs)
        fooled = other_outputs(network, x, honest(network, x))
        check(network, x, fooled)
        assert (fooled.outputs != honest(network, x).outputs).sum() == 3
    with pytest.raises(RejectedProof, match="check 'layer"):
        check(network, x, fooled)


def test_inputs_that_the_network_ignores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs are right for both, and every message is the same: what the proof is about differs all the same."""
    weight = np.array([[1, 2, 0], [3, -1, 0]])
    network = chain([Dense(weight, (1, 2), (3,)), Square((2,)), Dense(np.eye(2, dtype=np.int64), (0, 0), (2,))])
    x = inputs_of(network, 4)
    other = x.copy()
    other[2, 1] = 1 if x[2, 1] != 1 else 0
    answer = honest(network, x)
    assert (answer.outputs == honest(network, other).outputs).all()
    check(network, x, answer)
    with pytest.raises(RejectedProof, match="check 'layer"):
        check(network, other, answer)
    monkeypatch.setattr(noninteractive, "_transcript", without_inputs)
    check(network, other, honest(network, x))


@EVERY_NETWORK
@pytest.mark.parametrize("place", [0, -1])
def test_other_inputs_move_the_first_challenge(make: Maker, place: int) -> None:
    """They are refused by the first equation, and not only where inputs are read."""
    network = make()
    x = inputs_of(network, 5)
    answer = honest(network, x)
    other = x.copy()
    other.flat[place] = network.input_low if x.flat[place] != network.input_low else network.input_high
    with pytest.raises(RejectedProof, match="check 'layer"):
        check(network, other, answer)
    with pytest.raises(RejectedProof, match="check 'layer"):
        check(network, x[:, ::-1], answer)


@EVERY_NETWORK
def test_equal_integers_are_the_same_whatever_their_array(make: Maker) -> None:
    network = make()
    x = inputs_of(network, 5)
    answer = honest(network, x)
    check(network, np.asfortranarray(x.astype(np.int8)), answer)
    check(network, x, Answer(np.asfortranarray(answer.outputs.astype(object)), answer.proof))


def test_a_prover_of_inputs_or_outputs_it_did_not_run() -> None:
    """An honest prover's mistake: the proof is made, and refused."""
    network = cnn()
    x = inputs_of(network, 5)
    outputs, fields = honest(network, x).outputs, fields_of(network)
    executions = execute_all(network, fields, x)
    for inputs, claimed in ((x[:, ::-1], outputs), (x, outputs[::-1])):
        proof = noninteractive.prove(network, inputs, claimed, executions, fields, STATEMENT)
        with pytest.raises(RejectedProof):
            check(network, inputs, Answer(claimed, proof))
    with pytest.raises(InvalidInput, match="do not fit"):
        noninteractive.prove(network, x, outputs.astype(object) << 70, executions, fields, STATEMENT)
