"""One retrieval played to its end by both parties' own programs, and what it brought them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assay.demo.retrieval.cheats import QuarrelsomeRequester
from assay.demo.retrieval.market import REQUESTER, RESPONDER, Market
from escrow.dev_clock import advance_to, mine
from escrow.gas import gas_by_step
from escrow.parties.requester import Requester
from escrow.parties.responder import Responder
from escrow.parties.retrieval_party import RetrievalParty
from escrow.reverts import Reverted
from protocols.retrieval.actions import Done
from protocols.retrieval.endings import settle
from protocols.retrieval.events import State
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.view import Limits

Say = Callable[[str], None]
MAX_ROUNDS = 500
MARGIN_S, PROVE_S = 60, 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one retrieval ended.

    Args:
        name: what the deviating party did. ending: final state of the job.
        stopped_by: the contract's error, or the complaint it upheld; empty where nothing had to be stopped.
        matches: documents the contract found. read: documents the requester could read in the end.
        responder_wei, requester_wei: change of each balance, gas left out. as_promised: equal to the pure rules'.
        gas_used: by both parties. seconds: wall time. gas_by_step: by contract call.
    """

    name: str
    ending: str
    stopped_by: str
    matches: int
    read: int
    responder_wei: int
    requester_wei: int
    as_promised: bool
    gas_used: int
    seconds: float
    gas_by_step: dict[str, list[int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {**asdict(self), "verdict": self.ending}


@dataclass
class Game:
    """Two drivers taking turns on one market; where nobody moves, time passes up to the next deadline.

    Args:
        name: what happens, for people. root: a folder of this game's own.
    """

    market: Market
    name: str
    terms: RetrievalTerms
    root: Path
    say: Say
    requester_class: type[Requester] = Requester
    responder_class: type[Responder] = Responder
    stopped: list[str] = field(default_factory=list)
    last_live: State = State.NONE

    def play(self) -> Outcome:
        """Play to the end and compare what everybody got with what the pure rules promise."""
        began, chain = time.monotonic(), self.market.chain
        entries_before, before = len(chain.ledger.entries), self._balances()
        self.say(f"-- {self.name}")
        requester = self._requester()
        requester.step()  # the offer, without which there is no responder
        self._alternate(requester, self._responder())
        entries = chain.ledger.entries[entries_before:]
        after = self._balances()
        fees = {who: sum(entry.fee_wei for entry in entries if entry.sender == who) for who in before}
        change = {who: after[who] - before[who] + fees[who] for who in before}
        status = self.market.escrow.job(self.job_id)
        self._note_complaints(requester)
        return Outcome(
            name=self.name,
            ending=status.state.name.lower(),
            stopped_by=", ".join(dict.fromkeys(self.stopped)),
            matches=status.matches,
            read=len(list(requester.documents.glob("*.payload"))),
            responder_wei=change[self.terms.responder],
            requester_wei=change[self.terms.requester],
            as_promised=self._promised(status.state, status.matches, status.topped_up) == change,
            gas_used=sum(entry.gas_used for entry in entries),
            seconds=round(time.monotonic() - began, 1),
            gas_by_step=gas_by_step(entries),
        )

    @property
    def job_id(self) -> bytes:
        """The job's id."""
        return self.market.escrow.job_id_of(self.terms)

    def _alternate(self, *parties: RetrievalParty) -> None:
        at_work = list(parties)
        for _ in range(MAX_ROUNDS):
            before = self._progress(parties)
            for party in list(at_work):
                state = self.market.escrow.job(self.job_id).state
                self.last_live = self.last_live if state.ended else state
                if self._turn(party):
                    party.close()
                    at_work.remove(party)
            if not at_work:
                return
            if self._progress(parties) == before:
                self._pass_time()

    def _turn(self, party: RetrievalParty) -> bool:
        """One step; whether the party is done. One whose move was refused waits for the end."""
        refused = isinstance(party, Responder) and bool(self.stopped)
        if refused and not self.market.escrow.job(self.job_id).state.ended:
            return False
        try:
            return isinstance(party.step(), Done)
        except Reverted as refusal:
            self.stopped.append(refusal.name)
            self.say(f"   the contract refused: {refusal.name}")
            return False

    def _pass_time(self) -> None:
        """A block for a draw that waits for one, else the deadline."""
        status = self.market.escrow.job(self.job_id)
        if status.state is State.PROVING and self.market.chain.block_number() <= status.draw_block:
            mine(self.market.chain)
        else:
            advance_to(self.market.chain, status.deadline)

    def _progress(self, parties: tuple[RetrievalParty, ...]) -> tuple[int, ...]:
        return (self.market.chain.block_number(), *(len(party.job.journal.entries) for party in parties))

    def _note_complaints(self, requester: Requester) -> None:
        for event in self.market.escrow.job_events(self.job_id):
            if event.name == "ComplaintUpheld":
                kind = "decryption" if event.arguments["kind"] == 0 else "view"
                self.stopped.append(f"{kind} complaint, document {event.arguments['doc']}")
        if isinstance(requester, QuarrelsomeRequester):
            self.stopped += requester.refusals

    def _promised(self, ending: State, matches: int, topped_up: int) -> dict[str, int]:
        terms = self.terms
        proven = self.last_live > State.PROVING or (ending is State.COMPLETED and not matches)
        credits = settle(terms, self.last_live, ending, matches if proven else 0, topped_up)
        change = {terms.requester: -terms.requester_funds - topped_up, terms.responder: -terms.responder_funds}
        change[terms.responder] += terms.base_fee if proven else 0
        for credit in credits:
            if credit.who in change:
                change[credit.who] += credit.amount
        return change

    def _balances(self) -> dict[str, int]:
        return {who: self.market.chain.balance(who) for who in (self.terms.requester, self.terms.responder)}

    def _requester(self) -> Requester:
        return self.requester_class(
            *self._common("requester", REQUESTER, Limits(margin_s=MARGIN_S)),
            terms=self.terms,
            valid_until=self.market.chain.now() + self.terms.accept_window,
        )

    def _responder(self) -> Responder:
        goods = self.market.goods
        return self.responder_class(
            *self._common("responder", RESPONDER, Limits(margin_s=MARGIN_S, prove_s=PROVE_S)),
            model=goods.model,
            corpus=goods.corpus,
            job_id=self.job_id,
        )

    def _common(self, role: str, account: int, limits: Limits) -> tuple[Any, ...]:
        def say(text: str) -> None:
            self.say(f"   {role}: {text}")

        folders = (self.root / role, self.root / "channel")
        return (self.market.checked, self.market.account(account), *folders, limits, say)
