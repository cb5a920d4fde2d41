"""Every path of retrieval on a real chain, real proofs and documents: each step at its second, refusals by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from eth_abi.abi import decode
from golden_search import load_search
from helpers.chains import put_back
from money_audit import MoneyAudit
from path_tree import Branch, grow
from raw_chain import read_of
from retrieval_game import GAMES, RetrievalGame, RetrievalStage, game_of, prepare_retrieval

from escrow.anvil import Anvil
from protocols.games.paths import distinct_on_chain
from protocols.retrieval.attempts import illegal_attempts
from protocols.retrieval.events import State
from protocols.retrieval.machine import JobState, apply
from protocols.retrieval.paths import Path, Role, Step
from protocols.retrieval.terms import job_tag
from protocols.retrieval.walker import UNIFORM, honest_path, walk

JOB_WORDS = [
    "uint8", "uint64", "uint32", "uint32", "uint64", "uint48", "bytes32", "bytes32", "bytes32", "bytes32", "uint256",
]  # fmt: skip
ENDINGS = {name: {State.COMPLETED, State.REJECTED, State.UNDELIVERED, State.EXPIRED} for name in GAMES}
ENDINGS["nothing found"] -= {State.UNDELIVERED}


@pytest.fixture(scope="module")
def stage() -> Iterator[RetrievalStage]:
    """A chain on which the golden search can be bought."""
    with Anvil() as anvil:
        yield prepare_retrieval(anvil.url, load_search())


@pytest.fixture
def game(stage: RetrievalStage, request: pytest.FixtureRequest) -> Iterator[RetrievalGame]:
    """The game named by the parameter; the chain is put back afterwards."""
    with put_back(stage.chain):
        yield game_of(stage, request.param)


class Player:
    """Plays steps on machine and chain at once; they must agree at every one."""

    def __init__(self, game: RetrievalGame) -> None:
        self.game, escrow, terms = game, game.stage.escrow, game.scenario.terms
        paid = (Role.RESPONDER, Role.REQUESTER, Role.FEE_RECIPIENT)
        self.money = MoneyAudit(game.raw, escrow.contract, game.addresses, paid, Role.STRANGER)
        self.before = self.money.balances()
        self.tag = job_tag(game.stage.chain.chain_id, escrow.address, terms)
        views = [("job", game.goods.job_id), ("bitmapWord", game.goods.job_id, 0)]
        views += [("batchDone", game.goods.job_id, index) for index in range(terms.batches)]
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
        (words, bitmap, *done), held, owed = self.money.with_book(self.views)
        state, deadline, matches, verified, chunks, draw_block, tag, *posted, top_up = decode(
            JOB_WORDS, bytes.fromhex(words[2:])
        )
        assert (state, deadline, matches, verified) == (job.state, job.deadline, job.matches, len(job.batches_done))
        assert (chunks, top_up, tag) == (job.chunk_count, job.topped_up, self.tag if job.state else bytes(32))
        assert posted == [job.key_hash, job.ciphertext_root, job.key]
        assert draw_block == (self.game.base + job.draw_block if job.draw_block else 0)
        assert {i for i in range(256) if int(bitmap, 16) >> i & 1} == job.selected
        assert {j for j, word in enumerate(done) if int(word, 16)} == job.batches_done
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


def play_all(game: RetrievalGame, paths: list[Path]) -> Player:
    player = Player(game)
    player.play_tree(grow(paths), game.scenario.unopened(), dict.fromkeys(Role, 0))
    assert Counter(player.ends) == Counter(paths)
    return player


@pytest.mark.parametrize("game", GAMES, indirect=True)
def test_every_path(game: RetrievalGame) -> None:
    """Both parties quick, and both slow."""
    player = play_all(game, distinct_on_chain(walk(game.scenario, UNIFORM)))
    assert {path.job.state for path in player.ends} == ENDINGS[game.scenario.name]


@pytest.mark.slow
@pytest.mark.parametrize("game", GAMES, indirect=True)
def test_every_path_at_every_pace(game: RetrievalGame) -> None:
    play_all(game, distinct_on_chain(walk(game.scenario)))


@pytest.mark.parametrize("game", ["within the cap", "over the cap"], indirect=True)
def test_every_illegal_attempt_in_every_state(game: RetrievalGame) -> None:
    """The whole repertoire by everybody, before and at each deadline, refused by the same rule and without effect."""
    player, job, refused = Player(game), game.scenario.unopened(), 0
    fees: dict[str, int] = dict.fromkeys(Role, 0)
    for step in honest_path(game.scenario).steps:
        times = {step.time, max(step.time, job.deadline)} if job.state else {step.time}
        for attempt in [a for time in sorted(times) for a in illegal_attempts(game.scenario, job, time)]:
            assert game.refusal(attempt, job) == attempt.reverts, attempt
            refused += 1
        job, fees = player.take(job, fees, step)
    assert job.state is State.COMPLETED and refused > 400


def test_paths_that_differ_off_chain_only_have_the_same_net(stage: RetrievalStage) -> None:
    """So replaying one for each sequence of transactions is enough."""
    for name in GAMES:
        nets: dict[tuple[Step, ...], dict[str, int]] = {}
        for path in walk(game_of(stage, name).scenario):
            assert nets.setdefault(path.chain_key, path.net) == path.net
