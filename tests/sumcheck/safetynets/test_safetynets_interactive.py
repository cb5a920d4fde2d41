"""The conversation: prepared clients believe honest servers, and none of those that cheat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue

import numpy as np
import pytest
from malicious_servers import cnn, fields_of, inputs_of, residual, two_primes, with_layer

from proofs.errors import AssayError, InvalidInput, ProtocolViolation, RejectedProof
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.safetynets.execution.execute import execute_all, signed_outputs
from proofs.sumcheck.safetynets.interactive import Client, answer
from proofs.sumcheck.safetynets.network import Network

NETWORKS = {"cnn": cnn, "residual": residual, "two primes": two_primes}


@dataclass
class End:
    """One end of a connection inside this process."""

    out: SimpleQueue[bytes] = field(default_factory=SimpleQueue)
    into: SimpleQueue[bytes] = field(default_factory=SimpleQueue)

    def send(self, message: bytes) -> None:
        self.out.put(message)

    def receive(self) -> bytes:
        return self.into.get(timeout=10)


def converse(network: Network, x: Integers, runs: Network, add: int = 0, on: Integers | None = None) -> Client:
    """A server runs ``runs`` on ``on`` and proves it, its first output changed, to a client that asked for another."""
    client = Client.prepare(network, x, "plain")
    end = End()
    other = End(end.into, end.out)
    fields = fields_of(network)
    executions = execute_all(runs, fields, x if on is None else on)
    outputs = signed_outputs(runs, executions)
    outputs[0, 0] += add
    with ThreadPoolExecutor(1) as pool:
        served = pool.submit(answer, runs, fields, executions, other)
        try:
            client.check(outputs, end)
        finally:
            end.send(b"")  # a server that still waits is let go
            served.exception()
    return client


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_honest_and_dishonest_servers(make: type[Network]) -> None:
    network = make()
    x = inputs_of(network)
    client = converse(network, x, network)
    assert client.used and client.prepare_s > 0 and client.check_s > 0
    with pytest.raises(RejectedProof):
        converse(network, x, network, add=1)
    with pytest.raises(RejectedProof, match="input"):
        converse(network, x, network, on=inputs_of(network, seed=6))


def test_another_model() -> None:
    network = cnn()
    last = network.nodes[5].layer
    assert isinstance(last, Dense)
    weight = last.weight.copy()
    weight[0, 0] += 1
    with pytest.raises(RejectedProof):
        converse(network, inputs_of(network), with_layer(network, 5, Dense(weight, last.bias, last.in_shape)))
    with pytest.raises(AssayError):
        converse(network, inputs_of(network), cnn(channels=1))


def test_challenges_serve_one_conversation() -> None:
    network = cnn()
    x = inputs_of(network)
    client = converse(network, x, network)
    with pytest.raises(ProtocolViolation, match="prepare another client"):
        client.check(np.zeros((x.shape[1], network.classes), np.int64), End())
    assert Client.prepare(network, x, "plain").challenges != Client.prepare(network, x, "plain").challenges


def test_a_dropped_conversation_is_not_resumed() -> None:
    network = cnn()
    x = inputs_of(network)
    client = Client.prepare(network, x, "plain")
    end = End()
    end.into.put(b"nothing of the kind")
    outputs = np.zeros((x.shape[1], network.classes), np.int64)
    with pytest.raises(AssayError):
        client.check(outputs, end)
    with pytest.raises(ProtocolViolation):
        client.check(outputs, end)
    assert client.used


def test_inputs_outside_the_box() -> None:
    network = cnn()
    with pytest.raises(InvalidInput, match="box"):
        Client.prepare(network, inputs_of(network) + 1, "plain")
