"""Griefing: what a deviation costs the other side, for each wei it costs the one who deviates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from protocols.games.paths import Path

GamePath = Path[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Grief:
    """One party's deviation measured against the honest game of the same scenario; wei.

    Args:
        path: the game. by, against: who deviates, who stays honest. cost: what deviating takes from ``by``.
        harm: what it takes from ``against``.
    """

    path: GamePath
    by: str
    against: str
    cost: int
    harm: int

    @property
    def factor(self) -> Fraction | None:
        """harm / cost: at most 0 where nobody is harmed, None where harm is free (or even pays)."""
        if self.harm <= 0:
            return Fraction(0)
        return None if self.cost <= 0 else Fraction(self.harm, self.cost)


def griefs(honest: GamePath, paths: Iterable[GamePath], parties: tuple[str, str]) -> list[Grief]:
    """Each path in which exactly one of two parties deviates, measured against ``honest``."""
    found = []
    for path in paths:
        strays = path.strays & set(parties)
        if len(strays) != 1:
            continue
        by = next(iter(strays))
        against = parties[1] if by == parties[0] else parties[0]
        cost, harm = (honest.payoff[role] - path.payoff[role] for role in (by, against))
        found.append(Grief(path, by, against, cost, harm))
    return found


def worst(found: Iterable[Grief], by: str) -> Grief | None:
    """The deviation of ``by`` with the highest factor (free harm first, the greatest of it), None without any."""
    own = [grief for grief in found if grief.by == by]

    def rank(grief: Grief) -> tuple[bool, Fraction, int]:
        factor = grief.factor
        return (factor is None, factor or Fraction(0), grief.harm)

    return max(own, key=rank, default=None)
