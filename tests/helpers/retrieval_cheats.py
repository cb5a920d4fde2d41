"""Requesters and responders who cheat, each in one way, beside those of ``assay.demo.retrieval.cheats``."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from escrow.parties.requester import Requester
from escrow.parties.responder import Responder
from proofs.commitment import cipher
from proofs.commitment.chunks import chunk_digest
from proofs.commitment.delivery import Delivery
from protocols.retrieval.actions import Acknowledge, Action, Complain, TopUp, Wait
from protocols.retrieval.events import State


class FalseView(Responder):
    """Committed other chunks for document 0 than the circuit's hash was made from, and delivers those."""

    own: ClassVar[tuple[bytes, ...]]

    def _delivery(self, key: bytes) -> Delivery:
        honest, job_id = super()._delivery(key), self.job.job_id
        texts = tuple(cipher.crypt(key, job_id, 0, number, chunk) for number, chunk in enumerate(self.own))
        first = replace(honest.parcels[0], digests=tuple(map(chunk_digest, self.own)), ciphertexts=texts)
        return Delivery((first, *honest.parcels[1:]))


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
