"""What buyer and seller of protocol A' share: one look at the chain, and the moves both make alike."""

from __future__ import annotations

from pathlib import Path
from typing import Generic, TypeVar

from escrow.parties.driver import GAS_RESERVE_WEI, Driver, Job, Say, note
from escrow.parties.escrow_party import BEGAN
from escrow.parties.listing import CheckedSampled
from escrow.parties.prover_patience import ProverPatience, no_more_proofs
from escrow.reverts import Reverted
from escrow.sampled_views import SampledJob as JobStatus
from escrow.signers import LocalSigner
from proofs.errors import InvalidInput
from protocols.sampled.actions import Abort, Done, FetchKey, FetchSample, Finalise, Wait, Withdraw
from protocols.sampled.events import State
from protocols.sampled.terms import SampledTerms
from protocols.sampled.view import ChainView, Limits
from protocols.sealed_channel import SealedChannel

SampledJob = Job[SampledTerms]
OFFER, ANSWER = 0, 0
NOTICE = 1
"""Number of the buyer's first sealed message; its ciphertexts follow, and the rest's key behind them."""
A = TypeVar("A")


class SampledParty(Driver[SampledTerms, A | Wait | Done], Generic[A]):
    """Base of both drivers.

    Args:
        checked: the listing, rebuilt and found on chain by this party.
        signer: the party's account, key in this process.
        folder: private working folder (journals, keys), mode 0700. channel_root: shared with the other party.
        limits: the party's prudence. say: told what happens, in words.
    """

    job: SampledJob

    def __init__(
        self, checked: CheckedSampled, signer: LocalSigner, folder: Path, channel_root: Path, limits: Limits, say: Say
    ) -> None:
        super().__init__(checked.escrow.chain, checked.escrow.address, signer, folder, channel_root, say)
        self.checked, self.escrow, self.limits = checked, checked.escrow, limits
        self.patience = ProverPatience(
            chain=self.chain, say=self.say_once, decide=self.decide, carry_out=self.carry_out, instead=self._unproven
        )

    @staticmethod
    def _unproven(status: JobStatus, why: str) -> Abort | Wait:
        """What to do where the prover has failed: leave while that costs least, else wait for the deadline."""
        if status.state in (State.SAMPLED, State.POSTED):
            return Abort(f"the prover has failed: {why[:200]}")
        return no_more_proofs(status, why)

    @property
    def terms(self) -> SampledTerms:
        """The job's terms."""
        return self.job.terms

    @property
    def began(self) -> int:
        """The block at which this party's journal of the job begins: the place to look for events from."""
        return next(int(str(entry.body["block"])) for entry in self.job.journal.entries if entry.kind == BEGAN)

    def open_job(self, terms: SampledTerms, job_id: bytes) -> SampledJob:
        """As every driver's; the block it was begun at is written down."""
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
        return isinstance(action, Wait | FetchSample | FetchKey)

    def step(self) -> A | Wait | Done:
        """One step. A move refused because the job has moved on meanwhile is no failure: the next look decides."""
        before = self.escrow.job(self.job.job_id)
        try:
            return self.patience.step(before, super().step)  # type: ignore[no-any-return]
        except Reverted as refusal:
            if refusal.name not in ("NothingOwed", "TooLate") and self.escrow.job(self.job.job_id) == before:
                raise
            self.say_once(f"{refusal}; the job has moved on meanwhile")
            return Wait(before.deadline, "another look at the chain")

    def finish(self, action: A | Wait | Done) -> bool:
        """The moves both parties make alike; whether ``action`` was one of them."""
        if isinstance(action, Finalise):
            self.escrow.finalise(self.signer, self.job.job_id)
        elif isinstance(action, Withdraw):
            self.escrow.withdraw(self.signer)
        return isinstance(action, Finalise | Withdraw | Wait | Done)

    def view(self, batches_done: frozenset[int] = frozenset()) -> ChainView:
        """One look at the chain for this job."""
        terms, status = self.terms, self.escrow.job(self.job.job_id)
        vouched = (terms.model_id, terms.seller, terms.format_digest, terms.min_stake)
        return ChainView(
            now=self.chain.now(),
            state=status.state,
            deadline=status.deadline,
            correct=status.correct,
            seed=status.seed,
            ciphertext_root=status.ciphertext_root,
            chunk_count=status.chunk_count,
            sample_key_hash=status.sample_key_hash,
            rest_key_hash=status.rest_key_hash,
            sample_key=status.sample_key,
            rest_key=status.rest_key,
            batches_done=batches_done,
            owed=self.escrow.owed(self.address),
            balance=max(self.chain.balance(self.address) - GAS_RESERVE_WEI, 0),
            eligible=self.checked.registry.eligible(*vouched),
            prior_aborts=self.escrow.aborts(terms.model_id),
        )

    def sealed_to(self, public: bytes | None) -> SealedChannel:
        """The job's channel, sealed to the other side's channel key."""
        if public is None:
            raise InvalidInput("the other side's channel key is not known yet; wait for its signed message")
        return SealedChannel(self.job.channel, self.job.key, public, self.job.job_id, self.outgoing)
