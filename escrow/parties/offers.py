"""Finding the next offer in a channel folder: a seller's mailbox."""

from __future__ import annotations

from pathlib import Path

from escrow.parties.listing import Checked
from escrow.parties.mailbox import Mailbox
from protocols.accuracy.signing import open_offer
from protocols.eip712 import Domain


class SellersMailbox(Mailbox):
    """Offers to ``me``, the seller, for one model."""

    def __init__(self, channel_root: Path, state: Path, checked: Checked, me: str) -> None:
        super().__init__(channel_root, state, "seller")
        self.checked, self.me = checked, me
        self.domain = Domain(checked.escrow.chain.chain_id, checked.escrow.address)

    def concerns(self, raw: bytes, job_id: bytes) -> bool:
        """Whether ``raw`` is a signed offer for this model under this job id; MessageRejected when it is no offer."""
        offer = open_offer(raw, self.domain, self.me)
        return offer.job_id == job_id and offer.terms.model_id == self.checked.listing.commitment.model_id


def next_offer(channel_root: Path, checked: Checked, me: str, state: Path, give_up_at: float) -> bytes:
    """The id of a job to work on: one this seller began and did not finish, else the first new offer for this model.

    Args:
        channel_root: folder shared with buyers. me: the seller's address. state: its private folder.
        give_up_at: ``time.monotonic()`` at which waiting ends.

    Raises:
        ProtocolViolation: no offer came in time. JournalError: a journal in ``state`` is damaged.
    """
    return SellersMailbox(channel_root, state, checked, me).next(give_up_at)
