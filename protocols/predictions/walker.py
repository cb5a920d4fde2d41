"""The game walker of protocol B: every path of honest, lazy, cheating, silent and griefing conduct, with its clocks.

A round is four stages: serving (off chain), contesting, proving, settling. Every conduct of each stage is walked with
every conduct of the stages before it; the many ways to settle, which no earlier stage can change, are walked in full
after honest serving with no contest, with one, and with one left unproven, and plainly elsewhere. Every leaf is
replayed: money conserved, no job left open. Times strictly increase, one step a block, so the same steps replay on a
chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from protocols.games.board import LAST, PACES, Board
from protocols.games.paths import finish
from protocols.predictions.contest_moves import contests, griefing_contests, refused_contests
from protocols.predictions.events import Accept, Finalise, Open
from protocols.predictions.paths import GameNode, GamePath, OffChain, Role, Scenario
from protocols.predictions.proving_moves import proofs, unasked_proof
from protocols.predictions.serving_moves import PredictionBoard, honest_serving, servings
from protocols.predictions.settling_moves import settle_every_way, settle_plainly

FINALISERS = (Role.CLIENT, Role.PROVIDER, Role.STRANGER)


def board_of(scenario: Scenario) -> PredictionBoard:
    """The walker's pen for one scenario."""
    return Board(scenario, Finalise, FINALISERS)


def walk(scenario: Scenario, paces: Iterable[str] = PACES) -> Iterator[GamePath]:
    """Every path of a scenario.

    Args:
        scenario: the facts of the game. paces: clocks tried for each move; one pace alone gives a short walk.

    Raises:
        RuleViolation: a leaf that does not conserve money, or a job that can't be ended.
    """
    board, paces = board_of(scenario), tuple(paces)
    opening = Open(scenario.terms.client, scenario.terms.client_funds)
    opened = board.act(board.root(OffChain()), scenario.start, Role.CLIENT, opening)
    for leaf in _walk_open(board, board.did(opened, Role.CLIENT, "opens"), scenario, paces):
        yield finish(scenario, leaf)


def honest_path(scenario: Scenario) -> GamePath:
    """All questions answered with the model and signed for, nothing contested, collected, ended by the provider."""
    return next(path for path in walk(scenario) if not path.strays)


def _walk_open(
    board: PredictionBoard, node: GameNode, scenario: Scenario, paces: tuple[str, ...]
) -> Iterator[GameNode]:
    """The provider accepts, or not; after an acceptance in the last second only honest rounds are walked."""
    accept = Accept(scenario.terms.provider, scenario.terms.provider_funds)
    for accepted in board.in_time(node, Role.PROVIDER, accept, "accepts", paces):
        honest = honest_serving(board, accepted)
        yield from _walk_contests(board, honest, scenario, paces)
        if accepted.behaviours[-1][1] != f"accepts {LAST}" or paces == (LAST,):
            for served in servings(board, accepted, scenario):
                yield from _walk_served(board, served, scenario)
    yield from board.neglect(node, Role.PROVIDER, accept, "accept")


def _walk_contests(
    board: PredictionBoard, node: GameNode, scenario: Scenario, paces: tuple[str, ...]
) -> Iterator[GameNode]:
    """After honest serving: every contest, sound, griefing or refused, and every way to settle."""
    for contested in contests(board, node, scenario):
        count = len(contested.job.contested)
        if count == 0:
            yield from settle_every_way(board, contested, scenario)
            yield from settle_plainly(board, unasked_proof(board, contested, scenario), scenario)
        for pace in paces if count else ():
            for proven in proofs(board, contested, scenario, last_second=pace == LAST):
                yield from _settle(board, proven, scenario, in_full=count == 1 and pace != LAST)
    for refused in (*griefing_contests(board, node, scenario), *refused_contests(board, node, scenario)):
        for proven in proofs(board, refused, scenario):
            yield from settle_plainly(board, proven, scenario)


def _walk_served(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GameNode]:
    """After any other serving: sound contests, and those of answers that were never given."""
    if not node.off_chain.answered:
        yield from settle_every_way(board, board.did(node, Role.CLIENT, "contests nothing"), scenario)
        for refused in refused_contests(board, node, scenario):
            yield from settle_plainly(board, refused, scenario)
        return
    for contested in contests(board, node, scenario):
        for proven in proofs(board, contested, scenario):
            yield from settle_plainly(board, proven, scenario)


def _settle(board: PredictionBoard, node: GameNode, scenario: Scenario, in_full: bool) -> Iterator[GameNode]:
    """In every way, or plainly."""
    settle = settle_every_way if in_full else settle_plainly
    yield from settle(board, node, scenario)
