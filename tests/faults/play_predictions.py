"""A prediction round: four questions, two answers contested, one of them proven for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from fault_books import Books
from fault_plays import Play
from helpers.rounds import COUNT, PROVEN, Booth, Game

from escrow.parties.driver import Driver
from protocols.predictions.events import State


class PredictionsPlay(Play):
    """Client and provider, with the provider's service beside them."""

    first, second = "client", "provider"
    promised: ClassVar[Counter[str]] = Counter(
        open=1, accept=1, contest=1, proveAnswer=1, collect=1, finalise=1, withdraw=2
    )

    def __init__(self, booth: Booth, root: Path) -> None:
        super().__init__(root)
        self.game = Game(booth, root, booth.terms())
        self.game.said = self.said
        terms = self.game.terms
        self._books = Books(booth.chain, booth.escrow, (terms.client, terms.provider, terms.fee_recipient))

    @property
    def books(self) -> Books:
        return self._books

    def make(self, name: str) -> Driver[Any, Any]:
        return self.game.client() if name == self.first else self.game.provider()

    def buried(self, name: str) -> None:
        if name == self.first:
            self.game.record.close()
            del self.game.__dict__["record"]

    def pass_time(self) -> None:
        self.game.pass_time()

    def mark(self) -> object:
        return super().mark(), len(self.game.record.answered())

    @contextmanager
    def surroundings(self) -> Iterator[None]:
        with self.game.service():
            yield
        self.game.record.close()
        del self.game.__dict__["record"]

    def check(self) -> None:
        with self.game.service():
            super().check()
        self.game.record.close()

    def expect(self) -> None:
        assert self.game.state is State.COMPLETED, self.said
        assert self.books.changes() == self.game.promised(State.COMPLETED, 1, COUNT)
        terms = self.game.terms
        assert not self.books.owed()[terms.client] and not self.books.owed()[terms.provider]
        assert PROVEN < COUNT
