"""How likely a false statement passes: bits of soundness, from the rounds a verifier actually ran.

A round's wrong polynomial of degree d agrees with the right one in at most d points, and its challenge is one of the
|F| - 1 non-zero elements. A message followed by k challenges, for a polynomial of degree d in each, passes with
chance at most k d / (|F| - 1): its *total degree* is k d (Schwartz 1980, Zippel 1979).

* ``total_bits``: the union bound over all rounds, the error of an interactive conversation.
* ``worst_round_bits``: the worst single round, what one hash of a non-interactive proof's forger is worth: with Q
  hashes he succeeds with chance at most Q 2^-worst_round_bits (round-by-round soundness; SHA-256 as a random oracle).

Both are of one branch. Branches in step share their challenges, drawn from the smallest of their fields, which is the
one to count with; a statement false as integers is false in at least one branch, so a proof has the bits of a branch.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from proofs.sumcheck.exchange import Verifier
from proofs.sumcheck.fields.extension import Extension

T = TypeVar("T")
Tally = tuple[tuple[int, int], ...]
"""(total degree, number of messages), in ascending order."""
STEPS_PER_BIT = 100
"""Bits are rounded down to hundredths."""


@dataclass(frozen=True, slots=True)
class Round:
    """A message and the challenges after it.

    Args:
        degree: of the polynomial, in each of the challenges.
        error: the chance itself, where it does not follow from the degree.
    """

    label: str
    degree: int
    challenges: int = 1
    error: Fraction | None = None

    def chance(self, extension: Extension) -> Fraction:
        """The chance that challenges from ``extension`` let a wrong message pass."""
        return Fraction(self.total_degree, extension.size - 1) if self.error is None else self.error

    @property
    def total_degree(self) -> int:
        """The most of the |F| - 1 non-zero elements, times them in further challenges, that let a wrong claim pass."""
        return self.degree * self.challenges


def recorded(verifier: Verifier[T], rounds: list[Round]) -> Verifier[T]:
    """The same verifier; every message it asks for is appended to ``rounds``."""
    try:
        request = next(verifier)
        while True:
            rounds.append(Round(request.label, request.degree, request.challenges, request.error))
            request = verifier.send((yield request))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def tally(rounds: Iterable[Round]) -> Tally:
    """The rounds that draw challenges, counted by total degree."""
    return tuple(sorted(Counter(r.total_degree for r in rounds if r.total_degree).items()))


def soundness_bits(rounds: Iterable[Round], extension: Extension) -> tuple[float, float]:
    """(total_bits, worst_round_bits) of rounds whose errors follow from degrees; infinite without any."""
    return tally_bits(tally(rounds), extension)


def tally_bits(counted: Tally, extension: Extension) -> tuple[float, float]:
    """The same from a tally."""
    points = extension.size - 1
    total = Fraction(sum(degree * number for degree, number in counted), points)
    worst = Fraction(max((degree for degree, _ in counted), default=0), points)
    return error_bits(total), error_bits(worst)


def proof_bits(rounds: Iterable[Round], extension: Extension) -> tuple[float, float]:
    """(total_bits, worst_round_bits) of rounds that may state their chance themselves."""
    chances = [r.chance(extension) for r in rounds]
    return error_bits(sum(chances, Fraction(0))), error_bits(max(chances, default=Fraction(0)))


def error_bits(error: Fraction) -> float:
    """-log2 of a chance, exactly rounded down to hundredths; 0 if it is 1 or more."""
    if error <= 0:
        return math.inf
    if error >= 1:
        return 0.0
    inverse: int = error.denominator**STEPS_PER_BIT // error.numerator**STEPS_PER_BIT
    return (inverse.bit_length() - 1) / STEPS_PER_BIT
