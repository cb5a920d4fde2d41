"""Inference with weights both sides hold, end to end: exact integer outputs, proven by sum-checks. Hides nothing.

outcome = backend.prove_inference(onnx, x)
verdict = backend.verify_inference(outcome.bundle, onnx, x)      # verdict.predictions.classes
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from proofs.safetynets_bundle import SafetyNetsBundle


@dataclass(frozen=True, slots=True)
class ChosenScales:
    """How a float network is rounded, where a user chooses; None: as the model's file says, or the default is.

    Args:
        alpha: scale of the inputs. betas: scale of each linear layer's weights, in the graph's order.
        input_range: the least and the largest real input; inputs beyond them are clipped.
    """

    alpha: Fraction | None = None
    betas: tuple[Fraction, ...] | None = None
    input_range: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, slots=True)
class ExactPredictions:
    """Integer ``logits`` of each input; a logit stands for the integer divided by ``scale``."""

    logits: tuple[tuple[int, ...], ...]
    scale: Fraction

    @property
    def classes(self) -> tuple[int, ...]:
        """The first largest logit of each input."""
        return tuple(row.index(max(row)) for row in self.logits)

    @property
    def values(self) -> tuple[tuple[float, ...], ...]:
        """The logits as real numbers."""
        return tuple(tuple(float(logit / self.scale) for logit in row) for row in self.logits)


@dataclass(frozen=True, slots=True)
class ExactOutcome:
    """A finished proof and what it cost.

    Args:
        bundle: the proof. Public.
        clipped: values of x beyond the network's box, which were clipped to it.
        prove_s: wall seconds, executing the network included. stages: the same by stage.
        peak_memory_mb: largest resident memory of this process so far.
    """

    bundle: SafetyNetsBundle
    predictions: ExactPredictions
    clipped: int
    prove_s: float
    peak_memory_mb: float
    stages: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExactVerdict:
    """Accepted predictions.

    Args:
        clipped: values of x beyond the network's box, which were clipped to it.
        verify_s: wall seconds, reading model and inputs included. stages: the same by stage.
    """

    predictions: ExactPredictions
    clipped: int
    verify_s: float
    stages: dict[str, float] = field(default_factory=dict)
