"""Paths of protocol A' on a real chain, real proofs and ciphertexts: each step at its second, refusals by name.

By default a covering set of the straight walk: every move, refusal, clock and ending by everybody who plays it; long
runs play the whole straight walk, and everything on every way at one pace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from eth_abi.abi import decode
from helpers.chains import put_back
from money_audit import MoneyAudit
from path_tree import Branch, grow
from raw_chain import read_of
from sampled_game import GAMES, SampledGame, SampledStage, game_of, prepare_games
from sampled_golden import load_sampled

from escrow.anvil import Anvil
from protocols.games.paths import distinct_on_chain
from protocols.sampled.attempts import illegal_attempts
from protocols.sampled.events import PostCiphertext, RevealKey, State
from protocols.sampled.machine import JobState, apply
from protocols.sampled.paths import ENDINGS, Path, Role, Step
from protocols.sampled.terms import job_tag
from protocols.sampled.walker import AT_ONCE, UNIFORM, covering, honest_path, walk

JOB_WORDS = ["uint8", "uint64", "uint32", "uint32", "uint64", *["bytes32"] * 7]
WON = ("one proof is enough", "every proof is needed")


@pytest.fixture(scope="module")
def stage() -> Iterator[SampledStage]:
    """A chain on which the golden job can be opened."""
    with Anvil() as anvil:
        yield prepare_games(anvil.url, load_sampled())


@pytest.fixture
def game(stage: SampledStage, request: pytest.FixtureRequest) -> Iterator[SampledGame]:
    """The game named by the parameter; the chain is put back afterwards."""
    with put_back(stage.chain):
        yield game_of(stage, request.param)


class Player:
    """Plays steps on machine and chain at once; they must agree at every one."""

    def __init__(self, game: SampledGame) -> None:
        self.game, escrow, terms = game, game.stage.escrow, game.scenario.terms
        paid = (Role.SELLER, Role.BUYER, Role.FEE_RECIPIENT)
        self.money = MoneyAudit(game.raw, escrow.contract, game.addresses, paid, Role.STRANGER)
        self.before = self.money.balances()
        self.tag = job_tag(game.stage.chain.chain_id, escrow.address, terms)
        job_id = game.scenario.job_id
        views = [("job", job_id), ("bitmapWord", job_id, 0), ("aborts", terms.model_id)]
        self.views = [read_of(escrow.address, game.data(*view)) for view in views]
        self.ends: list[Path] = []

    def take(self, job: JobState, fees: dict[str, int], step: Step) -> tuple[JobState, dict[str, int]]:
        """One step; returns the job and the gas fees (wei by role) after it."""
        mined = self.game.play(step, job)
        assert mined.time == step.time
        assert mined.refusal == step.reverts, f"{step} on chain: {mined.refusal}"
        if step.reverts is None:
            job, _ = apply(job, step.event, step.time)
        self.check_job(job)
        return job, {**fees, step.actor: fees[step.actor] + mined.fee_wei}

    def check_job(self, job: JobState) -> None:
        """The contract's record is the machine's, field by field, and it holds what is locked and owed."""
        (words, bitmap, aborts), held, owed = self.money.with_book(self.views)
        state, deadline, correct, verified, chunks, tag, *posted = decode(JOB_WORDS, bytes.fromhex(words[2:]))
        assert (state, deadline, correct, verified) == (job.state, job.deadline, job.correct, job.batches_verified)
        assert (chunks, tag) == (job.chunk_count, self.tag if job.state else bytes(32))
        keys = [job.sample_key_hash, job.rest_key_hash, job.sample_key, job.rest_key]
        assert posted == [job.seed, job.ciphertext_root, *keys]
        assert {index for index in range(256) if int(bitmap, 16) >> index & 1} == job.spent
        assert int(aborts, 16) == job.aborts_added
        assert held == job.locked + sum(owed.values())

    def play_tree(self, branch: Branch, job: JobState, fees: dict[str, int]) -> None:
        """Every path below ``branch``, going back to the fork after each."""
        for step, after in branch.forks(self.game.stage.chain):
            moved, spent = self.take(job, fees, step)
            if after.path is not None:
                assert after.path.job == moved
                self.money.check_settled(after.path.net, self.before, spent)
                self.ends.append(after.path)
            self.play_tree(after, moved, spent)


def play_all(game: SampledGame, paths: list[Path]) -> Player:
    player = Player(game)
    player.play_tree(grow(paths), game.scenario.unopened(), dict.fromkeys(Role, 0))
    assert Counter(player.ends) == Counter(paths)
    return player


@pytest.mark.parametrize("game", GAMES, indirect=True)
def test_every_move_refusal_and_ending(game: SampledGame) -> None:
    """Both parties quick, and both slow."""
    player = play_all(game, covering(distinct_on_chain(walk(game.scenario, UNIFORM, thorough=False))))
    reached = set(ENDINGS) if game.scenario.name in WON else set(ENDINGS) - {State.COMPLETED}
    assert {path.job.state for path in player.ends} == reached


@pytest.mark.slow
@pytest.mark.parametrize("game", GAMES, indirect=True)
def test_every_straight_path_at_every_pace(game: SampledGame) -> None:
    play_all(game, distinct_on_chain(walk(game.scenario, thorough=False)))


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("game", GAMES, indirect=True)
def test_every_path_whatsoever(game: SampledGame) -> None:
    """Everything on every way to a state, at once."""
    play_all(game, distinct_on_chain(walk(game.scenario, AT_ONCE)))


@pytest.mark.parametrize("game", ["every proof is needed"], indirect=True)
def test_every_illegal_attempt_in_every_state(game: SampledGame) -> None:
    """The whole repertoire by everybody, before and at each deadline, refused by the same rule and without effect."""
    player, scenario, tried = Player(game), game.scenario, Counter[tuple[State, int]]()
    for path in _through_every_state(game):
        job, fees = scenario.unopened(), dict.fromkeys(Role, 0)
        with put_back(game.stage.chain):
            for step in path.steps:
                place, times = (job.state, job.batches_verified), sorted({step.time, max(step.time, job.deadline)})
                if place not in tried:
                    tried[place] += _all_refused(game, job, times if job.state else times[:1])
                job, fees = player.take(job, fees, step)
            tried[job.state, 0] += _all_refused(game, job, [path.steps[-1].time + 1])
    assert {state for state, _ in tried} == {state for state in State if state <= State.COMPLETED}
    assert sum(tried.values()) > 1_000


def _all_refused(game: SampledGame, job: JobState, times: list[int]) -> int:
    """How many attempts were refused as they should be."""
    attempts = [attempt for time in times for attempt in illegal_attempts(game.scenario, job, time)]
    for attempt in attempts:
        assert game.refusal(attempt, job) == attempt.reverts, attempt
    return len(attempts)


def _through_every_state(game: SampledGame) -> list[Path]:
    """Two completed games: by way of posted ciphertexts, and of a key on chain."""
    won = [path for path in walk(game.scenario, AT_ONCE, thorough=False) if path.job.state is State.COMPLETED]
    kinds = (PostCiphertext, RevealKey)
    return [next(p for p in won if any(isinstance(step.event, kind) for step in p.steps)) for kind in kinds]


def test_paths_that_differ_off_chain_only_have_the_same_net(stage: SampledStage) -> None:
    """So replaying one for each sequence of transactions is enough."""
    for name in GAMES:
        nets: dict[tuple[Step, ...], dict[str, int]] = {}
        scenario = game_of(stage, name).scenario
        for path in walk(scenario, AT_ONCE, thorough=False):
            assert nets.setdefault(path.chain_key, path.net) == path.net
        honest = {"missed by one example": State.REJECTED, "a false view": State.SPOILED}.get(name, State.COMPLETED)
        assert honest_path(scenario).job.state is honest
