"""What a provider can do about contested answers: prove them in time, stop short, cheat, or come too late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from protocols.games.game import Step
from protocols.predictions.events import ProveAnswer, Rule
from protocols.predictions.machine import Contested
from protocols.predictions.paths import GameNode, Role, Scenario
from protocols.predictions.serving_moves import PredictionBoard


def proofs(board: PredictionBoard, node: GameNode, scenario: Scenario, last_second: bool = False) -> Iterator[GameNode]:
    """Every proving behaviour, honest first; a contested wrong answer leaves only cheating and silence.

    Args:
        last_second: only the sound moves, in the last seconds before the prove end instead of at once.
    """
    waiting = [item for item in node.job.contested if not item.proven]
    provable = [item for item in waiting if _provable(scenario, item)]
    if not waiting:
        yield node
    elif last_second:
        if len(provable) == len(waiting):
            yield from _proven(board, node, provable, node.job.deadline - len(provable))
    else:
        if len(provable) == len(waiting):
            yield from _proven(board, node, provable, node.now + 1)
            yield from _nearly_proven(board, node, scenario, provable)
        elif provable:
            only = _prove(board, node, provable)
            yield board.did(only, Role.PROVIDER, "proves the right answers only", stray=True)
        yield board.did(node, Role.PROVIDER, "proves nothing", stray=True)
        yield _cheat(board, node, waiting[0], scenario)
        yield _other_outputs(board, node, scenario, waiting[0])


def unasked_proof(board: PredictionBoard, node: GameNode, scenario: Scenario) -> GameNode:
    """The provider proves an answer that nobody contested, which the escrow refuses (and does not pay)."""
    event = ProveAnswer(scenario.terms.provider, 0, scenario.signed_hash(0, False))
    step = Step(node.now + 1, Role.PROVIDER, event, Rule.NOT_CONTESTED)
    return board.did(
        _made(board.attempt(node, step), 1), Role.PROVIDER, "proves an answer nobody contested", stray=True
    )


def _proven(board: PredictionBoard, node: GameNode, items: list[Contested], first: int) -> Iterator[GameNode]:
    """Valid proofs of every contested answer in time, from ``first`` (chain seconds) on."""
    pace = "at once" if first == node.now + 1 else "in the last seconds"
    proven = _prove(board, node, items, first)
    yield board.did(proven, Role.PROVIDER, f"proves every contested answer {pace}")
    by_stranger = _prove(board, node, items, first, Role.STRANGER)
    yield board.did(by_stranger, Role.PROVIDER, f"has a stranger submit every proof {pace}")


def _nearly_proven(
    board: PredictionBoard, node: GameNode, scenario: Scenario, items: list[Contested]
) -> Iterator[GameNode]:
    """Valid proofs, but one too many, one too late or one too few."""
    proven = _prove(board, node, items)
    again = Step(proven.now + 1, Role.PROVIDER, _event(scenario, items[-1]), Rule.ALREADY_PROVEN)
    yield board.did(board.attempt(proven, again), Role.PROVIDER, "proves the last contested answer twice", True)
    late = _prove(board, node, items[:-1])
    step = Step(node.job.deadline, Role.PROVIDER, _event(scenario, items[-1]), Rule.TOO_LATE)
    yield board.did(_made(board.attempt(late, step), 1), Role.PROVIDER, "submits the last proof at the deadline", True)
    if len(items) > 1:
        yield board.did(_prove(board, node, items[:1]), Role.PROVIDER, "stops after the first proof", True)


def _prove(
    board: PredictionBoard,
    node: GameNode,
    items: list[Contested],
    first: int | None = None,
    actor: Role = Role.PROVIDER,
) -> GameNode:
    """Submit valid proofs, one a second, at once unless ``first`` (chain seconds) says when to begin."""
    begin = node.now + 1 if first is None else first
    for place, item in enumerate(items):
        event = ProveAnswer(board.game.address(actor), item.index, item.outputs_hash)
        node = board.act(node, begin + place, actor, event)
    return _made(node, len(items))


def _cheat(board: PredictionBoard, node: GameNode, item: Contested, scenario: Scenario) -> GameNode:
    """The signed outputs with a proof that does not verify."""
    event = ProveAnswer(scenario.terms.provider, item.index, item.outputs_hash, valid=False)
    step = Step(node.now + 1, Role.PROVIDER, event, Rule.PROOF_REJECTED)
    return board.did(board.attempt(node, step), Role.PROVIDER, "submits a forged proof", stray=True)


def _other_outputs(board: PredictionBoard, node: GameNode, scenario: Scenario, item: Contested) -> GameNode:
    """A valid proof of outputs other than the signed ones (the right ones, where the signed ones are wrong)."""
    wrong = _provable(scenario, item)
    event = ProveAnswer(scenario.terms.provider, item.index, scenario.signed_hash(item.index, wrong), valid=not wrong)
    step = Step(node.now + 1, Role.PROVIDER, event, Rule.WRONG_OUTPUTS)
    node = _made(board.attempt(node, step), 0 if wrong else 1)
    return board.did(node, Role.PROVIDER, "submits other outputs than it signed", stray=True)


def _event(scenario: Scenario, item: Contested) -> ProveAnswer:
    return ProveAnswer(scenario.terms.provider, item.index, item.outputs_hash)


def _provable(scenario: Scenario, item: Contested) -> bool:
    """Whether the signed outputs are the model's."""
    return item.outputs_hash == scenario.signed_hash(item.index, False)


def _made(node: GameNode, count: int) -> GameNode:
    """Note proofs made."""
    return replace(node, off_chain=replace(node.off_chain, proofs=node.off_chain.proofs + count))
