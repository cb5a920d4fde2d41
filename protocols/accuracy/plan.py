"""Planning an audit: how many examples, what it costs, what each side locks. Behind ``assay plan``.

Source: arXiv 2210.08674, section 5.2 (deposits 2NE + eps, payment 2NZ, abort fee NP, eps = NP/99, stake 1000 N E) and
its table of sample sizes at $0.1666 a sample. Amounts are exact integers in wei; fractions round up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from proofs.errors import InvalidInput
from protocols.accuracy.bounds import (
    hoeffding_margin,
    hoeffding_size,
    hoeffding_size_exact,
    zero_failure_bound,
    zero_failure_size,
    zero_failure_size_exact,
)
from protocols.accuracy.describe import ether
from protocols.accuracy.terms import MAX_BATCH

COST_PER_SAMPLE_USD = Decimal("0.1666")
FEE_DIVISOR = 99
STAKE_FACTOR = 1_000
PAPER_DELTA = 0.05
PAPER_ACCURACY_SIZES = ((0.05, 600), (0.025, 2_396), (0.01, 14_979))
"""Printed sizes; the middle one is cut off (2,396.6), one example short of the bound."""
PAPER_TAMPER_SIZES = ((0.05, 72), (0.02, 183), (0.01, 366))
"""Printed sizes, p of the middle row corrected; the last is one below the nearest (367) and two below enough (368)."""
GWEI = 10**9
MAX_TOTAL = 2**32 - 1
SMALLEST_SHARE = 1e-12


@dataclass(frozen=True, slots=True)
class Costs:
    """E > Z > P >= 1 in wei per example. The defaults are round demonstration values, not market prices."""

    example: int = 100_000 * GWEI
    proving: int = 10_000 * GWEI
    inference: int = 99 * GWEI

    def __post_init__(self) -> None:
        if not self.example > self.proving > self.inference >= 1:
            raise InvalidInput(
                "costs must satisfy example > proving > inference >= 1 wei, got "
                f"{self.example}, {self.proving}, {self.inference}"
            )


@dataclass(frozen=True, slots=True)
class Plan:
    """One audit, planned; all public.

    Args:
        epsilon, delta: margin and error probability asked for, shares of 1. sufficient: least N for them (Hoeffding).
        total: N, ``sufficient`` rounded up to whole batches. batch: b. target: A, right answers to ask for, or None.
        costs: E, Z, P. fee, deposit, payment, abort_fee, stake: wei. cost_usd: N at the paper's price per sample.
    """

    epsilon: float
    delta: float
    sufficient: int
    total: int
    batch: int
    target: int | None
    costs: Costs
    fee: int
    deposit: int
    payment: int
    abort_fee: int
    stake: int
    cost_usd: Decimal

    def rows(self) -> list[tuple[str, str, str]]:
        """Quantity, value and formula of each line of the plan's table."""
        confidence, n = 1 - self.delta, f"N = {self.total}"
        rows = [
            ("Margin", f"{self.epsilon:.2%}", "epsilon: measured minus true accuracy, one-sided"),
            ("Confidence", f"{confidence:.2%}", "1 - delta"),
            ("Examples needed", f"{self.sufficient:,}", "ln(1/delta) / (2 epsilon^2), rounded up"),
            ("Examples N", f"{self.total:,}", f"rounded up to whole batches of {self.batch}"),
            ("Margin with N", f"{hoeffding_margin(self.total, self.delta):.2%}", f"sqrt(ln(1/delta) / (2N)), {n}"),
            ("Tampering missed", f"{zero_failure_bound(self.total, self.delta):.2%}", "at most, 1 - delta^(1/N)"),
            ("Deposit, each side", ether(self.deposit), "2NE + eps"),
            ("Payment if met", ether(self.payment), "2NZ, buyer to seller"),
            ("Abort fee", ether(self.abort_fee), "NP, buyer to seller"),
            ("Fee, each side", ether(self.fee), f"eps = NP/{FEE_DIVISOR}, rounded up"),
            ("Model's stake", ether(self.stake), f"{STAKE_FACTOR:,} NE"),
            ("Paper's price", f"${self.cost_usd:,.2f}", f"N at ${COST_PER_SAMPLE_USD} a sample"),
        ]
        if self.target is not None:
            rows.insert(4, ("Target A", f"{self.target:,}", "right answers of N the seller must prove"))
        return rows


def make_plan(
    epsilon: float, delta: float, batch: int = 1, accuracy: str | None = None, costs: Costs | None = None
) -> Plan:
    """Plan an audit that tells the accuracy within ``epsilon`` at confidence 1 - ``delta``.

    Args:
        epsilon, delta: shares of 1. batch: examples per proof, a power of two up to 256. accuracy: share of right
            answers to ask for, as a decimal text such as ``"0.95"`` (kept exact), or None. costs: wei per example.

    Raises:
        InvalidInput: a share, batch or cost out of range.
    """
    if not 1 <= batch <= MAX_BATCH or batch & (batch - 1):
        raise InvalidInput(f"batch is {batch}; it must be a power of two from 1 to {MAX_BATCH}")
    for name, share in (("epsilon", epsilon), ("delta", delta)):
        if 0 < share < SMALLEST_SHARE:
            raise InvalidInput(f"{name} is {share}; the smallest that can be planned for is {SMALLEST_SHARE}")
    costs = costs or Costs()
    sufficient = hoeffding_size(epsilon, delta)
    total = -(-sufficient // batch) * batch
    if total > MAX_TOTAL:
        raise InvalidInput(
            f"epsilon {epsilon} needs {total:,} examples, a job holds {MAX_TOTAL:,}; ask for a wider margin"
        )
    fee = minimum_fee(total, costs.inference)
    return Plan(
        epsilon=epsilon,
        delta=delta,
        sufficient=sufficient,
        total=total,
        batch=batch,
        target=None if accuracy is None else target_for(accuracy, total),
        costs=costs,
        fee=fee,
        deposit=2 * total * costs.example + fee,
        payment=2 * total * costs.proving,
        abort_fee=total * costs.inference,
        stake=STAKE_FACTOR * total * costs.example,
        cost_usd=total * COST_PER_SAMPLE_USD,
    )


def minimum_fee(total: int, inference_cost: int) -> int:
    """eps = N*P/99 in wei, rounded up. Source: section 5.2; it makes an honest look followed by an abort cost eps."""
    return -(-total * inference_cost // FEE_DIVISOR)


def target_for(accuracy: str, total: int) -> int:
    """A: the least count of N that is at least ``accuracy`` (a decimal text or fraction, exact)."""
    try:
        share = Fraction(accuracy)
    except (ValueError, ZeroDivisionError) as error:
        raise InvalidInput(f"accuracy {accuracy!r} is not a number; write it like 0.95") from error
    if not 0 < share <= 1:
        raise InvalidInput(f"accuracy is {accuracy}; give a share above 0 and at most 1, e.g. 0.95")
    return math.ceil(share * total)


def accuracy_size_table(delta: float = PAPER_DELTA) -> list[tuple[str, str, str, str, str]]:
    """The paper's first table beside ours: margin, before rounding, sufficient N, printed N, price of ours."""
    rows = []
    for epsilon, printed in PAPER_ACCURACY_SIZES:
        size = hoeffding_size(epsilon, delta)
        exact = hoeffding_size_exact(epsilon, delta)
        rows.append((f"{epsilon:.1%}", f"{exact:,.2f}", f"{size:,}", f"{printed:,}", f"${_price(size):,.2f}"))
    return rows


def tamper_size_table(delta: float = PAPER_DELTA) -> list[tuple[str, str, str, str, str, str]]:
    """The paper's second table beside ours: rate, before rounding, nearest, sufficient, printed, and one-sided N."""
    rows = []
    for rate, printed in PAPER_TAMPER_SIZES:
        exact = zero_failure_size_exact(rate, delta / 2)
        enough, one_sided = zero_failure_size(rate, delta, two_sided=True), zero_failure_size(rate, delta)
        rows.append((f"{rate:.0%}", f"{exact:.2f}", f"{round(exact)}", f"{enough}", f"{printed}", f"{one_sided}"))
    return rows


def _price(size: int) -> Decimal:
    """Dollars for ``size`` samples at the paper's price."""
    return size * COST_PER_SAMPLE_USD
