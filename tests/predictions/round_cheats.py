"""Clients and providers who do not play by the rules, each in a single step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from escrow.parties.predictions.client import Client
from escrow.parties.predictions.provider import Provider
from escrow.parties.predictions.records import ServiceAway
from escrow.reverts import Reverted
from protocols.predictions.actions import Action, Collect, Finalise, ProveAnswer, SubmitProof, Wait
from protocols.predictions.answers import SignedAnswer, outputs_hash, sign_answer
from protocols.predictions.signing import RoundSigner

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Order of secp256k1."""


class Absent(Provider):
    """Lets every contest pass."""

    def decide(self) -> Action:
        action = super().decide()
        proving = isinstance(action, ProveAnswer | SubmitProof)
        return Wait(self.escrow.job(self.job.job_id).deadline, "nothing at all") if proving else action


class Hurried(Provider):
    """Never ends a round itself; it only collects, in good time."""

    def decide(self) -> Action:
        action = super().decide()
        if isinstance(action, Finalise):
            return Wait(0, "somebody else to end the round")
        if isinstance(action, Collect):
            assert self.chain.now() < self.escrow.job(self.job.job_id).round_end
        return action


class Quiet(Client):
    """Its receipts do not get through."""

    def _send_receipt(self, answered: int) -> None:
        if answered < self.count:  # those on the way are needed for the credit
            super()._send_receipt(answered)
            return
        self.questions.send_receipt = _away  # type: ignore[method-assign]
        super()._send_receipt(answered)


def _away(_: int) -> None:
    raise ServiceAway("nobody takes a receipt")


class Forging(Client):
    """Tries to contest answers that the provider never signed, before it does anything else with those it holds."""

    made: ClassVar[Callable[[Any], object]]
    refusals: list[str]

    def carry_out(self, action: Action) -> None:
        if not hasattr(self, "refusals") and self.questions.received():
            Forging.made(self)
            self.refusals = [self._refused(forged) for forged in self._forged()]
        super().carry_out(action)

    def _forged(self) -> list[SignedAnswer]:
        """Wrong outputs signed by the client, under the provider's signature, and the answer with a malleated one."""
        signed = self.questions.answer(min(self.questions.received()))
        answer, wrong = signed.answer, (1, 2, 3)
        own = sign_answer(RoundSigner(self.signer.account, self.domain), answer.job_id, answer.index, answer.h, wrong)
        swapped = replace(signed, answer=replace(answer, outputs_hash=outputs_hash(wrong)), outputs=wrong)
        high = (ORDER - int.from_bytes(signed.signature[32:64], "big")).to_bytes(32, "big")
        malleated = signed.signature[:32] + high + bytes([55 - signed.signature[64]])
        return [own, swapped, replace(signed, signature=malleated)]

    def _refused(self, forged: SignedAnswer) -> str:
        try:
            self.escrow.contest(self.signer, self.job.job_id, forged)
        except Reverted as refusal:
            return refusal.name
        return "nothing"
