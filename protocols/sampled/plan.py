"""Planning an audit with a sample: sizes, deposits, fee and stake, and the sample a seller goes on with.

Source: arXiv 2210.08674, appendix B (deposits 2NE + eps, payment 2(N1 P + N2 Z), abort fee N1 P, eps = N1 P/99), with
its stake of 1000 NE put to the N1 examples a seller who leaves has seen. The margin is that of the N2 examples proven.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput
from protocols.accuracy.describe import ether
from protocols.accuracy.plan import FEE_DIVISOR, STAKE_FACTOR, Costs, Plan, minimum_fee
from protocols.sampled.malice import least_right_against_malice
from protocols.sampled.prospects import least_right
from protocols.sampled.terms import MAX_SAMPLE, WINDOW_FIELDS, SampledTerms

_ANYBODY = tuple(f"0x{digit * 40}" for digit in "1234")
DAY_S = 86_400
NO_COUNT = "no count"
"""Where no number of right answers is enough, or no target is given."""


@dataclass(frozen=True, slots=True)
class SampledPlan:
    """One audit with a sample, planned; all public.

    Args:
        total, sample, rest: N, N1, N2. fee, deposit, payment, abort_fee, stake: wei. expected: fewest right answers in
            the sample with which going on pays a seller who trusts the labels, None if no number does; safe: fewest
            with which a buyer who mislabels on purpose gains nothing. Both None without a target.
    """

    total: int
    sample: int
    rest: int
    fee: int
    deposit: int
    payment: int
    abort_fee: int
    stake: int
    expected: int | None
    safe: int | None

    def rows(self) -> list[tuple[str, str, str]]:
        """Quantity, value and formula of each line of the plan's table."""
        return [
            ("Shown beforehand N1", f"{self.sample:,}", "drawn by the seller's seed"),
            ("Proven on N2", f"{self.rest:,}", "the margin's examples"),
            ("Examples N", f"{self.total:,}", "N1 + N2"),
            ("Deposit, each side", ether(self.deposit), "2NE + eps"),
            ("Payment if met", ether(self.payment), "2(N1 P + N2 Z), buyer to seller"),
            ("Abort fee", ether(self.abort_fee), "N1 P, buyer to seller"),
            ("Fee, each side", ether(self.fee), f"eps = N1 P/{FEE_DIVISOR}, rounded up"),
            ("Model's stake", ether(self.stake), f"{STAKE_FACTOR:,} N1 E"),
            ("Seller goes on from", self._count(self.expected), "right in the sample, if it trusts the labels"),
            ("Safe from", self._count(self.safe), "right in the sample, against labels wrong on purpose"),
        ]

    def _count(self, right: int | None) -> str:
        return NO_COUNT if right is None else f"{right} of {self.sample}"


def make_sampled_plan(plan: Plan, sample: int) -> SampledPlan:
    """The same audit with ``sample`` more examples, shown beforehand.

    Args:
        plan: of an audit without one; its N examples are those proven on, N2.
        sample: N1, a multiple of the batch, at most N2 and 256.

    Raises:
        InvalidInput: a size out of range.
    """
    costs, total = plan.costs, plan.total + sample
    most = min(MAX_SAMPLE, plan.total) // plan.batch * plan.batch
    if not plan.batch <= sample <= most or sample % plan.batch:
        raise InvalidInput(f"sample is {sample}; choose a multiple of batch {plan.batch} from {plan.batch} to {most}")
    terms = _terms(plan, sample, costs)
    asked = plan.target is not None
    return SampledPlan(
        total=total,
        sample=sample,
        rest=plan.total,
        fee=terms.fee,
        deposit=terms.deposit,
        payment=terms.payment,
        abort_fee=terms.abort_fee,
        stake=STAKE_FACTOR * sample * costs.example,
        expected=least_right(terms) if asked else None,
        safe=least_right_against_malice(terms) if asked else None,
    )


def _terms(plan: Plan, sample: int, costs: Costs) -> SampledTerms:
    """Terms of these sizes and costs, by anybody."""
    buyer, seller, verifier, recipient = _ANYBODY
    windows = dict.fromkeys(WINDOW_FIELDS, DAY_S)
    return SampledTerms(
        buyer=buyer,
        seller=seller,
        model_id=bytes(32),
        nonce=0,
        data_root=bytes(32),
        format_digest=bytes(32),
        total=plan.total + sample,
        batch=plan.batch,
        sample=sample,
        target=plan.target or plan.total,
        verifier=verifier,
        verifier_codehash=b"\x01" * 32,
        srs_digest=bytes(32),
        example_cost=costs.example,
        proving_cost=costs.proving,
        inference_cost=costs.inference,
        fee=minimum_fee(sample, costs.inference),
        fee_recipient=recipient,
        min_stake=0,
        max_aborts=0,
        **windows,
    )
