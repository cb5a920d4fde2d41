"""A whole retrieval with an office at another address, and the moves that need nobody when the other side is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from helpers.market import REQUESTER, RESPONDER, Market, Trade
from retrieval_accounts import Accounts

from assay.postbox import post
from assay.postbox.post import guest_post, own_post, where
from assay.postbox.way import way_of
from escrow.parties.requester import Requester
from escrow.parties.responder import Responder, RespondersMailbox
from escrow.parties.retrieval_party import RetrievalParty
from protocols.eip712 import Domain
from protocols.retrieval.events import State


@dataclass
class Distant(Trade):
    """A trade whose parties have a folder each for their post, and an office at 127.0.0.2 between them."""

    stack: ExitStack = field(default_factory=ExitStack)
    office: ExitStack = field(default_factory=ExitStack)
    roots: list[Path] = field(default_factory=list)
    seen: list[list[str]] = field(default_factory=list)

    def meet(self) -> RespondersMailbox:
        market, me = self.market, str(self.market.account(RESPONDER).address)
        domain = Domain(market.chain.chain_id, market.escrow.address)
        way = way_of(None, "127.0.0.2:0", None, self._say("responder"))
        assert way.listener is not None
        far = way_of(None, None, where(way.listener), self._say("requester"))
        mailbox = RespondersMailbox(way.offers_root(self.root / "responder"), self.root / "responder", self.checked, me)
        opened = guest_post(way, mailbox, market.account(RESPONDER), domain, self._say("responder"))
        responders = self.office.enter_context(opened).root
        mine = own_post(far, me, market.account(REQUESTER), domain, self.root / "requester", self._say("requester"))
        requesters = self.stack.enter_context(mine).root
        self.roots = [responders, requesters]
        self.requester_class = self._at(requesters, Requester)
        self.responder_class = self._at(responders, Responder)
        return mailbox

    def play(self) -> State:
        """As ever, but the offer comes through the mailbox."""
        mailbox, requester = self.meet(), self.requester()
        requester.step()
        assert mailbox.next(time.monotonic() + 30) == self.job_id
        self._alternate(requester, self.responder())
        return self.state

    def _progress(self, parties: tuple[RetrievalParty, ...]) -> tuple[int, ...]:
        """What has arrived counts as well: a party that has not looked yet is not idle."""
        self.seen = self._post()
        return (*super()._progress(parties), *map(len, self.seen))

    def _pass_time(self) -> None:
        """Time passes when nobody moves, nothing is on its way, and all that came was there before the last look."""
        give_up = time.monotonic() + 20
        while (now := self._post())[0] != now[1] and time.monotonic() < give_up:
            time.sleep(0.02)
        if now == self.seen:
            super()._pass_time()

    def _post(self) -> list[list[str]]:
        return [sorted(str(path.relative_to(root)) for path in root.rglob("*.msg")) for root in self.roots]

    @staticmethod
    def _at(root: Path, kind: type) -> Callable[..., object]:
        return lambda checked, signer, folder, _, *more, **named: kind(checked, signer, folder, root, *more, **named)


@pytest.fixture
def distant(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Distant]:
    monkeypatch.setattr(post, "LINGER_S", 0.0)
    played = Distant(market, tmp_path, market.terms())
    yield played
    played.stack.close()
    played.office.close()


def test_a_retrieval_through_an_office(distant: Distant) -> None:
    accounts = Accounts(distant)
    assert distant.play() is State.COMPLETED
    accounts.expect(State.REVEALED, State.COMPLETED, 2)
    folder = distant.root / "requester" / distant.job_id.hex() / "documents"
    found = {int(path.stem): path.read_bytes() for path in folder.glob("*.payload")}
    assert found == {index: distant.market.corpora["mixed"].payloads[index] for index in (0, 2)}
    assert not (distant.root / "channel").exists(), "no folder is shared"
    responders, requesters = (set(files) for files in distant._post())
    assert responders == requesters and len(responders) >= 4


def test_a_dead_office_keeps_nobody_from_its_deadline(distant: Distant) -> None:
    """The responder's host goes dark after it has accepted; the requester gets its funds back at the deadline."""
    accounts = Accounts(distant)
    mailbox, requester = distant.meet(), distant.requester()
    requester.step()
    assert mailbox.next(time.monotonic() + 30) == distant.job_id
    responder = distant.responder()
    while distant.state is not State.PROVING:
        requester.step()
        responder.step()
    responder.close()
    distant.office.close()
    distant._alternate(requester)
    assert distant.state.ended and distant.state is not State.COMPLETED
    accounts.changes()
    assert distant.market.escrow.owed(distant.terms.requester) == 0
    assert sum("cannot be reached" in words for words in distant.said) <= 1


def test_a_listing_tells_whose_offers_they_are(distant: Distant) -> None:
    """Only sound offers to this responder, for what it has, by who brings them, begin a job."""
    mailbox, requester = distant.meet(), distant.requester()
    requester.step()
    job_id = mailbox.next(time.monotonic() + 30)
    raw = (distant.roots[1] / job_id.hex() / "buyer-to-seller" / "00000000.msg").read_bytes()
    assert mailbox.maker(raw, job_id) == str(distant.market.account(REQUESTER).address)
    assert mailbox.maker(raw, bytes(32)) is None and mailbox.maker(raw[:-1], job_id) is None
    assert mailbox.maker(b"{}", job_id) is None and not mailbox.begun(job_id)
    requester.close()
