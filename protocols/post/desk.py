"""What both sides of a visit do with a frame: put what came where it belongs, and answer with what is wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from protocols.errors import MessageRejected
from protocols.post.jobs import Jobs
from protocols.post.quota import FILE_BYTES, Quota
from protocols.post.refusal import Kind, PostRefused
from protocols.post.shelf import Shelf
from protocols.post.statement import KeyStatement
from protocols.post.wire import Frame


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a job's post has come: messages sent of which so many arrived, and messages come of so many sent.

    ``out_bytes`` and ``in_bytes`` have travelled since this process began.
    """

    job_id: bytes
    sent: int
    arrived: int
    received: int
    of: int
    out_bytes: int = 0
    in_bytes: int = 0

    @property
    def outstanding(self) -> int:
        """Own messages the other side has not got yet."""
        return self.sent - self.arrived


class Desk:
    """Takes and gives messages for ``jobs``. Safe to use from several threads: one frame at a time.

    Args:
        watch: told how a job stands after every frame.
    """

    def __init__(self, jobs: Jobs, quota: Quota, watch: Callable[[Standing], None] = lambda _: None) -> None:
        self.jobs, self.quota, self._watch = jobs, quota, watch
        self.standings: dict[bytes, Standing] = {}
        self._shelves: dict[bytes, tuple[Shelf, Shelf]] = {}
        self._lock = threading.RLock()
        self._others_bytes: int | None = None
        self._travelled: dict[tuple[bytes, bool], int] = {}

    def take(self, frame: Frame, sender: KeyStatement) -> bool:
        """Keep the messages of a frame of ``sender``; all that it may keep are on disk when this returns.

        Returns:
            Whether the job is the sender's; a question about one that is not is answered as if there were no such job.

        Raises:
            PostRefused: the job is not the sender's, or a message has no place. MessageRejected: an impossible claim.
        """
        with self._lock:
            if self.jobs.holder(frame.job_id) is None and frame.messages and frame.first == 0:
                self.jobs.admit(frame.job_id, sender, frame.messages[0])
                self._others_bytes = None  # an old offer may have made room
            if self.jobs.holder(frame.job_id) != sender:
                if not frame.messages:
                    return False
                raise PostRefused(Kind.REFUSED, f"{sender.account} is not the other party of this job")
            mine, theirs = self.shelves(frame.job_id)
            if frame.received > mine.count():
                raise MessageRejected("received", "the other side claims messages that were never sent")
            self._count(frame.job_id, False, frame.messages)
            try:
                for place, message in enumerate(frame.messages):
                    self._keep(frame.job_id, theirs, frame.first + place, message)
            finally:
                theirs.settle()
                self._note(frame, mine, theirs)
            return True

    def give(self, job_id: bytes, arrived: int, most_bytes: int) -> Frame:
        """The frame that goes on where the other side stands: behind the ``arrived`` messages it has."""
        with self._lock:
            mine, theirs = self.shelves(job_id)
            messages = mine.batch(arrived, most_bytes)
            self._count(job_id, True, messages)
            return Frame(job_id, arrived if messages else 0, mine.count(), theirs.count(), messages)

    def shelves(self, job_id: bytes) -> tuple[Shelf, Shelf]:
        """What this side has sent, and what has come."""
        if job_id not in self._shelves:
            outgoing = self.jobs.outgoing
            pair = (Shelf(self.jobs.root, job_id, outgoing), Shelf(self.jobs.root, job_id, outgoing.opposite))
            self._shelves[job_id] = pair
        return self._shelves[job_id]

    def _keep(self, job_id: bytes, theirs: Shelf, number: int, message: bytes) -> None:
        if not message:
            raise PostRefused(Kind.MALFORMED, "the other side sends a message without bytes")
        more = len(message) + FILE_BYTES
        if number >= theirs.count():
            held, allowed = theirs.held_bytes(), self.jobs.allowance(job_id)
            early = allowed <= self.quota.early_bytes
            if held + more > allowed:
                raise PostRefused(Kind.TOO_EARLY if early else Kind.FULL, f"the job's {allowed} bytes are used up")
            if early and number >= self.quota.early_messages:
                raise PostRefused(Kind.TOO_EARLY, f"{number} messages lie here before an answer")
            self.quota.require_room(self.jobs.root, self._in_all(), more)
        if theirs.place(number, message) and self._others_bytes is not None:
            self._others_bytes += more

    def _count(self, job_id: bytes, out: bool, messages: tuple[bytes, ...]) -> None:
        self._travelled[job_id, out] = self._travelled.get((job_id, out), 0) + sum(map(len, messages))

    def _in_all(self) -> int:
        """Bytes that came for any job; counted once, then kept up to date."""
        if self._others_bytes is None:
            incoming = self.jobs.outgoing.opposite
            kept = (Shelf(self.jobs.root, job_id, incoming) for job_id in self.jobs.all())
            self._others_bytes = sum(shelf.held_bytes() for shelf in kept)
        return self._others_bytes

    def _note(self, frame: Frame, mine: Shelf, theirs: Shelf) -> None:
        standing = Standing(
            frame.job_id,
            sent=mine.count(),
            arrived=frame.received,
            received=theirs.count(),
            of=max(frame.of, theirs.count()),
            out_bytes=self._travelled.get((frame.job_id, True), 0),
            in_bytes=self._travelled.get((frame.job_id, False), 0),
        )
        self.standings[frame.job_id] = standing
        self._watch(standing)
