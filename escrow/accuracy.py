"""Client of the AccuracyEscrow contract: the money side of protocol A."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from web3.types import BlockIdentifier

from escrow.chain import Chain
from escrow.client import PullPaymentsClient
from escrow.logs import ChainEvent, single_event
from escrow.rpc import rpc_errors
from escrow.sending import Receipt
from escrow.signers import Signer, checked_address
from proofs.errors import ChainError
from protocols.accuracy.events import State
from protocols.accuracy.terms import TERMS_FIELDS, AccuracyTerms, job_tag
from protocols.accuracy.terms import job_id as derived_job_id


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Progress of a job as the contract keeps it; all of it is public.

    Attributes:
        state: see ``protocols.accuracy.events.State``.
        deadline: Unix time: the state's action is allowed before it, ``finalise`` from it on.
        correct: examples proven right so far.
        batches_verified: batches proven so far.
        tag: the job tag (32 bytes).
        seed: the seller's (32 bytes).
        ciphertext_root: commitment to the handed-over ciphertext (32 bytes).
    """

    state: State
    deadline: int
    correct: int
    batches_verified: int
    tag: bytes
    seed: bytes
    ciphertext_root: bytes


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """Everything the chain says about a job at one block.

    Attributes:
        job_id: 32 bytes.
        block, timestamp: the block it was read at.
        status, terms: see there.
        batches_done: indices of proven batches, ascending.
        owed: wei booked and not fetched, by address, for buyer, seller and fee recipient.
        aborts: aborts on the model's record.
    """

    job_id: bytes
    block: int
    timestamp: int
    status: JobStatus
    terms: AccuracyTerms
    batches_done: tuple[int, ...]
    owed: dict[str, int]
    aborts: int


class AccuracyEscrow(PullPaymentsClient):
    """One deployed accuracy escrow."""

    artifact_name = "AccuracyEscrow"
    step_prefix = "accuracy"

    @classmethod
    def deploy(cls, chain: Chain, signer: Signer, registry: str, min_window_s: int) -> Self:
        """Deploy an escrow over a registry; every window of its jobs has at least ``min_window_s`` seconds."""
        return cls._deploy(chain, signer, checked_address(registry), min_window_s)

    def registry(self) -> str:
        """Address of the registry it asks."""
        return str(self._read("registry"))

    def min_window(self) -> int:
        """Seconds every window must have at least."""
        return int(self._read("minWindow"))

    def job_id_of(self, terms: AccuracyTerms) -> bytes:
        """The id these terms have on this chain and escrow, computed here."""
        return derived_job_id(job_tag(self.chain.chain_id, self.address, terms), terms)

    # ---- moves; each raises Reverted with the contract's reason, ChainError or ResourceExceeded

    def open(self, signer: Signer, terms: AccuracyTerms) -> tuple[bytes, Receipt]:
        """Buyer: open a job and lock its deposit; returns the job id, checked against our own formula."""
        receipt = self._send(signer, "open", terms.as_abi_tuple(), value_wei=terms.deposit)
        job_id = self.job_id_of(terms)
        if single_event(self.contract, receipt.raw["logs"], "JobOpened").arguments["jobId"] != job_id:
            raise ChainError(f"escrow {self.address} computes other job ids than this version; use a matching one")
        return job_id, receipt

    def accept(self, signer: Signer, terms: AccuracyTerms, seed: bytes) -> Receipt:
        """Seller: accept the job with exactly these terms, lock the deposit and publish the seed (32 bytes)."""
        return self._send(signer, "accept", self.job_id_of(terms), seed, value_wei=terms.deposit)

    def hand_over(self, signer: Signer, job_id: bytes, ciphertext_root: bytes) -> Receipt:
        """Buyer: state that the ciphertext with this root (32 bytes) was sent."""
        return self._send(signer, "handOver", job_id, ciphertext_root)

    def proceed(self, signer: Signer, job_id: bytes) -> Receipt:
        """Seller: promise to prove; from here on a missed target loses the deposit."""
        return self._send(signer, "proceed", job_id)

    def abort(self, signer: Signer, job_id: bytes) -> Receipt:
        """Seller: leave after the look; the buyer pays N*P and the abort stays on the model's record."""
        return self._send(signer, "abort", job_id)

    def submit_batch(
        self,
        signer: Signer,
        job_id: bytes,
        batch_index: int,
        *,
        h: Sequence[int],
        payload_roots: Sequence[bytes],
        path: Sequence[bytes],
        note: bytes,
        tag_hash: int,
        count: int,
        proof: bytes,
        gas_limit: int | None = None,
    ) -> Receipt:
        """Anyone: prove that ``count`` examples of batch ``batch_index`` are classified as labelled.

        Args:
            h: the batch's circuit hashes (field elements), one per example.
            payload_roots: 32 bytes per example.
            path: Merkle siblings (32 bytes each) from the batch's subtree upwards.
            note: 32 bytes bound into the proof's tag beside the job's.
            tag_hash: in-circuit hash of the tag input.
            count: right answers, at most the batch.
            proof: the halo2 proof's bytes.
            gas_limit: None estimates first, so that a refused proof costs nothing.
        """
        batch = (batch_index, list(h), list(payload_roots), list(path), note, tag_hash, count, proof)
        return self._send(signer, "submitBatch", job_id, batch, gas_limit=gas_limit)

    def finalise(self, signer: Signer, job_id: bytes) -> Receipt:
        """Anyone: end a state whose deadline has passed."""
        return self._send(signer, "finalise", job_id)

    # ---- views

    def job(self, job_id: bytes, block: BlockIdentifier = "latest") -> JobStatus:
        """The job's progress; ``State.NONE`` for an unknown job."""
        state, *rest = self._read("job", job_id, block=block)
        with rpc_errors(self.chain.url, "reading a job", self.chain.errors):
            return JobStatus(State(state), *rest)

    def terms(self, job_id: bytes, block: BlockIdentifier = "latest") -> AccuracyTerms:
        """The job's terms, checked against its id, which binds every one of them.

        Raises:
            ChainError: this escrow knows no such job.
        """
        return self._authentic(job_id, self._read("terms", job_id, block=block))

    def aborts(self, model_id: bytes, block: BlockIdentifier = "latest") -> int:
        """Jobs in which the model's owner looked at a test set and then aborted or fell silent."""
        return int(self._read("aborts", model_id, block=block))

    def batch_done(self, job_id: bytes, batch_index: int, block: BlockIdentifier = "latest") -> bool:
        """Whether a batch has been proven."""
        return bool(self._read("batchDone", job_id, batch_index, block=block))

    def snapshot(self, job_id: bytes) -> JobSnapshot:
        """Everything about a job, read at one and the same block. Raises ChainError for an unknown job."""
        block = self.chain.block_number()
        terms = self.terms(job_id, block)
        parties = (terms.buyer, terms.seller, terms.fee_recipient)
        return JobSnapshot(
            job_id=job_id,
            block=block,
            timestamp=self.chain.block_time(block),
            status=self.job(job_id, block),
            terms=terms,
            batches_done=tuple(j for j in range(terms.batches) if self.batch_done(job_id, j, block)),
            owed={who: self.owed(who, block) for who in parties},
            aborts=self.aborts(terms.model_id, block),
        )

    def job_events(self, job_id: bytes, since_block: int = 0) -> list[ChainEvent]:
        """The events of one job from ``since_block`` on, oldest first."""
        return [event for event in self.events(since_block) if event.arguments.get("jobId") == job_id]

    def _authentic(self, job_id: bytes, words: Sequence[Any]) -> AccuracyTerms:
        names = [name for name, _ in TERMS_FIELDS]
        fields = dict(zip(names, words, strict=True))
        if int(fields["buyer"], 16) == 0:
            raise ChainError(f"escrow {self.address} knows no job 0x{job_id.hex()}; check the id and the chain")
        terms = AccuracyTerms(**fields)
        if self.job_id_of(terms) != job_id:
            raise ChainError(f"escrow {self.address} shows terms that are not job 0x{job_id.hex()}'s; do not use it")
        return terms
