"""Providers and clients who do not do what they signed for."""

from __future__ import annotations

from dataclasses import replace

from escrow.parties.predictions.client import Client
from escrow.parties.predictions.provider import Provider
from escrow.reverts import Reverted
from protocols.predictions.actions import Action, Contest, ProveAnswer, SubmitProof, Wait
from protocols.predictions.answers import outputs_hash


class SilentProvider(Provider):
    """Answers well, and then never proves what is contested."""

    def decide(self) -> Action:
        """Nothing where a proof is due."""
        action = super().decide()
        return Wait(0, "nothing: it does not prove") if isinstance(action, ProveAnswer | SubmitProof) else action


class LyingClient(Client):
    """Contests with another answer than it was given, under the signature it has; ``refusals`` say what came of it."""

    refusals: tuple[str, ...] = ()

    def carry_out(self, action: Action) -> None:
        """The lie first, once; then what an honest client does."""
        if isinstance(action, Contest) and not self.refusals:
            self.refusals = (self._lie(action.index),)
        super().carry_out(action)

    def _lie(self, index: int) -> str:
        signed = self.questions.answer(index)
        outputs = (signed.outputs[0] + 1, *signed.outputs[1:])
        forged = replace(signed, answer=replace(signed.answer, outputs_hash=outputs_hash(outputs)), outputs=outputs)
        try:
            self.escrow.contest(self.signer, self.job.job_id, forged)
        except Reverted as refusal:
            return refusal.name
        return "taken"
