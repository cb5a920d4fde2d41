"""Which proofs are compared, and what hiding may cost them."""

from __future__ import annotations

from dataclasses import dataclass

MOST_TIME, MOST_BYTES = 1.25, 1.7
"""Goals: of the integrity mode's."""


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison.

    Args:
        model: of ``benchmarks.committed.subjects.MODELS``. turns: of both modes, one after the other.
    """

    name: str
    model: str
    examples: int
    turns: int


CASES = (
    Case("lenet-1", "LeNet", 1, 7),
    Case("lenet-1000", "LeNet", 1000, 5),
    Case("mobilenet-qat", "MobileNetV2 QAT", 1, 5),
    Case("lenet-10000", "LeNet", 10_000, 2),
)
