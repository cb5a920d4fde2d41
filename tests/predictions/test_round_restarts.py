"""A round survives its processes: every step by a new one, cuts after every effect, a chain that was stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.rounds import COUNT, PROVEN, Booth, Game, Purse, open_booth

from escrow.anvil import Anvil
from escrow.parties import escrow_party as party_module
from escrow.parties.driver import note
from escrow.parties.predictions import client as client_module
from escrow.parties.predictions import provider as provider_module
from escrow.parties.predictions.party import PredictionParty
from escrow.predictions import PredictionEscrow
from escrow.reverts import Reverted, RevertReason
from proofs.budget import Budget
from protocols.channel import DirectoryChannel
from protocols.predictions.actions import Done
from protocols.predictions.events import State

ONCE = ("open", "accept", "contest", "proveAnswer", "collect", "finalise")
CLIENT_KINDS = {"offer-made", "offer-sent", "acceptance", "suspected", "receipt-sent", "drawn"}
PROVIDER_KINDS = {"offer-checked", "acceptance-sent", "proof-ready"}


class PowerCut(Exception):
    """The process ends here, whatever it was about to write down."""


class Restarting(Game):
    """Every step by a new process: nothing survives from one to the next but folders, records and the chain."""

    cuts: int = 0

    def play(self) -> State:
        makers: list[Callable[[], PredictionParty]] = [self.client, self.provider]
        with self.service():
            while not (self.root / "channel" / self.job_id.hex() / "buyer-to-seller" / "00000000.msg").exists():
                self._life(self.client)
            for _ in range(500):
                before = self._mark()
                for make in list(makers):
                    if self._life(make):
                        makers.remove(make)
                if not makers:
                    break
                if self._mark() == before:
                    self.pass_time()
        self.record.close()
        assert not makers, "\n".join(["nobody is done", *self.said])
        return self.state

    def _life(self, make: Callable[[], PredictionParty]) -> bool:
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

    def _mark(self) -> tuple[int, ...]:
        journals = self.root.glob("*/*/journal.jsonl")
        lengths = sum(len(journal.read_bytes()) for journal in journals)
        return self.booth.chain.block_number(), len(self.record.answered()), lengths, self.cuts


def journal_kinds(root: Path, role: str) -> set[str]:
    (journal,) = (root / role).glob("*/journal.jsonl")
    return {line.split('"kind":"')[1].split('"')[0] for line in journal.read_text().splitlines()}


def sent(booth: Booth, first: int) -> Counter[str]:
    """Transactions that counted, by contract function."""
    lines = booth.chain.ledger.entries[first:]
    return Counter(line.step.removeprefix("predictions.") for line in lines if line.succeeded)


def check_played(game: Restarting, purse: Purse, first: int) -> None:
    """Completed, everybody paid, nothing sent twice."""
    purse.expect(State.COMPLETED, 1, COUNT)
    assert sent(game.booth, first) == Counter({**dict.fromkeys(ONCE, 1), "withdraw": 2})
    assert journal_kinds(game.root, "client") >= CLIENT_KINDS | {"finished"}
    assert journal_kinds(game.root, "provider") >= PROVIDER_KINDS | {"finished"}


def test_every_step_by_a_new_process(booth: Booth, tmp_path: Path) -> None:
    game = Restarting(booth, tmp_path, booth.terms())
    purse, first = Purse(game), len(booth.chain.ledger.entries)
    game.play()
    check_played(game, purse, first)


def test_power_cut_after_every_effect(booth: Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each transaction, message, proof and journal line its process is gone, once; nothing is done twice."""
    seen: set[object] = set()

    def cut_after(function: Callable[..., Any], name: Callable[..., object]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            answer = function(*args, **options)
            if name(*args) not in seen:
                seen.add(name(*args))
                raise PowerCut
            return answer

        return wrapped

    def noting(job: Any, kind: str, body: Any = None) -> None:
        note(job, kind, body)
        place = (job.journal.path.parents[1].name, kind)
        if place not in seen:
            seen.add(place)
            job.journal.close()  # as when the process is gone: some are written before there is a party to close
            raise PowerCut

    for module in (client_module, provider_module, party_module):
        monkeypatch.setattr(module, "note", noting)
    sending = cut_after(PredictionEscrow._send, lambda _, who, name, *a: (name, who.address))
    monkeypatch.setattr(PredictionEscrow, "_send", sending)
    delivering = cut_after(DirectoryChannel.send, lambda channel, number, _: (channel._out, number))
    monkeypatch.setattr(DirectoryChannel, "send", delivering)
    game = Restarting(booth, tmp_path, booth.terms())
    purse, first = Purse(game), len(booth.chain.ledger.entries)
    game.play()
    check_played(game, purse, first)
    assert game.cuts == len(seen) >= len(ONCE) + 2 + 2 + len(CLIENT_KINDS | PROVIDER_KINDS) + 2


def test_provider_restarted_between_contest_and_proof(booth: Booth, tmp_path: Path) -> None:
    """A proof that was made is read back, not made again: no second opening of the commitment is spent."""
    game = Game(booth, tmp_path, booth.terms())
    purse = Purse(game)
    budget = Budget(booth.model.commitment.weights_commitment, booth.model.description.budget)
    with game.service():
        client = game.client()
        client.step()
        provider = game.provider()
        while not booth.escrow.contest_of(game.job_id, PROVEN).contested:
            provider.step()
            client.step()
        provider.close()
        provider = game.provider()
        provider.step()
        spent = budget.spent
        provider.close()
        client.close()
    with game.service():  # the service is a new one, too
        game.alternate(game.client(), game.provider())
    game.record.close()
    assert budget.spent == spent
    purse.expect(State.COMPLETED, 1, COUNT)


def test_chain_restarted_from_its_state(tmp_path: Path, assay_home: Path) -> None:
    """The chain is stopped with a contest open, and started again from its file: both parties go on."""
    first = Anvil(state=tmp_path / "chain.json")
    with first:
        booth = open_booth(first.url)
        game = Game(booth, tmp_path, booth.terms())
        with game.service():
            client = game.client()
            client.step()
            provider = game.provider()
            while not booth.escrow.contest_of(game.job_id, PROVEN).contested:
                provider.step()
                client.step()
            first.stop()
            with Anvil(state=tmp_path / "chain.json", port=first.port):
                game.alternate(client, provider)
                game.record.close()
                assert game.state is State.COMPLETED
                status = booth.escrow.job(game.job_id)
                assert (status.contested, status.proven, status.answered) == (1, 1, COUNT)
                assert {booth.escrow.owed(who) for who in (game.terms.client, game.terms.provider)} == {0}


def test_move_before_its_block_is_tried_again(booth: Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock says that the round is over, the latest block does not: a real chain mines the next one soon."""
    game = Game(booth, tmp_path, booth.terms())
    with game.service():
        client = game.client()
        answers: list[str | Done] = ["TooEarly", "TooEarly", Done("enough")]

        def step() -> Done:
            answer = answers.pop(0)
            if isinstance(answer, str):
                raise Reverted("predictions.finalise", RevertReason(answer, {}, b""))
            return answer

        monkeypatch.setattr(client, "step", step)
        assert client.run(0) == "enough" and not answers
        answers.append("TooLate")
        with pytest.raises(Reverted):
            client.run(0)
    game.record.close()
