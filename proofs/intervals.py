"""How much a score on N examples says about the population they were drawn from."""

from __future__ import annotations

from typing import NamedTuple

from scipy.stats import beta


class Interval(NamedTuple):
    """A confidence interval for a proportion."""

    low: float
    high: float


def clopper_pearson(correct: int, total: int, delta: float = 0.05) -> Interval:
    """The exact two-sided interval of confidence 1 - delta for a proportion observed as ``correct`` of ``total``.

    Assumes the examples were drawn independently from the population and not chosen knowing the model.
    *Source*: Clopper and Pearson 1934; it always covers, unlike the normal approximation.
    """
    low = 0.0 if correct == 0 else float(beta.ppf(delta / 2, correct, total - correct + 1))
    high = 1.0 if correct == total else float(beta.ppf(1 - delta / 2, correct + 1, total - correct))
    return Interval(low, high)
