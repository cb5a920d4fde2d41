"""Illegal attempts: moves somebody may try in a given state that the contract must refuse, each with the rule."""

from __future__ import annotations

from protocols.predictions.events import Accept, Collect, Contest, Event, Finalise, Open, ProveAnswer
from protocols.predictions.machine import JobState
from protocols.predictions.paths import Role, Scenario


def repertoire(scenario: Scenario, job: JobState) -> dict[str, list[Event]]:
    """What client, provider and stranger may try: each contract function by each account, wrong amounts, wrong
    indices, repeated and unsigned contests, repeated and invalid proofs, too high, stale and unsigned receipts.

    For ``protocols.games.paths.illegal_attempts``, which keeps those that are refused. Opening an unopened job is left
    out but by the wrong account or with the wrong amount.
    """
    return {role: _moves(scenario, job, scenario.address(role)) for role in (Role.CLIENT, Role.PROVIDER, Role.STRANGER)}


def _moves(scenario: Scenario, job: JobState, sender: str) -> list[Event]:
    """What one account may try."""
    terms = scenario.terms
    moves: list[Event] = [
        Open(sender, terms.client_funds),
        Open(sender, terms.client_funds - 1),
        Accept(sender, terms.provider_funds),
        Accept(sender, terms.provider_funds + 1),
        Finalise(sender),
        Collect(sender, terms.round + 1),
        Collect(sender, job.answered),
        Collect(sender, terms.round, signed=False),
    ]
    for index in range(terms.round):
        h, right, wrong = scenario.hashes[index], *(scenario.signed_hash(index, wrong) for wrong in (False, True))
        moves += [Contest(sender, index, h, right, signed=False), ProveAnswer(sender, index, wrong, valid=False)]
        moves += [ProveAnswer(sender, index, right, valid=False)]
        if job.contest_of(index) is not None:
            moves += [Contest(sender, index, h, right), Contest(sender, index, h, wrong)]
    beyond = terms.round
    moves += [Contest(sender, beyond, 0, bytes(32), signed=False), ProveAnswer(sender, beyond, bytes(32), valid=False)]
    return moves
