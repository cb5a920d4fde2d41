"""Inference and retrieval, end to end and independent of any chain: prove what a model says of inputs.

corpus  = commit_corpus(documents, format)
outcome = backend.prove_retrieval(model, corpus, Predicate("class", 3))
verdict = backend.verify_retrieval(outcome.bundle, model.commitment, corpus.commitment)      # verdict.selected
"""

from __future__ import annotations

from dataclasses import dataclass, field

from proofs.outputs_bundle import OutputsBundle


@dataclass(frozen=True, slots=True)
class OutputsOutcome:
    """A finished proof of inference or retrieval and what it cost.

    Args:
        bundle: the proof. Public.
        prove_s, setup_s: wall seconds spent proving, and building the circuit (0 from the cache).
        peak_memory_mb: largest resident memory of any proving process.
        reused: batches read back from an earlier, interrupted run.
        stages: wall seconds by stage over all batches.
    """

    bundle: OutputsBundle
    prove_s: float
    setup_s: float
    peak_memory_mb: float
    reused: int
    stages: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RetrievalVerdict:
    """An accepted retrieval: the ``selected`` documents of ``total``, ascending, and no others; seconds to check it."""

    selected: tuple[int, ...]
    total: int
    verify_s: float


@dataclass(frozen=True, slots=True)
class Predictions:
    """Integer ``logits`` of each input at ``scale_bits``: what an inference proof is about, verified or not."""

    logits: tuple[tuple[int, ...], ...]
    scale_bits: int

    @property
    def classes(self) -> tuple[int, ...]:
        """The first largest logit of each input."""
        return tuple(row.index(max(row)) for row in self.logits)

    @property
    def values(self) -> tuple[tuple[float, ...], ...]:
        """The logits as real numbers."""
        return tuple(tuple(logit / (1 << self.scale_bits) for logit in row) for row in self.logits)


@dataclass(frozen=True, slots=True)
class InferenceVerdict(Predictions):
    """Accepted predictions; seconds to check them."""

    verify_s: float
