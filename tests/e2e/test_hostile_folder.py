"""Payloads that break their reader, and a shared folder taken away: neither may cost anybody its money."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers import tiny_retrieval as tiny
from helpers.market import PRICES, RESPONDER, Market, Trade

from assay.demo.retrieval.cheats import SwappingResponder
from escrow.dev_clock import mine
from escrow.parties import purchase
from escrow.parties.corpus_check import check_corpus, publish_corpus
from escrow.parties.requester import Requester
from escrow.parties.responder import Responder, RespondersMailbox
from escrow.parties.retrieval_party import PROBLEM
from proofs.commitment.corpus import Document, commit_corpus
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.delivery import Delivery
from proofs.commitment.recipe import Recipe
from protocols.retrieval.events import State
from protocols.retrieval.messages import DeliveryProblem
from protocols.signed_messages import sign_message


class Rubbish(Responder):
    """Delivers zeros for the last document's payload."""

    def _delivery(self, key: bytes) -> Delivery:
        honest = super()._delivery(key)
        last = honest.parcels[-1]
        texts = (*last.ciphertexts[:-1], bytes(len(last.ciphertexts[-1])))
        return replace(honest, parcels=(*honest.parcels[:-1], replace(last, ciphertexts=texts)))


def poison() -> bytes:
    """128 bytes whose shape has product 0 and fits no array."""
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775808), }"
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


def until(state: State, played: Trade, requester: Requester, responder: Responder) -> None:
    for _ in range(60):
        if played.state is state:
            return
        status = played.market.escrow.job(played.job_id)
        if status.state is State.PROVING and played.market.chain.block_number() <= status.draw_block:
            mine(played.market.chain)
        requester.step()
        if played.state is not state:
            responder.step()
    raise AssertionError("\n".join(played.said))


def spoil(played: Trade) -> None:
    """Files where the channel's folders were."""
    for folder in (played.root / "channel" / played.job_id.hex()).iterdir():
        shutil.rmtree(folder)
        folder.touch()


def documents(played: Trade) -> set[str]:
    folder = played.root / "requester" / played.job_id.hex() / "documents"
    return {path.name for path in folder.glob("*.payload")}


def test_poisoned_payload_does_not_stop_the_complaint(market: Market, tmp_path: Path) -> None:
    rows = np.round(np.random.default_rng(1).normal(0, 2, (2, 8)) * 128) / 128
    sold = [Document(poison(), rows[0]), Document(b"the document worth paying for", rows[1])]
    corpus = commit_corpus(sold, tiny.FORMAT, Salts(tiny.SEED), recipe=Recipe("npy"))
    seller = market.account(RESPONDER)
    listing = publish_corpus(
        market.chain, seller, market.model.commitment, corpus.commitment, market.escrow, PRICES, ()
    )
    poisoned = replace(market, corpora={"npy": corpus}, listings={"npy": check_corpus(market.chain, listing)})
    played = Trade(poisoned, tmp_path, poisoned.terms("npy", None), "npy", responder_class=Rubbish)
    assert played.play() is State.REJECTED
    assert documents(played) == {"00000000.payload"}
    assert any("warning: document 0: the payload holds numbers of shape" in text for text in played.said)


def test_full_disk_does_not_stop_the_complaint(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    played = Trade(market, tmp_path, market.terms(predicate=None, cap=3), responder_class=SwappingResponder)
    with monkeypatch.context() as patched:
        patched.setattr(purchase, "_write", full)
        assert played.play() is State.REJECTED
    assert not documents(played)
    assert any("No space left" in text for text in played.said)
    again = played.requester()
    again.run(0)
    assert len(documents(played)) == 2, "what is sound is kept once there is room"


def test_folder_taken_away_while_proving(market: Market, tmp_path: Path) -> None:
    played = Trade(market, tmp_path, market.terms())
    requester = played.requester()
    requester.step()
    responder = played.responder()
    until(State.PROVING, played, requester, responder)
    spoil(played)
    responder.step()
    responder.close()
    requester.close()
    mailbox = RespondersMailbox(tmp_path / "channel", tmp_path / "responder", played.checked, played.terms.responder)
    assert mailbox.next(0) == played.job_id
    responder = played.responder()
    for _ in range(12):
        responder.step()
    assert played.state is State.PROVEN
    assert responder.stuck
    responder.close()


def test_folder_taken_away_after_the_delivery(market: Market, tmp_path: Path) -> None:
    played = Trade(market, tmp_path, market.terms(predicate=None, cap=3))
    requester = played.requester()
    requester.step()
    responder = played.responder()
    until(State.DELIVERED, played, requester, responder)
    while requester.facts.holds is None:
        requester.carry_out(requester.decide())
    lie = DeliveryProblem(job_id=played.job_id, ciphertext_root=requester.facts.holds, reason="nothing came")
    signed = sign_message(lie, requester.signer.account, requester.domain)
    requester.sealed_to(requester.facts.channel_key).send(PROBLEM, signed)
    responder.decide()  # which reads it: the documents are to be sent again
    spoil(played)
    responder.step()
    responder.close()
    responder = played.responder()
    until(State.REVEALED, played, requester, responder)
    requester.close()
    requester = played.requester()
    requester.step()
    assert len(documents(played)) == 3
    requester.close()
    responder.close()


def test_broken_job_folder_does_not_block_the_others(market: Market, tmp_path: Path) -> None:
    played = Trade(market, tmp_path, market.terms())
    requester = played.requester()
    requester.step()
    requester.close()
    broken = tmp_path / "channel" / ("00" * 32)
    broken.mkdir()
    (broken / "buyer-to-seller").touch()
    damaged = tmp_path / "responder" / ("01" * 32)
    damaged.mkdir(parents=True)
    (damaged / "journal.jsonl").write_text("no journal\n")
    mailbox = RespondersMailbox(tmp_path / "channel", tmp_path / "responder", played.checked, played.terms.responder)
    said: list[str] = []
    mailbox.say = said.append
    assert mailbox.next(0) == mailbox.next(0) == played.job_id
    assert len(said) == 2
