"""What a buyer who spoils its own test set can gain from a seller that sees only a sample of it; exact.

Garbage (an example that does not decrypt, or does not hash, to what was committed) is the buyer's loss: the complaint
decides. Wrong *labels* are not: they hash well. A buyer may label G examples wrongly, so that even a perfect model
misses A on the rest, and hope that the draw shows few of them. The uniform prior of ``prospects`` does not hold against
such a buyer; this rule does, and asks for more.
"""

from __future__ import annotations

from fractions import Fraction

from proofs.errors import InvalidInput
from protocols.sampled.tails import at_most
from protocols.sampled.terms import SampledTerms


def survival(total: int, sample: int, spoiled: int, tolerated: int = 0) -> Fraction:
    """h: the chance that at most ``tolerated`` of ``spoiled`` examples among ``total`` are in a sample of ``sample``.

    Statement: sum over j <= t of C(G, j) C(N-G, N1-j) / C(N, N1); for t = 0 at most (1 - G/N)^N1.

    Raises:
        InvalidInput: counts that do not fit each other.
    """
    if not (0 <= spoiled <= total and 1 <= sample <= total and tolerated >= 0):
        raise InvalidInput(f"{spoiled} of {total} spoiled, {sample} drawn, {tolerated} tolerated: these do not fit")
    return at_most(tolerated, places=spoiled, marks=sample, total=total)


def ruin(terms: SampledTerms, tolerated: int) -> Fraction:
    """The best chance of a mislabelling buyer that a perfect model goes on and misses A.

    Args:
        tolerated: t, wrong answers in the sample with which the seller goes on.
    """
    needed = terms.rest - -(-terms.target // terms.batch) * terms.batch + 1  # only whole batches can be proven
    best = Fraction(0)
    for spoiled in range(needed, min(needed + tolerated, terms.total) + 1):  # more would only be seen more often
        best = max(best, survival(terms.total, terms.sample, spoiled, min(tolerated, spoiled - needed)))
    return best


def gain(terms: SampledTerms, tolerated: int) -> Fraction:
    """Wei such a buyer gains in expectation when its examples cost it nothing: h 2NE - (1 - h) N1 P - eps."""
    chance = ruin(terms, tolerated)
    return chance * terms.bond - (1 - chance) * terms.abort_fee - terms.fee


def least_right_against_malice(terms: SampledTerms) -> int | None:
    """Fewest right answers in the sample at which a mislabelling buyer gains nothing; None when even N1 are too few."""
    low, high = 0, terms.sample + 1  # wrong answers that are too many; what can be gained rises with them
    while low < high:
        middle = (low + high) // 2
        if middle > terms.sample or gain(terms, middle) > 0:
            high = middle
        else:
            low = middle + 1
    return terms.sample - low + 1 if low else None
