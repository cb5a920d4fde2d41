"""What seller and buyer share: one look at the chain, and the moves both make alike."""

from __future__ import annotations

from pathlib import Path

from escrow.accuracy import JobStatus
from escrow.parties.driver import FINISHED, GAS_RESERVE_WEI, Driver, Say, note
from escrow.parties.driver import Job as AnyJob
from escrow.parties.listing import Checked
from escrow.parties.prover_patience import ProverPatience, no_more_proofs
from escrow.reverts import Reverted
from escrow.signers import LocalSigner
from protocols.accuracy.actions import Abort, Action, Done, FetchTestSet, Finalise, Wait, Withdraw
from protocols.accuracy.events import State
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import ChainView, Limits

__all__ = ["FINISHED", "Job", "Party", "Say", "note"]
Job = AnyJob[AccuracyTerms]


class Party(Driver[AccuracyTerms, Action]):
    """Base of both drivers.

    Args:
        checked: the listing, rebuilt and found on chain by this party.
        signer: the party's account, key in this process.
        folder: private working folder (journals, channel keys), mode 0700.
        channel_root: folder shared with the other party.
        limits: the party's prudence. say: told what happens, in words.
    """

    def __init__(
        self, checked: Checked, signer: LocalSigner, folder: Path, channel_root: Path, limits: Limits, say: Say
    ) -> None:
        super().__init__(checked.escrow.chain, checked.escrow.address, signer, folder, channel_root, say)
        self.checked, self.limits = checked, limits
        self.patience = ProverPatience(
            chain=self.chain, say=self.say_once, decide=self.decide, carry_out=self.carry_out, instead=self._unproven
        )

    @staticmethod
    def _unproven(status: JobStatus, why: str) -> Action:
        """What to do where the prover has failed: leave while that costs least, else wait for the deadline."""
        if status.state is State.HANDED_OVER:
            return Abort(f"the prover has failed: {why[:200]}")
        return no_more_proofs(status, why)

    def ending(self, action: Action) -> str | None:
        """Why nothing is left to do, if that is what ``action`` says."""
        return action.why if isinstance(action, Done) else None

    def waits(self, action: Action) -> bool:
        """Whether only the chain or the other side can bring the next action about."""
        return isinstance(action, Wait | FetchTestSet)

    def step(self) -> Action:
        """One step. A move refused because the job has moved on meanwhile is no failure: look again.

        Anybody may finalise, and a move sent by this very party may have been mined after it looked.
        """
        job_id = self.job.job_id
        before = self.checked.escrow.job(job_id)
        try:
            return self.patience.step(before, super().step)  # type: ignore[no-any-return]
        except Reverted as refusal:
            if refusal.name != "NothingOwed" and self.checked.escrow.job(job_id) == before:
                raise
            self.say_once(f"{refusal}; the job has moved on meanwhile")
            return Wait(before.deadline, "another look at the chain")

    def finish(self, action: Action, job_id: bytes) -> bool:
        """The moves both parties make alike; whether ``action`` was one of them."""
        if isinstance(action, Finalise):
            self.checked.escrow.finalise(self.signer, job_id)
        elif isinstance(action, Withdraw):
            self.checked.escrow.withdraw(self.signer)
        return isinstance(action, Finalise | Withdraw | Wait | Done)

    def view(self, terms: AccuracyTerms, job_id: bytes) -> ChainView:
        """One look at the chain for this job."""
        escrow, registry = self.checked.escrow, self.checked.registry
        status = escrow.job(job_id)
        batches = range(terms.batches) if status.state is State.PROVING else range(0)
        return ChainView(
            now=self.chain.now(),
            state=status.state,
            deadline=status.deadline,
            correct=status.correct,
            batches_done=frozenset(j for j in batches if escrow.batch_done(job_id, j)),
            seed=status.seed,
            ciphertext_root=status.ciphertext_root,
            owed=escrow.owed(self.address),
            balance=max(self.chain.balance(self.address) - GAS_RESERVE_WEI, 0),
            eligible=registry.eligible(terms.model_id, terms.seller, terms.format_digest, terms.min_stake),
            prior_aborts=escrow.aborts(terms.model_id),
        )
