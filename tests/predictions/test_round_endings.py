"""Every ending of a round with real proofs, both parties' own programs acting: who gets what, to the wei."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.erc20 import deploy_token
from helpers.rounds import CLIENT, COUNT, FEE_RECIPIENT, LIMITS, PROVEN, PROVIDER, STRANGER, Booth, Game, Purse
from helpers.tiny_models import mlp
from round_cheats import Absent, Forging, Hurried, Quiet

from assay.service.app import Gate
from escrow.parties.predictions.prover import note_of
from escrow.reverts import Reverted
from escrow.token import Token
from proofs.integer import IntegerModel
from proofs.integer.limits import MAX_VALUE
from protocols.predictions.events import State

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol-predictions.md"
ROW = re.compile(r"^\| `?([A-Za-z ]+)`? \| [^|]+ \| ([0-9,]+) \|$", re.MULTILINE)


def other_model() -> IntegerModel:
    """A model that is not the committed one."""
    return IntegerModel.compile_onnx(mlp(1), 7, MAX_VALUE)


def test_contested_right_answer_is_proven_and_paid(booth: Booth, tmp_path: Path) -> None:
    game = Game(booth, tmp_path, booth.terms())
    purse = Purse(game)
    assert game.play() is State.COMPLETED
    purse.expect(State.COMPLETED, 1, COUNT)
    assert booth.escrow.contest_of(game.job_id, PROVEN).proven
    seen = booth.escrow.snapshot(game.job_id)
    assert seen.status.answered == COUNT and list(seen.contests) == [PROVEN]
    check_gas(booth.chain.ledger.by_step())


def check_gas(measured: dict[str, list[int]]) -> None:
    """Each figure of the page, within 2%."""
    figures = {name.strip("`"): int(text.replace(",", "")) for name, text in ROW.findall(PAGE.read_text())}
    deployed = {"predictions": "the escrow", "verifier": "the verifier", "adapter": "the adapter"}
    for contract, name in deployed.items():
        assert measured[f"{contract}.deploy"][-1] == pytest.approx(figures.pop(f"deploy {name}"), rel=0.02), name
    assert {"open", "accept", "contest", "proveAnswer", "collect", "finalise", "withdraw"} == set(figures)
    for name, gas in figures.items():
        assert measured[f"predictions.{name}"][-1] == pytest.approx(gas, rel=0.02), name


def test_uncontested_round_ends_at_its_end(booth: Booth, tmp_path: Path) -> None:
    game = Game(booth, tmp_path, booth.terms(), named=())
    purse = Purse(game)
    assert game.play() is State.COMPLETED
    purse.expect(State.COMPLETED, 0, COUNT)
    assert booth.chain.now() < booth.escrow.job(game.job_id).deadline


def test_wrong_answer_cannot_be_proven_and_costs_the_deposit(booth: Booth, tmp_path: Path) -> None:
    """The provider signs another model's logits; the client's copy of the committed one finds them out."""
    game = Game(booth, tmp_path, booth.terms(), answering=other_model(), named=(), own=booth.integers)
    purse = Purse(game)
    assert game.play() is State.REJECTED
    purse.expect(State.REJECTED, 0, 0)
    assert booth.escrow.job(game.job_id).contested == game.terms.contests
    assert any("the committed model gives other outputs than were signed" in text for text in game.said)


def test_wrong_answer_takes_no_proof_at_all(booth: Booth, tmp_path: Path) -> None:
    """Neither the right outputs nor the signed ones get by with the proof of the right ones, made for this very job."""
    game = Game(booth, tmp_path, booth.terms(), answering=other_model(), provider_class=Absent)
    with game.service():
        client = game.client()
        client.step()
        provider = game.provider()
        while not booth.escrow.contest_of(game.job_id, PROVEN).contested:
            provider.step()
            client.step()
        signed = game.record.answer(PROVEN)
        recorded = provider.record.answer(game.job_id, PROVEN)
        assert recorded is not None
        right = tuple(booth.integers.run(recorded.row[None, :8]).integers(0))
        assert right != signed.outputs
        honest = replace(recorded, signed=replace(signed, outputs=right))
        proof = provider.prover.prove(booth.escrow.job(game.job_id).tag, game.job_id, honest)
        for outputs, error in ((right, "WrongOutputs"), (signed.outputs, "ProofRejected")):
            with pytest.raises(Reverted) as refused:
                booth.escrow.prove_answer(
                    booth.account(PROVIDER), game.job_id, PROVEN, note=note_of(game.job_id, PROVEN),
                    tag_hash=proof.tag_hash, outputs=outputs, proof=proof.proof,
                )  # fmt: skip
            assert refused.value.name == error
        client.close()
        provider.close()
    game.record.close()


def test_question_never_answered_returns_its_share(booth: Booth, tmp_path: Path) -> None:
    class Closing(Gate):
        """Takes questions until two are answered."""

        def refusal(self, job_id: bytes) -> str | None:
            return "enough" if len(game.record.answered()) >= 2 else None

    game = Game(booth, tmp_path, booth.terms(), gate=Closing())
    purse = Purse(game)
    assert game.play() is State.COMPLETED
    purse.expect(State.COMPLETED, 1, 2)
    assert any("no answers for now" in text and "enough" in text for text in game.said)


def test_receipt_nobody_takes_does_not_hold_up_the_contests(booth: Booth, tmp_path: Path) -> None:
    """A provider that goes away with its answers given and the last receipt not taken is contested all the same."""
    limits = replace(LIMITS, audit=1)
    cheats = {"client_class": Quiet, "provider_class": Absent}
    game = Game(booth, tmp_path, booth.terms(), named=(), limits=limits, **cheats)  # type: ignore[arg-type]
    purse = Purse(game)
    assert game.play() is State.REJECTED
    purse.expect(State.REJECTED, 0, 2)
    assert booth.escrow.job(game.job_id).contested == 1
    assert any("the receipt is not taken" in text for text in game.said)


def test_forged_signature_contests_nothing(booth: Booth, tmp_path: Path) -> None:
    """The client shows wrong outputs under its own signature, the provider's for other outputs, and a malleated one."""
    game = Game(booth, tmp_path, booth.terms(), client_class=Forging, named=())
    purse = Purse(game)
    client: list[Forging] = []
    Forging.made = client.append
    assert game.play() is State.COMPLETED
    assert client[0].refusals == ["BadSignature"] * 3
    purse.expect(State.COMPLETED, 0, COUNT)


def test_provider_that_never_proves_loses_a_right_answer(booth: Booth, tmp_path: Path) -> None:
    game = Game(booth, tmp_path, booth.terms(), provider_class=Absent)
    purse = Purse(game)
    game.play()
    purse.expect(State.REJECTED, 0, COUNT)


def test_receipt_is_collected_although_the_client_finalises(booth: Booth, tmp_path: Path) -> None:
    """A provider that waits for the prove end collects before anybody can end the round without it."""
    game = Game(booth, tmp_path, booth.terms(), provider_class=Hurried)
    purse = Purse(game)
    assert game.play() is State.COMPLETED
    purse.expect(State.COMPLETED, 1, COUNT)


def test_round_in_a_token(booth: Booth, tmp_path: Path) -> None:
    """Everything but gas is in the token; the allowances given are exactly what is paid."""
    chain, funds = booth.chain, 10**18
    parties = [str(booth.account(index).address) for index in (CLIENT, PROVIDER)]
    token = deploy_token(chain, booth.account(STRANGER), dict.fromkeys(parties, funds))
    game = Game(booth, tmp_path, booth.terms(token))
    ether = chain.balance(booth.escrow.address)
    assert game.play() is State.COMPLETED
    promised, held = game.promised(State.COMPLETED, 1, COUNT), Token(chain, token)
    for who in parties:
        assert held.balance(who) == funds + promised[who]
        assert held.allowance(who, booth.escrow.address) == 0
        assert booth.escrow.owed_in(token, who) == 0
    fees = str(booth.account(FEE_RECIPIENT).address)
    booth.escrow.withdraw_token_for(booth.account(STRANGER), token, fees)
    assert held.balance(fees) == promised[fees] and held.balance(booth.escrow.address) == 0
    assert chain.balance(booth.escrow.address) == ether


def test_offers_that_no_provider_should_take_are_declined(booth: Booth, tmp_path: Path) -> None:
    """Nothing is locked by either side, and the client says why."""
    terms = booth.terms(price=1, prove_window_s=61, beta=10**6)
    game = Game(booth, tmp_path, terms)
    spent = booth.chain.balance(terms.client)
    with game.service():
        client = game.client()
        client.step()
        provider = game.provider()
        assert "declined" in provider.run(0)
        said = client.run(0)
    for words in ("an answer costs", "2 proofs take 70 s", "the deposit is"):
        assert words in said
    assert game.state is State.NONE and booth.chain.balance(terms.client) == spent
    game.record.close()


def test_proof_is_bound_to_job_and_question() -> None:
    notes = {note_of(bytes([job]) * 32, index) for job in range(3) for index in range(3)}
    assert len(notes) == 9
