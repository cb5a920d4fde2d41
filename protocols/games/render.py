"""Trees and matrices of walked games as tables, amounts as sums of letters; behind the pages ``docs/game-*.md``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofs.errors import InvalidInput
from protocols.games.board import EARLY
from protocols.games.game import GameState
from protocols.games.paths import Path

GamePath = Path[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Letters:
    """Amounts of an example job so far apart that every sum of them can be read back in letters.

    Args:
        names: letters from the largest to the smallest; the last one is worth 1, each other ``base`` times the next.
        base: how far apart. parts: the finest share of a letter that occurs (2 for halves).
    """

    names: tuple[str, ...]
    base: int = 100
    parts: int = 2

    def __getitem__(self, name: str) -> int:
        return int(self.base ** (len(self.names) - 1 - self.names.index(name)))

    def text(self, amount: int) -> str:
        """``amount`` as a sum of letters, e.g. ``-2NE - NZ/2 - eps``; InvalidInput when it is none."""
        rest, found = self.parts * amount, []
        half = self.base // 2
        for name in reversed(self.names):
            digit = (rest // self[name] + half) % self.base - half  # the lower letters are taken off already
            rest -= digit * self[name]
            if digit:
                found.append(_term(Fraction(digit, self.parts), name))
        if rest:
            raise InvalidInput(f"{amount} wei is no sum of {', '.join(self.names)}")
        text = " ".join(reversed(found)).removeprefix("+ ")
        return "-" + text[2:] if text.startswith("- ") else text or "0"


def _term(factor: Fraction, letter: str) -> str:
    size = abs(factor)
    number = "" if size.numerator == 1 else str(size.numerator)
    divided = "" if size.denominator == 1 else f"/{size.denominator}"
    return f"{'-' if factor < 0 else '+'} {number}{letter}{divided}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def tree_rows(paths: Iterable[GamePath], anyone: str) -> list[list[str]]:
    """State, mover, function, time and next state of each move that counted, in the states' order.

    Args:
        paths: walked games. anyone: the role whose move shows that everybody may make it.
    """
    moves: dict[tuple[int, str, int], set[str]] = {}
    names: dict[int, str] = {}
    for path in paths:
        job = path.scenario.unopened()
        for step in path.steps:
            if step.reverts is None:
                after, _ = path.scenario.apply(job, step.event, step.time)
                moves.setdefault((job.state, function_name(step.event), after.state), set()).add(step.actor)
                names |= {job.state: state_name(job.state), after.state: state_name(after.state)}
                job = after
    rows = []
    for (before, function, following), roles in sorted(moves.items()):
        who = "anyone" if anyone in roles else " or ".join(sorted(roles))
        when = "from the deadline on" if function == "finalise" else "before the deadline"
        rows.append([names[before], who, f"`{function}`", when if before else "any time", names[following]])
    return rows


def matrix_rows(paths: Iterable[GamePath], parties: Sequence[str], letters: Letters, skip: int = 1) -> list[list[str]]:
    """Conduct, ending, on-chain net and pay-off of each path for each of ``parties``; late ``finalise`` left out.

    Args:
        skip: behaviours at the beginning that all paths share.
    """
    rows: dict[tuple[str, ...], None] = {}
    for path in paths:
        amounts = [path.net[role] for role in parties] + [path.payoff[role] for role in parties]
        rows[conduct(path, skip), state_name(path.job.state), *map(letters.text, amounts)] = None
    return [list(row) for row in rows]


def conduct(path: GamePath, skip: int = 1) -> str:
    """Who did what, in words, without the opening, the pace and the late ``finalise``."""
    deeds = [f"{role} {plain(did)}" for role, did in path.behaviours[skip:] if did != "finalises"]
    return "; ".join(deeds)


def plain(did: str) -> str:
    """A deed without the word for the usual pace."""
    return did.removesuffix(f" {EARLY}")


def function_name(event: object) -> str:
    """The contract function an event class stands for."""
    name = type(event).__name__
    return name[0].lower() + name[1:]


def state_name(state: GameState) -> str:
    """A state as the contract spells it."""
    return "".join(word.capitalize() for word in state.name.split("_"))
