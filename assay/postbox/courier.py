"""The courier: a thread that calls at the other side's office, for as long as the party lives."""

from __future__ import annotations

import threading
from collections.abc import Callable

from assay.postbox.line import MEET_S, HttpLine, LineBroken
from protocols.errors import MessageRejected
from protocols.post.caller import Caller
from protocols.post.desk import Desk
from protocols.post.refusal import Kind, PostRefused

CALL_S = 0.5
MOST_WAIT_S = 15.0
MOST_JOBS = 8
"""Of the jobs nobody asked to follow, so many, the newest, are called for."""


class Courier:
    """Brings and fetches post now and then. Nothing that goes wrong on the way ends it or the party.

    Args:
        guests: this side has jobs begun by the other, and asks for them; else it knows its jobs.
        say: told what happens, once each time it changes.
    """

    def __init__(self, caller: Caller, line: HttpLine, desk: Desk, say: Callable[[str], None], guests: bool) -> None:
        self._caller, self._line, self._desk, self._guests = caller, line, desk, guests
        self._say, self._said = say, ""
        self._followed: set[bytes] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="courier", daemon=True)
        self._meeting: threading.Thread | None = None
        self._refusal: Exception | None = None
        self._wait_s = CALL_S

    def follow(self, job_id: bytes) -> None:
        """Call for this job; for others no more."""
        self._followed.add(job_id)

    def meet(self) -> None:
        """See whose office it is, before anything depends on it; one out of reach, or slower than ``MEET_S`` in all,
        is tried again later. Call it before ``start``, which does without it.

        Raises:
            PostRefused, MessageRejected: it is the wrong one, or refuses to see this side.
        """
        self._meeting = threading.Thread(target=self._meet, name="meeting", daemon=True)
        self._meeting.start()
        self._meeting.join(MEET_S)
        if self._meeting.is_alive():
            self._say_once(f"{self._line.url} cannot be reached (no answer in {MEET_S:g} s); trying again until it can")
        elif isinstance(self._refusal, LineBroken):
            self._say_once(f"{self._refusal}; trying again until it can")
        elif self._refusal is not None:
            raise self._refusal

    def start(self) -> None:
        """Begin to call."""
        self._thread.start()

    def stop(self) -> None:
        """Call no more."""
        self._stopping.set()
        self._thread.join(MOST_WAIT_S)
        self._line.close()

    def _meet(self) -> None:
        try:
            self._caller.introduce()
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            self._refusal = error

    def _work(self) -> None:
        """Calls until stopped, once at least; never beside a meeting, as a caller does one thing at a time."""
        while self._meeting is not None and self._meeting.is_alive():
            if self._stopping.is_set():
                return
            self._meeting.join(CALL_S)
        while True:
            self._call()
            if self._stopping.wait(self._wait_s):
                return

    def _call(self) -> None:
        """One round of all jobs."""
        try:
            self._caller.introduce()
            troubles = [trouble for job_id in self._jobs() if (trouble := self._job(job_id)) is not None]
        except Exception as error:  # noqa: BLE001 - whatever an office makes a library raise
            self._fail(error)
            return
        if troubles:
            self._say_once("; ".join(troubles))
            self._wait_s = min(2 * self._wait_s, MOST_WAIT_S)
            return
        if self._said:
            self._say(f"{self._line.url} is reached again")
        self._said, self._wait_s = "", CALL_S

    def _fail(self, error: Exception) -> None:
        """The line is broken, or the office forgot this visit, as after a restart."""
        self._caller.forget()
        forgotten = isinstance(error, PostRefused) and error.kind in (Kind.NO_VISIT, Kind.REPLAYED)
        if forgotten and self._wait_s == CALL_S:
            self._wait_s = CALL_S + 0.1
            return
        if isinstance(error, (PostRefused, MessageRejected)):
            self._say_once(f"warning: {self._line.url}: {error}; jobs that have begun go on without it")
        else:
            self._say_once(f"{str(error) or type(error).__name__}; trying again until it can")
        self._wait_s = min(2 * self._wait_s, MOST_WAIT_S)

    def _job(self, job_id: bytes) -> str | None:
        """One job's post; what the office has against it, if it has."""
        try:
            self._caller.exchange(job_id, lambda: not self._stopping.is_set())
        except PostRefused as error:
            if error.kind in (Kind.NO_VISIT, Kind.REPLAYED):
                raise
            return f"{self._line.url} takes no post for job 0x{job_id.hex()[:8]}...: {error}"
        except MessageRejected as error:
            return f"{self._line.url} answers what it should not: {error}"
        return None

    def _jobs(self) -> list[bytes]:
        if self._followed:
            return list(self._followed)
        known = self._caller.jobs() if self._guests else self._desk.jobs.all()
        return [job_id for job_id in known[:MOST_JOBS] if self._guests or self._desk.jobs.holder(job_id)]

    def _say_once(self, words: str) -> None:
        """Say what is new; how exactly a line broke is not."""
        gist = words.partition(" (")[0]
        if gist != self._said:
            self._said = gist
            self._say(words)
