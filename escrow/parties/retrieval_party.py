"""What requester and responder share: one look at the chain, and what of it they remember."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from escrow.parties.corpus_check import CheckedCorpus
from escrow.parties.driver import Job, Say
from escrow.parties.escrow_party import EscrowParty
from escrow.retrieval import RetrievalEscrow
from escrow.retrieval_views import JobStatus
from escrow.signers import LocalSigner
from protocols.retrieval.actions import Action, Draw, FetchDocuments, Wait
from protocols.retrieval.events import State
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.view import ChainView, Limits
from protocols.sealed_channel import SealedChannel

ANSWER = 0
"""Number of the responder's answer among its messages."""
PROBLEM = 1
"""Number of the requester's complaint about a delivery among its messages, behind the offer."""


class RetrievalParty(EscrowParty[RetrievalTerms, Action]):
    """Base of both drivers.

    Args:
        checked: the listing, rebuilt and found on chain by this party.
        signer: the party's account, key in this process.
        folder: private working folder (journals, channel keys), mode 0700.
        channel_root: folder shared with the other party.
        limits: the party's prudence. say: told what happens, in words.
    """

    escrow: RetrievalEscrow

    def __init__(
        self, checked: CheckedCorpus, signer: LocalSigner, folder: Path, channel_root: Path, limits: Limits, say: Say
    ) -> None:
        super().__init__(checked.escrow.chain, checked.escrow.address, signer, folder, channel_root, say)
        self.checked, self.escrow, self.limits = checked, checked.escrow, limits
        self._batches: ProvenBatches | None = None

    def waits(self, action: Action) -> bool:
        """Whether only the chain or the other side can bring the next action about."""
        return isinstance(action, Wait | FetchDocuments)

    def forget(self) -> None:
        """Drop what is remembered of the chain."""
        self._batches = None

    def finish(self, action: Action) -> bool:
        """The moves both parties make alike; whether ``action`` was one of them."""
        if isinstance(action, Draw):
            self.escrow.draw(self.signer, self.job.job_id)
        return super().finish(action) or isinstance(action, Draw)

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
            balance=self.spendable(),
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
            self._batches = ProvenBatches(self.escrow, self.job.job_id, self.terms.batches, self.began)
        return self._batches.at(block, status.batches_verified)


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
