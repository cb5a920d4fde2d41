"""The game walker of protocol A: every path of honest, lazy, malicious, silent and aborting moves, with its clocks.

At each state the mover may act at once, in the last second before the deadline, in the second of the deadline (too
late, refused), or not at all; every neglected deadline is ended by either side or a stranger, after a premature attempt
that is refused. Every leaf is replayed: wei conserved, no job left open. Times strictly increase, one step a block, so
the same steps replay on a chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed
from protocols.accuracy.machine import JobState
from protocols.accuracy.paths import Delivery, Node, OffChain, Path, Role, Scenario
from protocols.accuracy.proving_moves import ProvingMove, proving_moves
from protocols.games.board import EARLY, LAST, PACES, Board
from protocols.games.paths import distinct_on_chain, finish

Pen = Board[JobState, Event, OffChain]


def walk(scenario: Scenario, paces: Iterable[str] = PACES) -> Iterator[Path]:
    """Every path of a scenario.

    Args:
        scenario: the facts of the game. paces: clocks tried for each move; one pace alone gives a short walk.

    Raises:
        RuleViolation: a leaf that does not conserve wei, or a job that can't be ended.
    """
    paces = tuple(paces)
    pen: Pen = Board(scenario, Finalise, (Role.BUYER, Role.SELLER, Role.STRANGER))
    opening = Open(scenario.terms.buyer, scenario.terms.deposit)
    opened = pen.act(pen.root(OffChain()), scenario.start, Role.BUYER, opening)
    labels = "made-up labels" if scenario.sham_labels else "a real test set"
    for node in _walk_open(scenario, pen, pen.did(opened, Role.BUYER, f"opens with {labels}"), paces):
        yield finish(scenario, node)


def _walk_open(scenario: Scenario, pen: Pen, node: Node, paces: tuple[str, ...]) -> Iterator[Node]:
    """The seller accepts, or not."""
    accept = Accept(scenario.terms.seller, scenario.terms.deposit, b"\x5e" * 32)
    for accepted in pen.in_time(node, Role.SELLER, accept, "accepts", paces):
        yield from _walk_accepted(scenario, pen, accepted, paces)
    yield from pen.neglect(node, Role.SELLER, accept, "accept")


def _walk_accepted(scenario: Scenario, pen: Pen, node: Node, paces: tuple[str, ...]) -> Iterator[Node]:
    """The buyer hands over the committed test set, something else, or nothing."""
    hand_over = HandOver(scenario.terms.buyer, b"\xc1" * 32)
    for delivery in (Delivery.COMMITTED, Delivery.GARBAGE):
        for handed in pen.in_time(node, Role.BUYER, hand_over, f"hands over {delivery}", paces):
            off_chain = replace(handed.off_chain, delivery=delivery)
            yield from _walk_handed_over(scenario, pen, replace(handed, off_chain=off_chain), paces)
    yield from pen.neglect(node, Role.BUYER, hand_over, "hand over")


def _walk_handed_over(scenario: Scenario, pen: Pen, node: Node, paces: tuple[str, ...]) -> Iterator[Node]:
    """The seller looks or not, then proceeds, aborts or falls silent: honest, lazy and malicious alike."""
    proceed, abort = Proceed(scenario.terms.seller), Abort(scenario.terms.seller)
    looks = [(False, "without running the model")]
    if node.off_chain.delivery is Delivery.COMMITTED:
        looks.insert(0, (True, "having run the model"))
    for run, how in looks:
        seen = replace(node, off_chain=replace(node.off_chain, model_run=run))
        for proving in pen.in_time(seen, Role.SELLER, proceed, f"proceeds {how}", paces):
            yield from _walk_proving(scenario, pen, proving, paces)
        yield from pen.in_time(seen, Role.SELLER, abort, f"aborts {how}", paces)
        yield from pen.neglect(seen, Role.SELLER, proceed, f"decide {how}")
        yield from pen.neglect(seen, Role.SELLER, abort, f"abort {how}", silent_too=False)


def _walk_proving(scenario: Scenario, pen: Pen, node: Node, paces: tuple[str, ...]) -> Iterator[Node]:
    """The seller proves, cheats, stops short, or comes too late."""
    for move in proving_moves(scenario, node.job, node.now, node.off_chain, paces == (LAST,)):
        played = _play(pen, node, move)
        if played.job.state.ended:
            yield played
        else:
            yield from pen.expire(played, Role.SELLER)


def _play(pen: Pen, node: Node, move: ProvingMove) -> Node:
    """Append a whole proving move."""
    for step in move.steps:
        node = pen.attempt(node, step) if step.reverts else pen.act(node, step.time, step.actor, step.event)
    node = pen.did(node, Role.SELLER, move.name)
    return replace(node, off_chain=replace(node.off_chain, batches_proven=move.batches_proven))


__all__ = ["EARLY", "LAST", "PACES", "distinct_on_chain", "walk"]
