"""Walks of rounds proven at once: every conduct about the proof, the client's decision, and the endings there were.

The escrow knows nothing of such proofs, so these are the machine's own games, only with other contests and receipts.
Receipts are held back until the proof has been looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from protocols.games.paths import finish
from protocols.predictions.events import Accept, Contest, Open
from protocols.predictions.paths import GameNode, GamePath, OffChain, Outputs, Role, Scenario
from protocols.predictions.proving_moves import proofs
from protocols.predictions.round_decision import (
    Dispute,
    Proven,
    Release,
    RoundMove,
    Spending,
    Unusable,
    after_round_proof,
)
from protocols.predictions.serving_moves import HONEST, PredictionBoard
from protocols.predictions.settling_moves import settle_plainly
from protocols.predictions.walker import board_of

RIGHT, NONE, FALSE = "proves the round", "gives no proof of the round", "gives a proof that does not verify"
OTHER_JOB = "gives the proof of another job"
SIGNED, STRANGE = "proves what it signed, of another network", "proves other outputs, of another network"
DENIES, KEEPS = "says the proof does not verify", "denies the proof and signs for nothing"
_UNUSABLE = Unusable("there is no proof of the round that verifies")


def walk_round_proofs(scenario: Scenario, spending: Spending) -> Iterator[GamePath]:
    """Every path of a scenario whose client spends contests as ``spending`` says.

    Raises:
        RuleViolation: a leaf that does not conserve money, or a job that can't be ended.
    """
    board, terms = board_of(scenario), scenario.terms
    opened = board.act(board.root(OffChain()), scenario.start, Role.CLIENT, Open(terms.client, terms.client_funds))
    accepted = board.act(opened, opened.now + 1, Role.PROVIDER, Accept(terms.provider, terms.provider_funds))
    for served in _servings(board, accepted):
        for node, proof in _proofs(board, served, scenario):
            yield from _decided(board, node, scenario, proof, spending)
        if not served.strays:
            yield from _denied(board, served, scenario, spending)


def _servings(board: PredictionBoard, node: GameNode) -> Iterator[GameNode]:
    """All questions answered: rightly, one wrongly, or all wrongly; none signed for yet."""
    everything = tuple(range(node.job.terms.round))
    for wrong, did in (
        (frozenset[int](), HONEST),
        (frozenset(everything[-1:]), "answers one question wrongly"),
        (frozenset(everything), "answers all wrongly"),
    ):
        yield replace(
            board.did(node, Role.PROVIDER, did, bool(wrong)), off_chain=OffChain(answered=everything, wrong=wrong)
        )


def _proofs(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[tuple[GameNode, Proven | Unusable]]:
    """What the provider hands over, and how the client's verifier judges it."""
    honest = {index: scenario.outputs_of(index, False) for index in node.off_chain.answered}
    strange = {**honest, 0: scenario.outputs_of(0, True)}
    for did, proof, stray in (
        (RIGHT, Proven(honest), False),
        (SIGNED, Proven(_signed(node, scenario)), True),
        (STRANGE, Proven(strange), True),
        (NONE, _UNUSABLE, True),
        (FALSE, _UNUSABLE, True),
        (OTHER_JOB, _UNUSABLE, True),
    ):
        yield board.did(node, Role.PROVIDER, did, stray), proof


def _denied(board: PredictionBoard, node: GameNode, scenario: Scenario, spending: Spending) -> Iterator[GamePath]:
    """An honest round and proof, and a client that says otherwise."""
    proven = board.did(node, Role.PROVIDER, RIGHT)
    yield from _decided(board, board.did(proven, Role.CLIENT, DENIES, True), scenario, _UNUSABLE, spending)
    yield from _settled(board, board.did(proven, Role.CLIENT, KEEPS, True), scenario)


def _decided(
    board: PredictionBoard, node: GameNode, scenario: Scenario, proof: Proven | Unusable, spending: Spending
) -> Iterator[GamePath]:
    """The client's move, for every draw it could make, and all that can follow."""
    move = after_round_proof(scenario.terms, _signed(node, scenario), proof, spending, node.job.contested)
    if isinstance(move, Dispute) and move.indices:
        disputed = _contested(board, node, scenario, move.indices)
        for proven in proofs(board, disputed, scenario):
            again = after_round_proof(scenario.terms, _signed(proven, scenario), proof, spending, proven.job.contested)
            yield from _settled(board, _signed_for(proven, again), scenario)
    elif isinstance(move, Release):
        released = _signed_for(node, move)
        for pick in combinations(move.among, move.count):
            drawn = _contested(board, released, scenario, pick) if pick else released
            for proven in proofs(board, drawn, scenario):
                yield from _settled(board, proven, scenario)


def _signed(node: GameNode, scenario: Scenario) -> dict[int, Outputs]:
    """The outputs the provider signed."""
    return {index: scenario.outputs_of(index, index in node.off_chain.wrong) for index in node.off_chain.answered}


def _signed_for(node: GameNode, move: RoundMove) -> GameNode:
    """The node after the receipt of a release."""
    answered = move.answered if isinstance(move, Release) else node.off_chain.receipted
    return replace(node, off_chain=replace(node.off_chain, receipted=answered))


def _contested(board: PredictionBoard, node: GameNode, scenario: Scenario, pick: tuple[int, ...]) -> GameNode:
    """Contests of these answers as they were signed, one block each."""
    client = scenario.terms.client
    for index in pick:
        signed = scenario.signed_hash(index, index in node.off_chain.wrong)
        node = board.act(node, node.now + 1, Role.CLIENT, Contest(client, index, scenario.hashes[index], signed, True))
    return board.did(node, Role.CLIENT, f"contests {' and '.join(map(str, pick))}")


def _settled(board: PredictionBoard, node: GameNode, scenario: Scenario) -> Iterator[GamePath]:
    for leaf in settle_plainly(board, node, scenario):
        yield finish(scenario, leaf)
