"""What a retrieval has brought everybody, against what the pure rules promise."""

from __future__ import annotations

from helpers.market import Trade

from protocols.retrieval.events import State


class Accounts:
    """What everybody's balance has changed by, gas left out."""

    def __init__(self, trade: Trade) -> None:
        self.trade, self.chain = trade, trade.market.chain
        terms = trade.terms
        self.parties = (terms.requester, terms.responder, terms.fee_recipient)
        self.before = {who: self.chain.balance(who) for who in self.parties}
        self.fees = {who: self.chain.ledger.fees_of(who) for who in self.parties}

    def changes(self) -> dict[str, int]:
        """By account, what is booked and not fetched included; nothing may be left over."""
        escrow = self.trade.market.escrow
        owed = {who: escrow.owed(who) for who in self.parties}
        assert sum(owed.values()) == self.chain.balance(escrow.address)
        found = {}
        for who in self.parties:
            spent = self.chain.ledger.fees_of(who) - self.fees[who]
            found[who] = self.chain.balance(who) + spent + owed[who] - self.before[who]
        return found

    def expect(self, before: State, ending: State, matches: int, topped_up: int = 0) -> None:
        """The ending is this one, everybody has what the pure rules promise, and both parties have fetched it."""
        assert self.trade.state is ending, self.trade.said
        promised = self.trade.paid(before, ending, matches, topped_up)
        assert self.changes() == {who: promised.get(who, 0) for who in self.parties}
        escrow = self.trade.market.escrow
        assert {escrow.owed(who) for who in self.parties[:2]} == {0}
