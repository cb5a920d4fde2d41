"""Finding the next offer of an audit with a sample: a seller's mailbox."""

from __future__ import annotations

from pathlib import Path

from escrow.parties.listing import CheckedSampled
from escrow.parties.mailbox import Mailbox
from escrow.parties.sampled_seller import SampledSeller
from protocols.eip712 import Domain
from protocols.sampled.events import State
from protocols.sampled.signing import open_offer


class SampledMailbox(Mailbox):
    """Offers of protocol A' to ``me``, the seller, for one model."""

    def __init__(self, channel_root: Path, state: Path, checked: CheckedSampled, me: str) -> None:
        super().__init__(channel_root, state, SampledSeller.role)
        self.checked, self.me = checked, me
        self.domain = Domain(checked.escrow.chain.chain_id, checked.escrow.address)

    def concerns(self, raw: bytes, job_id: bytes) -> bool:
        """Whether ``raw`` is a signed offer for this model under this job id; MessageRejected when it is no offer."""
        offer = open_offer(raw, self.domain, self.me)
        return offer.job_id == job_id and offer.terms.model_id == self.checked.listing.commitment.model_id

    def locked(self, job_id: bytes) -> bool:
        """Whether this party's deposit lies in the job."""
        state = self.checked.escrow.job(job_id).state
        return state > State.OPEN and not state.ended
