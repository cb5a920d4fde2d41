"""What a RetrievalEscrow contract says about its jobs, typed and checked against the job's id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web3.types import BlockIdentifier

from escrow.client import PullPaymentsClient
from escrow.logs import ChainEvent
from escrow.rpc import rpc_errors
from proofs.errors import ChainError
from protocols.retrieval.events import State
from protocols.retrieval.terms import TERMS_FIELDS, RetrievalTerms, job_tag
from protocols.retrieval.terms import job_id as derived_job_id

WORD_BITS = 256


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Progress of a job as the contract keeps it, in its order; all of it is public.

    Attributes:
        state: see ``protocols.retrieval.events.State``.
        deadline: Unix time: the state's action is allowed before it, ``finalise`` from it on.
        matches: documents found so far, or drawn.
        batches_verified: batches proven so far.
        chunk_count: ciphertexts delivered.
        draw_block: the block whose hash draws the sample, 0 for other predicates.
        tag: the job tag (32 bytes).
        key_hash, ciphertext_root: of the delivery (32 bytes each). key: once revealed, else zeros.
        topped_up: amount paid above the cap.
    """

    state: State
    deadline: int
    matches: int
    batches_verified: int
    chunk_count: int
    draw_block: int
    tag: bytes
    key_hash: bytes
    ciphertext_root: bytes
    key: bytes
    topped_up: int


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """Everything the chain says about a job at one block.

    Attributes:
        job_id: 32 bytes.
        block, timestamp: the block it was read at.
        status, terms: see there.
        batches_done: indices of proven batches, ascending.
        selected: documents found or drawn so far, ascending.
        owed: booked and not fetched in the job's currency, by address, for both parties and the fee recipient.
    """

    job_id: bytes
    block: int
    timestamp: int
    status: JobStatus
    terms: RetrievalTerms
    batches_done: tuple[int, ...]
    selected: tuple[int, ...]
    owed: dict[str, int]


class RetrievalViews(PullPaymentsClient):
    """The reading half of the escrow's client."""

    def min_window(self) -> int:
        """Seconds every window must have at least."""
        return int(self._read("minWindow"))

    def judge(self) -> str:
        """Address of the contract that decides complaints, made by the escrow itself."""
        return str(self._read("judge"))

    def job_id_of(self, terms: RetrievalTerms) -> bytes:
        """The id these terms have on this chain and escrow, computed here."""
        return derived_job_id(job_tag(self.chain.chain_id, self.address, terms), terms)

    def job(self, job_id: bytes, block: BlockIdentifier = "latest") -> JobStatus:
        """The job's progress; ``State.NONE`` for an unknown job."""
        state, *rest = self._read("job", job_id, block=block)
        with rpc_errors(self.chain.url, "reading a job", self.chain.errors):
            return JobStatus(State(state), *rest)

    def terms(self, job_id: bytes, block: BlockIdentifier = "latest") -> RetrievalTerms:
        """The job's terms, checked against its id, which binds every one of them.

        Raises:
            ChainError: this escrow knows no such job.
        """
        return self._authentic(job_id, self._read("terms", job_id, block=block))

    def batch_done(self, job_id: bytes, batch_index: int, block: BlockIdentifier = "latest") -> bool:
        """Whether a batch has been proven."""
        return bool(self._read("batchDone", job_id, batch_index, block=block))

    def is_selected(self, job_id: bytes, document: int, block: BlockIdentifier = "latest") -> bool:
        """Whether a document is among the matches."""
        return bool(self._read("selected", job_id, document, block=block))

    def selected(self, job_id: bytes, total: int, block: BlockIdentifier = "latest") -> tuple[int, ...]:
        """The documents found (or drawn) among ``total``, ascending: what the escrow's own bitmap says."""
        found: list[int] = []
        for word in range(-(-total // WORD_BITS)):
            bits = int(self._read("bitmapWord", job_id, word, block=block))
            found.extend(word * WORD_BITS + place for place in range(WORD_BITS) if bits >> place & 1)
        return tuple(found)

    def snapshot(self, job_id: bytes) -> JobSnapshot:
        """Everything about a job, read at one and the same block. Raises ChainError for an unknown job."""
        block = self.chain.block_number()
        terms = self.terms(job_id, block)
        batches = range(0 if terms.sampled else terms.batches)
        return JobSnapshot(
            job_id=job_id,
            block=block,
            timestamp=self.chain.block_time(block),
            status=self.job(job_id, block),
            terms=terms,
            batches_done=tuple(j for j in batches if self.batch_done(job_id, j, block)),
            selected=self.selected(job_id, terms.total, block),
            owed={
                who: self.owed_in(terms.token, who, block)
                for who in (terms.requester, terms.responder, terms.fee_recipient)
            },
        )

    def job_events(self, job_id: bytes, since_block: int = 0) -> list[ChainEvent]:
        """The events of one job from ``since_block`` on, oldest first."""
        return [event for event in self.events(since_block) if event.arguments.get("jobId") == job_id]

    def _authentic(self, job_id: bytes, words: Sequence[Any]) -> RetrievalTerms:
        names = [name for name, _ in TERMS_FIELDS]
        fields = dict(zip(names, words, strict=True))
        if int(fields["requester"], 16) == 0:
            raise ChainError(f"escrow {self.address} knows no job 0x{job_id.hex()}; check the id and the chain")
        terms = RetrievalTerms(**fields)
        if self.job_id_of(terms) != job_id:
            raise ChainError(f"escrow {self.address} shows terms that are not job 0x{job_id.hex()}'s; do not use it")
        return terms
