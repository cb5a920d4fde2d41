"""Client of the PredictionEscrow contract: the money side of contested predictions (protocol B)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from escrow.artifacts import load
from escrow.chain import Chain
from escrow.code_check import immutable_word, require_code
from escrow.logs import single_event
from escrow.predictions_views import PredictionViews
from escrow.sending import Receipt
from escrow.signers import Signer
from proofs.errors import ChainError
from protocols.predictions.answers import SignedAnswer
from protocols.predictions.terms import PredictionTerms


class PredictionEscrow(PredictionViews):
    """One deployed prediction escrow.

    Each move raises Reverted with the contract's reason, ChainError or ResourceExceeded.
    """

    artifact_name = "PredictionEscrow"
    step_prefix = "predictions"

    @classmethod
    def deploy(cls, chain: Chain, signer: Signer, min_window_s: int) -> Self:
        """Deploy an escrow; every window of its jobs has at least ``min_window_s`` seconds."""
        return cls._deploy(chain, signer, min_window_s)

    def open(self, signer: Signer, terms: PredictionTerms) -> tuple[bytes, Receipt]:
        """Client: open a job and lock its funds; returns the job id, checked against our own formula."""
        value = self._pay(signer, terms.token, terms.client_funds)
        receipt = self._send(signer, "open", terms.as_abi_tuple(), value_wei=value)
        job_id = self.job_id_of(terms)
        if single_event(self.contract, receipt.raw["logs"], "JobOpened").arguments["jobId"] != job_id:
            raise ChainError(f"escrow {self.address} computes other job ids than this version; use a matching one")
        return job_id, receipt

    def accept(self, signer: Signer, terms: PredictionTerms) -> Receipt:
        """Provider: accept the job with exactly these terms, lock the deposit, start the round."""
        value = self._pay(signer, terms.token, terms.provider_funds)
        return self._send(signer, "accept", self.job_id_of(terms), value_wei=value)

    def contest(self, signer: Signer, job_id: bytes, signed: SignedAnswer) -> Receipt:
        """Client: demand the proof of an answer, showing the provider's signature."""
        answer = signed.answer
        return self._send(signer, "contest", job_id, (answer.index, answer.h, answer.outputs_hash), signed.signature)

    def prove_answer(
        self,
        signer: Signer,
        job_id: bytes,
        index: int,
        *,
        note: bytes,
        tag_hash: int,
        outputs: Sequence[int],
        proof: bytes,
    ) -> Receipt:
        """Anyone: prove contested answer ``index``; ``outputs`` as they were signed."""
        return self._send(signer, "proveAnswer", job_id, index, note, tag_hash, list(outputs), proof)

    def collect(self, signer: Signer, job_id: bytes, answered: int, signature: bytes) -> Receipt:
        """Provider: record the client's latest receipt."""
        return self._send(signer, "collect", job_id, answered, signature)

    def finalise(self, signer: Signer, job_id: bytes) -> Receipt:
        """End a job: anyone past its deadline, the provider alone from the round's end on if no contest is open."""
        return self._send(signer, "finalise", job_id)


def check_prediction_escrow(chain: Chain, escrow: PredictionEscrow) -> None:
    """Check that the escrow is what its source compiles to; its minimum window is read from the code, which binds it.

    Raises:
        CodeMismatch: it is something else. ChainError: no contract there, or unreachable.
    """
    artifact = load("PredictionEscrow")
    min_window = immutable_word(artifact, "minWindow", chain.code(escrow.address))
    expected = artifact.runtime_codehash({"minWindow": min_window})
    require_code(chain, "the prediction escrow", escrow.address, expected)
