"""A folder where anybody may leave offers: finding the next one, and keeping what was found good."""

from __future__ import annotations

import fcntl
import re
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

from escrow.parties.driver import FINISHED, Say
from proofs.errors import AssayError, ChainError, InvalidInput, ProtocolViolation
from proofs.files import write_atomic
from protocols.channel import DirectoryChannel
from protocols.eip712 import decode_signed
from protocols.errors import MessageRejected
from protocols.journal import read_journal
from protocols.sealing import Direction
from protocols.solidity import address

OFFER = 0
"""Number of the offer among the messages to the one who answers."""
PAYERS = ("buyer", "requester", "client")
"""What terms call the party that makes the offer and signs it."""
POLL_S = 0.5
_JOB_FOLDER = re.compile(r"[0-9a-f]{64}")


class Mailbox(ABC):
    """The offers made to one party, and those it has begun to work on.

    Args:
        channel_root: folder shared with whoever makes offers. state: the party's private folder. role: its name in
            journals.
    """

    def __init__(self, channel_root: Path, state: Path, role: str) -> None:
        self.channel_root, self.state, self.role = channel_root, state, role
        self.say: Say = _to_stderr
        self._said: set[str] = set()

    @abstractmethod
    def concerns(self, raw: bytes, job_id: bytes) -> bool:
        """Whether untrusted ``raw`` is an offer to this party, for what it has, under this job id.

        Raises:
            MessageRejected: it is no offer at all, which counts as no.
        """

    def maker(self, raw: bytes, job_id: bytes) -> str | None:
        """Who signed untrusted ``raw``, if it is an offer to this party under this job id; None otherwise."""
        try:
            if not self.concerns(raw, job_id):
                return None
            content = decode_signed(raw, "offer").content
            terms = content.get("terms") if isinstance(content, dict) else None
            named = [terms[name] for name in PAYERS if name in terms] if isinstance(terms, dict) else []
            return address(named[0], "the offer's maker") if len(named) == 1 else None
        except AssayError:  # nothing is said of it: strangers can bring it about as often as they like
            return None

    def begun(self, job_id: bytes) -> bool:
        """Whether this party has begun to work on a job."""
        return self._has_journal(job_id)

    def locked(self, job_id: bytes) -> bool:
        """Whether this party's money lies in a job; the chain knows."""
        return False

    def next(self, give_up_at: float) -> bytes:
        """The id of a job to work on: one begun and not finished, with money locked before others; else a new offer.

        A job whose folder is broken is passed over, and said so once: it must not stand before all others for ever.

        Args:
            give_up_at: ``time.monotonic()`` at which waiting ends.

        Raises:
            ProtocolViolation: no offer came in time.
        """
        while True:
            for job_id in [*self._begun(), *self._new()]:
                if self._is_offer(job_id):
                    return job_id
            if time.monotonic() > give_up_at:
                raise ProtocolViolation(
                    f"no offer for what is on sale came into {self.channel_root} in time; is the other side using the "
                    "same folder?"
                )
            time.sleep(POLL_S)

    def _is_offer(self, job_id: bytes) -> bool:
        try:
            raw = offer_bytes(self.channel_root, self.state, job_id)
            return raw is not None and self.concerns(raw, job_id)
        except MessageRejected as error:
            if error.check in ("channel", "file", "size"):
                self._pass_over(job_id, error)
        except (AssayError, OSError) as error:
            self._pass_over(job_id, error)
        return False

    def _begun(self) -> list[bytes]:
        """Jobs with a journal that nobody holds open and that does not say it is finished; money locked comes first."""
        jobs = [job_id for job_id in _job_folders(self.state) if self._has_journal(job_id)]
        begun = [job_id for job_id in jobs if self._unfinished(job_id)]
        return sorted(begun, key=lambda job_id: not self._seen_locked(job_id)) if len(begun) > 1 else begun

    def _new(self) -> list[bytes]:
        return [job_id for job_id in _job_folders(self.channel_root) if not self._has_journal(job_id)]

    def _has_journal(self, job_id: bytes) -> bool:
        try:
            return self._journal(job_id).exists()
        except OSError as error:
            self._pass_over(job_id, error)
            return False

    def _unfinished(self, job_id: bytes) -> bool:
        try:
            return _idle(self._journal(job_id)) and not self._finished(job_id)
        except (InvalidInput, OSError) as error:
            self._pass_over(job_id, error)
            return False

    def _seen_locked(self, job_id: bytes) -> bool:
        try:
            return self.locked(job_id)
        except ChainError:
            return False

    def _pass_over(self, job_id: bytes, error: Exception) -> None:
        words = f"passed over job 0x{job_id.hex()}: {error}"
        if words not in self._said:
            self._said.add(words)
            self.say(words)

    def _finished(self, job_id: bytes) -> bool:
        entries = read_journal(self._journal(job_id), self.role.encode() + job_id)
        return any(entry.kind == FINISHED for entry in entries)

    def _journal(self, job_id: bytes) -> Path:
        return self.state / job_id.hex() / "journal.jsonl"


def offer_bytes(channel_root: Path, state: Path, job_id: bytes) -> bytes | None:
    """The offer of a job as kept by the party it is made to, else as it lies on the channel. Untrusted."""
    kept = _kept_offer(state, job_id)
    if kept.exists():
        return kept.read_bytes()
    return DirectoryChannel(channel_root / job_id.hex(), Direction.SELLER_TO_BUYER).receive(OFFER)


def keep_offer(state: Path, job_id: bytes, raw: bytes) -> None:
    """Keep an offer that was found good in one's own folder, since its maker may take it away; the first one stays."""
    kept = _kept_offer(state, job_id)
    if not kept.exists():
        write_atomic(kept, raw, secret=True)


def _kept_offer(state: Path, job_id: bytes) -> Path:
    return state / job_id.hex() / "offer.msg"


def _to_stderr(words: str) -> None:
    print(words, file=sys.stderr)


def _job_folders(folder: Path) -> list[bytes]:
    if not folder.is_dir():
        return []
    return [bytes.fromhex(name) for name in sorted(p.name for p in folder.iterdir() if _JOB_FOLDER.fullmatch(p.name))]


def _idle(journal: Path) -> bool:
    """Whether no other process works on this journal."""
    with journal.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
