"""Each way to deviate in protocol A and the inequality under which it does not pay.

``advantage`` is the honest pay-off minus the deviating one, in wei and exact; the deviation does not pay while it is at
least 0. Gas is left out. Letters: N examples, costs E, Z, P, fee eps, value v to the buyer, m allowed aborts, k cost of
the capital locked as stake, d value of one labelled example to the seller, r value of a bought record, q probability
that an unseen test set misses the target, l probability that a seller proceeds without looking.

Findings where the paper is silent: Z > P alone does not pay the seller's fee (``stay-out-seller`` asks N(Z-P) >= eps,
so Z >= 100/99 P at the paper's eps). And eps = NP/99 stops farming only by sellers who really run the model: who aborts
without looking gains NP - eps each time (``farm-aborts``); only the abort count and the cost of the stake hold it down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from protocols.accuracy.paths import Role
from protocols.accuracy.terms import AccuracyTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakes:
    """The numbers an inequality is about; values and costs are in wei, probabilities exact."""

    terms: AccuracyTerms
    value: int = 0
    data_value: int = 0
    capital_cost: int = 0
    record_value: int = 0
    miss: Fraction = Fraction(0)
    lazy: Fraction = Fraction(0)

    @property
    def e(self) -> int:
        """N*E."""
        return self.terms.total * self.terms.example_cost

    @property
    def z(self) -> int:
        """N*Z."""
        return self.terms.total * self.terms.proving_cost

    @property
    def p(self) -> int:
        """N*P."""
        return self.terms.total * self.terms.inference_cost

    @property
    def eps(self) -> int:
        """The fee each side pays."""
        return self.terms.fee

    @property
    def looks(self) -> int:
        """Aborts one model can make before nobody deals with it: m + 1."""
        return self.terms.max_aborts + 1


@dataclass(frozen=True, slots=True)
class Deviation:
    """A deviation: who, what instead of what, and when it does not pay.

    Args:
        name: stable identifier. actor: who deviates. instead_of, does: the honest and the deviating conduct.
        inequality: in letters. advantage: honest minus deviating pay-off, wei; ``>= 0`` is the inequality.
    """

    name: str
    actor: Role
    instead_of: str
    does: str
    inequality: str
    advantage: Callable[[Stakes], Fraction | int]

    def deterred(self, stakes: Stakes) -> bool:
        """Whether the deviation does not pay."""
        return self.advantage(stakes) >= 0


def deviation_inequalities() -> tuple[Deviation, ...]:
    """Every deviation of seller and buyer."""
    return _SELLER + _BUYER


_WIN = "look, proceed and prove, with a model that reaches the target"
_LOSE = "look and abort, with a model that misses the target"
_AUDIT = "make a real test set, hand it over, pay for the proof"

_SELLER = (
    Deviation(
        "stay-out-seller", Role.SELLER, _WIN, "never accept", "N(Z - P) >= eps", lambda s: s.z - s.p - s.eps
    ),
    Deviation("abort-a-win", Role.SELLER, _WIN, "look, then abort", "Z >= P", lambda s: s.z - s.p),
    Deviation(
        "silent-with-a-win", Role.SELLER, _WIN, "look, then fall silent", "NZ >= eps", lambda s: s.z - s.eps
    ),
    Deviation(
        "stop-proving", Role.SELLER, _WIN, "proceed, then prove nothing", "Z + 2E >= 0", lambda s: s.z + 2 * s.e
    ),
    Deviation(
        "proceed-with-a-loss", Role.SELLER, _LOSE, "look, then proceed all the same", "2E + P >= 0",
        lambda s: 2 * s.e + s.p,
    ),
    Deviation(
        "silent-with-a-loss", Role.SELLER, _LOSE, "look, then fall silent", "NP >= eps", lambda s: s.p - s.eps
    ),
    Deviation(
        "proceed-unseen", Role.SELLER, "look, then proceed or abort", "proceed without running the model",
        "q * 2E >= (1 - q) P", lambda s: s.miss * 2 * s.e - (1 - s.miss) * s.p,
    ),
    Deviation(
        "farm-aborts", Role.SELLER, "stay out", "accept and abort without looking, as often as allowed",
        "k >= (m + 1)(NP - eps)", lambda s: s.capital_cost - s.looks * (s.p - s.eps),
    ),
    Deviation(
        "collect-test-sets", Role.SELLER, "stay out", "accept, keep the labelled data, abort, as often as allowed",
        "k >= (m + 1)(Nd + NP - eps)",
        lambda s: s.capital_cost - s.looks * (s.terms.total * s.data_value + s.p - s.eps),
    ),
)  # fmt: skip

_BUYER = (
    Deviation(
        "stay-out-buyer", Role.BUYER, _AUDIT, "never open", "v >= NE + 2NZ + eps",
        lambda s: s.value - s.e - 2 * s.z - s.eps,
    ),
    Deviation(
        "never-hand-over", Role.BUYER, _AUDIT, "fall silent after the acceptance", "v >= 2NZ + eps",
        lambda s: s.value - 2 * s.z - s.eps,
    ),
    Deviation(
        "withhold-ciphertexts", Role.BUYER, _AUDIT, "post a root, send nothing or something else", "v >= N(2Z - P)",
        lambda s: s.value - 2 * s.z + s.p,
    ),
    Deviation(
        "sham-labels", Role.BUYER, "stay out", "commit made-up labels so that the seller misses the target",
        "(1 - l) NP + eps >= l * 2NE", lambda s: (1 - s.lazy) * s.p + s.eps - s.lazy * 2 * s.e,
    ),
    Deviation(
        "sham-audit", Role.BUYER, "no audit", "buyer and seller are one, to buy a record of success", "2 eps >= r",
        lambda s: 2 * s.eps - s.record_value,
    ),
)  # fmt: skip
