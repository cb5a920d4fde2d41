"""What the chain side needs of the two programs that talk over HTTP; they live elsewhere and are passed in.

The provider's program writes every answer down before it leaves, the client's every question and every checked answer.
Both records outlive their processes, so the parties here keep no copy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from protocols.predictions.answers import SignedAnswer, SignedReceipt


class ServiceAway(InvalidInput):
    """The provider's service does not answer now, or not yet; asking again later may help."""


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer with what it takes to prove it. Secret.

    Args:
        row: raw input and salt (width,) int64, as the circuit takes them. signed: the answer as it was given.
    """

    row: NDArray[np.int64]
    signed: SignedAnswer


class AnswerRecord(Protocol):
    """The provider's record, read while the service writes it."""

    def answer(self, job_id: bytes, index: int) -> RecordedAnswer | None:
        """What was answered to question ``index``, None if nothing was."""

    def receipt(self, job_id: bytes) -> SignedReceipt | None:
        """The client's highest receipt."""


class Questions(Protocol):
    """The client's record of one round, and its way to the provider's service."""

    def received(self) -> frozenset[int]:
        """Indices with a checked, signed answer."""

    def answer(self, index: int) -> SignedAnswer:
        """A received answer."""

    def ask(self, indices: Sequence[int]) -> Mapping[int, str]:
        """Ask these questions and record what comes; why each of those has no answer that will never get one.

        Raises:
            ServiceAway: some have none yet; what came is recorded.
        """

    def send_receipt(self, answered: int) -> None:
        """Sign for ``answered`` answers and send it. Raises ServiceAway when the provider has not taken it."""

    def suspicious(self, indices: Collection[int]) -> Collection[int]:
        """Those of these received answers that this client thinks wrong."""
