"""Planning a round: how many contests, what each side locks, what contesting costs. Behind ``assay plan``.

Source: arXiv 2210.08674, section 5.3 (client 2KZ, provider beta*K*Z, 2Z a contest). Price and fee are this project's.
Amounts are exact integers in wei; fractions round up.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from proofs.errors import InvalidInput
from protocols.accuracy.bounds import zero_failure_size
from protocols.accuracy.describe import ether
from protocols.accuracy.plan import FEE_DIVISOR, PAPER_DELTA, PAPER_TAMPER_SIZES, Costs
from protocols.predictions.bounds import contests_needed, detection, wrong_answers
from protocols.predictions.terms import MAX_ROUND, MIN_BETA

DEFAULT_ROUND = 1_000


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """One round, planned; all public. Amounts in wei.

    Args:
        rate, delta: share of wrong answers to be found, and the chance of missing them all that is put up with.
        round: K. contests: n = K1, contests drawn at random. independent: n that would do for any K.
        wrong: wrong answers that ``rate`` means in this round. caught: exact chance to find one of them.
        beta: multiple of K*Z the provider deposits. price: of an answer. costs: E, Z, P. fee: eps of each side.
    """

    rate: float
    delta: float
    round: int
    contests: int
    independent: int
    wrong: int
    caught: Fraction
    beta: int
    price: int
    costs: Costs
    fee: int

    @property
    def client_funds(self) -> int:
        """2KZ + Kp + eps."""
        return 2 * self.round * self.costs.proving + self.round * self.price + self.fee

    @property
    def provider_funds(self) -> int:
        """beta*K*Z + eps."""
        return self.beta * self.round * self.costs.proving + self.fee

    @property
    def contest_cost(self) -> int:
        """2nZ, when all contested answers are right."""
        return 2 * self.contests * self.costs.proving

    @property
    def provider_profit(self) -> int:
        """K(p - P) - eps, uncontested."""
        return self.round * (self.price - self.costs.inference) - self.fee

    def rows(self) -> list[tuple[str, str, str]]:
        """Quantity, value and formula of each line of the plan's table."""
        k, n = f"K = {self.round:,}", f"n = {self.contests:,}"
        return [
            ("Wrong share to find", f"{self.rate:.2%}", f"{self.wrong:,} wrong answers of {k}"),
            ("Confidence asked", f"{1 - self.delta:.2%}", "1 - delta"),
            ("Contests n", f"{self.contests:,}", "least n with C(K-m, n) / C(K, n) <= delta, drawn at random"),
            ("Chance to find one", f"{float(self.caught):.2%}", f"1 - C(K-m, n) / C(K, n), {n}"),
            ("For a round of any K", f"{self.independent:,}", "ln(delta) / ln(1 - p), rounded up"),
            ("Price of an answer", ether(self.price), "p"),
            ("Client locks", ether(self.client_funds), "2KZ + Kp + eps"),
            ("Provider locks", ether(self.provider_funds), f"beta*K*Z + eps, beta = {self.beta}"),
            ("Contests cost", ether(self.contest_cost), "2nZ to the provider, when all answers are right"),
            ("A wrong answer costs", ether(self.provider_funds - self.fee), "beta*K*Z, provider to client, once found"),
            ("Provider earns", ether(self.provider_profit), "K(p - P) - eps, uncontested"),
            ("Fee, each side", ether(self.fee), f"eps = KP/{FEE_DIVISOR}, rounded up"),
        ]


def make_round_plan(
    rate: float,
    delta: float,
    round_size: int = DEFAULT_ROUND,
    price: int | None = None,
    beta: int = MIN_BETA,
    costs: Costs | None = None,
) -> RoundPlan:
    """Plan a round whose contests find a share ``rate`` of wrong answers at confidence 1 - ``delta``.

    Args:
        rate, delta: shares of 1. round_size: K. price: wei an answer, 2P unless given. beta: at least 2. costs: wei.

    Raises:
        InvalidInput: a share, size or multiple out of range, or a price the provider would lose money at.
    """
    costs = costs or Costs()
    if not 1 <= round_size <= MAX_ROUND:
        raise InvalidInput(f"a round of {round_size}; choose 1 to {MAX_ROUND} inputs")
    if beta < MIN_BETA:
        raise InvalidInput(f"beta is {beta}; the provider deposits at least {MIN_BETA} times K*Z")
    price = 2 * costs.inference if price is None else price
    contests, wrong = contests_needed(rate, delta, round_size), wrong_answers(rate, round_size)
    plan = RoundPlan(
        rate=rate,
        delta=delta,
        round=round_size,
        contests=contests,
        independent=contests_needed(rate, delta),
        wrong=wrong,
        caught=detection(round_size, wrong, contests),
        beta=beta,
        price=price,
        costs=costs,
        fee=-(-round_size * costs.inference // FEE_DIVISOR),
    )
    if plan.provider_profit < 0:
        raise InvalidInput(f"at {price} wei an answer the provider loses {-plan.provider_profit} wei a round; ask more")
    return plan


def contest_table(delta: float = PAPER_DELTA, round_size: int = DEFAULT_ROUND) -> list[tuple[str, str, str, str, str]]:
    """Per wrong share: contests in a round of ``round_size``, of any size, two-sided, and the paper's printed figure.

    The printed 72 / 183 / 366 are two-sided (delta/2 a side), the last of them two short; against a provider who may
    answer wrongly the one-sided figure is the question asked.
    """
    rows = []
    for rate, printed in PAPER_TAMPER_SIZES:
        exact, any_size = contests_needed(rate, delta, round_size), contests_needed(rate, delta)
        two_sided = zero_failure_size(rate, delta, two_sided=True)
        rows.append((f"{rate:.0%}", f"{exact}", f"{any_size}", f"{two_sided}", f"{printed}"))
    return rows
