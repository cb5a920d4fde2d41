"""What the parties of retrieval and of predictions share: where a job began, the closing moves, and races lost."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from escrow.parties.driver import GAS_RESERVE_WEI, Driver, Job, note
from escrow.parties.prover_patience import ProverPatience, no_more_proofs
from escrow.reverts import Reverted
from escrow.sending import Receipt
from escrow.signers import Signer
from escrow.token import Token
from protocols.actions import Done, Finalise, Wait, Withdraw
from protocols.solidity import ZERO_ADDRESS

BEGAN = "began"


class PaidTerms(Protocol):
    """Terms that name the currency of their job, the zero address for ether."""

    @property
    def token(self) -> str: ...


class JobEscrow(Protocol):
    """What the party needs of its escrow's client, whichever it is."""

    def job(self, job_id: bytes) -> Any: ...

    def finalise(self, signer: Signer, job_id: bytes) -> Receipt: ...

    def fetch(self, signer: Signer, token: str) -> Receipt: ...


T = TypeVar("T", bound=PaidTerms)
A = TypeVar("A")


class EscrowParty(Driver[T, A | Wait | Done], Generic[T, A]):
    """A party whose moves others may make as well, paid in ether or a token.

    A subclass sets ``escrow``, and keeps the parameters of ``Driver``.
    """

    escrow: JobEscrow

    @cached_property
    def _patience(self) -> ProverPatience:
        return ProverPatience(self.chain, self.say_once, self.decide, self.carry_out, no_more_proofs)

    @property
    def terms(self) -> T:
        """The job's terms."""
        return self.job.terms

    @property
    def began(self) -> int:
        """The block at which this party's journal of the job begins."""
        return next(int(str(entry.body["block"])) for entry in self.job.journal.entries if entry.kind == BEGAN)

    def open_job(self, terms: T, job_id: bytes) -> Job[T]:
        """As every driver's; the block it was begun at is written down, as the place to look for events from."""
        block = self.chain.block_number()
        job = super().open_job(terms, job_id)
        if not any(entry.kind == BEGAN for entry in job.journal.entries):
            note(job, BEGAN, {"block": str(block)})
        return job

    def ending(self, action: A | Wait | Done) -> str | None:
        """Why nothing is left to do, if that is what ``action`` says."""
        return action.why if isinstance(action, Done) else None

    def waits(self, action: A | Wait | Done) -> bool:
        """Whether only the chain or the other side can bring the next action about."""
        return isinstance(action, Wait)

    def step(self) -> A | Wait | Done:
        """One step. A move that came too late because the job has moved on meanwhile is no failure: look again.

        Anybody may finalise and submit proofs, so two parties often send the same move at once.
        """
        before = self.escrow.job(self.job.job_id)
        try:
            return self._patience.step(before, super().step)  # type: ignore[no-any-return]
        except Reverted as refusal:
            self.forget()
            if refusal.name != "NothingOwed" and self.escrow.job(self.job.job_id) == before:
                raise
            self.say_once(f"{refusal}; the job has moved on meanwhile")
            return Wait(before.deadline, "another look at the chain")

    def forget(self) -> None:
        """Drop what is remembered of the chain: called when the contract has refused a move, as it may be wrong."""

    def finish(self, action: A | Wait | Done) -> bool:
        """The moves both parties make alike; whether ``action`` was one of them."""
        if isinstance(action, Finalise):
            self.escrow.finalise(self.signer, self.job.job_id)
        elif isinstance(action, Withdraw):
            self.escrow.fetch(self.signer, self.terms.token)
        return isinstance(action, Finalise | Withdraw | Wait | Done)

    def spendable(self) -> int:
        """What this party can pay in, in the terms' currency."""
        if self.terms.token != ZERO_ADDRESS:
            return Token(self.chain, self.terms.token).balance(self.address)
        return max(self.chain.balance(self.address) - GAS_RESERVE_WEI, 0)
