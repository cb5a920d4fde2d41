"""Client of the RetrievalEscrow contract: the money side of retrieval with payment."""

from __future__ import annotations

from dataclasses import astuple
from typing import Self

from escrow.chain import Chain
from escrow.logs import single_event
from escrow.retrieval_views import RetrievalViews
from escrow.sending import Receipt
from escrow.signers import Signer
from proofs.commitment.openings import ChunkOpening, CipherOpening, DocumentOpening, StepOpening
from proofs.errors import ChainError
from proofs.outputs_bundle import OutputsProof
from protocols.retrieval.terms import RetrievalTerms


class RetrievalEscrow(RetrievalViews):
    """One deployed retrieval escrow.

    Each move raises Reverted with the contract's reason, ChainError or ResourceExceeded.
    """

    artifact_name = "RetrievalEscrow"
    step_prefix = "retrieval"

    @classmethod
    def deploy(cls, chain: Chain, signer: Signer, min_window_s: int) -> Self:
        """Deploy an escrow, its judge with it; every window of its jobs has at least ``min_window_s`` seconds."""
        return cls._deploy(chain, signer, min_window_s)

    def open(self, signer: Signer, terms: RetrievalTerms) -> tuple[bytes, Receipt]:
        """Requester: open a job and lock its funds; returns the job id, checked against our own formula."""
        value = self._pay(signer, terms.token, terms.requester_funds)
        receipt = self._send(signer, "open", terms.as_abi_tuple(), value_wei=value)
        job_id = self.job_id_of(terms)
        if single_event(self.contract, receipt.raw["logs"], "JobOpened").arguments["jobId"] != job_id:
            raise ChainError(f"escrow {self.address} computes other job ids than this version; use a matching one")
        return job_id, receipt

    def accept(self, signer: Signer, terms: RetrievalTerms) -> Receipt:
        """Responder: accept the job with exactly these terms and lock the deposit."""
        value = self._pay(signer, terms.token, terms.responder_funds)
        return self._send(signer, "accept", self.job_id_of(terms), value_wei=value)

    def submit_batch(
        self,
        signer: Signer,
        job_id: bytes,
        proof: OutputsProof,
        *,
        bits: int,
        note: bytes,
        gas_limit: int | None = None,
    ) -> Receipt:
        """Anyone: prove which documents of one batch match.

        Args:
            proof: of the batch, with its opening.
            bits: bit j says that document index * b + j matches; those of blank documents as proven.
            note: 32 bytes bound into the proof's tag beside the job's.
            gas_limit: None estimates first, so that a refused proof costs nothing.
        """
        opening = proof.opening
        batch = (
            opening.index,
            list(opening.hashes),
            list(opening.payload_roots),
            list(opening.path),
            note,
            proof.tag_hash,
            bits,
            proof.proof,
        )
        return self._send(signer, "submitBatch", job_id, batch, gas_limit=gas_limit)

    def draw(self, signer: Signer, job_id: bytes) -> Receipt:
        """Anyone: draw the sample from the block named for it, or have another named when its hash is gone."""
        return self._send(signer, "draw", job_id)

    def top_up(self, signer: Signer, terms: RetrievalTerms, amount: int) -> Receipt:
        """Requester: pay for the matches above the cap, exactly ``amount`` of the terms' currency."""
        value = self._pay(signer, terms.token, amount)
        return self._send(signer, "topUp", self.job_id_of(terms), value_wei=value)

    def deliver(self, signer: Signer, job_id: bytes, key_hash: bytes, ciphertext_root: bytes, chunks: int) -> Receipt:
        """Responder: commit to key and ciphertexts (32 bytes each, ``chunks`` of them), which go off chain."""
        return self._send(signer, "deliver", job_id, key_hash, ciphertext_root, chunks)

    def acknowledge(self, signer: Signer, job_id: bytes, ciphertext_root: bytes) -> Receipt:
        """Requester: the receipt, that it holds all ciphertexts under this very root and found them complete."""
        return self._send(signer, "acknowledge", job_id, ciphertext_root)

    def reveal(self, signer: Signer, job_id: bytes, key: bytes) -> Receipt:
        """Responder: reveal the key (32 bytes); public from the moment the transaction is sent."""
        return self._send(signer, "reveal", job_id, key)

    def complain_decryption(
        self, signer: Signer, job_id: bytes, document: DocumentOpening, chunk: ChunkOpening, cipher: CipherOpening
    ) -> Receipt:
        """Anyone: show a ciphertext that does not decrypt to the committed chunk."""
        return self._send(signer, "complainDecryption", job_id, astuple(document), astuple(chunk), astuple(cipher))

    def complain_view(
        self, signer: Signer, job_id: bytes, document: DocumentOpening, step: StepOpening, after: StepOpening
    ) -> Receipt:
        """Anyone: show a committed view step that does not lead to the one ``after`` it, or to the circuit's hash."""
        return self._send(signer, "complainView", job_id, astuple(document), astuple(step), astuple(after))

    def finalise(self, signer: Signer, job_id: bytes) -> Receipt:
        """Anyone: end a state whose deadline has passed."""
        return self._send(signer, "finalise", job_id)
