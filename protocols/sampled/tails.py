"""The tail of the hypergeometric law, summed exactly; behind what a sample says about the rest."""

from __future__ import annotations

import math
from fractions import Fraction


def at_most(most: int, *, places: int, marks: int, total: int) -> Fraction:
    """Chance that at most ``most`` of ``marks`` marks on ``total`` places fall on the first ``places`` of them.

    Summed over the shorter tail; each term follows exactly from the last.
    """
    others = total - places
    least, largest = max(0, marks - others), min(marks, places)
    if most < least:
        return Fraction(0)
    if most >= largest:
        return Fraction(1)
    below = most - least < largest - most
    first, last = (least, most) if below else (most + 1, largest)
    term = math.comb(places, first) * math.comb(others, marks - first)
    found = term
    for j in range(first, last):
        term = term * (places - j) * (marks - j) // ((j + 1) * (others - marks + j + 1))
        found += term
    share = Fraction(found, math.comb(total, marks))
    return share if below else 1 - share
