"""How likely contests hit a wrong answer: exactly for a finite round, and the bound that needs no round size.

The contested answers must be drawn after all answers have come, by the client's own randomness. n of a answers, m of
them wrong: drawn without replacement the chance of hitting none is C(a-m, n) / C(a, n), which is at most (1 - m/a)^n,
the chance in n independent draws. Source: section 5.3 gives no bound; its serving sizes 72 / 183 / 366 are the tamper
sizes of section 5.4 (``protocols.accuracy.bounds``).
"""

from __future__ import annotations

import math
from fractions import Fraction

from proofs.errors import InvalidInput
from protocols.accuracy.bounds import zero_failure_size


def detection(answers: int, wrong: int, contests: int) -> Fraction:
    """Exact probability that ``contests`` answers drawn from ``answers`` include one of the ``wrong`` ones."""
    if not 0 <= wrong <= answers or contests < 0:
        raise InvalidInput(f"{wrong} wrong of {answers} answers, {contests} contests: give counts that fit each other")
    drawn = min(contests, answers)
    return 1 - Fraction(math.comb(answers - wrong, drawn), math.comb(answers, drawn))


def detection_floor(share: Fraction, contests: int) -> Fraction:
    """1 - (1 - f)^n for a wrong share f of any number of answers: never above ``detection``."""
    if not 0 <= share <= 1 or contests < 0:
        raise InvalidInput(f"share {share} of 1 and {contests} contests: give a share from 0 to 1 and a count")
    return 1 - (1 - share) ** contests


def contests_needed(rate: float, delta: float, round_size: int | None = None) -> int:
    """Least number of contests that hit a wrong answer with probability at least 1 - delta.

    Args:
        rate: share of wrong answers from which on they must be found. delta: probability of missing them all.
        round_size: K, for the exact count in a round with ``wrong_answers(rate, K)`` wrong ones; None for any K
            (independent draws): at delta 5% and rates 5%, 2%, 1% that is 59, 149, 299.

    Raises:
        InvalidInput: a share or size out of range.
    """
    enough = zero_failure_size(rate, delta)
    if round_size is None:
        return enough
    if round_size < 1:
        raise InvalidInput(f"a round of {round_size} inputs; it has at least one")
    wrong, missed, low, high = wrong_answers(rate, round_size), _as_written(delta), 1, min(enough, round_size)
    while low < high:  # the chance of missing falls with every contest
        middle = (low + high) // 2
        low, high = (low, middle) if 1 - detection(round_size, wrong, middle) <= missed else (middle + 1, high)
    return low


def wrong_answers(rate: float, answers: int) -> int:
    """Least number of wrong answers that is at least the share ``rate`` of ``answers``: 1 of 50 at 0.02."""
    if not 0 <= rate <= 1 or answers < 0:
        raise InvalidInput(f"rate {rate} of {answers} answers: give a share from 0 to 1 and a count")
    return math.ceil(_as_written(rate) * answers)


def _as_written(share: float) -> Fraction:
    """The decimal a person wrote for ``share``: 0.02 is 1/50, of which the float itself is a little more."""
    return Fraction(str(share))
