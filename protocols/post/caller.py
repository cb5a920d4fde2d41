"""The caller: the side that goes to the other's office, brings what it has and takes away what lies there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.post.desk import Desk, Standing
from protocols.post.letters import open_admission, open_reply, seal_hello, seal_letter
from protocols.post.statement import KeyStatement, open_statement
from protocols.post.wire import LIST, MAX_CARRIED_BYTES, Frame, job_ids_in
from protocols.sealing import ChannelKey

LEAST_BYTES = 1 << 18
"""First letters carry this much, a chunk of a hand-over; later ones more while the line is quick."""


QUICK_S, SLOW_S = 1.0, 10.0


class Line:
    """How bytes get to the office and back; every method may raise a transport's own errors and ``PostRefused``."""

    def statement(self) -> bytes:
        """The office's key statement, untrusted."""
        raise NotImplementedError

    def hello(self, body: bytes) -> bytes:
        """The answer to an introduction, untrusted."""
        raise NotImplementedError

    def post(self, body: bytes) -> bytes:
        """The answer to a letter, untrusted."""
        raise NotImplementedError


@dataclass(slots=True)
class _Visit:
    office: KeyStatement
    number: bytes
    serial: int = -1


class Caller:
    """Visits one office, over and over.

    Args:
        desk: where messages go and come from; its jobs say whose office it must be. mine: transport key (secret).
        statement: its signed statement. domain: chain and escrow whose statements count. line: to the office.
    """

    def __init__(self, desk: Desk, mine: ChannelKey, statement: bytes, domain: Domain, line: Line) -> None:
        self._desk, self._mine, self._statement, self._domain = desk, mine, statement, domain
        self._line, self._outgoing = line, desk.jobs.outgoing
        self._visit: _Visit | None = None
        self.carry_bytes = LEAST_BYTES

    def look(self) -> KeyStatement:
        """Whose office it is: the one it must be, under the key it always had.

        Raises:
            PostRefused: another account's, or another key than before. MessageRejected: no sound statement.
        """
        office = open_statement(self._line.statement(), self._domain)
        self._desk.jobs.welcome(office)
        return office

    def forget(self) -> None:
        """Begin a new visit next time, and carry little: the line broke, or the office has forgotten this visit."""
        self._visit, self.carry_bytes = None, LEAST_BYTES

    def introduce(self) -> None:
        """Begin a visit, if there is none. Raises as ``look`` does, and PostRefused if the office refuses."""
        self._office()

    def jobs(self) -> list[bytes]:
        """The jobs that the office has for this caller."""
        return job_ids_in(self._exchange(Frame(LIST)))

    def exchange(self, job_id: bytes, more: Callable[[], bool] = lambda: True) -> Standing | None:
        """Bring and fetch a job's messages until both sides have all, or ``more`` says to leave off.

        Begins by asking how many arrived, so it goes on wherever an earlier visit broke off.

        Raises:
            PostRefused, MessageRejected: the office refuses, or answers with what it can't have.
        """
        reply = self._round(Frame(job_id, received=self._desk.shelves(job_id)[1].count()))
        while more():
            frame = self._desk.give(job_id, reply.received, self.carry_bytes)
            if not frame.messages and frame.received >= reply.of:
                break
            before, come = reply.received, frame.received
            reply = self._round(frame)
            if reply.received < before:
                raise MessageRejected("progress", "the other side's count goes backwards; asking anew later")
            if reply.received == before and self._desk.shelves(job_id)[1].count() == come:
                raise MessageRejected("progress", "the other side took nothing and gave nothing; trying again later")
        return self._desk.standings.get(job_id)

    def _round(self, frame: Frame) -> Frame:
        began = time.monotonic()
        reply = self._exchange(frame)
        self._suit(time.monotonic() - began)
        self._desk.take(reply, self._office().office)
        return reply

    def _suit(self, took_s: float) -> None:
        """Carry more while letters are quick, and less when one nearly takes as long as an office waits for it."""
        if took_s < QUICK_S:
            self.carry_bytes = min(2 * self.carry_bytes, MAX_CARRIED_BYTES)
        elif took_s > SLOW_S:
            self.carry_bytes = max(self.carry_bytes // 2, LEAST_BYTES)

    def _exchange(self, frame: Frame) -> Frame:
        visit = self._office()
        visit.serial += 1
        key, serial = visit.office.key, visit.serial
        raw = self._line.post(seal_letter(frame, visit.number, serial, self._mine, key, self._outgoing))
        reply = open_reply(raw, visit.number, serial, self._mine, key, self._outgoing.opposite)
        if reply.job_id != frame.job_id:
            raise MessageRejected("job", "the answer is about another job")
        return reply

    def _office(self) -> _Visit:
        if self._visit is None:
            office = self.look()
            hello = seal_hello(self._statement, office.key, self._outgoing)
            answer = self._line.hello(hello)
            number = open_admission(answer, hello, self._mine, office.key, self._outgoing.opposite)
            self._visit = _Visit(office, number)
        return self._visit
