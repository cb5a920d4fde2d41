"""Finding the next offer in a channel folder: a seller's mailbox, where anybody may leave anything."""

from __future__ import annotations

import re
import time
from pathlib import Path

from escrow.parties.buyer import OFFER
from escrow.parties.listing import Checked
from proofs.errors import ProtocolViolation
from protocols.accuracy.signing import open_offer
from protocols.channel import DirectoryChannel
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.sealing import Direction

POLL_S = 0.5
_JOB_FOLDER = re.compile(r"[0-9a-f]{64}")


def next_offer(channel_root: Path, checked: Checked, me: str, state: Path, give_up_at: float) -> bytes:
    """The job id of the first offer to ``me`` for this model that has no journal yet; waits until ``give_up_at``.

    Raises:
        ProtocolViolation: no offer came in time.
    """
    while True:
        for job_id in _candidates(channel_root, state):
            if _is_offer(channel_root, job_id, checked, me):
                return job_id
        if time.monotonic() > give_up_at:
            raise ProtocolViolation(
                f"no offer for this model came into {channel_root} in time; is the buyer using the same folder?"
            )
        time.sleep(POLL_S)


def _candidates(channel_root: Path, state: Path) -> list[bytes]:
    if not channel_root.is_dir():
        return []
    names = sorted(path.name for path in channel_root.iterdir() if _JOB_FOLDER.fullmatch(path.name))
    return [bytes.fromhex(name) for name in names if not (state / name / "journal.jsonl").exists()]


def _is_offer(channel_root: Path, job_id: bytes, checked: Checked, me: str) -> bool:
    channel = DirectoryChannel(channel_root / job_id.hex(), Direction.SELLER_TO_BUYER)
    domain = Domain(checked.escrow.chain.chain_id, checked.escrow.address)
    try:
        raw = channel.receive(OFFER)
        offer = open_offer(raw, domain, me) if raw is not None else None
    except MessageRejected:
        return False
    return offer is not None and offer.job_id == job_id and offer.terms.model_id == checked.listing.commitment.model_id
