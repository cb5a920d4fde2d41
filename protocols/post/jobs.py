"""Whose job is whose: jobs this side offered to one known account, and jobs that others offered to it."""

from __future__ import annotations

import re
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from protocols.canonical import decode_canonical, encode_canonical
from protocols.eip712 import decode_signed
from protocols.errors import MessageRejected
from protocols.post.quota import FILE_BYTES, Quota
from protocols.post.refusal import Kind, PostRefused
from protocols.post.shelf import Shelf
from protocols.post.statement import MAX_STATEMENT_BYTES, KeyStatement
from protocols.sealing import Direction
from protocols.solidity import from_json

PIN = "peer.json"
DECLINE = "Decline"
"""The type of message 0 with which every protocol's answering side says no."""
_JOB_FOLDER = re.compile(r"[0-9a-f]{64}")
Maker = Callable[[bytes, bytes], "str | None"]
"""Whose offer bytes are, given a job id: the signer's address if it is a sound offer to this party, else None."""


class Jobs(ABC):
    """The jobs under ``root``, one folder each; this side sends in ``outgoing``."""

    def __init__(self, root: Path, outgoing: Direction) -> None:
        self.root, self.outgoing = root, outgoing

    @abstractmethod
    def welcome(self, caller: KeyStatement) -> None:
        """Whether somebody with this sound statement may visit at all. Raises PostRefused."""

    @abstractmethod
    def holder(self, job_id: bytes) -> KeyStatement | None:
        """The other party of a job that has been begun here; None for every other job."""

    @abstractmethod
    def admit(self, job_id: bytes, caller: KeyStatement, offer: bytes) -> None:
        """Begin a job by its first message, or raise PostRefused."""

    @abstractmethod
    def allowance(self, job_id: bytes) -> int:
        """Bytes the other party of a job that has been begun may have lying here."""

    def all(self) -> list[bytes]:
        """The ids of the jobs under the root, the newest first."""
        try:
            folders = [path for path in self.root.iterdir() if _JOB_FOLDER.fullmatch(path.name)]
            folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        except OSError:
            return []
        return [bytes.fromhex(path.name) for path in folders]

    def listed_for(self, caller: KeyStatement) -> list[bytes]:
        """The jobs that ``caller`` is told of: none, where callers begin the jobs and know them."""
        return []

    def sent(self, job_id: bytes) -> Shelf:
        """What this side has sent."""
        return Shelf(self.root, job_id, self.outgoing)


class OwnJobs(Jobs):
    """Jobs this side has offered to ``account``; nobody else may visit, and nobody may begin one.

    The account's transport key is written down at its first use, and no other is taken from then on.
    """

    def __init__(self, root: Path, outgoing: Direction, account: str, quota: Quota | None = None) -> None:
        super().__init__(root, outgoing)
        self.account, self.quota = account, quota or Quota()

    def welcome(self, caller: KeyStatement) -> None:
        """Only the one account, under its one key."""
        if caller.account != self.account:
            raise PostRefused(
                Kind.REFUSED, f"that address belongs to {caller.account}, not to {self.account}; check the address"
            )
        path = self.root / PIN
        known = read_pin(path)
        if known is None:
            write_pin(path, caller)
        elif known != caller:
            raise PostRefused(
                Kind.REFUSED,
                f"{caller.account} states another transport key than before; if its owner says so too, remove {path}",
            )

    def holder(self, job_id: bytes) -> KeyStatement | None:
        """The account, for every job that this side has sent an offer for."""
        return read_pin(self.root / PIN) if self.sent(job_id).count() else None

    def admit(self, job_id: bytes, caller: KeyStatement, offer: bytes) -> None:
        """Never."""
        raise PostRefused(Kind.REFUSED, f"the other side writes about job {to_hex(job_id)}, which is none of this one")

    def listed_for(self, caller: KeyStatement) -> list[bytes]:
        """All of them: they are offers to this one caller."""
        return [job_id for job_id in self.all() if self.holder(job_id) == caller]

    def allowance(self, job_id: bytes) -> int:
        """All that a job may take."""
        return self.quota.job_bytes


class GuestJobs(Jobs):
    """Jobs that others have begun by a signed offer to this side; each belongs to whoever brought it.

    Args:
        maker: whose offer it is, if it is one for what this side sells. begun: whether this side has begun to work on a
            job; the others are offers that wait.
    """

    def __init__(
        self,
        root: Path,
        outgoing: Direction,
        maker: Maker,
        begun: Callable[[bytes], bool],
        quota: Quota | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(root, outgoing)
        self.maker, self.begun, self.quota, self._now = maker, begun, quota or Quota(), now

    def welcome(self, caller: KeyStatement) -> None:
        """Anybody: offers are signed, and their number is bounded."""

    def holder(self, job_id: bytes) -> KeyStatement | None:
        """Whoever brought the offer."""
        return read_pin(self.root / job_id.hex() / PIN)

    def admit(self, job_id: bytes, caller: KeyStatement, offer: bytes) -> None:
        """Begin a job whose offer is sound and the caller's own, if there is room for one more."""
        if len(offer) + FILE_BYTES > self.quota.early_bytes or self.maker(offer, job_id) != caller.account:
            raise PostRefused(Kind.REFUSED, f"{caller.account} brings no sound offer of its own")
        waiting = [waits for waits in self.all() if not self.begun(waits)]
        waiting = [waits for waits in waiting if not self._removed(waits)]
        theirs = [waits for waits in waiting if getattr(self.holder(waits), "account", None) == caller.account]
        self.quota.require_offer(len(waiting), len(theirs))
        write_pin(self.root / job_id.hex() / PIN, caller)

    def allowance(self, job_id: bytes) -> int:
        """Little before this side has answered, and after it has declined."""
        answer = self.sent(job_id).message(0)
        if answer is None or _declines(answer):
            return self.quota.early_bytes
        return self.quota.job_bytes

    def _removed(self, job_id: bytes) -> bool:
        """Take away an offer that nobody has begun to work on for long."""
        folder = self.root / job_id.hex()
        try:
            if self._now() - folder.stat().st_mtime < self.quota.offer_stands_s or self.begun(job_id):
                return False
        except OSError:
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True


def read_pin(path: Path) -> KeyStatement | None:
    """Who was written down at ``path``. Raises InvalidInput when that can't be read."""
    try:
        fields = decode_canonical(path.read_bytes(), str(path), MAX_STATEMENT_BYTES)
        account = str(from_json(fields.get("account"), "address", "account"))
        key = from_json(fields.get("key"), "bytes32", "key")
        return KeyStatement(account, key if isinstance(key, bytes) else b"")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, MessageRejected) as error:
        raise InvalidInput(f"{path} cannot be read: {error}; restore it, or remove it to trust anew") from None


def write_pin(path: Path, who: KeyStatement) -> None:
    """Write down whose key is whose."""
    write_atomic(path, encode_canonical({"account": who.account, "key": to_hex(who.key)}), secret=True)


def _declines(answer: bytes) -> bool:
    try:
        return decode_signed(answer, "answer").kind == DECLINE
    except MessageRejected:
        return False
