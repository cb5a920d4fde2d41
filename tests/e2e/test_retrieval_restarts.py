"""Both parties stopped at every step of a retrieval, and right after everything that can be seen from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.market import STRANGER, Market, Trade
from retrieval_accounts import Accounts

from escrow.dev_clock import advance_to, mine
from escrow.parties import requester as requester_module
from escrow.parties import responder as responder_module
from escrow.parties.driver import note
from escrow.parties.responder import Responder
from escrow.parties.retrieval_party import RetrievalParty
from escrow.retrieval import RetrievalEscrow
from protocols.channel import DirectoryChannel
from protocols.retrieval.actions import Action, Done
from protocols.retrieval.events import State

ONCE = {"open", "accept", "submitBatch", "deliver", "acknowledge", "reveal", "finalise", "withdraw"}
REQUESTER_KINDS = {"offer-made", "offer-sent", "acceptance", "documents", "decrypted", "finished"}
RESPONDER_KINDS = {"offer-checked", "acceptance-sent", "proof-ready", "sealed", "documents-sent", "finished"}


class PowerCut(Exception):
    """The process ends here, whatever it was about to write down."""


class Restarting(Trade):
    """Every step by a new process: nothing survives from one to the next but folders and the chain."""

    cuts: int = 0

    def play(self) -> State:
        makers: list[Callable[[], RetrievalParty]] = [self.requester, self.responder]
        self._life(self.requester)
        for _ in range(500):
            before = self._mark()
            for make in list(makers):
                if self._life(make):
                    makers.remove(make)
            if not makers:
                return self.state
            if self._mark() == before:
                self._pass_time()
        raise AssertionError("\n".join(["nobody is done", *self.said]))

    def _life(self, make: Callable[[], RetrievalParty]) -> bool:
        """One process: started, one step, ended; whether it had nothing left to do."""
        party = None
        try:
            party = make()
            action = party.step()
            if isinstance(action, Done):
                party.run(0)
            return isinstance(action, Done)
        except PowerCut:
            self.cuts += 1
            return False
        finally:
            if party is not None:
                party.close()

    def _mark(self) -> tuple[int, int, int]:
        journals = self.root.glob("*/*/journal.jsonl")
        return self.market.chain.block_number(), sum(len(j.read_bytes()) for j in journals), self.cuts


def journal_kinds(root: Path, role: str) -> set[str]:
    (journal,) = (root / role).glob("*/journal.jsonl")
    return {line.split('"kind":"')[1].split('"')[0] for line in journal.read_text().splitlines()}


def sent(market: Market, first: int) -> Counter[str]:
    """Transactions that counted, by contract function."""
    lines = market.chain.ledger.entries[first:]
    return Counter(line.step.removeprefix("retrieval.") for line in lines if line.succeeded)


def test_every_step_by_a_new_process(market: Market, tmp_path: Path) -> None:
    played = Restarting(market, tmp_path, market.terms())
    accounts, first = Accounts(played), len(market.chain.ledger.entries)
    assert played.play() is State.COMPLETED
    accounts.expect(State.REVEALED, State.COMPLETED, 2)
    assert sent(market, first) == Counter({name: 2 if name == "submitBatch" else 1 for name in ONCE})
    assert journal_kinds(tmp_path, "requester") >= REQUESTER_KINDS
    assert journal_kinds(tmp_path, "responder") >= RESPONDER_KINDS


def test_power_cut_after_every_effect(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each transaction, message and journal line its process is gone, once; nothing is done twice."""
    seen: set[object] = {("requester", "offer-made")}  # written while a party is made, so that none is there to close

    def cut_after(function: Callable[..., Any], name: Callable[..., object]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            answer = function(*args, **options)
            if name(*args) not in seen:
                seen.add(name(*args))
                raise PowerCut
            return answer

        return wrapped

    noted = cut_after(note, lambda job, kind, body=None: (job.journal.path.parents[1].name, kind))
    for module in (requester_module, responder_module):
        monkeypatch.setattr(module, "note", noted)
    monkeypatch.setattr(RetrievalEscrow, "_send", cut_after(RetrievalEscrow._send, lambda _, who, name, *a: name))
    monkeypatch.setattr(
        DirectoryChannel, "send", cut_after(DirectoryChannel.send, lambda channel, number, _: (channel._out, number))
    )
    played = Restarting(market, tmp_path, market.terms())
    accounts, first = Accounts(played), len(market.chain.ledger.entries)
    assert played.play() is State.COMPLETED
    accounts.expect(State.REVEALED, State.COMPLETED, 2)
    assert sent(market, first) == Counter({name: 2 if name == "submitBatch" else 1 for name in ONCE})
    kinds = (REQUESTER_KINDS | RESPONDER_KINDS) - {"offer-made", "finished"}
    assert played.cuts == len(seen) - 1 >= len(ONCE) + len(kinds) + 4


def test_move_that_somebody_else_made_first(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may finalise: a stranger who is quicker ends no process, and nobody's money."""
    finalise = RetrievalEscrow.finalise

    def beaten(escrow: RetrievalEscrow, signer: Any, job_id: bytes) -> object:
        finalise(escrow, market.account(STRANGER), job_id)
        return finalise(escrow, signer, job_id)

    monkeypatch.setattr(RetrievalEscrow, "finalise", beaten)
    played = Trade(market, tmp_path, market.terms())
    accounts = Accounts(played)
    assert played.play() is State.COMPLETED
    accounts.expect(State.REVEALED, State.COMPLETED, 2)
    assert any("NothingToFinalise" in text and "moved on meanwhile" in text for text in played.said)


def test_key_waits_for_the_receipt_to_settle(market: Market, tmp_path: Path) -> None:
    """A chain may take back a receipt, but nobody takes back a key."""

    class Patient(Responder):
        def decide(self) -> Action:
            self.settle_blocks = 3
            return super().decide()

    class Slowly(Trade):
        def _pass_time(self) -> None:
            if self.state is State.LOCKED:
                mine(market.chain)
            else:
                super()._pass_time()

    played = Slowly(market, tmp_path, market.terms(), responder_class=Patient)
    assert played.play() is State.COMPLETED
    blocks = {event.name: event.block for event in market.escrow.job_events(played.job_id)}
    assert blocks["KeyRevealed"] == blocks["Acknowledged"] + 4  # three on top, then its own
    assert any("3 blocks on top" in text for text in played.said)


def test_key_is_revealed_in_time_whatever_has_settled(market: Market, tmp_path: Path) -> None:
    """Silence costs the deposit: shortly before the deadline depth matters no more."""

    class Patient(Responder):
        def decide(self) -> Action:
            self.settle_blocks = 1 << 20
            return super().decide()

    class Slowly(Trade):
        def _pass_time(self) -> None:
            if self.state is State.LOCKED:
                advance_to(market.chain, market.escrow.job(self.job_id).deadline - 30)
            else:
                super()._pass_time()

    assert Slowly(market, tmp_path, market.terms(), responder_class=Patient).play() is State.COMPLETED
