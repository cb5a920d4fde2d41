"""A seller with an office and a buyer who calls, in one process: what tests of the post play with."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

from protocols.channel import DirectoryChannel
from protocols.eip712 import Domain, SignedJson
from protocols.post.caller import Caller, Line
from protocols.post.desk import Desk
from protocols.post.jobs import GuestJobs, OwnJobs
from protocols.post.office import PostOffice
from protocols.post.quota import Quota
from protocols.post.statement import KeyStatement, sign_statement
from protocols.sealing import ChannelKey, Direction

DOMAIN = Domain(31337, "0x" + "5a" * 20)
FORTH, BACK = Direction.BUYER_TO_SELLER, Direction.SELLER_TO_BUYER
SELLER, BUYER, STRANGER = (Account.from_key(bytes([number]) * 32) for number in (1, 2, 3))
JOB, OTHER_JOB = b"\x0a" * 32, b"\x0b" * 32
QUOTA = Quota(free_bytes=0)
ACCEPTED = SignedJson("Acceptance", {}, bytes(64) + b"\x1b").encode()
DECLINED = SignedJson("Decline", {}, bytes(64) + b"\x1b").encode()


def offer(by: LocalAccount, job_id: bytes = JOB, words: bytes = b"") -> bytes:
    """What stands for an offer signed by ``by``."""
    return b"offer " + str(by.address).encode() + job_id + words


def maker(raw: bytes, job_id: bytes) -> str | None:
    """Whose such an offer is."""
    return raw[6:48].decode() if raw.startswith(b"offer ") and raw[48:80] == job_id else None


@dataclass
class OfficeLine(Line):
    """Straight to an office; keeps all that went over it, and breaks when told to."""

    office: PostOffice
    sent: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    letters_left: int | None = None
    lose_replies: bool = False

    def statement(self) -> bytes:
        return self.office.statement

    def hello(self, body: bytes) -> bytes:
        return self._over("hello", body, self.office.hello(body))

    def post(self, body: bytes) -> bytes:
        if self.letters_left == 0:
            raise ConnectionError("cut")
        if self.letters_left is not None:
            self.letters_left -= 1
        answer = self._over("letter", body, self.office.post(body))
        if self.lose_replies:
            raise ConnectionError("cut after the letter arrived")
        return answer

    def _over(self, kind: str, body: bytes, answer: bytes) -> bytes:
        self.sent.append((kind, body, answer))
        return answer

    def letters(self) -> list[bytes]:
        return [body for kind, body, _ in self.sent if kind == "letter"]


class Sides:
    """Folders ``root/seller`` and ``root/buyer``; what the seller has begun to work on stands in ``begun``."""

    def __init__(self, root: Path, quota: Quota = QUOTA) -> None:
        self.root, self.quota = root, quota
        self.begun: set[bytes] = set()
        self.now = 0.0
        self.seller_key, self.buyer_key = ChannelKey(b"\x21" * 32), ChannelKey(b"\x22" * 32)
        for name in ("seller", "buyer"):
            (root / name).mkdir(exist_ok=True)
        self.open_office()
        self.line = OfficeLine(self.office)
        self.caller = self.call_as(BUYER, self.buyer_key, root / "buyer")

    def open_office(self) -> None:
        """As a process that was started anew would."""
        jobs = GuestJobs(
            self.root / "seller", BACK, maker, self.begun.__contains__, self.quota, lambda: self.now or time.time()
        )
        self.guests = Desk(jobs, self.quota)
        statement = sign_statement(self.seller_key, SELLER, DOMAIN)
        self.office = PostOffice(self.guests, self.seller_key, statement, DOMAIN)

    def call_as(self, account: LocalAccount, key: ChannelKey, root: Path, line: Line | None = None) -> Caller:
        """A caller with an account, a key and a folder."""
        root.mkdir(exist_ok=True)
        desk = Desk(OwnJobs(root, FORTH, str(SELLER.address)), self.quota)
        return Caller(desk, key, sign_statement(key, account, DOMAIN), DOMAIN, line or self.line)

    def buyer(self, job_id: bytes = JOB) -> DirectoryChannel:
        """What the buyer's party sees of the post."""
        return DirectoryChannel(self.root / "buyer" / job_id.hex(), FORTH)

    def seller(self, job_id: bytes = JOB) -> DirectoryChannel:
        """What the seller's party sees of the post."""
        return DirectoryChannel(self.root / "seller" / job_id.hex(), BACK)

    @property
    def seller_folder(self) -> Path:
        return self.root / "seller" / JOB.hex()

    def begin(self) -> None:
        """An offer sent, taken and accepted."""
        self.buyer().send(0, offer(BUYER))
        self.caller.exchange(JOB)
        self.seller().send(0, ACCEPTED)
        self.caller.exchange(JOB)


def statement_of(account: LocalAccount, key: ChannelKey) -> KeyStatement:
    return KeyStatement(str(account.address), key.public)
