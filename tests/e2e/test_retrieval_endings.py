"""Every ending of a retrieval on chain, both parties' own programs acting: who gets what, to the wei."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.dishonest_corpus import with_chunks, with_element
from helpers.erc20 import deploy_token
from helpers.market import CLASS_1, STRANGER, Market, Trade
from helpers.retrieval_cheats import Careless, FalseView, Leaving, Offline
from retrieval_accounts import Accounts

from assay.demo.retrieval.cheats import MuteResponder, QuarrelsomeRequester, SwappingResponder, WithholdingResponder
from escrow.parties.requester import Requester
from escrow.token import Token
from protocols.retrieval.events import State


def trade(market: Market, root: Path, **changes: object) -> tuple[Trade, Accounts]:
    wishes = {name: changes.pop(name) for name in ("cap", "predicate", "corpus") if name in changes}
    played = Trade(market, root, market.terms(**wishes), str(wishes.get("corpus", "mixed")), **changes)  # type: ignore[arg-type]
    return played, Accounts(played)


def payloads(played: Trade) -> dict[int, bytes]:
    """What the requester can read, by document."""
    folder = played.root / "requester" / played.job_id.hex() / "documents"
    return {int(path.stem): path.read_bytes() for path in folder.glob("*.payload")}


def test_two_of_three_match(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path)
    assert played.play() is State.COMPLETED
    accounts.expect(State.REVEALED, State.COMPLETED, 2)
    corpus = market.corpora["mixed"]
    assert payloads(played) == {0: corpus.payloads[0], 2: corpus.payloads[2]}
    view = np.load(tmp_path / "requester" / played.job_id.hex() / "documents" / "00000002.npy")
    assert np.array_equal(view, corpus.document(2).view)
    assert any("stay online" in text for text in played.said)
    assert not any("warning" in text for text in played.said)


def test_withheld_match_loses_the_deposit(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, responder_class=WithholdingResponder)
    played.play()
    accounts.expect(State.PROVING, State.REJECTED, 0)
    assert market.escrow.job(played.job_id).batches_verified == 1


def test_swapped_ciphertext_is_refuted(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, responder_class=SwappingResponder)
    played.play()
    accounts.expect(State.REVEALED, State.REJECTED, 2)
    upheld = [e.arguments for e in market.escrow.job_events(played.job_id) if e.name == "ComplaintUpheld"]
    assert [(found["doc"], found["chunk"], found["kind"]) for found in upheld] == [(0, 1, 0)]
    corpus = market.corpora["mixed"]
    assert payloads(played) == {2: corpus.payloads[2]}, "the sound document is read all the same"


def test_swapped_ciphertext_is_paid_for_by_who_is_offline(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, responder_class=SwappingResponder, requester_class=Offline)
    played.play()
    accounts.expect(State.REVEALED, State.COMPLETED, 2)


def test_key_never_revealed(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, responder_class=MuteResponder)
    played.play()
    accounts.expect(State.LOCKED, State.REJECTED, 2)
    assert not payloads(played)


def test_false_complaints_change_nothing(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, requester_class=QuarrelsomeRequester)
    requester = played.requester()
    requester.step()
    played._alternate(requester, played.responder())
    assert requester.refusals == ("ChunkIsHonest", "ViewIsHonest")  # type: ignore[attr-defined]
    accounts.expect(State.REVEALED, State.COMPLETED, 2)


def test_false_view_is_refuted(market: Market, tmp_path: Path) -> None:
    """A committed view the circuit never saw: the proof is right about the hash, the document is not what was hashed.

    The first document's chunks are exchanged before the commitment, so the digests, the delivery and the key are all
    sound; only the sponge does not reach h.
    """
    honest = market.corpora["mixed"]
    view, payload = honest.chunks([0])[0]
    FalseView.own = (with_element(view, 2, 5), payload)
    corpus = with_chunks(honest, {0: FalseView.own})
    checked = market.listings["mixed"]
    listed = replace(checked, listing=replace(checked.listing, corpus=corpus.commitment))
    cheating = replace(market, corpora={"false": corpus}, listings={"false": listed})
    played, accounts = trade(cheating, tmp_path, corpus="false", responder_class=FalseView)
    played.play()
    accounts.expect(State.REVEALED, State.REJECTED, 2)
    upheld = [e.arguments for e in market.escrow.job_events(played.job_id) if e.name == "ComplaintUpheld"]
    assert [(found["doc"], found["chunk"], found["kind"]) for found in upheld] == [(0, 0, 1)]


def test_nothing_matches(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, predicate=CLASS_1)
    played.play()
    accounts.expect(State.PROVEN, State.COMPLETED, 0)


def test_everything_matches(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, corpus="uniform")
    played.play()
    accounts.expect(State.REVEALED, State.COMPLETED, 2)
    assert len(payloads(played)) == 2


def test_more_than_the_cap_is_topped_up(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, cap=1, top_up_wei=10**18)
    played.play()
    accounts.expect(State.REVEALED, State.COMPLETED, 2, played.terms.price)


@pytest.mark.parametrize("requester", [Requester, Leaving])
def test_more_than_the_cap_and_no_top_up(market: Market, tmp_path: Path, requester: type[Requester]) -> None:
    """Within no limit of its own, or because it leaves: the base fee is the responder's all the same."""
    limit = 10**18 if requester is Leaving else 0
    played, accounts = trade(market, tmp_path, cap=1, top_up_wei=limit, requester_class=requester)
    played.play()
    accounts.expect(State.OVER_CAP, State.UNDELIVERED, 2)


def test_leaving_with_the_bits_costs_the_base_fee(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, requester_class=Leaving)
    played.play()
    accounts.expect(State.DELIVERED, State.UNDELIVERED, 2)
    assert not payloads(played)


def test_wrong_delivery_is_reported_and_sent_again(market: Market, tmp_path: Path) -> None:
    played, accounts = trade(market, tmp_path, responder_class=Careless)
    played.play()
    accounts.expect(State.REVEALED, State.COMPLETED, 2)
    assert any("the requester reports: rejected by check 'delivery-documents'" in text for text in played.said)


def test_random_sample(market: Market, tmp_path: Path) -> None:
    """The priced audit: the chain draws, nothing is proven, the exchange is the same."""
    played, accounts = trade(market, tmp_path, predicate=None, cap=1)
    played.play()
    accounts.expect(State.REVEALED, State.COMPLETED, 1)
    drawn = market.escrow.selected(played.job_id, 3)
    assert payloads(played) == {index: market.corpora["mixed"].payloads[index] for index in drawn}
    assert "Drawn" in [event.name for event in market.escrow.job_events(played.job_id)]


def test_paid_in_a_token(market: Market, tmp_path: Path) -> None:
    """Everything but gas is in the token; the allowances given are exactly what is paid."""
    chain, funds = market.chain, 10**18
    terms = market.terms()
    token = deploy_token(chain, market.account(STRANGER), {terms.requester: funds, terms.responder: funds})
    played = Trade(market, tmp_path, market.terms(token=token, cap=1), top_up_wei=10**18)
    ether = chain.balance(market.escrow.address)
    assert played.play() is State.COMPLETED
    promised = played.paid(State.REVEALED, State.COMPLETED, 2, played.terms.price)
    held = Token(chain, token)
    for who in (terms.requester, terms.responder):
        assert held.balance(who) == funds + promised[who]
        assert held.allowance(who, market.escrow.address) == 0
        assert market.escrow.owed_in(token, who) == 0
    market.escrow.withdraw_token_for(market.account(STRANGER), token, terms.fee_recipient)
    assert held.balance(terms.fee_recipient) == promised[terms.fee_recipient]
    assert held.balance(market.escrow.address) == 0
    assert chain.balance(market.escrow.address) == ether


def test_unfunded_token_job_is_not_opened(market: Market, tmp_path: Path) -> None:
    token = deploy_token(market.chain, market.account(STRANGER), {})
    played = Trade(market, tmp_path, market.terms(token=token))
    assert "the account can pay 0; fund it" in played.requester().run(0)
    assert played.state is State.NONE
