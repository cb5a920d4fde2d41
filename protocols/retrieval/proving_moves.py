"""What can happen in the proving state: all is proven or drawn, a match is withheld, a bit is flipped, or silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from protocols.games.game import Step
from protocols.retrieval.events import Draw, Rule, SubmitBatch
from protocols.retrieval.machine import DRAW_DELAY_BLOCKS
from protocols.retrieval.paths import Node, Role, Scenario
from protocols.retrieval.table import Table, off_chain


def proving_moves(table: Table, node: Node) -> Iterator[Node]:
    """Every behaviour of a responder that has to prove each batch; ends proven, or ended."""
    scenario, board = table.scenario, table.board
    everything = range(scenario.terms.batches)
    yield board.did(_submit(table, node, everything), Role.RESPONDER, "proves every batch")
    by_stranger = _submit(table, node, everything, Role.STRANGER)
    yield board.harmless(by_stranger, Role.RESPONDER, "has a stranger submit its proofs")
    yield board.harmless(_flip(table, node), Role.RESPONDER, "flips a bit, is refused and proves", stray=True)
    if len(everything) > 1:
        yield board.harmless(_repeat(table, node), Role.RESPONDER, "submits a proof twice")
        yield from board.expire(_withhold(table, node), Role.RESPONDER)
    in_time = _submit(table, node, everything[:-1])
    late = Step(node.job.deadline, Role.RESPONDER, _proof(scenario, everything[-1]), Rule.TOO_LATE)
    too_late = off_chain(board.attempt(in_time, late), batches_proven=len(everything))
    yield from board.expire(
        board.did(too_late, Role.RESPONDER, "submits the last proof at the deadline", stray=True), Role.RESPONDER
    )
    yield from board.expire(board.did(node, Role.RESPONDER, "proves nothing", stray=True), Role.RESPONDER)


def drawing_moves(table: Table, node: Node) -> Iterator[Node]:
    """Every behaviour around a draw: by anybody, too early, so late that it has to be repeated, or never."""
    board = table.board
    first = node.height + DRAW_DELAY_BLOCKS + 1
    gap = first - node.height
    for role in (Role.RESPONDER, Role.REQUESTER, Role.STRANGER):
        draw = _draw(table.scenario, role, first)
        drawn = table.move(node, role, draw, "draws the sample", blocks=gap, after=gap - 1)
        yield drawn if role is Role.RESPONDER else board.harmless(drawn, Role.RESPONDER, "lets others draw")
    early = Step(node.now + 1, Role.RESPONDER, _draw(table.scenario, Role.RESPONDER, first - 2), Rule.DRAW_TOO_EARLY)
    tried = board.harmless(board.attempt(node, early), Role.RESPONDER, "draws too early")
    draw = _draw(table.scenario, Role.RESPONDER, first)
    yield table.move(tried, Role.RESPONDER, draw, "draws the sample", blocks=gap - 1, after=gap - 2)
    if table.scenario.terms.prove_window > 2 * table.scenario.kept_blocks:  # at a second a block
        yield _lapse(table, node)
    yield from board.neglect(node, Role.RESPONDER, draw, "draw")


def _lapse(table: Table, node: Node) -> Node:
    """The responder waits until the hash of the draw block is gone: the draw moves, and is made from a new block."""
    blocks = DRAW_DELAY_BLOCKS + table.scenario.kept_blocks + 1
    height = node.height + blocks
    gone = replace(_draw(table.scenario, Role.RESPONDER, height), gone=True)
    moved = table.board.act(node, node.now + blocks, Role.RESPONDER, gone, blocks)
    moved = table.board.harmless(moved, Role.RESPONDER, "lets the draw lapse", stray=True)
    gap = DRAW_DELAY_BLOCKS + 1
    again = _draw(table.scenario, Role.RESPONDER, height + gap)
    return table.move(moved, Role.RESPONDER, again, "draws from a new block", blocks=gap, after=gap - 1)


def _submit(table: Table, node: Node, batches: Sequence[int], role: Role = Role.RESPONDER) -> Node:
    """The proofs of some batches, one after another at the role's pace."""
    time = table.time(node, role, len(batches))
    for offset, index in enumerate(batches):
        node = table.board.act(node, time + offset, role, _proof(table.scenario, index, role))
    return off_chain(node, batches_proven=len(batches))


def _flip(table: Table, node: Node) -> Node:
    """The bit of the first match (or of document 0) is flipped in the claim; the proof does not show that."""
    scenario, count = table.scenario, table.scenario.terms.batches
    index = _telling_batch(scenario)
    bits = scenario.bits[index]
    flipped = bits & (bits - 1) if bits else 1
    forged = SubmitBatch(scenario.terms.responder, index, flipped, valid=False)
    tried = table.refused(node, Role.RESPONDER, (forged, Rule.PROOF_REJECTED), left=count)
    return _submit(table, off_chain(tried, model_run=True), range(count))


def _repeat(table: Table, node: Node) -> Node:
    """A proof sent twice counts once."""
    count = table.scenario.terms.batches
    time = table.time(node, Role.RESPONDER, count + 1)
    first = _proof(table.scenario, 0)
    node = table.board.act(node, time, Role.RESPONDER, first)
    node = table.board.attempt(node, Step(time + 1, Role.RESPONDER, first, Rule.BATCH_DONE))
    for index in range(1, count):
        node = table.board.act(node, time + 1 + index, Role.RESPONDER, _proof(table.scenario, index))
    return off_chain(node, batches_proven=count)


def _withhold(table: Table, node: Node) -> Node:
    """All batches but the one that would show a match."""
    hidden = _telling_batch(table.scenario)
    others = [index for index in range(table.scenario.terms.batches) if index != hidden]
    node = off_chain(_submit(table, node, others), model_run=True)
    return table.board.did(node, Role.RESPONDER, "withholds the batch of a match", stray=True)


def _telling_batch(scenario: Scenario) -> int:
    """The first batch with a match, or the last one when there is none."""
    return next((index for index, bits in enumerate(scenario.bits) if bits), len(scenario.bits) - 1)


def _proof(scenario: Scenario, index: int, role: Role = Role.RESPONDER) -> SubmitBatch:
    """A valid proof of a batch's true bits."""
    return SubmitBatch(scenario.address(role), index, scenario.bits[index])


def _draw(scenario: Scenario, role: Role, block: int) -> Draw:
    """A draw at a height."""
    return Draw(scenario.address(role), block, scenario.drawn)
