"""A retrieval: two matching documents of three, delivered and paid for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from fault_books import Books
from fault_plays import Play
from helpers.market import FEE_RECIPIENT, Market, Trade

from escrow.parties.driver import Driver
from protocols.retrieval.events import State


class RetrievalPlay(Play):
    """Requester and responder on the tiny market."""

    first, second = "requester", "responder"
    promised: ClassVar[Counter[str]] = Counter(
        open=1, accept=1, submitBatch=2, deliver=1, acknowledge=1, reveal=1, finalise=1, withdraw=1
    )

    def __init__(self, market: Market, root: Path) -> None:
        super().__init__(root)
        self.trade = Trade(market, root, market.terms())
        self.trade.said = self.said
        terms = self.trade.terms
        who = (terms.requester, terms.responder, str(market.account(FEE_RECIPIENT).address))
        self._books = Books(market.chain, market.escrow, who)

    @property
    def books(self) -> Books:
        return self._books

    def make(self, name: str) -> Driver[Any, Any]:
        return self.trade.requester() if name == self.first else self.trade.responder()

    def pass_time(self) -> None:
        self.trade._pass_time()

    def expect(self) -> None:
        assert self.trade.state is State.COMPLETED, self.said
        promised: ClassVar[Counter[str]] = self.trade.paid(State.REVEALED, State.COMPLETED, 2)
        assert self.books.changes() == {who: promised.get(who, 0) for who in self.books.who}
        terms = self.trade.terms
        assert not self.books.owed()[terms.requester] and not self.books.owed()[terms.responder]
        folder = self.root / "requester" / self.trade.job_id.hex() / "documents"
        assert sorted(path.name for path in folder.glob("*.payload")) == ["00000000.payload", "00000002.payload"]
