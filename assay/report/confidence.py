"""What a count of right answers tells about the accuracy, in the forms a report shows."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.intervals import DEFAULT_DELTA, Interval, proven_interval
from protocols.accuracy.bounds import hoeffding_margin


@dataclass(frozen=True, slots=True)
class Score:
    """``correct`` of ``total`` proven right.

    Args:
        target: right answers asked for, None where nothing was. complete: every example was counted or not; else the
            unproven count as wrong, and the score bounds the accuracy from below only.
    """

    correct: int
    total: int
    target: int | None
    complete: bool

    @property
    def share(self) -> float:
        """Right answers as a share of 1."""
        return self.correct / self.total

    @property
    def interval(self) -> Interval:
        """Clopper-Pearson at 95%: two-sided, or from below only where batches are missing."""
        return proven_interval(self.correct, self.total, self.complete)

    @property
    def margin(self) -> float:
        """Hoeffding's one-sided margin at 95%: the accuracy is at least ``share`` minus this."""
        return hoeffding_margin(self.total, DEFAULT_DELTA)

    @property
    def two_sided_margin(self) -> float:
        """Hoeffding's margin at 95% with half of the error on either side."""
        return hoeffding_margin(self.total, DEFAULT_DELTA / 2)

    @property
    def wide(self) -> Interval:
        """The measured share give or take Hoeffding's two-sided margin; without an upper end where batches lack."""
        low = max(self.share - self.two_sided_margin, 0.0)
        return Interval(low, min(self.share + self.two_sided_margin, 1.0) if self.complete else 1.0)
