"""What a client can do with its contests: none, some at random, the one it knows to be wrong, or what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from protocols.games.game import Step
from protocols.predictions.events import Contest, Rule
from protocols.predictions.paths import GameNode, Role, Scenario
from protocols.predictions.serving_moves import PredictionBoard


def contests(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GameNode]:
    """Every use of contests that the answers given allow, all at once after the last answer."""
    answered, wrong = node.off_chain.answered, node.off_chain.wrong
    yield _did(board, node, "contests nothing")
    mixed = bool(wrong) and len(wrong) < len(answered)
    for size in range(1, min(scenario.terms.contests, len(answered)) + 1):
        picks = list(combinations(answered, size))
        for pick in picks if mixed else picks[:1]:  # right answers are as good as one another
            yield _contest(board, node, scenario, pick, f"contests {_list(pick)} drawn at random")
    if wrong:
        checked = replace(node, off_chain=replace(node.off_chain, checked=len(answered)))
        known = (min(wrong),)
        yield _contest(board, checked, scenario, known, f"checks every answer itself and contests {_list(known)}")
    if node.off_chain.twice:
        yield _did(board, _contested(board, node, scenario, 0, True), "contests the wrong one of two answers to 0")


def griefing_contests(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GameNode]:
    """As many contests as allowed, in the round's last seconds: the least time to prove, though nothing is wrong."""
    terms, at = scenario.terms, node.job.round_end - scenario.terms.contests
    for index in range(terms.contests):
        node = _contested(board, node, scenario, index, False, at + index)
    yield _did(board, node, "contests as many as it may in the last seconds", stray=True)


def refused_contests(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GameNode]:
    """Contests that the escrow must refuse; none of them changes the job beyond the sound ones in front of it."""
    terms, answered = scenario.terms, node.off_chain.answered
    never = next((index for index in range(terms.round) if index not in answered), None)
    if never is not None:
        unsigned = _event(scenario, never, signed=False)
        yield _refused(board, node, unsigned, Rule.BAD_SIGNATURE, "contests an answer it never received")
    if not answered:
        return
    changed = replace(_event(scenario, 0, wrong=True), signed=False)
    yield _refused(board, node, changed, Rule.BAD_SIGNATURE, "contests an answer the provider did not sign")
    beyond = Contest(scenario.terms.client, terms.round, scenario.hashes[0], scenario.signed_hash(0, False), False)
    yield _refused(board, node, beyond, Rule.NO_SUCH_ANSWER, "contests an answer beyond the round")
    late = Step(node.job.round_end, Role.CLIENT, _event(scenario, 0), Rule.TOO_LATE)
    yield board.did(board.attempt(node, late), Role.CLIENT, "contests 0 at the round's end", stray=True)
    once = _contested(board, node, scenario, 0, False)
    yield _refused(board, once, _event(scenario, 0), Rule.ALREADY_CONTESTED, "contests 0 twice")
    if terms.contests < len(answered):
        full = node
        for index in range(terms.contests):
            full = _contested(board, full, scenario, index, False)
        extra = _event(scenario, terms.contests)
        yield _refused(board, full, extra, Rule.TOO_MANY_CONTESTS, "contests more than it may")


def _contest(board: PredictionBoard, node: GameNode, scenario: Scenario, pick: tuple[int, ...], did: str) -> GameNode:
    """Contest these answers as the provider gave them, one block each."""
    for index in pick:
        node = _contested(board, node, scenario, index, index in node.off_chain.wrong)
    return _did(board, node, did)


def _contested(
    board: PredictionBoard, node: GameNode, scenario: Scenario, index: int, wrong: bool, at: int | None = None
) -> GameNode:
    """One sound contest, at once unless ``at`` (chain seconds) says when."""
    return board.act(node, node.now + 1 if at is None else at, Role.CLIENT, _event(scenario, index, wrong))


def _event(scenario: Scenario, index: int, wrong: bool = False, signed: bool = True) -> Contest:
    outputs_hash = scenario.signed_hash(index, wrong)
    return Contest(scenario.terms.client, index, scenario.hashes[index], outputs_hash, signed)


def _refused(board: PredictionBoard, node: GameNode, event: Contest, rule: Rule, did: str) -> GameNode:
    step = Step(node.now + 1, Role.CLIENT, event, rule)
    return board.did(board.attempt(node, step), Role.CLIENT, did, stray=True)


def _did(board: PredictionBoard, node: GameNode, did: str, stray: bool = False) -> GameNode:
    return board.did(node, Role.CLIENT, did, stray)


def _list(pick: tuple[int, ...]) -> str:
    return " and ".join(map(str, pick))
