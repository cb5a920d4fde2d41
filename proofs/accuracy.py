"""The accuracy audit, end to end and independent of any chain: prove that a committed model scores at least A of N.

test_set = commit_test_set(x, y, format, backend.hash_examples)
model    = backend.commit_model(onnx, format, ...)
outcome  = backend.prove_accuracy(model, test_set, at_least=58)
verdict  = backend.verify_accuracy(outcome.bundle, model.commitment, test_set.commitment)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from proofs.bundle import AccuracyBundle
from proofs.intervals import Interval, proven_interval

NO_CONTEXT = bytes(32)


@dataclass(frozen=True, slots=True)
class ProveOutcome:
    """A finished proof and what it cost.

    Args:
        bundle: the proof. Public.
        prove_s, setup_s: wall seconds spent proving, and building the circuit (0 from the cache).
        peak_memory_mb: largest resident memory of any proving process.
        reused: batches read back from an earlier, interrupted run.
        stages: wall seconds by stage over all batches.
    """

    bundle: AccuracyBundle
    prove_s: float
    setup_s: float
    peak_memory_mb: float
    reused: int
    stages: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An accepted proof: ``correct`` of ``total`` proven, at least ``at_least`` claimed; seconds to check it.

    ``complete``: every batch is in the bundle, so that ``correct`` is all the model gets right.
    """

    correct: int
    total: int
    at_least: int
    verify_s: float
    complete: bool = True

    @property
    def interval(self) -> Interval:
        """95% Clopper-Pearson interval for the accuracy on the population the test set was drawn from."""
        return proven_interval(self.correct, self.total, self.complete)
