"""The game walker of retrieval: every path of honest, lazy, malicious and silent moves, with its clocks.

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
from protocols.retrieval.events import Accept, Event, Finalise, Open, State, TopUp
from protocols.retrieval.exchange_moves import walk_proven
from protocols.retrieval.machine import JobState
from protocols.retrieval.paths import Node, OffChain, Path, Role, Scenario
from protocols.retrieval.proving_moves import drawing_moves, proving_moves
from protocols.retrieval.table import Pace, Table

UNIFORM = (Pace(EARLY, EARLY), Pace(LAST, LAST))
PACES = (*UNIFORM, Pace(EARLY, LAST), Pace(LAST, EARLY))
AT_ONCE = UNIFORM[:1]


def walk(scenario: Scenario, paces: Iterable[Pace] = PACES) -> Iterator[Path]:
    """Every path of a scenario.

    Args:
        scenario: the facts of the game. paces: how fast requester and responder move, one game tree for each.

    Raises:
        RuleViolation: a leaf that does not conserve wei, or a job that can't be ended.
    """
    seen, paces = set(), tuple(paces)
    for pace in paces:
        for node in _walk(Table(scenario, pace, _board(scenario))):
            key = (node.steps, node.off_chain, node.behaviours)
            if key not in seen:
                seen.add(key)
                path = finish(scenario, node)
                yield path if pace == paces[0] else replace(path, name=f"{path.name} ({pace})")


def honest_path(scenario: Scenario, pace: Pace = AT_ONCE[0]) -> Path:
    """The game in which nobody strays; the requester complains where it has to."""
    return next(path for path in walk(scenario, (pace,)) if not path.strays)


def _board(scenario: Scenario) -> Board[JobState, Event, OffChain]:
    return Board(scenario, Finalise, (Role.RESPONDER, Role.REQUESTER, Role.STRANGER))


def _walk(table: Table) -> Iterator[Node]:
    """The requester opens, the responder accepts, or not."""
    terms, start = table.scenario.terms, table.scenario.start
    opened = table.board.act(
        table.board.root(OffChain()), start, Role.REQUESTER, Open(terms.requester, terms.requester_funds)
    )
    opened = table.board.did(opened, Role.REQUESTER, "opens")
    accept = Accept(terms.responder, terms.responder_funds, opened.height + 1)
    wrong = table.scenario.wrong_view is not None
    how = "accepts with a corpus that has a wrong view" if wrong else "accepts"
    accepted = table.move(opened, Role.RESPONDER, accept, how, stray=wrong)
    moves = drawing_moves if terms.sampled else proving_moves
    for proven in moves(table, accepted):
        yield from _walk_counted(table, proven)
    yield from table.board.neglect(opened, Role.RESPONDER, accept, "accept")


def _walk_counted(table: Table, node: Node) -> Iterator[Node]:
    """What follows the proofs: an ending, a top-up, or the exchange."""
    if node.job.state.ended:
        yield node
    elif node.job.state is State.OVER_CAP:
        terms = table.scenario.terms
        top_up = TopUp(terms.requester, (node.job.matches - terms.cap) * terms.price)
        yield from walk_proven(table, table.move(node, Role.REQUESTER, top_up, "tops up"))
        yield from table.board.neglect(node, Role.REQUESTER, top_up, "top up")
    else:
        yield from walk_proven(table, node)
