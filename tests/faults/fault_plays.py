"""A job of each protocol with both parties in this process, every party made anew whenever it has been ended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, ClassVar

import pytest
from fault_books import Books
from fault_points import Points, PowerCut, watched

from escrow.parties.driver import Driver
from proofs.errors import AssayError, ProtocolViolation
from protocols.actions import Done
from protocols.journal import Journal

MAX_TURNS = 600
Ended = Mapping[str, Points]


class Play(ABC):
    """One job. A protocol's play names its two parties, makes them, and says what has to come of it.

    Args:
        root: folder of this job's channel and of both parties' folders; empty at first.

    Attributes:
        poll_s: if given, parties step as ``run`` has them step, with this pause. under: entered for every turn, and
            ``around`` for those of the party named. between: called before every round with its number.
        seen: what else counts as progress. errors: with which of the product's errors processes have ended; each was
            started again.
    """

    first: str
    second: str
    promised: ClassVar[Counter[str]]
    """The escrow's transactions of a job that nobody disturbs."""
    endings: tuple[type[AssayError], ...] = ()
    """Errors with which a process may end, to be started again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.said: list[str] = []
        self.cuts = 0
        self.errors: list[str] = []
        self.seen: Callable[[], object] = lambda: None
        self.between: Callable[[int], None] = lambda _: None
        self.poll_s: float | None = None
        self.under: Callable[[], AbstractContextManager[None]] = nullcontext
        self.around: dict[str, Callable[[], AbstractContextManager[None]]] = {}

    @property
    @abstractmethod
    def books(self) -> Books:
        """Opened before the first move."""

    @abstractmethod
    def make(self, name: str) -> Driver[Any, Any]:
        """A party as a new process would make it. Raises ProtocolViolation while the second has no offer yet."""

    @abstractmethod
    def pass_time(self) -> None:
        """Up to the next moment at which somebody may do what he may not do now."""

    @abstractmethod
    def expect(self) -> None:
        """The ending is that of an undisturbed job, and so is everybody's money."""

    def buried(self, name: str) -> None:  # noqa: B027 - most plays have nothing to drop
        """A party's process has ended: drop what it alone held."""

    @contextmanager
    def surroundings(self) -> Iterator[None]:
        """What runs beside the parties."""
        yield

    def say(self, who: str) -> Callable[[str], None]:
        return lambda text: self.said.append(f"{who}: {text}")

    def mark(self) -> object:
        """Changes whenever anything has happened."""
        journals = self.root.glob("*/*/journal.jsonl")
        return self.books.chain.block_number(), sum(len(j.read_bytes()) for j in journals), self.cuts, self.seen()

    def run(self, points: Ended) -> None:
        """Both take turns until both are done; a party that is ended at one of its points is made anew."""
        with self.surroundings():
            at_work: dict[str, Driver[Any, Any] | None] = {self.first: None, self.second: None}
            for number in range(MAX_TURNS):
                self.between(number)
                before = self.mark()
                for name in list(at_work):
                    if self._turn(name, at_work, points.get(name)):
                        del at_work[name]
                if not at_work:
                    return
                if self.mark() == before:
                    self.pass_time()
        raise AssertionError("\n".join(["nobody is done", *self.said]))

    def once_more(self) -> None:
        """Both commands run again after their end."""
        with self.surroundings():
            for name in (self.first, self.second):
                self.make(name).run(0)

    def check(self) -> None:
        """Nothing was lost or paid twice, and every journal is whole."""
        self.expect()
        assert self.books.moves() == self.promised, self.said
        assert not self.books.moves(status=0), self.said
        for name in (self.first, self.second):
            self.make(name).close()

    def _turn(self, name: str, at_work: dict[str, Driver[Any, Any] | None], points: Points | None) -> bool:
        """One step of a party; whether it has nothing left to do."""
        alive: list[Journal] = []
        try:
            with (
                _remembered(alive),
                self.under(),
                self.around.get(name, nullcontext)(),
                watched(points) if points is not None else nullcontext(),
            ):
                party = at_work[name] or self._made(name)
                if party is None:
                    return False
                at_work[name] = party
                action = party.step() if self.poll_s is None else party._patient_step(self.poll_s)
                if not isinstance(action, Done):
                    return False
                party.run(0)
                return True
        except (PowerCut, *self.endings) as error:
            self.cuts += 1
            if not isinstance(error, PowerCut):
                self.errors.append(str(error))
            gone = at_work[name]
            at_work[name] = None
            if gone is not None:
                gone.close()
            for journal in alive:
                journal.close()
            self.buried(name)
            return False

    def _made(self, name: str) -> Driver[Any, Any] | None:
        try:
            return self.make(name)
        except ProtocolViolation:
            return None


@contextmanager
def _remembered(found: list[Journal]) -> Iterator[None]:
    """Journals opened inside: a real end of the process would close those of a party that was never finished."""
    opened = Journal.__init__

    def remembered(journal: Journal, *args: Any) -> None:
        opened(journal, *args)
        found.append(journal)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "__init__", remembered)
        yield
