"""How much a score on N examples says about the population they were drawn from."""

from __future__ import annotations

import math
from typing import NamedTuple

from proofs.errors import InvalidInput

DEFAULT_DELTA = 0.05


class Interval(NamedTuple):
    """A confidence interval for an accuracy, as shares of 1."""

    low: float
    high: float


def clopper_pearson(correct: int, total: int, delta: float = DEFAULT_DELTA) -> Interval:
    """The exact two-sided interval at confidence 1 - delta for ``correct`` of ``total``: delta/2 a side.

    Holds for examples drawn independently and not chosen knowing the model, and only when every batch was counted: a
    seller who stops at the target leaves right answers uncounted, and then only ``at_least`` holds.
    *Source*: Clopper and Pearson 1934; it always covers, unlike the normal approximation.
    """
    _check(correct, total, delta)
    low = _beta_quantile(correct, total - correct + 1, delta / 2) if correct else 0.0
    high = _beta_quantile(correct + 1, total - correct, 1 - delta / 2) if correct < total else 1.0
    return Interval(low, high)


def at_least(correct: int, total: int, delta: float = DEFAULT_DELTA) -> float:
    """One-sided Clopper-Pearson: the true accuracy is at least this, at confidence 1 - delta.

    Holds for a count stopped at the target too: unproven batches count as wrong, so the true count is no smaller.
    """
    _check(correct, total, delta)
    return _beta_quantile(correct, total - correct + 1, delta) if correct else 0.0


def bad_share_at_most(sampled: int, delta: float = DEFAULT_DELTA) -> float:
    """How large a share of a corpus can be bad when ``sampled`` random documents of it were all found good.

    *Statement*: p <= 1 - delta^(1/N) with confidence 1 - delta. Were the share p, N independent draws would all be
    good with probability (1 - p)^N; draws without repetition are all good even less often, so the bound holds for them
    too. It needs a sample drawn after the corpus was committed, and says nothing about documents picked for a purpose.
    *Source*: exact binomial bound for zero failures; the 2022 paper prints exp((1 - delta) / N), which exceeds 1.
    """
    if sampled < 1:
        raise InvalidInput(f"sampled is {sampled}; at least one document must be looked at")
    _check(0, 1, delta)
    return -math.expm1(math.log(delta) / sampled)


def proven_interval(correct: int, total: int, complete: bool) -> Interval:
    """What a proven count says with 95% confidence: two-sided when every batch was counted, else from below only."""
    return clopper_pearson(correct, total) if complete else Interval(at_least(correct, total), 1.0)


def _beta_quantile(a: int, b: int, level: float) -> float:
    """Where the distribution function of Beta(a, b) reaches ``level``."""
    from scipy.special import betaincinv  # not worth loading for every proof that is only read

    return float(betaincinv(a, b, level))


def _check(correct: int, total: int, delta: float) -> None:
    if total < 1:
        raise InvalidInput(f"total is {total}; a test set has at least one example")
    if not 0 <= correct <= total:
        raise InvalidInput(f"correct is {correct}; it must lie between 0 and total = {total}")
    if not 0 < delta < 1:
        raise InvalidInput(f"delta is {delta}; give a share between 0 and 1, e.g. 0.05 for 5%")
