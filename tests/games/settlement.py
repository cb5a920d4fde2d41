"""What must hold on chain at any moment of a game, and at its end."""

from __future__ import annotations

from chain_game import ChainGame
from eth_abi.abi import decode
from raw_chain import balance_of, read_of, transaction

from protocols.accuracy.machine import JobState
from protocols.accuracy.paths import Path, Role
from protocols.accuracy.terms import job_tag

PAID = (Role.SELLER, Role.BUYER, Role.FEE_RECIPIENT)
JOB_WORDS = ["uint8", "uint64", "uint32", "uint32", "bytes32", "bytes32", "bytes32"]


class Auditor:
    """Compares the chain with the pure machine, in one round trip each time."""

    def __init__(self, game: ChainGame) -> None:
        escrow, terms = game.table.escrow, game.scenario.terms
        self.game = game
        self.escrow = escrow.address
        self.tag = job_tag(game.table.chain.chain_id, escrow.address, terms)
        views = [("job", game.job_id), ("aborts", terms.model_id)]
        views += [("batchDone", game.job_id, j) for j in range(terms.batches)]
        self._job = [read_of(self.escrow, game.data(*view)) for view in views]
        self._owed = [read_of(self.escrow, game.data("owed", game.addresses[role])) for role in Role]
        self._balances = [balance_of(game.addresses[role]) for role in Role]
        self._fetching = dict.fromkeys(PAID, game.data("withdraw"))
        self._fetching[Role.FEE_RECIPIENT] = game.data("withdrawFor", game.addresses[Role.FEE_RECIPIENT])

    def check_job(self, job: JobState) -> None:
        """The contract's record is the machine's, field by field, and it holds what is locked and owed."""
        job_words, aborts, *done, held = self.game.raw.all([*self._job, balance_of(self.escrow)])
        state, deadline, correct, verified, tag, seed, root = decode(JOB_WORDS, bytes.fromhex(job_words[2:]))
        assert (state, deadline, correct) == (job.state, job.deadline, job.correct)
        assert verified == len(job.batches_done)
        assert {j for j, word in enumerate(done) if int(word, 16)} == job.batches_done
        assert (seed, root) == (job.seed, job.ciphertext_root)
        assert tag == (self.tag if job.state else bytes(32))
        assert int(aborts, 16) == job.aborts_added
        assert job.state.ended or int(held, 16) == job.locked

    def balances(self) -> dict[Role, int]:
        """Wei in each role's account."""
        return self._by_role(self.game.raw.all(self._balances))

    def check_settled(self, path: Path, before: dict[Role, int], fees: dict[Role, int]) -> None:
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
        paid = self._withdraw_everything(owed, fees)
        held, *answers = self.game.raw.all([balance_of(self.escrow), *self._balances])
        after = self._by_role(answers)
        assert {role: after[role] + paid[role] - before[role] for role in Role} == path.net
        assert int(held, 16) == 0

    def _withdraw_everything(self, owed: dict[Role, int], fees: dict[Role, int]) -> dict[Role, int]:
        """The parties fetch their own, a stranger sends the fee to its recipient; who is owed nothing is told so."""
        paid = dict(fees)
        for role in PAID:
            own = role is not Role.FEE_RECIPIENT
            payer = role if own else Role.STRANGER
            mined = self.game.raw.mine(transaction(self.game.addresses[payer], self.escrow, self._fetching[role]))
            assert mined.refusal == (None if owed[role] else "NothingOwed")
            paid[payer] += mined.fee_wei
        return paid

    @staticmethod
    def _by_role(answers: list[str]) -> dict[Role, int]:
        return {role: int(answer, 16) for role, answer in zip(Role, answers, strict=True)}
