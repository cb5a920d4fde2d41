"""Client of the SampledEscrow contract: the money side of protocol A'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Self

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import function_signature_to_4byte_selector
from hexbytes import HexBytes

from escrow.chain import Chain
from escrow.logs import single_event
from escrow.rpc import rpc_errors
from escrow.sampled_views import SampledViews
from escrow.sending import Receipt
from escrow.signers import Signer, checked_address
from proofs.commitment.openings import ChunkOpening, CipherOpening, DocumentOpening, StepOpening
from proofs.errors import ChainError
from protocols.sampled.terms import SampledTerms

_POST_TYPES = ("bytes32", "bytes32", "bytes[]", "bytes")
_POST_SELECTOR = function_signature_to_4byte_selector(f"postCiphertext({','.join(_POST_TYPES)})")


class SampledEscrow(SampledViews):
    """One deployed sampled accuracy escrow.

    Each move raises Reverted with the contract's reason, ChainError or ResourceExceeded.
    """

    artifact_name = "SampledEscrow"
    step_prefix = "sampled"

    @classmethod
    def deploy(cls, chain: Chain, signer: Signer, registry: str, min_window_s: int) -> Self:
        """Deploy an escrow over a registry, its judge with it; every window has at least ``min_window_s`` seconds."""
        return cls._deploy(chain, signer, checked_address(registry), min_window_s)

    def open(self, signer: Signer, terms: SampledTerms) -> tuple[bytes, Receipt]:
        """Buyer: open a job and lock its deposit; returns the job id, checked against our own formula."""
        receipt = self._send(signer, "open", terms.as_abi_tuple(), value_wei=terms.deposit)
        job_id = self.job_id_of(terms)
        if single_event(self.contract, receipt.raw["logs"], "JobOpened").arguments["jobId"] != job_id:
            raise ChainError(f"escrow {self.address} computes other job ids than this version; use a matching one")
        return job_id, receipt

    def accept(self, signer: Signer, terms: SampledTerms, seed: bytes) -> Receipt:
        """Seller: accept the job with exactly these terms, lock the deposit, draw the sample by ``seed`` (32 bytes)."""
        return self._send(signer, "accept", self.job_id_of(terms), seed, value_wei=terms.deposit)

    def hand_over(
        self,
        signer: Signer,
        job_id: bytes,
        ciphertext_root: bytes,
        chunk_count: int,
        sample_key_hash: bytes,
        rest_key_hash: bytes,
        seed: bytes | None = None,
    ) -> Receipt:
        """Buyer: state that the ciphertexts of all examples and the sample's key were sent.

        Args:
            ciphertext_root: over all chunks of all examples, ascending (32 bytes). chunk_count: how many those are.
            sample_key_hash, rest_key_hash: ``cipher.key_hash`` of the two keys for this job and buyer (32 bytes each).
            seed: of the acceptance the ciphertexts were made for (32 bytes); None takes what the chain says now.
        """
        drawn_by = self.job(job_id).seed if seed is None else seed
        given = (drawn_by, ciphertext_root, chunk_count, sample_key_hash, rest_key_hash)
        return self._send(signer, "handOver", job_id, *given)

    def post_ciphertext(
        self, signer: Signer, job_id: bytes, sample_key: bytes, ciphertexts: Sequence[bytes], openings: bytes = b""
    ) -> Receipt:
        """Buyer: put all ciphertexts, in order, and the sample's key (32 bytes) on chain.

        Args:
            openings: hash and chunk digests of every example, as ``posted`` reads them; the contract does not.
        """
        return self._send(signer, "postCiphertext", job_id, sample_key, list(ciphertexts), openings)

    def posted(self, job_id: bytes, since_block: int = 0) -> tuple[tuple[bytes, ...], bytes] | None:
        """Ciphertexts and openings as the buyer put them on chain; None while it has not, or not by a plain call."""
        for event in self.job_events(job_id, since_block):
            if event.name == "CiphertextPosted":
                with rpc_errors(self.chain.url, "reading a transaction", self.chain.errors):
                    sent = self.chain.w3.eth.get_transaction(HexBytes(event.transaction))
                return self._posted_in(bytes(sent["input"]), job_id)
        return None

    @staticmethod
    def _posted_in(calldata: bytes, job_id: bytes) -> tuple[tuple[bytes, ...], bytes] | None:
        """The two last arguments of a plain ``postCiphertext`` call; its job is compared, the rest is untrusted."""
        if calldata[:4] != _POST_SELECTOR:
            return None
        try:
            job, _, ciphertexts, openings = decode(_POST_TYPES, calldata[4:])
        except DecodingError:
            return None
        return (tuple(ciphertexts), openings) if job == job_id else None

    def proceed(self, signer: Signer, job_id: bytes, ciphertext_root: bytes) -> Receipt:
        """Seller: promise to prove; it holds all ciphertexts under this root (32 bytes) and has seen the sample."""
        return self._send(signer, "proceed", job_id, ciphertext_root)

    def abort(self, signer: Signer, job_id: bytes) -> Receipt:
        """Seller: leave after the sample; the buyer pays N1*P and the abort stays on the model's record."""
        return self._send(signer, "abort", job_id)

    def confirm(self, signer: Signer, job_id: bytes) -> Receipt:
        """Seller: the rest opened well; from here on a missed target loses the deposit."""
        return self._send(signer, "confirm", job_id)

    def reveal_key(self, signer: Signer, job_id: bytes, key: bytes) -> Receipt:
        """Buyer: reveal the rest's key (32 bytes); public from the moment the transaction is sent."""
        return self._send(signer, "revealKey", job_id, key)

    def complain_decryption(
        self, signer: Signer, job_id: bytes, document: DocumentOpening, chunk: ChunkOpening, cipher: CipherOpening
    ) -> Receipt:
        """Seller: show a ciphertext of the rest that does not decrypt to the committed chunk."""
        return self._send(signer, "complainDecryption", job_id, astuple(document), astuple(chunk), astuple(cipher))

    def complain_view(
        self, signer: Signer, job_id: bytes, document: DocumentOpening, step: StepOpening, after: StepOpening
    ) -> Receipt:
        """Seller: show a committed view step that does not lead to the one ``after`` it, or to the circuit's hash."""
        return self._send(signer, "complainView", job_id, astuple(document), astuple(step), astuple(after))

    def submit_batch(
        self,
        signer: Signer,
        job_id: bytes,
        *,
        indices: Sequence[int],
        h: Sequence[int],
        payload_roots: Sequence[bytes],
        paths: Sequence[Sequence[bytes]],
        note: bytes,
        tag_hash: int,
        count: int,
        proof: bytes,
        gas_limit: int | None = None,
    ) -> Receipt:
        """Anyone: prove that ``count`` of the examples ``indices`` are classified as labelled.

        Args:
            indices: of the rest, not proven yet, strictly ascending; as many as a batch has.
            h: their circuit hashes (field elements), in the same order, as in the proof.
            payload_roots: their document roots, 32 bytes each.
            paths: of each, the siblings (32 bytes each) from its leaf upwards.
            note: 32 bytes bound into the proof's tag beside the job's.
            tag_hash: in-circuit hash of the tag input.
            count: right answers, at most the batch.
            proof: the halo2 proof's bytes.
            gas_limit: None estimates first, so that a refused proof costs nothing.
        """
        opened = (list(indices), list(h), list(payload_roots), [list(path) for path in paths])
        return self._send(signer, "submitBatch", job_id, (*opened, note, tag_hash, count, proof), gas_limit=gas_limit)

    def finalise(self, signer: Signer, job_id: bytes) -> Receipt:
        """Anyone: move on a job whose present deadline has passed."""
        return self._send(signer, "finalise", job_id)
