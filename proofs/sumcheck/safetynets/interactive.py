"""SafetyNets as in its paper: a client that holds the network asks a server to run it, and draws the challenges.

The challenges are the client's own coins, so it draws them before it asks: with them it evaluates weights and inputs
where the proof will need them, while the server still works. What is left once the server has answered is the claim
about the outputs and the arithmetic of the rounds.

Convinces this client only, whatever the server's means (statistical soundness).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.errors import ProtocolViolation
from proofs.sumcheck.fields import Field, Integers, Kernels
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.interactive import Connection, ask_verifier, prepared_challenges, rehearse, serve_prover
from proofs.sumcheck.safetynets.execution.execute import Execution
from proofs.sumcheck.safetynets.execution.inputs import check_inputs
from proofs.sumcheck.safetynets.network import Challenges, Network
from proofs.sumcheck.safetynets.noninteractive import fields_of
from proofs.sumcheck.safetynets.obligations import Prepared, discharge, evaluate
from proofs.sumcheck.safetynets.outputs import check_outputs
from proofs.sumcheck.safetynets.prover import prove
from proofs.sumcheck.safetynets.verifier import verify


def answer(network: Network, fields: Sequence[Field], executions: Sequence[Execution], connection: Connection) -> None:
    """The server's side of the rounds, after it has sent the outputs.

    Raises:
        MalformedProof: the client's challenges are not field elements.
    """
    branches = [(prove(network, f, e), f.scalars) for f, e in zip(fields, executions, strict=True)]
    serve_prover(branches, connection)


@dataclass(slots=True)
class Client:
    """A client prepared for one question: its secret challenges, and all it can evaluate before there is an answer.

    Args:
        challenges: after each message; ``own``: its side of every equation, one list a branch. Secret until used.
        prepare_s: seconds spent preparing. check_s: seconds of its own work since the answer, waiting left out.
    """

    network: Network
    fields: list[Field]
    total: int
    challenges: list[tuple[Scalar, ...]]
    own: list[list[Prepared]]
    prepare_s: float
    check_s: float = 0.0
    used: bool = False

    @classmethod
    def prepare(
        cls, network: Network, inputs: Integers, kernels: Kernels = "auto", challenges: Challenges = "extension"
    ) -> Client:
        """Draw challenges for one conversation about ``inputs`` (R, N) and evaluate weights and inputs there.

        Raises:
            InvalidInput: inputs outside the network's box, for which residues say nothing about integers.
        """
        start = time.perf_counter()
        check_inputs(network, inputs)
        fields, total = fields_of(network, kernels, challenges), inputs.shape[1]
        blank = np.zeros((total, network.classes), np.int64)
        drawn, left = rehearse([(verify(network, f, blank), f.scalars) for f in fields])
        own = [
            [evaluate(f, obligation, inputs) for obligation in obligations]
            for f, obligations in zip(fields, left, strict=True)
        ]
        return cls(network, fields, total, drawn, own, time.perf_counter() - start)

    def check(self, outputs: NDArray[Any], connection: Connection) -> None:
        """Run the rounds about ``outputs`` (N, K) and discharge what they leave; challenges serve once.

        Raises:
            RejectedProof: the outputs are not proven; the layer is named. MalformedProof: not a proof at all.
            ProtocolViolation: this client's challenges have been shown to a server already.
        """
        if self.used:
            raise ProtocolViolation("challenges serve one conversation: prepare another client")
        self.used = True
        check_outputs(self.network, outputs, self.total)
        waiting = _Waiting(connection)
        start = time.perf_counter()
        branches = [(verify(self.network, f, outputs), f.scalars) for f in self.fields]
        left = ask_verifier(branches, waiting, prepared_challenges(self.challenges))
        for f, obligations, own in zip(self.fields, left, self.own, strict=True):
            for obligation, prepared in zip(obligations, own, strict=True):
                discharge(f, obligation, prepared)
        self.check_s = time.perf_counter() - start - waiting.seconds


@dataclass(slots=True)
class _Waiting:
    """A connection whose time is kept apart from the client's own."""

    connection: Connection
    seconds: float = 0.0

    def send(self, message: bytes) -> None:
        start = time.perf_counter()
        self.connection.send(message)
        self.seconds += time.perf_counter() - start

    def receive(self) -> bytes:
        start = time.perf_counter()
        message = self.connection.receive()
        self.seconds += time.perf_counter() - start
        return message
