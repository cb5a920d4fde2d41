"""What happens off chain while the round lasts: who asks, who answers how, and who signs for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from protocols.games.board import Board
from protocols.predictions.events import Event
from protocols.predictions.machine import JobState
from protocols.predictions.paths import GameNode, OffChain, Role, Scenario

PredictionBoard = Board[JobState, Event, OffChain]
CREDIT = 1
"""Answers the honest provider of the walk gives without a receipt."""
HONEST = "answers every question with the model"
WRONG_INDEX = 1
"""The question a provider who answers one of them wrongly picks (0 where there is only one)."""


def honest_serving(board: PredictionBoard, node: GameNode) -> GameNode:
    """All K questions asked, answered with the model, and signed for one by one."""
    count = node.job.terms.round
    return _note(board, node, OffChain(answered=tuple(range(count)), receipted=count), (Role.PROVIDER, HONEST, False))


def servings(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GameNode]:
    """Every way to serve a round but the honest one: lazy, cheating, silent providers; stingy and silent clients."""
    count = scenario.terms.round
    everything = tuple(range(count))
    one_wrong = frozenset({min(WRONG_INDEX, count - 1)})
    provider, client = Role.PROVIDER, Role.CLIENT
    full = OffChain(answered=everything, receipted=count)
    yield _note(board, node, replace(full, wrong=one_wrong), (provider, "answers one question wrongly", True))
    if count > 1:
        yield _note(board, node, replace(full, wrong=frozenset(everything)), (provider, "answers all wrongly", True))
        some = OffChain(answered=everything[:-1], receipted=count - 1)
        yield _note(board, node, some, (provider, "refuses one question", True))
        unpaid = replace(full, receipted=count - 1)
        yield _note(board, node, unpaid, (provider, HONEST, False), (client, "withholds the last receipt", True))
    yield _note(board, node, replace(full, twice=True), (provider, "signs a wrong answer to question 0 as well", True))
    yield _note(board, node, OffChain(), (provider, "answers nothing", True))
    yield _note(board, node, OffChain(), (client, "asks nothing", True))
    stopped = OffChain(answered=everything[:CREDIT])
    yield _note(
        board, node, stopped, (client, "withholds every receipt", True), (provider, "stops at its credit", False)
    )


def _note(board: PredictionBoard, node: GameNode, off_chain: OffChain, *deeds: tuple[Role, str, bool]) -> GameNode:
    """The node after an off-chain round, with its deeds."""
    for role, did, stray in deeds:
        node = board.did(node, role, did, stray)
    return replace(node, off_chain=off_chain)
