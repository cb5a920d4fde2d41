"""Illegal attempts: moves somebody may try in a given state that the contract must refuse, each with the rule."""

from __future__ import annotations

from protocols.games.paths import illegal_attempts as refused_moves
from protocols.sampled.events import (
    Abort,
    Accept,
    Complain,
    Complaint,
    Confirm,
    Event,
    Finalise,
    HandOver,
    Open,
    PostCiphertext,
    Proceed,
    RevealKey,
    State,
    SubmitBatch,
)
from protocols.sampled.machine import JobState
from protocols.sampled.paths import Role, Scenario, Step


def illegal_attempts(scenario: Scenario, job: JobState, now: int) -> list[Step]:
    """Every refused move of a fixed repertoire at chain time ``now``, by buyer, seller and stranger.

    The repertoire: each contract function by each account, wrong deposits, for the exchange wrong words, for complaints
    what is honest, of the sample or not opened, for proofs every way to name examples wrongly, a count above the batch
    and an invalid proof. Moves that would count are left out.

    Returns:
        Steps with ``reverts`` set; none of them changes the job.
    """
    actors = (Role.BUYER, Role.SELLER, Role.STRANGER)
    repertoire: dict[str, list[Event]] = {role: _repertoire(scenario, job, scenario.address(role)) for role in actors}
    return refused_moves(scenario, job, repertoire, now)


def _repertoire(scenario: Scenario, job: JobState, sender: str) -> list[Event]:
    """What one account may try."""
    terms, words = scenario.terms, scenario.words
    return [
        Open(sender, terms.deposit),
        Open(sender, terms.deposit - 1),
        Accept(sender, terms.deposit, scenario.seed),
        Accept(sender, terms.deposit + 1, scenario.seed),
        HandOver(sender, words.honest, words.chunks, words.sample_key_hash, words.rest_key_hash),
        HandOver(sender, words.honest, words.chunks, seed_fits=False),
        HandOver(sender, words.honest, 0, chunks_fit=False),
        HandOver(sender, words.honest, words.chunks + 1, chunks_fit=False),
        PostCiphertext(sender, words.sample_key),
        PostCiphertext(sender, words.wrong_key, key_fits=False),
        PostCiphertext(sender, words.sample_key, matches=False),
        Proceed(sender, job.ciphertext_root),
        Proceed(sender, words.wrong_key),
        Abort(sender),
        Confirm(sender),
        RevealKey(sender, words.rest_key),
        RevealKey(sender, words.wrong_key, key_fits=False),
        *_complaints(sender),
        *_batches(scenario, job, sender),
        Finalise(sender),
    ]


def _complaints(sender: str) -> list[Event]:
    """Complaints that are not true, or not about the rest."""
    return [
        Complain(sender, kind, valid=valid, faulty=False, spent=spent)
        for kind in Complaint
        for valid, spent in ((True, False), (False, False), (True, True))
    ]


def _batches(scenario: Scenario, job: JobState, sender: str) -> list[Event]:
    """Proofs that must not count; outside the proving state one that would count there."""
    terms, size = scenario.terms, scenario.terms.batch
    fresh = tuple(index for index in scenario.rest if index not in job.spent)[:size]
    first = scenario.rest[:size]
    count = sum(scenario.right[index] for index in first)
    moves: list[Event] = [SubmitBatch(sender, first, count)]
    if job.state is not State.PROVING or len(fresh) < size:
        return moves
    right = sum(scenario.right[index] for index in fresh)
    spent = sorted(job.spent)[:size]
    return [
        *([] if first == fresh else moves),
        SubmitBatch(sender, fresh, right, valid=False),
        SubmitBatch(sender, fresh, size + 1, valid=False),
        SubmitBatch(sender, fresh[1:], right, valid=False),
        SubmitBatch(sender, (*fresh, terms.total), right, valid=False),
        SubmitBatch(sender, (*fresh[1:], terms.total), right, valid=False),
        SubmitBatch(sender, tuple(spent), 0, valid=False),
        *([SubmitBatch(sender, fresh[::-1], right, valid=False)] if size > 1 else []),
        *([SubmitBatch(sender, (fresh[0],) * size, right, valid=False)] if size > 1 else []),
    ]
