"""Who may open and accept: the registry's word, the abort record, the windows and used tags, on machine and chain."""

from __future__ import annotations

from dataclasses import replace

import pytest
from chain_game import ChainGame
from game_scenarios import START, scenarios
from golden_job import NONCE
from golden_stage import MIN_WINDOW_S, Stage
from settlement import Auditor

from protocols.accuracy.attempts import illegal_attempts
from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, Rule, State, SubmitBatch
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.paths import Role, Step
from protocols.accuracy.terms import WINDOW_FIELDS
from protocols.errors import RuleViolation


@pytest.fixture
def game(table: Stage) -> ChainGame:
    return ChainGame(table, scenarios(table)[2])


def both(game: ChainGame, job: JobState, step: Step) -> JobState:
    """Play a step on both; the machine must give the answer the step names, and the chain the same."""
    refused: str | None = None
    try:
        job, _ = apply(job, step.event, step.time)
    except RuleViolation as violation:
        refused = violation.rule
    assert refused == step.reverts
    assert game.play(step).refusal == step.reverts
    return job


def opening(game: ChainGame, eligible: bool = True) -> Open:
    return Open(game.scenario.terms.buyer, game.scenario.terms.deposit, eligible)


def acceptance(game: ChainGame, eligible: bool = True, prior_aborts: int = 0) -> Accept:
    terms = game.scenario.terms
    return Accept(terms.seller, terms.deposit, bytes(32), eligible, prior_aborts)


def test_model_off_offer_before_the_opening(table: Stage, game: ChainGame) -> None:
    table.registry.request_unstake(table.seller, game.scenario.terms.model_id)
    both(game, game.unopened(), Step(START, Role.BUYER, opening(game, eligible=False), Rule.NOT_ELIGIBLE))


def test_model_off_offer_before_the_acceptance(table: Stage, game: ChainGame) -> None:
    job = both(game, game.unopened(), Step(table.chain.now() + 10, Role.BUYER, opening(game)))
    table.registry.request_unstake(table.seller, game.scenario.terms.model_id)
    refused = Step(job.deadline - 1, Role.SELLER, acceptance(game, eligible=False), Rule.NOT_ELIGIBLE)
    job = both(game, job, refused)
    assert job.state is State.OPEN


def test_stake_one_wei_short(table: Stage) -> None:
    stake = table.registry.model(table.golden.model_id).stake_wei
    for wanted, answer in ((stake + 1, Rule.NOT_ELIGIBLE), (stake, None)):
        game = ChainGame(table, replace(scenarios(table)[0], terms=table.terms(min_stake=wanted)))
        time = START if answer else START + 1
        both(game, game.unopened(), Step(time, Role.BUYER, opening(game, eligible=answer is None), answer))


@pytest.mark.parametrize("window", WINDOW_FIELDS)
def test_window_one_second_short(table: Stage, window: str) -> None:
    for seconds, answer in ((MIN_WINDOW_S - 1, Rule.BAD_TERMS), (MIN_WINDOW_S, None)):
        scenario = replace(scenarios(table)[0], terms=table.terms(**{window: seconds}))
        game = ChainGame(table, scenario)
        both(game, game.unopened(), Step(START + seconds, Role.BUYER, opening(game), answer))


@pytest.mark.parametrize("silent", [False, True])
def test_abort_record_bars_the_next_acceptance(table: Stage, game: ChainGame, silent: bool) -> None:
    """An abort and a silent look count alike; a job that allows one more still takes the seller."""
    terms = game.scenario.terms
    job = game.unopened()
    moves: list[tuple[Role, Event]] = [
        (Role.BUYER, opening(game)), (Role.SELLER, acceptance(game)), (Role.BUYER, HandOver(terms.buyer)),
    ]  # fmt: skip
    for second, (role, event) in enumerate(moves):
        job = both(game, job, Step(START + second, role, event))
    end = ending(game, job, silent)
    job = both(game, job, end)
    assert job.aborts_added == 1 and table.escrow.aborts(terms.model_id) == 1
    for nonce, allowed in ((NONCE + 1, 0), (NONCE + 2, 1)):
        scenario = replace(game.scenario, terms=table.terms(nonce=nonce, max_aborts=allowed))
        following = ChainGame(table, scenario)
        opened = both(following, following.unopened(), Step(end.time + 10 * nonce, Role.BUYER, opening(following)))
        answer = None if allowed else Rule.TOO_MANY_ABORTS
        seller = acceptance(following, prior_aborts=1)
        both(following, opened, Step(end.time + 10 * nonce + 1, Role.SELLER, seller, answer))


def ending(game: ChainGame, job: JobState, silent: bool) -> Step:
    """The step that ends a handed-over job: the seller's abort, or somebody's finalise after its silence."""
    if silent:
        return Step(job.deadline, Role.STRANGER, Finalise(game.scenario.stranger))
    return Step(START + 10, Role.SELLER, Abort(game.scenario.terms.seller))


def test_every_illegal_attempt_in_every_state(game: ChainGame) -> None:
    """The whole repertoire by everybody, before and at each deadline, refused by the same rule and without effect."""
    terms, auditor = game.scenario.terms, Auditor(game)
    onward: list[tuple[Role, Event]] = [
        (Role.BUYER, opening(game)),
        (Role.SELLER, acceptance(game)),
        (Role.BUYER, HandOver(terms.buyer)),
        (Role.SELLER, Proceed(terms.seller)),
        (Role.SELLER, SubmitBatch(terms.seller, 2, game.scenario.counts[2])),
        (Role.SELLER, SubmitBatch(terms.seller, 0, game.scenario.counts[0])),
        (Role.SELLER, SubmitBatch(terms.seller, 1, game.scenario.counts[1])),
    ]
    job, now, refused = game.unopened(), START, 0
    for role, event in onward:
        refused += check_attempts(game, job, now)
        job = both(game, job, Step(now, role, event))
        auditor.check_job(job)
        now += 1
    assert job.state is State.COMPLETED
    refused += check_attempts(game, job, now)
    assert refused > 300


def check_attempts(game: ChainGame, job: JobState, now: int) -> int:
    """Try every illegal move at three seconds without mining it; returns how many were refused."""
    times = {now, job.deadline - 1, job.deadline} if job.state is not State.NONE else {now}
    steps = [step for time in sorted(times) for step in illegal_attempts(game.scenario, job, time)]
    for step in steps:
        assert game.refusal(step) == step.reverts, step
    return len(steps)
