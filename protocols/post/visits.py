"""Who is visiting: a bounded table of visits, each with the serial number its last letter had."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from protocols.post.letters import VISIT_BYTES
from protocols.post.refusal import Kind, PostRefused
from protocols.post.statement import KeyStatement

MAX_VISITS = 1024
MAX_VISITS_EACH = 8
"""Visits one key may have at once: a process of a party makes one, and a killed one leaves one behind."""


@dataclass(slots=True)
class Visit:
    """One visit. ``used``: a letter of it was opened; ``trusted``: it had to do with a job that is under way."""

    number: bytes
    caller: KeyStatement
    serial: int = -1
    used: bool = False
    trusted: bool = False


class Visits:
    """Visits in the order of their last use. They live in memory only: after a restart every caller begins anew.

    When there are too many, the one longest unused goes, and of those the least trusted first: an introduction recorded
    and played again ends nobody's visit, and strangers end only each other's.
    """

    def __init__(self, most: int = MAX_VISITS, most_each: int = MAX_VISITS_EACH) -> None:
        self._visits: dict[bytes, Visit] = {}
        self._most, self._most_each = most, most_each

    def begin(self, caller: KeyStatement) -> bytes:
        """A new visit's number: 32 random bytes, secret between the two."""
        theirs = [visit for visit in self._visits.values() if visit.caller.key == caller.key]
        if len(theirs) >= self._most_each:
            self._drop_least(theirs)
        if len(self._visits) >= self._most:
            self._drop_least(list(self._visits.values()))
        visit = Visit(secrets.token_bytes(VISIT_BYTES), caller)
        self._visits[visit.number] = visit
        return visit.number

    def expecting(self, number: bytes, serial: int) -> Visit:
        """The visit a letter claims, if its serial number is later than all before; nothing is believed yet.

        Raises:
            PostRefused: ``no-visit`` or ``replayed``.
        """
        visit = self._visits.get(number)
        if visit is None:
            raise PostRefused(Kind.NO_VISIT)
        if serial <= visit.serial:
            raise PostRefused(Kind.REPLAYED)
        return visit

    def opened(self, visit: Visit, serial: int) -> None:
        """A letter of this visit was opened, so it is the caller's: it and all before it are never read again."""
        visit.serial, visit.used = serial, True
        self._visits[visit.number] = self._visits.pop(visit.number)

    def _drop_least(self, among: list[Visit]) -> None:
        least = min(among, key=lambda visit: (visit.trusted, visit.used))
        del self._visits[least.number]

    def __len__(self) -> int:
        return len(self._visits)
