"""The game walker of protocol A': every path of honest, lazy, malicious and silent moves, with its clocks.

In each state the mover moves in time, comes in the second of the deadline (refused), or not at all; every neglected
deadline is ended by either side or a stranger, after a premature attempt that is refused. How fast each side moves is
its pace for the whole game: no clock depends on an earlier one, so mixing paces within a game shows nothing new. What
is refused without consequence is played once and goes on honestly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from protocols.games.board import EARLY, LAST, Board
from protocols.games.paths import finish
from protocols.sampled.deciding_moves import walk_accepted
from protocols.sampled.events import Accept, Event, Finalise, Open
from protocols.sampled.machine import JobState
from protocols.sampled.paths import Node, OffChain, Path, Role, Scenario
from protocols.sampled.table import Pace, Table

UNIFORM = (Pace(EARLY, EARLY), Pace(LAST, LAST))
PACES = (*UNIFORM, Pace(EARLY, LAST), Pace(LAST, EARLY))
AT_ONCE = UNIFORM[:1]


def walk(scenario: Scenario, paces: Iterable[Pace] = PACES, thorough: bool = True) -> Iterator[Path]:
    """Every path of a scenario.

    Args:
        scenario: the facts of the game. paces: how fast buyer and seller move, one game tree for each.
        thorough: everything on every way to a state; else on the straight way only, and the honest continuation on the
            others (ciphertexts put on chain without need, decisions without a look, a key that came late).

    Raises:
        RuleViolation: a leaf that does not conserve wei, or a job that can't be ended.
    """
    seen, paces = set(), tuple(paces)
    for pace in paces:
        for node in _walk(Table(scenario, pace, _board(scenario), thorough)):
            key = (node.steps, node.off_chain, node.behaviours)
            if key not in seen:
                seen.add(key)
                path = finish(scenario, node)
                yield path if pace == paces[0] else replace(path, name=f"{path.name} ({pace})")


def honest_path(scenario: Scenario, pace: Pace = AT_ONCE[0]) -> Path:
    """The game in which nobody strays, but the buyer who has committed a false view or made-up labels."""
    strays = {Role.BUYER} if scenario.false_view is not None or scenario.sham_labels else set()
    return next(path for path in walk(scenario, (pace,), thorough=False) if path.strays == strays)


def covering(paths: Iterable[Path]) -> list[Path]:
    """Few of the paths, in which every move, refusal and ending of all of them is played by everybody who plays it."""
    met: set[tuple[object, ...]] = set()
    chosen = []
    for path in paths:
        facts = set(_facts(path))
        if not facts <= met:
            met |= facts
            chosen.append(path)
    return chosen


def _facts(path: Path) -> Iterator[tuple[object, ...]]:
    """State, function, actor, clock and answer of each step."""
    job = path.scenario.unopened()
    for step in path.steps:
        before = job
        if step.reverts is None:
            job, _ = path.scenario.apply(job, step.event, step.time)
        edge = max(-2, min(step.time - before.deadline, 1)) if before.deadline else 0
        kind = getattr(step.event, "kind", None)
        yield before.state, type(step.event), kind, step.actor, edge, step.reverts, job.state


def _board(scenario: Scenario) -> Board[JobState, Event, OffChain]:
    return Board(scenario, Finalise, (Role.SELLER, Role.BUYER, Role.STRANGER))


def _walk(table: Table) -> Iterator[Node]:
    """The buyer opens, the seller accepts, or not."""
    scenario, terms = table.scenario, table.scenario.terms
    opened = table.board.act(table.board.root(OffChain()), scenario.start, Role.BUYER, Open(terms.buyer, terms.deposit))
    labels = "made-up labels" if scenario.sham_labels else "a real test set"
    false_view = scenario.false_view is not None
    flaw = ", an example of which has a false view" if false_view else ""
    stray = false_view or scenario.sham_labels
    opened = table.board.did(opened, Role.BUYER, f"opens with {labels}{flaw}", stray)
    accept = Accept(terms.seller, terms.deposit, scenario.seed)
    yield from walk_accepted(table, table.move(opened, Role.SELLER, accept, "accepts"))
    yield from table.board.neglect(opened, Role.SELLER, accept, "accept")
