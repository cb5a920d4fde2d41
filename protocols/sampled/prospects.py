"""Whether a seller who has seen the sample should go on: the chance of reaching A on the rest, and what it is worth.

Statistical rule (ours; the paper gives none): before anything is seen, every number of right answers among the N
examples is equally likely. The seed draws the sample uniformly and after the labels were fixed, so once ``s`` of N1
were right, the chance of ``k`` right among the other N2 is C(s+k, s) C(N1-s+N2-k, N1-s) / C(N+1, N1+1), the
beta-binomial law of a uniform prior. Its tail is a hypergeometric one: put N1+1 marks on N+1 places at random; at least
A of the rest are right iff at most ``s`` marks fall on the first s+A places. So it is summed exactly, in integers.

A seller who has tried its model before may add what it saw. It counts for half: beside the uniform prior stands the
prior Beta(1 + right, 1 + wrong) with equal weight, so that a sample unlike the trials takes the trials' word away.

None of that holds against a buyer who labels examples wrongly on purpose, since it chooses how many. Unless the seller
says that it trusts the labels, it goes on only where such a buyer gains nothing (``malice``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from proofs.errors import InvalidInput
from protocols.sampled.malice import least_right_against_malice
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
        trust_labels: take it that the buyer labels no example wrongly on purpose.

    Raises:
        InvalidInput: a weight below 1, or counts that contradict each other.
    """

    loss_weight: Fraction = Fraction(1)
    tried_right: int = 0
    tried: int = 0
    trust_labels: bool = False

    def __post_init__(self) -> None:
        if self.loss_weight < 1:
            raise InvalidInput(f"loss_weight is {self.loss_weight}; a lost wei counts at least as much as one gained")
        if not 0 <= self.tried_right <= self.tried <= MAX_TRIED:
            raise InvalidInput(
                f"{self.tried_right} right of {self.tried} tried; give 0 <= right <= tried <= {MAX_TRIED}"
            )


PLAIN = Caution()
"""A uniform prior, the plain expectation, and no trust in labels."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What going on is worth to a seller after the sample.

    Args:
        right: s, right answers in the sample. least: fewest at which going on is worth it, None if no number is.
        safe: fewest at which a mislabelling buyer gains nothing, None if no number is; 0 where labels are trusted.
        miss: alpha, the chance that the rest misses A. advantage: wei by which going on beats aborting, in expectation
            and weighed by the caution. worth: whether it is at least 0, and the
            sample safe. reason: the same in words.
    """

    right: int
    least: int | None
    safe: int | None
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
    unknown = _missing(terms, right_in_sample, terms.sample)
    if not caution.tried:
        return unknown
    known = _missing(terms, right_in_sample + caution.tried_right, terms.sample + caution.tried)
    like, other = _likelihood(terms, right_in_sample, caution), Fraction(1, terms.sample + 1)
    return (like * known + other * unknown) / (like + other)


def _missing(terms: SampledTerms, right: int, seen: int) -> Fraction:
    """Chance of missing A after ``right`` of ``seen`` examples, under the uniform prior."""
    return 1 - at_most(right, places=right + terms.target, marks=seen + 1, total=seen + terms.rest + 1)


def _likelihood(terms: SampledTerms, right: int, caution: Caution) -> Fraction:
    """Chance of exactly ``right`` in the sample if it is like the trials."""
    good, bad = caution.tried_right, caution.tried - caution.tried_right
    wrong = terms.sample - right
    ways = math.comb(right + good, right) * math.comb(wrong + bad, wrong)
    return Fraction(ways, math.comb(terms.sample + caution.tried + 1, terms.sample))


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
    safe = 0 if caution.trust_labels else least_right_against_malice(terms)
    worth = gain >= 0 and safe is not None and right_in_sample >= safe
    reason = (
        f"{right_in_sample} of {terms.sample} right in the sample, {_enough(least, safe)}: {terms.target} of the other "
        f"{terms.rest} would be missed with chance {float(miss):.3%}"
    )
    return Prospect(right_in_sample, least, safe, miss, gain, worth, reason)


def _enough(least: int | None, safe: int | None) -> str:
    """How many would be enough, in words."""
    if least is None:
        return "no number would be enough"
    if safe is None:
        return "and a buyer who mislabels examples on purpose would gain whatever it shows"
    if safe > least:
        return f"{safe} or more are enough against a buyer who mislabels examples on purpose"
    return f"{least} or more are enough"


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
