"""Requesters and responders who cheat, each in one way."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from escrow.parties.requester import Requester
from escrow.parties.responder import Responder
from escrow.reverts import Reverted
from proofs.commitment import cipher
from proofs.commitment.chunks import chunk_digest
from proofs.commitment.delivery import Delivery
from proofs.commitment.openings import NO_STEP, ChunkOpening, CipherOpening, StepOpening
from protocols.retrieval.actions import Acknowledge, Action, Complain, ProveBatch, Reveal, SubmitBatch, TopUp, Wait
from protocols.retrieval.events import State


class Withholding(Responder):
    """Does not prove the batch of the first match."""

    def decide(self) -> Action:
        action = super().decide()
        if isinstance(action, ProveBatch | SubmitBatch) and action.index == 0:
            others = [index for index in range(1, self.terms.batches) if not self.done(index)]
            return type(action)(others[0]) if others else Wait(0, "nothing: the rest shows a match")
        return action

    def done(self, index: int) -> bool:
        return self.escrow.batch_done(self.job.job_id, index)


class Swapping(Responder):
    """Sells one payload and encrypts another: digests as committed, one ciphertext of something else."""

    def _delivery(self, key: bytes) -> Delivery:
        honest = super()._delivery(key)
        first = honest.parcels[0]
        chunk = len(first.ciphertexts) - 1
        other = bytes(len(first.ciphertexts[chunk]))
        texts = [*first.ciphertexts]
        texts[chunk] = cipher.crypt(key, self.job.job_id, first.index, chunk, other)
        return Delivery((replace(first, ciphertexts=tuple(texts)), *honest.parcels[1:]))


class FalseView(Responder):
    """Committed other chunks for document 0 than the circuit's hash was made from, and delivers those."""

    own: ClassVar[tuple[bytes, ...]]

    def _delivery(self, key: bytes) -> Delivery:
        honest, job_id = super()._delivery(key), self.job.job_id
        texts = tuple(cipher.crypt(key, job_id, 0, number, chunk) for number, chunk in enumerate(self.own))
        first = replace(honest.parcels[0], digests=tuple(map(chunk_digest, self.own)), ciphertexts=texts)
        return Delivery((first, *honest.parcels[1:]))


class Mute(Responder):
    """Never reveals the key."""

    def decide(self) -> Action:
        action = super().decide()
        return Wait(0, "nothing") if isinstance(action, Reveal) else action


class Careless(Responder):
    """Puts something else than the ciphertexts on the channel the first time."""

    def _send(self) -> None:
        honest = self._delivery
        first = not any(entry.kind == "problem" for entry in self.job.journal.entries)
        if first:
            self._delivery = lambda key: Delivery(honest(key).parcels[::-1])  # type: ignore[method-assign]
        try:
            super()._send()
        finally:
            self._delivery = honest  # type: ignore[method-assign]


class Quarrelsome(Requester):
    """Complains about everything that is as it was committed; ``refusals`` are the contract's answers."""

    refusals: list[str]

    def _decrypt(self) -> None:
        super()._decrypt()
        self.refusals = [self._try_decryption(), self._try_view()]

    def _try_decryption(self) -> str:
        delivery = self._kept()
        parcel, chunk = delivery.parcels[0], 1
        opening = ChunkOpening(chunk, parcel.digests[chunk], parcel.tree.batch_path(chunk, 1))
        text = CipherOpening(chunk, parcel.ciphertexts[chunk], delivery.tree.batch_path(chunk, 1))
        try:
            self.escrow.complain_decryption(self.signer, self.job.job_id, parcel.opening, opening, text)
        except Reverted as refusal:
            return refusal.name
        return "upheld"

    def _try_view(self) -> str:
        parcel, key = self._kept().parcels[0], self.escrow.job(self.job.job_id).key
        content = cipher.crypt(key, self.job.job_id, parcel.index, 0, parcel.ciphertexts[0])
        step = StepOpening(0, content, parcel.tree.batch_path(0, 1))
        try:
            self.escrow.complain_view(self.signer, self.job.job_id, parcel.opening, step, NO_STEP)
        except Reverted as refusal:
            return refusal.name
        return "upheld"


class Leaving(Requester):
    """Takes the bits and leaves: no receipt, no top-up."""

    def decide(self) -> Action:
        action = super().decide()
        return Wait(0, "nothing") if isinstance(action, Acknowledge | TopUp) else action


class Offline(Requester):
    """Is not there while complaints are heard."""

    def decide(self) -> Action:
        action = super().decide()
        gone = self.escrow.job(self.job.job_id).state is State.REVEALED
        return Wait(0, "offline") if gone and isinstance(action, Complain) else action
