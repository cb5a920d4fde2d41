"""Planning a retrieval job: base fee, cap, deposit and the size of the audit before it.

Source: arXiv 2210.08674, section 5.4 (base fee 2NZ; an audit of n random documents that meets no false one bounds their
share by 1 - delta^(1/n)), and the inequalities of ``deviations``. Amounts are exact integers in wei and round up.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from proofs.errors import InvalidInput
from protocols.accuracy.bounds import zero_failure_bound, zero_failure_size
from protocols.accuracy.describe import ether
from protocols.accuracy.plan import minimum_fee
from protocols.retrieval.paths import Worth
from protocols.retrieval.terms import MAX_BATCH, MAX_SAMPLE

MAX_TOTAL = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One retrieval job, planned; all public but ``worth``, of which each side knows its own part.

    Args:
        total, batch: N, b. cap: C, matches the requester locks the price of. proving_cost: Z. price: p, of a document.
        base_fee, deposit, fee: F, S, eps. audit: n, documents to draw beforehand. share: g, of false documents such an
            audit bounds. delta: error probability. worth: v, u, w, P, c.
    """

    total: int
    batch: int
    cap: int
    proving_cost: int
    price: int
    base_fee: int
    deposit: int
    fee: int
    audit: int
    share: float
    delta: float
    worth: Worth

    @property
    def requester_funds(self) -> int:
        """Wei the requester locks: F + C p + eps."""
        return self.base_fee + self.cap * self.price + self.fee

    @property
    def warnings(self) -> tuple[str, ...]:
        """Deviations these amounts do not deter, in words."""
        worth, found = self.worth, []
        if self.price < worth.delivery + worth.disclosure:
            found.append("the price is below what a disclosed document costs the responder: it may prove, not deliver")
        if worth.document < self.price:
            found.append("the price is above what a document is worth to the requester: it may leave with the bits")
        if worth.bits > self.base_fee + self.fee:
            found.append("knowing the bits is worth more than the base fee: the requester may leave with them")
        return tuple(found)

    def rows(self) -> list[tuple[str, str, str]]:
        """Quantity, value and formula of each line of the plan's table."""
        bound = zero_failure_bound(self.audit, self.delta)
        batches = -(-self.total // self.batch)
        return [
            ("Documents N", f"{self.total:,}", f"{batches:,} {'proof' if batches == 1 else 'proofs'} of {self.batch}"),
            ("Base fee", ether(self.base_fee), "F = max(2NZ, u): due once all is proven, matches or none"),
            ("Price", ether(self.price), "p for each matching document"),
            ("Matches paid in advance", f"{self.cap:,}", "C; more of them ask for a top-up"),
            ("Requester locks", ether(self.requester_funds), "F + Cp + eps"),
            ("Deposit, responder", ether(self.deposit), "S = max(F, Cw/q, 1)"),
            ("Fee, each side", ether(self.fee), "eps = NP/99, rounded up"),
            ("Audit", f"{self.audit:,}", "n = ln(delta) / ln(1 - g), rounded up: random documents to open beforehand"),
            ("Audit's bound", f"{bound:.2%}", f"1 - delta^(1/n) with delta = {self.delta}"),
        ]


def make_plan(
    total: int,
    batch: int,
    cap: int,
    proving_cost: int,
    price: int,
    worth: Worth,
    *,
    vigilance: Fraction = Fraction(1),
    share: float = 0.05,
    delta: float = 0.05,
) -> Plan:
    """Plan a job in which no deviation of ``deviations`` pays, as far as amounts can see to that.

    Args:
        total, batch, cap, proving_cost, price: N, b, C, Z, p. worth: v, u, w, P, c. vigilance: q, probability that a
            fault is complained about. share, delta: g and error probability of the audit, shares of 1.

    Raises:
        InvalidInput: a number out of range.
    """
    if not 1 <= batch <= MAX_BATCH or batch & (batch - 1):
        raise InvalidInput(f"batch is {batch}; it must be a power of two from 1 to {MAX_BATCH}")
    if not 1 <= cap <= total <= MAX_TOTAL:
        raise InvalidInput(f"cap is {cap} of {total} documents; choose 1 <= cap <= total <= {MAX_TOTAL}")
    if min(proving_cost, price, *(getattr(worth, name) for name in Worth.__slots__)) < 0:
        raise InvalidInput("costs and values are wei, none of them negative")
    if not 0 < vigilance <= 1:
        raise InvalidInput(f"vigilance is {vigilance}; give a share above 0 and at most 1")
    fee = minimum_fee(total, worth.inference)
    base_fee = max(2 * total * proving_cost, worth.bits - fee)
    hiding = -(-(cap * worth.disclosure * vigilance.denominator) // vigilance.numerator)
    return Plan(
        total=total,
        batch=batch,
        cap=cap,
        proving_cost=proving_cost,
        price=price,
        base_fee=base_fee,
        deposit=max(base_fee, hiding, 1),
        fee=fee,
        audit=min(zero_failure_size(share, delta), total, MAX_SAMPLE),
        share=share,
        delta=delta,
        worth=worth,
    )
