"""Illegal attempts: moves somebody may try in a given state that the contract must refuse, each with the rule."""

from __future__ import annotations

from protocols.games.paths import illegal_attempts as refused_moves
from protocols.retrieval.events import (
    Accept,
    Acknowledge,
    ComplainDecryption,
    ComplainView,
    Deliver,
    Draw,
    Event,
    Finalise,
    Open,
    Reveal,
    State,
    SubmitBatch,
    TopUp,
)
from protocols.retrieval.machine import JobState
from protocols.retrieval.paths import Role, Scenario, Step
from protocols.solidity import ZERO_ADDRESS


def illegal_attempts(scenario: Scenario, job: JobState, now: int, height: int = 1) -> list[Step]:
    """Every refused move of a fixed repertoire at chain time ``now``, by requester, responder and stranger.

    The repertoire: each contract function by each account, wrong deposits (in ether), for proofs an unknown batch, a
    repeated batch, bits beyond the batch and an invalid proof, for the exchange wrong words, for complaints what is
    honest, not sold or not opened. Moves that would count are left out.

    Args:
        height: blocks since the opening at which the moves would be mined.

    Returns:
        Steps with ``reverts`` set; none of them changes the job.
    """
    actors = (Role.REQUESTER, Role.RESPONDER, Role.STRANGER)
    repertoire: dict[str, list[Event]] = {
        role: _repertoire(scenario, job, scenario.address(role), height) for role in actors
    }
    return refused_moves(scenario, job, repertoire, now)


def _repertoire(scenario: Scenario, job: JobState, sender: str, height: int) -> list[Event]:
    """What one account may try."""
    terms, words = scenario.terms, scenario.words
    due = max(job.matches - terms.cap, 0) * terms.price
    moves: list[Event] = [
        Open(sender, terms.requester_funds),
        Accept(sender, terms.responder_funds, height),
        TopUp(sender, due),
        Deliver(sender, words.key_hash, words.honest, words.chunks),
        Acknowledge(sender, job.ciphertext_root),
        Reveal(sender, words.key),
        Finalise(sender),
        *_documents(scenario, sender),
        *_batches(scenario, job, sender),
    ]
    if terms.token == ZERO_ADDRESS:
        moves += [Open(sender, terms.requester_funds - 1), Accept(sender, terms.responder_funds + 1, height)]
        moves += [TopUp(sender, due + 1)]
    if not terms.sampled or height <= job.draw_block:
        moves.append(Draw(sender, height, scenario.drawn))
    if job.state is State.PROVEN:
        moves.append(Deliver(sender, words.used_key_hash, words.honest, words.chunks, seen=True))
        moves.append(Deliver(sender, words.key_hash, words.honest, job.matches - 1))
    if job.state is State.DELIVERED:
        moves.append(Acknowledge(sender, words.used_key_hash))
    if job.state is State.LOCKED:
        moves.append(Reveal(sender, words.wrong_key, matches=False))
    return moves


def _documents(scenario: Scenario, sender: str) -> list[Event]:
    """Complaints that are not true."""
    sold = scenario.sound
    unsold: list[Event] = [ComplainDecryption(sender, scenario.unselected, valid=False)]
    if sold is None:
        return unsold
    return [
        *unsold,
        ComplainDecryption(sender, sold, valid=False),
        ComplainView(sender, sold, valid=False),
        ComplainView(sender, sold, valid=False, opens=False),
    ]


def _batches(scenario: Scenario, job: JobState, sender: str) -> list[Event]:
    """Proofs that must not count."""
    terms = scenario.terms
    if terms.sampled:
        return [SubmitBatch(sender, 0, 0)]
    moves: list[Event] = [SubmitBatch(sender, index, scenario.bits[index]) for index in range(terms.batches)]
    if job.state is State.PROVING:
        fresh = min(set(range(terms.batches)) - job.batches_done)
        moves += [
            SubmitBatch(sender, terms.batches, 0, valid=False),
            SubmitBatch(sender, fresh, 1 << terms.batch, valid=False),
            SubmitBatch(sender, fresh, scenario.bits[fresh], valid=False),
        ]
    return moves
