"""Each way to deviate in protocol A' and the inequality under which it does not pay.

``advantage`` is the honest pay-off minus the deviating one, in wei and exact; the deviation does not pay while it is at
least 0. Gas is left out, but for c, the gas of putting the ciphertexts on chain. Letters: N = N1 + N2 examples, costs
E, Z, P, fee eps, value v to the buyer, m allowed aborts, k cost of the capital locked as stake, d value of one labelled
example to the seller, r value of a bought record, l probability that a seller goes on without looking. Of chances: a
that the rest misses A although the sample was promising, b that it misses A when the sample was poor, s that a sample
is poor, u share of looks a seller aborts unseen, h that at most t of G spoiled examples are among the N1 drawn.

The paper's: deposits, pay-offs, N1 drawn by the seller's seed, eps = N1 P/99 for u = 1/100 (``abort-now-and-then``).
Ours: every clock, the key on chain, the complaint, and what the inequalities say beyond the paper. Against A, what a
seller takes away from an abort falls from N to N1 examples (``collect-samples``), and with it the stake that is needed.
In exchange it promises to prove on what it has not seen: wrong *labels* can't be complained about
(``mislabel-rest``), so its sample has to be better than the target, and by how much ``malice`` computes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from protocols.sampled.malice import survival
from protocols.sampled.paths import Role
from protocols.sampled.prospects import advantage
from protocols.sampled.terms import SampledTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakes:
    """The numbers an inequality is about; values and costs are in wei, probabilities exact.

    Args:
        terms: of the job. value: v. data_value: d. capital_cost: k. record_value: r. post_cost: c. miss: a.
        miss_poor: b. poor: s. lazy: l. unseen: u. spoiled: G, examples exchanged or labelled wrongly. tolerated: t,
            wrong answers in the sample with which the seller still goes on. real_labels: whether the buyer paid E for
            each of the other examples when it mislabels some.
    """

    terms: SampledTerms
    value: int = 0
    data_value: int = 0
    capital_cost: int = 0
    record_value: int = 0
    post_cost: int = 0
    miss: Fraction = Fraction(0)
    miss_poor: Fraction = Fraction(1)
    poor: Fraction = Fraction(1, 2)
    lazy: Fraction = Fraction(0)
    unseen: Fraction = Fraction(1, 100)
    spoiled: int = 0
    tolerated: int = 0
    real_labels: bool = True

    @property
    def e(self) -> int:
        """N*E."""
        return self.terms.total * self.terms.example_cost

    @property
    def p1(self) -> int:
        """N1*P, which is also the abort fee."""
        return self.terms.abort_fee

    @property
    def p2(self) -> int:
        """N2*P: the plain run of the rest that chooses what to prove first."""
        return self.terms.rest * self.terms.inference_cost

    @property
    def z2(self) -> int:
        """N2*Z."""
        return self.terms.rest * self.terms.proving_cost

    @property
    def eps(self) -> int:
        """The fee each side pays."""
        return self.terms.fee

    @property
    def looks(self) -> int:
        """Aborts one model can make before nobody deals with it: m + 1."""
        return self.terms.max_aborts + 1

    @property
    def survives(self) -> Fraction:
        """h."""
        return survival(self.terms.total, self.terms.sample, self.spoiled, self.tolerated)

    @property
    def labelled(self) -> int:
        """What the buyer paid for the examples it did not spoil, wei."""
        return (self.terms.total - self.spoiled) * self.terms.example_cost if self.real_labels else 0


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


_WIN = "look, proceed, confirm and prove, with a model that reaches the target"
_GO = "look at a promising sample, then proceed"
_LEAVE = "look at a poor sample, then abort"
_AUDIT = "make a real test set, hand it over, give the key, pay for the proof"
_ON = "(1 - a)(2 N1 P + N2 Z)"

_SELLER = (
    Deviation(
        "stay-out-seller", Role.SELLER, _WIN, "never accept", "N1 P + N2 (Z - P) >= eps",
        lambda s: s.p1 + s.z2 - s.p2 - s.eps,
    ),
    Deviation(
        "abort-a-promising-sample", Role.SELLER, _GO, "abort all the same", f"{_ON} >= a 2NE + NP",
        lambda s: advantage(s.terms, s.miss),
    ),
    Deviation(
        "proceed-with-a-poor-sample", Role.SELLER, _LEAVE, "proceed all the same",
        "b 2NE + NP >= (1 - b)(2 N1 P + N2 Z)", lambda s: -advantage(s.terms, s.miss_poor),
    ),
    Deviation(
        "silent-with-a-promising-sample", Role.SELLER, _GO, "fall silent", f"{_ON} >= a 2NE + N2 P + eps",
        lambda s: advantage(s.terms, s.miss) + s.p1 - s.eps,
    ),
    Deviation(
        "silent-with-a-poor-sample", Role.SELLER, _LEAVE, "fall silent", "N1 P >= eps", lambda s: s.p1 - s.eps
    ),
    Deviation(
        "silent-when-posted", Role.SELLER, "abort with everything on chain", "fall silent", "2NE + N1 P >= 0",
        lambda s: 2 * s.e + s.p1,
    ),
    Deviation(
        "proceed-unseen", Role.SELLER, "look, then proceed or abort", "proceed without running the sample",
        "s (b 2NE + NP - (1 - b)(2 N1 P + N2 Z)) >= N1 P",
        lambda s: -s.poor * advantage(s.terms, s.miss_poor) - s.p1,
    ),
    Deviation(
        "abort-now-and-then", Role.SELLER, "look each time", "abort a share u of the jobs unseen",
        "(1 - u) eps >= u N1 P", lambda s: (1 - s.unseen) * s.eps - s.unseen * s.p1,
    ),
    Deviation(
        "farm-aborts", Role.SELLER, "stay out", "accept and abort without looking, as often as allowed",
        "k >= (m + 1)(N1 P - eps)", lambda s: s.capital_cost - s.looks * (s.p1 - s.eps),
    ),
    Deviation(
        "collect-samples", Role.SELLER, "stay out", "accept, keep the labelled sample, abort, as often as allowed",
        "k >= (m + 1)(N1 d + N1 P - eps)",
        lambda s: s.capital_cost - s.looks * (s.terms.sample * s.data_value + s.p1 - s.eps),
    ),
    Deviation(
        "collect-a-test-set", Role.SELLER, "stay out", "proceed for the rest's key, keep everything, prove nothing",
        "2NE + eps >= Nd", lambda s: 2 * s.e + s.eps - s.terms.total * s.data_value,
    ),
    Deviation(
        "stop-proving", Role.SELLER, _WIN, "confirm, then prove nothing", "2NE + 2 N1 P + N2 (Z - P) >= 0",
        lambda s: 2 * s.e + 2 * s.p1 + s.z2 - s.p2,
    ),
    Deviation(
        "confirm-unopened", Role.SELLER, "wait for the key to come on chain", "confirm what can't be opened",
        "4NE >= 0", lambda s: 4 * s.e,
    ),
    Deviation(
        "swallow-a-fault", Role.SELLER, "complain about an example that is not what was committed",
        "confirm and prove on the others", "2NE >= 2 N1 P + N2 (Z - P)",
        lambda s: 2 * s.e - 2 * s.p1 - s.z2 + s.p2,
    ),
    Deviation(
        "complain-falsely", Role.SELLER, _WIN, "complain about what is as it was committed", "0 >= 0", lambda _: 0
    ),
    Deviation(
        "deny-the-key", Role.SELLER, _WIN, "make the buyer put the rest's key on chain", "0 >= 0", lambda _: 0
    ),
)  # fmt: skip

_BUYER = (
    Deviation(
        "stay-out-buyer", Role.BUYER, _AUDIT, "never open", "v >= NE + 2 N1 P + 2 N2 Z + eps",
        lambda s: s.value - s.e - s.terms.payment - s.eps,
    ),
    Deviation(
        "never-hand-over", Role.BUYER, _AUDIT, "fall silent after the acceptance", "v >= 2 N1 P + 2 N2 Z + eps",
        lambda s: s.value - s.terms.payment - s.eps,
    ),
    Deviation(
        "withhold-ciphertexts", Role.BUYER, _AUDIT, "post a root, send nothing that fits it", "v >= N1 P + 2 N2 Z",
        lambda s: s.value - s.p1 - 2 * s.z2,
    ),
    Deviation(
        "withhold-the-key", Role.BUYER, _AUDIT, "hand over, keep the rest's key", "v + 2NE >= 2 N1 P + 2 N2 Z",
        lambda s: s.value + 2 * s.e - s.terms.payment,
    ),
    Deviation(
        "spoil-rest", Role.BUYER, "stay out", "exchange G examples, or commit false views of them (t = 0)",
        "(1 - h) N1 P + h (1 - 2l) 2NE + eps >= 0",
        lambda s: (1 - s.survives) * s.p1 + s.survives * (1 - 2 * s.lazy) * 2 * s.e + s.eps,
    ),
    Deviation(
        "mislabel-rest", Role.BUYER, "stay out", "label G examples wrongly so that a good model misses the target",
        "(1 - h) N1 P + (N - G) E + eps >= h 2NE",
        lambda s: (1 - s.survives) * s.p1 + s.labelled + s.eps - s.survives * 2 * s.e,
    ),
    Deviation(
        "sham-labels", Role.BUYER, "stay out", "commit made-up labels throughout", "(1 - l) N1 P + eps >= l 2NE",
        lambda s: (1 - s.lazy) * s.p1 + s.eps - s.lazy * 2 * s.e,
    ),
    Deviation(
        "post-to-harm", Role.BUYER, _AUDIT, "put all ciphertexts on chain without need", "c >= 0",
        lambda s: s.post_cost,
    ),
    Deviation(
        "sham-audit", Role.BUYER, "no audit", "buyer and seller are one, to buy a record of success", "2 eps >= r",
        lambda s: 2 * s.eps - s.record_value,
    ),
)  # fmt: skip
