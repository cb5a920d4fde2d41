"""The small interface both provers meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from proofs.accuracy import NO_CONTEXT, ProveOutcome, Verdict
from proofs.bundle import AccuracyBundle
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSet, TestSetCommitment
from proofs.errors import InvalidInput
from proofs.fidelity import FidelityReceipt

if TYPE_CHECKING:
    from proofs.halo2.backend import BatchProgress
    from proofs.halo2.runner import Progress

BACKENDS = ("halo2",)


class Backend(Protocol):
    """Commit, prove, verify. A secret model carries its public ``commitment``."""

    @property
    def name(self) -> str:
        """The backend's name, as in statements."""

    def hash_examples(self, rows: NDArray[np.int64]) -> list[int]:
        """The backend's example hash of each row of raw integers (N, width)."""

    def commit_model(self, onnx: bytes, shape: InputFormat, options: Any) -> Any:
        """Commit to a model's weights."""

    def rehearse(self, model: Any, x: NDArray[np.generic], y: NDArray[np.generic]) -> FidelityReceipt:
        """Run the integer model on sample inputs and compare it with the float one."""

    def prove_accuracy(
        self, model: Any, test_set: TestSet, at_least: int | None = None, context: bytes = NO_CONTEXT
    ) -> ProveOutcome:
        """Prove a score on a committed test set."""

    def verify_accuracy(
        self, bundle: AccuracyBundle, model: ModelCommitment, data: TestSetCommitment, onnx: bytes | None = None
    ) -> Verdict:
        """Verify a score."""


def backend(name: str, progress: Progress | None = None, on_batch: BatchProgress | None = None) -> Backend:
    """The backend called ``name``. Raises InvalidInput for an unknown one."""
    if name != "halo2":
        raise InvalidInput(f"backend '{name}' is not available; choose from {', '.join(BACKENDS)}")
    from proofs.halo2.backend import Halo2Backend

    return Halo2Backend(progress, on_batch)
