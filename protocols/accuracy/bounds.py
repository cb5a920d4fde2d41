"""What a count on a test set says about the model: Hoeffding, zero-failure and Clopper-Pearson bounds, sample sizes.

All bounds suppose that the examples are drawn independently from the population the claim is about, and that the test
set was fixed without knowing the model. ``delta`` is the probability of being wrong, e.g. 0.05 for 95% confidence.

Corrections to arXiv 2210.08674 (its own figures are kept in ``plan.PAPER_*``):
- Hoeffding is printed as exp(-2 eps^2 / N); its table uses exp(-2 eps^2 N), the right form: N = ln(1/delta)/(2 eps^2).
- The retrieval bound is printed as exp((1-delta)/N), above 1 for every N; the zero-failure bound is 1 - delta^(1/N).
- The 72 / 183 / 366 rows are not that bound either but two-sided Clopper-Pearson with no failure, and 183 is p = 2%.
"""

from __future__ import annotations

import math

from proofs.errors import InvalidInput


def hoeffding_size_exact(epsilon: float, delta: float) -> float:
    """ln(1/delta) / (2 epsilon^2), before rounding. Source: section 5.2's table, with the exponent put right."""
    _check_share(epsilon, "epsilon")
    _check_share(delta, "delta")
    return math.log(1 / delta) / (2 * epsilon * epsilon)


def hoeffding_size(epsilon: float, delta: float) -> int:
    """Least N for which the measured accuracy exceeds the true one by epsilon with probability at most delta.

    One-sided: it guards against a model that looks better than it is. Rounded up, as a bound must be.
    """
    return math.ceil(hoeffding_size_exact(epsilon, delta))


def hoeffding_margin(total: int, delta: float) -> float:
    """epsilon of N = ``total`` examples: sqrt(ln(1/delta) / (2 N)), one-sided, as a share of 1.

    At delta = 5%: 64 examples give 0.153 ("64 images are +-15%"), 600 give 0.050. Two-sided use takes delta/2 a side.
    """
    _check_share(delta, "delta")
    _check_count(total)
    return math.sqrt(math.log(1 / delta) / (2 * total))


def zero_failure_bound(total: int, delta: float) -> float:
    """Largest failure rate p that still shows no failure in N draws with probability delta: 1 - delta^(1/N).

    Source: corrects the printed exp((1-delta)/N) of section 5.4.
    """
    _check_share(delta, "delta")
    _check_count(total)
    return -math.expm1(math.log(delta) / total)


def zero_failure_size_exact(rate: float, delta: float) -> float:
    """N at which ``zero_failure_bound`` equals ``rate``, before rounding: ln(delta) / ln(1 - rate)."""
    _check_share(rate, "rate")
    _check_share(delta, "delta")
    return math.log(delta) / math.log1p(-rate)


def zero_failure_size(rate: float, delta: float, two_sided: bool = False) -> int:
    """Least N whose bound on the failure rate, with no failure seen, is at most ``rate``.

    Args:
        rate, delta: shares of 1. two_sided: delta/2 a side, the Clopper-Pearson interval behind the paper's 72 and 183.
    """
    return math.ceil(zero_failure_size_exact(rate, delta / 2 if two_sided else delta))


def _check_share(value: float, name: str) -> None:
    """``value`` lies strictly between 0 and 1."""
    if not 0 < value < 1:
        raise InvalidInput(f"{name} is {value}; give a share between 0 and 1, e.g. 0.05 for 5%")


def _check_count(total: int) -> None:
    """At least one example."""
    if total < 1:
        raise InvalidInput(f"total is {total}; a test set has at least one example")
