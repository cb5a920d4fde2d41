"""The office: the side that others call. Bytes in, bytes out; whoever carries them is not trusted."""

from __future__ import annotations

import threading

from proofs.errors import InvalidInput
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.post.desk import Desk
from protocols.post.letters import letter_head, open_hello, open_letter, seal_admission, seal_reply, visit_and_serial
from protocols.post.refusal import Kind, PostRefused
from protocols.post.statement import KeyStatement, open_statement
from protocols.post.visits import Visits
from protocols.post.wire import LIST, MAX_CARRIED_BYTES, Frame, listed
from protocols.sealing import ChannelKey


class PostOffice:
    """Answers introductions and letters. A stranger learns the office's key statement, and nothing else.

    Args:
        desk: where messages go and come from. mine: transport key (secret). statement: its signed statement, public.
        domain: chain and escrow whose statements count.
    """

    def __init__(self, desk: Desk, mine: ChannelKey, statement: bytes, domain: Domain) -> None:
        self.statement, self.visits = statement, Visits()
        self._desk, self._mine, self._domain = desk, mine, domain
        self._outgoing = desk.jobs.outgoing
        self._lock = threading.Lock()

    def hello(self, raw: bytes) -> bytes:
        """Answer an untrusted introduction with a visit's number, sealed to whoever is introduced.

        Raises:
            PostRefused: ``malformed``, or ``refused`` where only others may visit.
        """
        try:
            caller = open_statement(open_hello(raw, self._mine, self._outgoing.opposite), self._domain)
        except (MessageRejected, InvalidInput) as error:
            raise PostRefused(Kind.MALFORMED, str(error)) from error
        with self._lock:
            self._desk.jobs.welcome(caller)
            return seal_admission(self.visits.begin(caller), raw, self._mine, caller.key, self._outgoing)

    def require_visit(self, head: bytes) -> None:
        """Whether the rest of a letter is worth reading: its head names a visit. Raises PostRefused.

        Does not wait for letters that are being answered; ``post`` looks again.
        """
        self.visits.expecting(*visit_and_serial(head))

    def post(self, raw: bytes) -> bytes:
        """Answer an untrusted letter; what it brought is on disk when this returns.

        Raises:
            PostRefused: saying which rule it breaks.
        """
        try:
            at = letter_head(raw)
            with self._lock:
                visit = self.visits.expecting(at.visit, at.serial)
                frame = open_letter(at, self._mine, visit.caller.key, self._outgoing.opposite)
                self.visits.opened(visit, at.serial)
                reply = self._answer(frame, visit.caller)
                visit.trusted |= frame.job_id != LIST and self._desk.jobs.sent(frame.job_id).count() > 0
            return seal_reply(reply, at, self._mine, visit.caller.key, self._outgoing)
        except MessageRejected as error:
            raise PostRefused(Kind.MALFORMED, str(error)) from error

    def _answer(self, frame: Frame, caller: KeyStatement) -> Frame:
        if frame.job_id == LIST:
            return listed(self._desk.jobs.listed_for(caller))
        if not self._desk.take(frame, caller):
            return Frame(frame.job_id)
        return self._desk.give(frame.job_id, frame.received, MAX_CARRIED_BYTES)
