"""Requesters and responders who cheat, each in a single step."""

from __future__ import annotations

from dataclasses import replace

from escrow.parties.requester import Requester
from escrow.parties.responder import Responder
from escrow.reverts import Reverted
from proofs.commitment import cipher
from proofs.commitment.delivery import Delivery
from proofs.commitment.openings import NO_STEP, ChunkOpening, CipherOpening, StepOpening
from protocols.retrieval.actions import Action, ProveBatch, Reveal, SubmitBatch, Wait


class WithholdingResponder(Responder):
    """Would rather keep its first match: it proves every batch but that one."""

    def decide(self) -> Action:
        """The honest action, but for the batch of the first match; of the others one at a time."""
        action = super().decide()
        if not isinstance(action, ProveBatch | SubmitBatch):
            return action
        left = [index for index in range(self.terms.batches) if index != self.hidden and not self._proven(index)]
        return type(action)(left[0]) if left else Wait(0, "nothing: the batch left shows a match")

    @property
    def hidden(self) -> int:
        """The batch it does not want to show."""
        return 0

    def _proven(self, index: int) -> bool:
        return self.escrow.batch_done(self.job.job_id, index)


class FlippingResponder(Responder):
    """Submits every proof with its first set bit cleared: a match denied, with a genuine proof beside it."""

    def _submit(self, index: int) -> None:
        proof, bits = self.search.proven(index)
        denied = bits & (bits - 1)
        self.escrow.submit_batch(self.signer, self.job.job_id, proof, bits=denied, note=self.search.note)


class SwappingResponder(Responder):
    """Takes the money for one document and encrypts zeros in its place; digests and root are as they should be."""

    def _delivery(self, key: bytes) -> Delivery:
        honest = super()._delivery(key)
        first = honest.parcels[0]
        chunk = len(first.ciphertexts) - 1
        zeros = bytes(len(first.ciphertexts[chunk]))
        texts = [*first.ciphertexts]
        texts[chunk] = cipher.crypt(key, self.job.job_id, first.index, chunk, zeros)
        return Delivery((replace(first, ciphertexts=tuple(texts)), *honest.parcels[1:]))


class MuteResponder(Responder):
    """Has the receipt, and never reveals the key."""

    def decide(self) -> Action:
        """Nothing where the key is due."""
        action = super().decide()
        return Wait(0, "nothing: it keeps the key") if isinstance(action, Reveal) else action


class QuarrelsomeRequester(Requester):
    """Complains about chunks that are just what was committed; ``refusals`` are the contract's answers."""

    refusals: tuple[str, ...] = ()

    def _decrypt(self) -> None:
        super()._decrypt()
        self.refusals = (self._about_decryption(), self._about_view())

    def _about_decryption(self) -> str:
        delivery, chunk = self._kept(), 0
        parcel = delivery.parcels[0]
        opening = ChunkOpening(chunk, parcel.digests[chunk], parcel.tree.batch_path(chunk, 1))
        text = CipherOpening(chunk, parcel.ciphertexts[chunk], delivery.tree.batch_path(chunk, 1))
        try:
            self.escrow.complain_decryption(self.signer, self.job.job_id, parcel.opening, opening, text)
        except Reverted as refusal:
            return refusal.name
        return "upheld"

    def _about_view(self) -> str:
        parcel, key = self._kept().parcels[0], self.escrow.job(self.job.job_id).key
        last = self.checked.listing.corpus.format.steps - 1
        content = cipher.crypt(key, self.job.job_id, parcel.index, last, parcel.ciphertexts[last])
        step = StepOpening(last, content, parcel.tree.batch_path(last, 1))
        try:
            self.escrow.complain_view(self.signer, self.job.job_id, parcel.opening, step, NO_STEP)
        except Reverted as refusal:
            return refusal.name
        return "upheld"
