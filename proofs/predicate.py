"""The predicate of a retrieval: which of a model's outputs decides, and how. Public, and an input of the circuit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from proofs.canonical import expect_int, expect_keys
from proofs.errors import InvalidInput, MalformedProof

CLASS = "class"
THRESHOLD = "threshold"
KINDS = (CLASS, THRESHOLD)
# Thresholds enter the compiler as single-precision floats, like all inputs.
MAX_THRESHOLD = (1 << 24) - 1
MAX_OUTPUTS = 4096


@dataclass(frozen=True, slots=True)
class Predicate:
    """``class``: the first maximum of the logits is at ``selected``. ``threshold``: logit ``selected`` >= threshold.

    Args:
        kind: ``class`` or ``threshold``.
        selected: index of the logit.
        threshold: integer at the model's scale (value * 2^scale_bits) for ``threshold``, else None.
    """

    kind: str
    selected: int
    threshold: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidInput(f"predicate '{self.kind}' is not one of {', '.join(KINDS)}")
        if not 0 <= self.selected < MAX_OUTPUTS:
            raise InvalidInput(f"class {self.selected} must be 0 to {MAX_OUTPUTS - 1}")
        if (self.threshold is None) != (self.kind == CLASS):
            raise InvalidInput("a threshold belongs to predicates of kind 'threshold', and to those only")
        if self.threshold is not None and abs(self.threshold) > MAX_THRESHOLD:
            raise InvalidInput(f"threshold {self.threshold} is beyond 2^24 at the model's scale; scale the model down")

    @classmethod
    def at_least(cls, selected: int, value: float, scale_bits: int) -> Predicate:
        """The threshold predicate for a real ``value``, rounded to the nearest integer at ``scale_bits``."""
        scaled = value * (1 << scale_bits)
        if not math.isfinite(scaled):
            raise InvalidInput(f"threshold {value} is no number a score can reach")
        return cls(THRESHOLD, selected, round(scaled))

    def words(self, outputs: int, scale_bits: int) -> tuple[int, ...]:
        """What enters the circuit, and leaves it behind the bits: the one-hot selector (C,), then the threshold.

        Raises InvalidInput when ``selected`` is not one of the model's ``outputs`` logits.
        """
        if self.selected >= outputs:
            raise InvalidInput(
                f"class {self.selected} does not exist: the model has {outputs} outputs, 0..{outputs - 1}"
            )
        selector = [0] * outputs
        selector[self.selected] = 1 << scale_bits
        return (*selector, *([] if self.threshold is None else [self.threshold]))

    def holds(self, logits: Sequence[int], logit_scale_bits: int, scale_bits: int) -> bool:
        """Whether integer ``logits`` at ``logit_scale_bits`` satisfy the predicate, as the circuit decides it."""
        if self.threshold is None:
            return list(logits).index(max(logits)) == self.selected
        return logits[self.selected] >= self.threshold << (logit_scale_bits - scale_bits)

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        head: dict[str, object] = {"kind": self.kind, "selected": self.selected}
        return head if self.threshold is None else {**head, "threshold": self.threshold}

    @classmethod
    def from_json(cls, value: object) -> Predicate:
        """Parse untrusted JSON. Raises MalformedProof."""
        kind = value.get("kind") if isinstance(value, dict) else None
        keys = {"kind", "selected"} | ({"threshold"} if kind == THRESHOLD else set())
        fields = expect_keys(value, keys, "predicate")
        threshold = fields.get("threshold")
        try:
            return cls(
                str(kind),
                expect_int(fields["selected"], 0, MAX_OUTPUTS - 1, "predicate: selected"),
                None
                if threshold is None
                else expect_int(threshold, -MAX_THRESHOLD, MAX_THRESHOLD, "predicate: threshold"),
            )
        except InvalidInput as error:
            raise MalformedProof(f"predicate: {error}") from None

    def at_scale(self, scale_bits: int) -> str:
        """In words, a threshold as the number it stands for at the model's ``scale_bits`` and as the integer."""
        if self.threshold is None:
            return str(self)
        return (
            f"output {self.selected} at least {self.threshold / (1 << scale_bits)} ({self.threshold} / 2^{scale_bits})"
        )

    def __str__(self) -> str:
        if self.threshold is None:
            return f"class {self.selected}"
        return f"output {self.selected} at least {self.threshold} at the model's scale"
