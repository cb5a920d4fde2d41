"""Measuring one point in this process: the best of a few runs of each part."""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Callable
from queue import Queue
from typing import Any, TypeVar

import numpy as np

from benchmarks.safetynets.figures import Point
from benchmarks.safetynets.floats import float_run
from benchmarks.safetynets.networks import NETWORKS
from proofs.sumcheck.fields import Field, Integers
from proofs.sumcheck.interactive import Counted
from proofs.sumcheck.safetynets.execution.execute import Execution, execute_all, signed_outputs
from proofs.sumcheck.safetynets.execution.field_execute import field_execute
from proofs.sumcheck.safetynets.interactive import Client, answer
from proofs.sumcheck.safetynets.network import Challenges, Network
from proofs.sumcheck.safetynets.noninteractive import fields_of, prove, rounds
from proofs.sumcheck.soundness import soundness_bits

T = TypeVar("T")
REPEATS = 3


def measure(name: str, batch: int, challenges: Challenges) -> Point:
    """One point of the table, of one of ``NETWORKS``."""
    network = NETWORKS[name]()
    fields = fields_of(network, "fast", challenges)
    x = inputs_of(network, batch)
    executions = execute_all(network, fields, x)
    outputs = signed_outputs(network, executions)
    run_s = best(lambda: execute_all(network, fields, x))
    prove_s = best(lambda: prove(network, x, outputs, executions, fields, b"benchmark"))
    conversations = [converse(network, fields, executions, x, outputs, challenges) for _ in range(REPEATS)]
    client = min((c for c, _ in conversations), key=lambda c: c.prepare_s + c.check_s)
    counted = conversations[0][1]
    total_bits, worst_bits = soundness_bits(rounds(network, batch, challenges), fields[-1].scalars)
    return Point(
        network=name,
        batch=batch,
        primes=len(fields),
        challenges=challenges,
        field_s=best(lambda: [field_execute(network, f, x) for f in fields], 2),
        run_s=run_s,
        float_s=float_run(network, batch),
        prove_s=prove_s,
        prepare_s=client.prepare_s,
        online_s=client.check_s,
        server_bytes=counted.bytes_received,
        challenge_bytes=counted.bytes_sent,
        messages=counted.messages_received + counted.messages_sent,
        soundness_bits=total_bits,
        worst_round_bits=worst_bits,
        peak_memory_mb=peak_memory_mb(),
    )


def inputs_of(network: Network, batch: int) -> Integers:
    """Random inputs in the network's box: no time depends on their values."""
    shape = (int(np.prod(network.input_shape)), batch)
    return np.random.default_rng(batch).integers(network.input_low, network.input_high + 1, shape, dtype=np.int8)


def converse(
    network: Network,
    fields: list[Field],
    executions: tuple[Execution, ...],
    x: Integers,
    outputs: np.ndarray[Any, Any],
    challenges: Challenges,
) -> tuple[Client, Counted]:
    """An interactive conversation between two threads that take turns."""
    to_client: Queue[bytes] = Queue()
    to_server: Queue[bytes] = Queue()
    client = Client.prepare(network, x, "fast", challenges)
    counted = Counted(_End(to_server, to_client))
    server = threading.Thread(target=answer, args=(network, fields, executions, _End(to_client, to_server)))
    server.start()
    client.check(outputs, counted)
    server.join()
    return client, counted


class _End:
    """One end of a pair of queues."""

    def __init__(self, out: Queue[bytes], into: Queue[bytes]) -> None:
        self._out, self._into = out, into

    def send(self, message: bytes) -> None:
        """Send a message."""
        self._out.put(message)

    def receive(self) -> bytes:
        """Wait for one."""
        return self._into.get()


def best(run: Callable[[], T], repeats: int = REPEATS) -> float:
    """Seconds of the fastest of ``repeats`` runs, after one that compiles and warms."""
    run()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
