"""Parties of protocol A' who do not do their part. Each differs from the honest one in a single step."""

from __future__ import annotations

from dataclasses import replace

from escrow.parties.sampled_buyer import SampledBuyer
from escrow.parties.sampled_seller import SampledSeller
from proofs.commitment.delivery import Delivery
from protocols.sampled.actions import BuyerAction, RevealKey, SellerAction, SendKey, Wait
from protocols.sampled.drawing import remaining
from protocols.sampled.events import State


class KeyKeeper(SampledBuyer):
    """Hands over the ciphertexts, sees the seller promise, and gives no key."""

    def decide(self) -> BuyerAction | Wait:
        """Wait wherever the key is due."""
        action = super().decide()
        if isinstance(action, SendKey | RevealKey):
            return Wait(self.escrow.job(self.job.job_id).deadline, "nothing: it keeps the key")
        return action


class Spoiler(SampledBuyer):
    """Encrypts something else than it committed, for one example the seller has not seen."""

    def _encrypted(self, sample_key: bytes, rest_key: bytes) -> Delivery:
        honest = super()._encrypted(sample_key, rest_key)
        victim = remaining(self.terms, self._sample())[0]
        parcels = list(honest.parcels)
        first, *others = parcels[victim].ciphertexts
        parcels[victim] = replace(parcels[victim], ciphertexts=(bytes([first[0] ^ 1]) + first[1:], *others))
        return Delivery(tuple(parcels))


class SilentSeller(SampledSeller):
    """Falls silent once the test set is handed over, whatever is put on chain."""

    def decide(self) -> SellerAction | Wait:
        """Wait wherever a decision is due."""
        status = self.escrow.job(self.job.job_id)
        if status.state in (State.SAMPLED, State.POSTED) and self.chain.now() < status.deadline:
            return Wait(status.deadline, "nothing: it keeps silent")
        return super().decide()


class DeafSeller(SampledSeller):
    """Says it got no key over the channel, so that the buyer has to put it on chain."""

    def _fetch_key(self) -> None:
        """The channel brings it nothing."""
