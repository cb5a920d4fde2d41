"""Illegal attempts: moves somebody may try in a given state that the contract must refuse, each with the rule."""

from __future__ import annotations

from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, Rule, State, SubmitBatch
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.paths import Role, Scenario, Step
from protocols.errors import RuleViolation


def illegal_attempts(scenario: Scenario, job: JobState, now: int) -> list[Step]:
    """Every refused move of a fixed repertoire at chain time ``now``, by buyer, seller and stranger.

    The repertoire: each contract function by each account, wrong deposits, and for proofs an unknown batch, a repeated
    batch, a count above the batch and an invalid proof. Moves that would count are left out. Opening an unopened job is
    left out too, except by the wrong account or with the wrong deposit.

    Returns:
        Steps with ``reverts`` set; none of them changes the job.
    """
    refused = []
    for actor in (Role.BUYER, Role.SELLER, Role.STRANGER):
        for event in _repertoire(scenario, job, scenario.address(actor)):
            try:
                apply(job, event, now)
            except RuleViolation as refusal:
                refused.append(Step(now, actor, event, Rule(refusal.rule)))
    return refused


def _repertoire(scenario: Scenario, job: JobState, sender: str) -> list[Event]:
    """What one account may try."""
    terms, counts = scenario.terms, scenario.counts
    moves: list[Event] = [
        Open(sender, terms.deposit),
        Open(sender, terms.deposit - 1),
        Accept(sender, terms.deposit),
        Accept(sender, terms.deposit + 1),
        HandOver(sender),
        Proceed(sender),
        Abort(sender),
        Finalise(sender),
        SubmitBatch(sender, 0, counts[0]),
    ]
    if job.state is State.PROVING:
        fresh = min(set(range(terms.batches)) - job.batches_done)
        moves += [SubmitBatch(sender, index, counts[index]) for index in sorted(job.batches_done)]
        moves += [
            SubmitBatch(sender, terms.batches, 0, valid=False),
            SubmitBatch(sender, fresh, terms.batch + 1, valid=False),
            SubmitBatch(sender, fresh, counts[fresh], valid=False),
        ]
    return moves
