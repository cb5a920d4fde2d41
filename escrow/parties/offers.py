"""Finding the next offer in a channel folder: a seller's mailbox, where anybody may leave anything."""

from __future__ import annotations

import fcntl
import re
import time
from pathlib import Path

from escrow.parties.buyer import OFFER
from escrow.parties.listing import Checked
from escrow.parties.party import FINISHED
from proofs.errors import ProtocolViolation
from proofs.files import write_atomic
from protocols.accuracy.signing import open_offer
from protocols.channel import DirectoryChannel
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.journal import read_journal
from protocols.sealing import Direction

POLL_S = 0.5
_JOB_FOLDER = re.compile(r"[0-9a-f]{64}")


def next_offer(channel_root: Path, checked: Checked, me: str, state: Path, give_up_at: float) -> bytes:
    """The id of a job to work on: one this seller began and did not finish, else the first new offer for this model.

    Args:
        channel_root: folder shared with buyers. me: the seller's address. state: its private folder.
        give_up_at: ``time.monotonic()`` at which waiting ends.

    Raises:
        ProtocolViolation: no offer came in time. JournalError: a journal in ``state`` is damaged.
    """
    while True:
        for job_id in [*_begun(state), *_new(channel_root, state)]:
            if _is_offer(channel_root, state, job_id, checked, me):
                return job_id
        if time.monotonic() > give_up_at:
            raise ProtocolViolation(
                f"no offer for this model came into {channel_root} in time; is the buyer using the same folder?"
            )
        time.sleep(POLL_S)


def offer_bytes(channel_root: Path, state: Path, job_id: bytes) -> bytes | None:
    """The offer of a job as kept by this seller, else as it lies on the channel. Untrusted."""
    kept = _kept_offer(state, job_id)
    if kept.exists():
        return kept.read_bytes()
    return DirectoryChannel(channel_root / job_id.hex(), Direction.SELLER_TO_BUYER).receive(OFFER)


def keep_offer(state: Path, job_id: bytes, raw: bytes) -> None:
    """Keep an offer that was found good in the seller's own folder; the first one stays."""
    kept = _kept_offer(state, job_id)
    if not kept.exists():
        write_atomic(kept, raw, secret=True)


def _kept_offer(state: Path, job_id: bytes) -> Path:
    return state / job_id.hex() / "offer.msg"


def _job_folders(folder: Path) -> list[bytes]:
    if not folder.is_dir():
        return []
    return [bytes.fromhex(name) for name in sorted(p.name for p in folder.iterdir() if _JOB_FOLDER.fullmatch(p.name))]


def _journal(state: Path, job_id: bytes) -> Path:
    return state / job_id.hex() / "journal.jsonl"


def _begun(state: Path) -> list[bytes]:
    """Jobs with a journal that nobody holds open and that does not say it is finished."""
    jobs = [job_id for job_id in _job_folders(state) if _journal(state, job_id).exists()]
    return [job_id for job_id in jobs if _idle(_journal(state, job_id)) and not _finished(state, job_id)]


def _new(channel_root: Path, state: Path) -> list[bytes]:
    return [job_id for job_id in _job_folders(channel_root) if not _journal(state, job_id).exists()]


def _finished(state: Path, job_id: bytes) -> bool:
    entries = read_journal(_journal(state, job_id), b"seller" + job_id)
    return any(entry.kind == FINISHED for entry in entries)


def _idle(journal: Path) -> bool:
    """Whether no other process works on this journal."""
    with journal.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def _is_offer(channel_root: Path, state: Path, job_id: bytes, checked: Checked, me: str) -> bool:
    domain = Domain(checked.escrow.chain.chain_id, checked.escrow.address)
    try:
        raw = offer_bytes(channel_root, state, job_id)
        offer = open_offer(raw, domain, me) if raw is not None else None
    except MessageRejected:
        return False
    return offer is not None and offer.job_id == job_id and offer.terms.model_id == checked.listing.commitment.model_id
