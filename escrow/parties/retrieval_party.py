"""What requester and responder share: one look at the chain, the moves both make alike, and races lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from escrow.parties.corpus_check import CheckedCorpus
from escrow.parties.driver import GAS_RESERVE_WEI, Driver, Job, Say, note
from escrow.retrieval import RetrievalEscrow
from escrow.retrieval_views import JobStatus
from escrow.reverts import Reverted
from escrow.signers import LocalSigner
from escrow.token import Token
from protocols.retrieval.actions import Action, Done, Draw, FetchDocuments, Finalise, Wait, Withdraw
from protocols.retrieval.events import State
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.view import ChainView, Limits
from protocols.sealed_channel import SealedChannel
from protocols.solidity import ZERO_ADDRESS

ANSWER = 0
"""Number of the responder's answer among its messages."""
PROBLEM = 1
"""Number of the requester's complaint about a delivery among its messages, behind the offer."""
BEGAN = "began"


class RetrievalParty(Driver[RetrievalTerms, Action]):
    """Base of both drivers.

    Args:
        checked: the listing, rebuilt and found on chain by this party.
        signer: the party's account, key in this process.
        folder: private working folder (journals, channel keys), mode 0700.
        channel_root: folder shared with the other party.
        limits: the party's prudence. say: told what happens, in words.
    """

    def __init__(
        self, checked: CheckedCorpus, signer: LocalSigner, folder: Path, channel_root: Path, limits: Limits, say: Say
    ) -> None:
        super().__init__(checked.escrow.chain, checked.escrow.address, signer, folder, channel_root, say)
        self.checked, self.escrow, self.limits = checked, checked.escrow, limits
        self._batches: ProvenBatches | None = None

    @property
    def terms(self) -> RetrievalTerms:
        """The job's terms."""
        return self.job.terms

    def open_job(self, terms: RetrievalTerms, job_id: bytes) -> RetrievalJob:
        """As every driver's; the block it was begun at is written down, as the place to look for proofs from."""
        block = self.chain.block_number()
        job = super().open_job(terms, job_id)
        if not any(entry.kind == BEGAN for entry in job.journal.entries):
            note(job, BEGAN, {"block": str(block)})
        return job

    def ending(self, action: Action) -> str | None:
        """Why nothing is left to do, if that is what ``action`` says."""
        return action.why if isinstance(action, Done) else None

    def waits(self, action: Action) -> bool:
        """Whether only the chain or the other side can bring the next action about."""
        return isinstance(action, Wait | FetchDocuments)

    def step(self) -> Action:
        """One step. A move that came too late because the job has moved on meanwhile is no failure: look again.

        Anybody may finalise, draw, submit and complain, so two parties often send the same move at once.
        """
        before = self.escrow.job(self.job.job_id)
        try:
            return super().step()
        except Reverted as refusal:
            self._batches = None  # whatever was known of the chain may be what was wrong
            if refusal.name != "NothingOwed" and self.escrow.job(self.job.job_id) == before:
                raise
            self.say_once(f"{refusal}; the job has moved on meanwhile")
            return Wait(before.deadline, "another look at the chain")

    def finish(self, action: Action) -> bool:
        """The moves both parties make alike; whether ``action`` was one of them."""
        if isinstance(action, Finalise):
            self.escrow.finalise(self.signer, self.job.job_id)
        elif isinstance(action, Draw):
            self.escrow.draw(self.signer, self.job.job_id)
        elif isinstance(action, Withdraw):
            self.escrow.fetch(self.signer, self.terms.token)
        return isinstance(action, Finalise | Draw | Withdraw | Wait | Done)

    def view(self) -> ChainView:
        """One look at the chain for this job, all of it at one block."""
        terms, job_id, block = self.terms, self.job.job_id, self.chain.block_number()
        status = self.escrow.job(job_id, block)
        proving = status.state is State.PROVING and not terms.sampled
        return ChainView(
            now=self.chain.now(),
            block=block,
            state=status.state,
            deadline=status.deadline,
            matches=status.matches,
            batches_done=self._proven_batches(status, block) if proving else frozenset(),
            draw_block=status.draw_block,
            key_hash=status.key_hash,
            ciphertext_root=status.ciphertext_root,
            chunk_count=status.chunk_count,
            key=status.key,
            owed=self.escrow.owed_in(terms.token, self.address, block),
            balance=self._spendable(),
        )

    def sold(self) -> tuple[int, ...]:
        """The documents the contract says are sold, ascending; asked once the search is over, when they are final."""
        return self.escrow.selected(self.job.job_id, self.terms.total)

    def sealed_to(self, their_public: bytes) -> SealedChannel:
        """The channel with every message sealed between the two parties."""
        return SealedChannel(self.job.channel, self.job.key, their_public, self.job.job_id, self.outgoing)

    def with_proofs(self, left: int | None) -> Limits:
        """The party's limits with the proofs its commitment still allows."""
        return replace(self.limits, proofs_left=left)

    def _proven_batches(self, status: JobStatus, block: int) -> frozenset[int]:
        if self._batches is None:
            began = next(int(str(entry.body["block"])) for entry in self.job.journal.entries if entry.kind == BEGAN)
            self._batches = ProvenBatches(self.escrow, self.job.job_id, self.terms.batches, began)
        return self._batches.at(block, status.batches_verified)

    def _spendable(self) -> int:
        """What this party can pay in, in the terms' currency."""
        if self.terms.token != ZERO_ADDRESS:
            return Token(self.chain, self.terms.token).balance(self.address)
        return max(self.chain.balance(self.address) - GAS_RESERVE_WEI, 0)


RetrievalJob = Job[RetrievalTerms]


class ProvenBatches:
    """Which batches of a job are proven: by events, each block read once, since a job has up to 2^20 of them.

    The contract's own count decides whether the events told all; if not (a reorganisation, a journal begun too late, a
    node that forgets events), they are read again from the chain's beginning, and at last batch by batch.

    Args:
        batches: how many the job has. began: block before which none was proven, as far as is known.
    """

    def __init__(self, escrow: RetrievalEscrow, job_id: bytes, batches: int, began: int) -> None:
        self.escrow, self.job_id, self.batches = escrow, job_id, batches
        self.next_block, self.found = began, frozenset[int]()

    def at(self, block: int, count: int) -> frozenset[int]:
        """The batches proven at ``block``, which are ``count``."""
        self.found |= self._events(self.next_block, block)
        self.next_block = max(self.next_block, block + 1)
        if len(self.found) != count:
            self.found = self._events(0, block) if count else frozenset()
        if len(self.found) != count:
            asked = range(self.batches)
            self.found = frozenset(index for index in asked if self.escrow.batch_done(self.job_id, index, block))
        return self.found

    def _events(self, first: int, last: int) -> frozenset[int]:
        mine = [event for event in self.escrow.events(first, last) if event.arguments.get("jobId") == self.job_id]
        return frozenset(int(str(event.arguments["batchIndex"])) for event in mine if event.name == "BatchVerified")
