"""The client that draws its challenges before there is an answer, against servers of every kind, in one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from queue import Queue
from threading import Thread
from typing import Any

import numpy as np
import pytest
from malicious_servers import cnn, fields_of, inputs_of, residual, two_primes

from proofs.errors import InvalidInput, MalformedProof, ProtocolViolation, RejectedProof
from proofs.sumcheck.fields import Integers
from proofs.sumcheck.safetynets.execution.execute import execute_all, signed_outputs
from proofs.sumcheck.safetynets.interactive import Client, answer
from proofs.sumcheck.safetynets.network import Network

TOTAL = 5
GONE = b"gone"


@dataclass
class End:
    """One end of a conversation between two threads."""

    inbox: Queue[bytes] = field(default_factory=Queue)
    outbox: Queue[bytes] = field(default_factory=Queue)
    change: Callable[[bytes], bytes] = bytes

    def send(self, message: bytes) -> None:
        self.outbox.put(message)

    def receive(self) -> bytes:
        return self.change(self.inbox.get(timeout=60))


def ask(client: Client, x: Integers, outputs: Any, change: Callable[[bytes], bytes] = bytes) -> None:
    """Have an honest server of the network's rounds on ``x`` answer a client that was told ``outputs``."""
    end = End(change=change)
    fields = fields_of(client.network)
    executions = execute_all(client.network, fields, x)

    def serve() -> None:
        try:
            answer(client.network, fields, executions, End(end.outbox, end.inbox))
        except MalformedProof:
            return

    server = Thread(target=serve)
    server.start()
    try:
        client.check(outputs, end)
    finally:
        end.send(GONE)
        server.join(60)


def honest_outputs(network: Network, x: Integers) -> Any:
    return signed_outputs(network, execute_all(network, fields_of(network), x))


@pytest.mark.parametrize("make", [cnn, residual, two_primes])
@pytest.mark.parametrize("total", [1, TOTAL])
def test_right_outputs_are_believed_and_wrong_ones_are_not(make: Callable[[], Network], total: int) -> None:
    network = make()
    x = inputs_of(network, total)
    outputs = honest_outputs(network, x)
    client = Client.prepare(network, x, "plain")
    assert not client.used
    ask(client, x, outputs)
    assert client.used and client.check_s > 0
    wrong = outputs.copy()
    wrong[-1, 0] += 1
    with pytest.raises(RejectedProof, match=r"layer|input"):
        ask(Client.prepare(network, x, "plain"), x, wrong)


def test_a_server_that_ran_other_inputs() -> None:
    network = cnn()
    x, other = inputs_of(network, TOTAL), inputs_of(network, TOTAL, seed=6)
    with pytest.raises(RejectedProof, match="input"):
        ask(Client.prepare(network, x, "plain"), other, honest_outputs(network, other))


def test_a_changed_message() -> None:
    network = cnn()
    x = inputs_of(network, TOTAL)
    with pytest.raises(RejectedProof):
        ask(Client.prepare(network, x, "plain"), x, honest_outputs(network, x), lambda m: bytes(len(m)))


def test_challenges_serve_once() -> None:
    """Whatever came of the first conversation: its server has seen them."""
    network = cnn()
    x = inputs_of(network, TOTAL)
    outputs = honest_outputs(network, x)
    client = Client.prepare(network, x, "plain")
    with pytest.raises(RejectedProof):
        ask(client, x, outputs + 1)
    with pytest.raises(ProtocolViolation, match="prepare another client"):
        ask(client, x, outputs)


@pytest.mark.parametrize("branch", [0, 1])
def test_every_equation_of_every_branch_is_compared(branch: int) -> None:
    """The client's own value of each equation changed in turn: none of them goes unread."""
    network = two_primes()
    x = inputs_of(network, 2)
    outputs = honest_outputs(network, x)
    equations = len(Client.prepare(network, x, "plain").own[branch])
    assert equations == 4
    for place in range(equations):
        client = Client.prepare(network, x, "plain")
        one = fields_of(network)[branch].scalars.one
        prepared = client.own[branch][place]
        client.own[branch][place] = replace(prepared, value=fields_of(network)[branch].scalars.add(prepared.value, one))
        with pytest.raises(RejectedProof, match="do not fit"):
            ask(client, x, outputs)


@pytest.mark.parametrize("place", [0, -1])
def test_values_prepared_for_other_challenges_prove_nothing(place: int) -> None:
    """At the end of a sum-check, and at the input."""
    network = cnn()
    x = inputs_of(network, TOTAL)
    client, other = (Client.prepare(network, x, "plain") for _ in range(2))
    client.own[0][place] = other.own[0][place]
    with pytest.raises(RejectedProof, match="prepared for other challenges"):
        ask(client, x, honest_outputs(network, x))


def test_outputs_of_the_same_residues_or_another_shape_are_refused_unheard() -> None:
    network = cnn()
    x = inputs_of(network, TOTAL)
    outputs = honest_outputs(network, x)
    beyond = outputs.astype(object)
    beyond[0, 0] += fields_of(network)[0].scalars.p
    for wrong in (beyond, outputs[:, :-1], outputs[:-1], outputs.astype(float)):
        client = Client.prepare(network, x, "plain")
        with pytest.raises(RejectedProof, match="outputs"):
            client.check(wrong, End())
        assert client.used


def test_inputs_outside_the_box_are_not_asked_about() -> None:
    network = cnn()
    x = inputs_of(network, TOTAL)
    x[0, 0] = network.input_low - 1
    with pytest.raises(InvalidInput, match="box"):
        Client.prepare(network, x, "plain")
    with pytest.raises(InvalidInput):
        Client.prepare(network, x[1:], "plain")
    with pytest.raises(InvalidInput):
        Client.prepare(network, x.astype(np.float64), "plain")
