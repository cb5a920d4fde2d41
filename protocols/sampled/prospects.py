"""Whether a seller who has seen the sample should go on: the chance of reaching A on the rest, and what it is worth.

Statistical rule (ours; the paper gives none): before anything is seen, every number of right answers among the N
examples is equally likely. The seed draws the sample uniformly and after the labels were fixed, so once ``s`` of N1
were right, the chance of ``k`` right among the other N2 is C(s+k, s) C(N1-s+N2-k, N1-s) / C(N+1, N1+1), the
beta-binomial law of a uniform prior. Its tail is a hypergeometric one: put N1+1 marks on N+1 places at random; at least
A of the rest are right iff at most ``s`` marks fall on the first s+A places. So it is summed exactly, in integers.

A seller who has tried its model on similar examples before may add them: the prior is then Beta(1 + right, 1 + wrong).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from proofs.errors import InvalidInput
from protocols.sampled.tails import at_most
from protocols.sampled.terms import SampledTerms

MAX_TRIED = 1_000
"""Most earlier examples a prior is built on: the buyer chose the test set, so what was tried elsewhere binds nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """How a seller weighs its prospects; secret (nobody else needs it).

    Args:
        loss_weight: how many wei gained make up for one lost, at least 1; 1 is the plain expectation.
        tried_right, tried: right answers on similar labelled examples the seller tried before, and how many it tried.

    Raises:
        InvalidInput: a weight below 1, or counts that contradict each other.
    """

    loss_weight: Fraction = Fraction(1)
    tried_right: int = 0
    tried: int = 0

    def __post_init__(self) -> None:
        if self.loss_weight < 1:
            raise InvalidInput(f"loss_weight is {self.loss_weight}; a lost wei counts at least as much as one gained")
        if not 0 <= self.tried_right <= self.tried <= MAX_TRIED:
            raise InvalidInput(
                f"{self.tried_right} right of {self.tried} tried; give 0 <= right <= tried <= {MAX_TRIED}"
            )


PLAIN = Caution()
"""A uniform prior and the plain expectation."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What going on is worth to a seller after the sample.

    Args:
        right: s, right answers in the sample. least: fewest at which going on is worth it, None if no number is.
        miss: alpha, the chance that the rest misses A. advantage: wei by which going on beats aborting, in expectation
            and weighed by the caution. worth: whether it is at least 0. reason: the same in words.
    """

    right: int
    least: int | None
    miss: Fraction
    advantage: Fraction
    worth: bool
    reason: str


def chance_of_missing(terms: SampledTerms, right_in_sample: int, caution: Caution = PLAIN) -> Fraction:
    """alpha: the chance that fewer than A of the N2 other examples are right, exact, by the rule above.

    Raises:
        InvalidInput: ``right_in_sample`` is not a count of N1 examples.
    """
    if not 0 <= right_in_sample <= terms.sample:
        raise InvalidInput(f"right_in_sample is {right_in_sample}; the sample has {terms.sample} examples")
    right, seen = right_in_sample + caution.tried_right, terms.sample + caution.tried
    reached = at_most(right, places=right + terms.target, marks=seen + 1, total=seen + terms.rest + 1)
    return 1 - reached


def advantage(terms: SampledTerms, miss: Fraction, loss_weight: Fraction = Fraction(1)) -> Fraction:
    """Wei by which going on beats aborting when the rest misses A with chance ``miss``.

    Statement: (1 - alpha) (2 N1 P + N2 Z) - w alpha 2NE - N P. Both ways the seller has run the sample and pays eps, so
    neither appears; N P is the abort fee forgone, N1 P, and the plain run of the rest that chooses the batches, N2 P. A
    seller who sees there that the rest misses proves nothing. All N2 proofs are counted, though a seller stops at A.
    """
    proven = terms.rest * terms.proving_cost
    forgone = terms.total * terms.inference_cost
    return (1 - miss) * (2 * terms.abort_fee + proven) - loss_weight * miss * terms.bond - forgone


def worth_proceeding(terms: SampledTerms, right_in_sample: int, caution: Caution = PLAIN) -> Prospect:
    """Whether an honest seller goes on after ``right_in_sample`` right answers in the sample.

    Raises:
        InvalidInput: ``right_in_sample`` is not a count of N1 examples.
    """
    miss = chance_of_missing(terms, right_in_sample, caution)
    gain = advantage(terms, miss, caution.loss_weight)
    least = least_right(terms, caution)
    worth = gain >= 0
    wanted = "no number would be enough" if least is None else f"{least} or more are enough"
    reason = (
        f"{right_in_sample} of {terms.sample} right in the sample, {wanted}: {terms.target} of the other {terms.rest} "
        f"would be missed with chance {float(miss):.3%}"
    )
    return Prospect(right_in_sample, least, miss, gain, worth, reason)


def least_right(terms: SampledTerms, caution: Caution = PLAIN) -> int | None:
    """Fewest right answers in the sample at which going on is worth it; None when even N1 of N1 are too few.

    The chance of missing falls as the count rises, so the counts that are enough are all from one on.
    """
    low, high = 0, terms.sample + 1  # the answer lies in low..high, where N1 + 1 stands for none
    while low < high:
        middle = (low + high) // 2
        miss = chance_of_missing(terms, middle, caution) if middle <= terms.sample else Fraction(0)
        if middle > terms.sample or advantage(terms, miss, caution.loss_weight) >= 0:
            high = middle
        else:
            low = middle + 1
    return low if low <= terms.sample else None
