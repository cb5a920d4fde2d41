"""What must hold on chain at any moment of a game of protocol B, and at its end."""

from __future__ import annotations

from eth_abi.abi import decode
from prediction_game import PredictionGame
from raw_chain import balance_of, read_of, transaction

from protocols.predictions.machine import JobState
from protocols.predictions.paths import GamePath, Role
from protocols.predictions.terms import job_tag

PAID = (Role.PROVIDER, Role.CLIENT, Role.FEE_RECIPIENT)
JOB_WORDS = ["uint8", "uint64", "uint64", "uint32", "uint32", "uint32", "bytes32"]
CONTEST_WORDS = ["bool", "bool", "uint256", "bytes32"]


class PredictionAuditor:
    """Compares the chain with the pure machine, in one round trip each time."""

    def __init__(self, game: PredictionGame) -> None:
        terms, chain = game.scenario.terms, game.stage.chain
        self.game, self.escrow = game, game.stage.escrow.address
        self.tag = job_tag(chain.chain_id, self.escrow, terms)
        views = [("job", game.job_id), *(("contestOf", game.job_id, index) for index in range(terms.round))]
        self._job = [read_of(self.escrow, game.data(*view)) for view in views]
        self._owed = [read_of(self.escrow, game.data("owed", game.addresses[role])) for role in Role]
        self._balances = [balance_of(game.addresses[role]) for role in Role]
        self._fetching = dict.fromkeys(PAID, game.data("withdraw"))
        self._fetching[Role.FEE_RECIPIENT] = game.data("withdrawFor", game.addresses[Role.FEE_RECIPIENT])

    def check_job(self, job: JobState) -> None:
        """The contract's record is the machine's, field by field, and it holds what is locked and owed."""
        job_words, *contests, held = self.game.raw.all([*self._job, balance_of(self.escrow)])
        state, deadline, round_end, contested, proven, answered, tag = decode(JOB_WORDS, bytes.fromhex(job_words[2:]))
        assert (state, deadline, round_end) == (job.state, job.deadline, job.round_end)
        assert (contested, proven) == (len(job.contested), len(job.contested) - job.open_contests)
        assert answered == job.answered and tag == (self.tag if job.state else bytes(32))
        for index, words in enumerate(contests):
            item = job.contest_of(index)
            found = decode(CONTEST_WORDS, bytes.fromhex(words[2:]))
            assert found == ((True, item.proven, item.h, item.outputs_hash) if item else (False, False, 0, bytes(32)))
        assert job.state.ended or int(held, 16) == job.locked

    def balances(self) -> dict[str, int]:
        """Wei in each role's account."""
        return self._by_role(self.game.raw.all(self._balances))

    def check_settled(self, path: GamePath, before: dict[str, int], fees: dict[str, int]) -> None:
        """At the end of a path: same ending, every credit the path's, and once all is fetched the escrow is empty.

        Args:
            before: balances before the opening. fees: wei each role has paid for gas since.
        """
        self.check_job(path.job)
        assert path.job.state.ended
        held, *answers = self.game.raw.all([balance_of(self.escrow), *self._owed, *self._balances])
        owed, now = self._by_role(answers[: len(Role)]), self._by_role(answers[len(Role) :])
        assert owed[Role.STRANGER] == 0 and sum(owed.values()) == int(held, 16)
        assert {role: now[role] + owed[role] + fees[role] - before[role] for role in Role} == path.net
        self._withdraw_everything(owed)
        assert int(self.game.raw.all([balance_of(self.escrow)])[0], 16) == 0

    def _withdraw_everything(self, owed: dict[str, int]) -> None:
        """The parties fetch their own, a stranger sends the fee to its recipient; who is owed nothing is told so."""
        for role in PAID:
            own = role is not Role.FEE_RECIPIENT
            payer = role if own else Role.STRANGER
            mined = self.game.raw.mine(transaction(self.game.addresses[payer], self.escrow, self._fetching[role]))
            assert mined.refusal == (None if owed[role] else "NothingOwed")

    @staticmethod
    def _by_role(answers: list[str]) -> dict[str, int]:
        return {role: int(answer, 16) for role, answer in zip(Role, answers, strict=True)}
