"""What can be asked of a worker: a shard's proof, or its logits. A task carries what it is about and no more.

Workers import this file to learn what they are asked for, and what it takes to do it only then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.committed.instance import Chunk, Head, Instance
from proofs.sumcheck_backend.chunks import Span
from proofs.sumcheck_backend.matrices import proof_field
from proofs.sumcheck_backend.workers.bench import Bench

OnStage = Callable[[str], None]
_WIRE = np.dtype("<i8")


class Task(Protocol):
    """Work on one chunk with an answer in bytes."""

    @property
    def index(self) -> int:
        """Its number among the tasks it is given with."""

    @property
    def chunk(self) -> int:
        """Index of the chunk it is about."""

    @property
    def limit_s(self) -> float:
        """Seconds after which whoever does it must hang."""

    @property
    def name(self) -> str:
        """For people, e.g. "shard 3"."""

    def work(self, bench: Bench, on_stage: OnStage) -> bytes:
        """Do it; ``bench`` holds the chunk."""


@dataclass(frozen=True, slots=True, eq=False)
class ProofTask:
    """Prove one shard.

    Args:
        index: of the shard. chunk: index of its chunk. matrix: the chunk as everybody knows it.
        within: the shard's examples in the chunk. head: what is claimed of them.
        statement: what the proof absorbs first. seed: of the witness's salts, secret.
    """

    index: int
    chunk: int
    matrix: Chunk
    within: Span
    head: Head
    statement: bytes
    seed: bytes = field(repr=False)
    limit_s: float

    @property
    def name(self) -> str:
        """For people."""
        return f"shard {self.index}"

    def work(self, bench: Bench, on_stage: OnStage) -> bytes:
        """The proof. Raises InvalidInput: the claim is false, or secret parts are not of the commitments."""
        from proofs.sumcheck.committed.prove import prove

        instance = Instance(
            network=bench.model.network,
            log_columns=bench.model.log_columns,
            model=bench.model.public,
            chunk=self.matrix,
            first=self.within.first,
            count=self.within.count,
            head=self.head,
        )
        on_stage("encoding")
        return prove(proof_field(), instance, self.statement, bench.secret(self.within, self.seed), on_stage)


@dataclass(frozen=True, slots=True, eq=False)
class LogitsTask:
    """Run the network on a shard's examples. The answer is for ``logits_from``."""

    index: int
    chunk: int
    within: Span
    limit_s: float

    @property
    def name(self) -> str:
        """For people."""
        return f"running the network on shard {self.index}"

    def work(self, bench: Bench, on_stage: OnStage) -> bytes:
        """The logits. Raises UnsupportedModel: accumulators outgrow their bound."""
        from proofs.networks.execution import logits

        on_stage("running the network")
        x, _ = bench.part.arrays(self.within)
        found = logits(bench.model.network, bench.model.weights, x)
        return found.astype(_WIRE).tobytes()


def logits_from(answer: bytes, count: int, classes: int) -> NDArray[np.int64] | None:
    """Logits (count, classes) of a ``LogitsTask``'s answer, or None if these are not so many numbers."""
    if len(answer) != count * classes * _WIRE.itemsize:
        return None
    return np.frombuffer(answer, dtype=_WIRE).reshape(count, classes).astype(np.int64)
