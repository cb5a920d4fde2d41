"""What a SampledEscrow contract says about its jobs, typed and checked against the job's id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web3.types import BlockIdentifier

from escrow.client import PullPaymentsClient
from escrow.logs import ChainEvent
from escrow.rpc import rpc_errors
from proofs.errors import ChainError
from protocols.sampled.events import State
from protocols.sampled.terms import TERMS_FIELDS, SampledTerms, job_tag
from protocols.sampled.terms import job_id as derived_job_id

WORD_BITS = 256


@dataclass(frozen=True, slots=True)
class SampledJob:
    """Progress of a job as the contract keeps it, in its order; all of it is public.

    Attributes:
        state: see ``protocols.sampled.events.State``.
        deadline: Unix time: the state's moves are allowed before it, ``finalise`` from it on.
        correct: examples of the rest proven right so far.
        batches_verified: proofs so far.
        chunk_count: ciphertexts handed over.
        tag: the job tag (32 bytes).
        seed: the seller's (32 bytes); it drew the sample.
        ciphertext_root: commitment to the ciphertexts handed over (32 bytes).
        sample_key_hash, rest_key_hash: commitments to the two keys (32 bytes each).
        sample_key: once posted, else zeros. rest_key: once revealed, else zeros.
    """

    state: State
    deadline: int
    correct: int
    batches_verified: int
    chunk_count: int
    tag: bytes
    seed: bytes
    ciphertext_root: bytes
    sample_key_hash: bytes
    rest_key_hash: bytes
    sample_key: bytes
    rest_key: bytes


@dataclass(frozen=True, slots=True)
class SampledSnapshot:
    """Everything the chain says about a job at one block.

    Attributes:
        job_id: 32 bytes.
        block, timestamp: the block it was read at.
        status, terms: see there.
        spent: examples drawn or proven so far, ascending.
        owed: wei booked and not fetched, by address, for buyer, seller and fee recipient.
        aborts: aborts on the model's record in this escrow.
    """

    job_id: bytes
    block: int
    timestamp: int
    status: SampledJob
    terms: SampledTerms
    spent: tuple[int, ...]
    owed: dict[str, int]
    aborts: int


class SampledViews(PullPaymentsClient):
    """The reading half of the escrow's client."""

    def registry(self) -> str:
        """Address of the registry it asks."""
        return str(self._read("registry"))

    def min_window(self) -> int:
        """Seconds every window must have at least."""
        return int(self._read("minWindow"))

    def judge(self) -> str:
        """Address of the contract that decides complaints, made by the escrow itself."""
        return str(self._read("judge"))

    def job_tag(self, terms: SampledTerms) -> bytes:
        """The tag these terms have on this chain and escrow, computed here."""
        return job_tag(self.chain.chain_id, self.address, terms)

    def job_id_of(self, terms: SampledTerms) -> bytes:
        """The id these terms have on this chain and escrow, computed here."""
        return derived_job_id(self.job_tag(terms), terms)

    def job(self, job_id: bytes, block: BlockIdentifier = "latest") -> SampledJob:
        """The job's progress; ``State.NONE`` for an unknown job."""
        state, *rest = self._read("job", job_id, block=block)
        with rpc_errors(self.chain.url, "reading a job", self.chain.errors):
            return SampledJob(State(state), *rest)

    def terms(self, job_id: bytes, block: BlockIdentifier = "latest") -> SampledTerms:
        """The job's terms, checked against its id, which binds every one of them.

        Raises:
            ChainError: this escrow knows no such job.
        """
        return self._authentic(job_id, self._read("terms", job_id, block=block))

    def aborts(self, model_id: bytes, block: BlockIdentifier = "latest") -> int:
        """Jobs in which the model's owner could look at a sample and then aborted or fell silent."""
        return int(self._read("aborts", model_id, block=block))

    def spent(self, job_id: bytes, index: int, block: BlockIdentifier = "latest") -> bool:
        """Whether an example was drawn or is proven."""
        return bool(self._read("spent", job_id, index, block=block))

    def spent_examples(self, job_id: bytes, total: int, block: BlockIdentifier = "latest") -> tuple[int, ...]:
        """The examples drawn or proven among ``total``, ascending: what the escrow's own bitmap says."""
        found: list[int] = []
        for word in range(-(-total // WORD_BITS)):
            bits = int(self._read("bitmapWord", job_id, word, block=block))
            found.extend(word * WORD_BITS + place for place in range(WORD_BITS) if bits >> place & 1)
        return tuple(found)

    def snapshot(self, job_id: bytes) -> SampledSnapshot:
        """Everything about a job, read at one and the same block. Raises ChainError for an unknown job."""
        block = self.chain.block_number()
        terms = self.terms(job_id, block)
        return SampledSnapshot(
            job_id=job_id,
            block=block,
            timestamp=self.chain.block_time(block),
            status=self.job(job_id, block),
            terms=terms,
            spent=self.spent_examples(job_id, terms.total, block),
            owed={who: self.owed(who, block) for who in (terms.buyer, terms.seller, terms.fee_recipient)},
            aborts=self.aborts(terms.model_id, block),
        )

    def job_events(self, job_id: bytes, since_block: int = 0) -> list[ChainEvent]:
        """The events of one job from ``since_block`` on, oldest first."""
        return [event for event in self.events(since_block) if event.arguments.get("jobId") == job_id]

    def _authentic(self, job_id: bytes, words: Sequence[Any]) -> SampledTerms:
        names = [name for name, _ in TERMS_FIELDS]
        fields = dict(zip(names, words, strict=True))
        if int(fields["buyer"], 16) == 0:
            raise ChainError(f"escrow {self.address} knows no job 0x{job_id.hex()}; check the id and the chain")
        terms = SampledTerms(**fields)
        if self.job_id_of(terms) != job_id:
            raise ChainError(f"escrow {self.address} shows terms that are not job 0x{job_id.hex()}'s; do not use it")
        return terms
