"""An open way between two parties: an office, a courier, or a shared folder, and waiting at its end."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from assay.postbox.courier import Courier
from assay.postbox.line import HttpLine
from assay.postbox.meter import Meter
from assay.postbox.server import Server
from assay.postbox.way import Say, Way
from escrow.parties.mailbox import Mailbox
from escrow.signers import LocalSigner
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.wording import counted
from protocols.eip712 import Domain
from protocols.post.caller import Caller
from protocols.post.desk import Desk
from protocols.post.jobs import GuestJobs, Jobs, OwnJobs
from protocols.post.office import PostOffice
from protocols.post.quota import Quota
from protocols.post.statement import sign_statement
from protocols.sealing import ChannelKey, Direction
from protocols.solidity import address

LINGER_S = 30.0
"""How long a party that has done its part waits until its last messages are fetched."""


@dataclass(frozen=True, slots=True)
class Post:
    """An open way. ``root``: the ``channel_root`` of the party."""

    root: Path
    courier: Courier | None = None
    linger: Callable[[bytes], None] = lambda _: None

    def follow(self, job_id: bytes) -> None:
        """Say which job this process is about."""
        if self.courier is not None:
            self.courier.follow(job_id)
        self.linger(job_id)


def guest_post(
    way: Way, mailbox: Mailbox, signer: LocalSigner, domain: Domain, say: Say
) -> AbstractContextManager[Post]:
    """The post of a party that others make offers to: seller, responder.

    Args:
        mailbox: where the offers arrive; its folder is ``way.offers_root(state)``.
    """
    jobs = GuestJobs(mailbox.channel_root, Direction.SELLER_TO_BUYER, mailbox.maker, mailbox.begun)
    return open_post(way, jobs, signer, domain, mailbox.state, say)


def own_post(
    way: Way, other: bytes | str, signer: LocalSigner, domain: Domain, state: Path, say: Say
) -> AbstractContextManager[Post]:
    """The post of a party that makes offers to ``other``, the account its listing names: buyer, requester."""
    account = address(other if isinstance(other, str) else "0x" + other.hex(), "the other party")
    jobs = OwnJobs(way.root_with(state, account), Direction.BUYER_TO_SELLER, account)
    return open_post(way, jobs, signer, domain, state, say)


@contextmanager
def open_post(way: Way, jobs: Jobs, signer: LocalSigner, domain: Domain, state: Path, say: Say) -> Iterator[Post]:
    """The post of one party, open until the block ends; then it waits a while until the last messages are fetched.

    With a shared folder there is nothing to open.

    Args:
        jobs: whose jobs are taken; its root is one of ``way``'s. signer: the party's account.
        state: its private folder, where the transport key is kept.

    Raises:
        PostRefused, MessageRejected: the office at ``--peer`` is somebody else's, and no job has begun there yet.
    """
    if way.folder is not None:
        yield Post(way.folder)
        return
    with ExitStack() as stack:
        jobs.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        meter = Meter(say)
        stack.callback(meter.close)
        desk, key = Desk(jobs, Quota(), meter), transport_key(state)
        statement = sign_statement(key, signer.account, domain)
        if way.listener is not None:
            server = Server(PostOffice(desk, key, statement, domain), way.listener, say)
            server.start()
            stack.callback(server.stop)
            say(f"taking post at {where(way.listener)}")
        courier = None
        if way.peer is not None:
            courier = _courier(way.peer, desk, key, statement, domain, say)
            stack.callback(courier.stop)
        lingering = _Lingering(desk, say)
        yield Post(jobs.root, courier, lingering.follow)
        lingering.wait()


def transport_key(state: Path) -> ChannelKey:
    """The key that post to this party is sealed to; made once, secret."""
    path = state / "post" / "transport.key"
    try:
        if path.exists():
            return ChannelKey(path.read_bytes())
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror}; restore the state folder") from None
    key = ChannelKey.generate()
    write_atomic(path, key.secret, secret=True)
    return key


def where(listener: socket.socket) -> str:
    """A listening socket's address, as the other side may be given it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _courier(url: str, desk: Desk, key: ChannelKey, statement: bytes, domain: Domain, say: Say) -> Courier:
    """The courier to ``url``, on its way; only without any job does a wrong office end this, or a slow one delay it."""
    line = HttpLine(url)
    caller = Caller(desk, key, statement, domain, line)
    courier = Courier(caller, line, desk, say, guests=isinstance(desk.jobs, GuestJobs))
    if not desk.jobs.all():
        try:
            courier.meet()
        except BaseException:
            line.close()
            raise
    courier.start()
    return courier


class _Lingering:
    """Waits at the end for what this process has sent and the other side has not got."""

    def __init__(self, desk: Desk, say: Say) -> None:
        self._desk, self._say = desk, say
        self._before: dict[bytes, int] = {}

    def follow(self, job_id: bytes) -> None:
        self._before.setdefault(job_id, self._desk.jobs.sent(job_id).count())

    def wait(self) -> None:
        give_up = monotonic() + LINGER_S
        if self._missing():
            self._say(f"waiting up to {LINGER_S:g} s until the other side has fetched the last messages")
        while missing := self._missing():
            if monotonic() > give_up:
                self._say(f"{counted(missing, 'message')} not fetched; nothing of this side's depends on it")
                return
            sleep(0.1)

    def _missing(self) -> int:
        """Messages sent by this process, or known to be missing, that have not arrived."""
        return sum(self._missing_of(job_id, before) for job_id, before in self._before.items())

    def _missing_of(self, job_id: bytes, before: int) -> int:
        sent, at = self._desk.jobs.sent(job_id).count(), self._desk.standings.get(job_id)
        if at is None:
            return sent - before
        return sent - at.arrived
