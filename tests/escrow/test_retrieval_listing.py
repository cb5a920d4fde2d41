"""What a requester reads before it checks anything, and the terms it draws up from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from helpers.market import CLASS_0, Market

from escrow.code_check import CodeMismatch
from escrow.parties.corpus_check import check_corpus, publish_corpus
from escrow.parties.corpus_listing import CorpusListing, require_tasks
from escrow.parties.retrieval_terms import predicate_of
from proofs.canonical import canonical_bytes
from proofs.errors import ChainError, InvalidInput, MalformedProof
from proofs.halo2.task import INFERENCE, RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD
from proofs.predicate import CLASS, THRESHOLD, Predicate

LOWER = "0x" + "ab" * 20


def listing_of(market: Market) -> CorpusListing:
    return market.listings["mixed"].listing


def changed(raw: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    fields = json.loads(raw)
    change(fields)
    return canonical_bytes(fields)


def test_listing_round_trip(market: Market) -> None:
    listing = listing_of(market)
    raw = listing.to_bytes()
    assert CorpusListing.from_bytes(raw) == listing and CorpusListing.from_bytes(raw).to_bytes() == raw
    assert listing.responder == market.account(1).address


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda f: f.pop("prices"), "missing fields"),
        (lambda f: f.update(more=1), "unknown fields"),
        (lambda f: f.update(chain_id=0), "chain_id"),
        (lambda f: f.update(escrow=LOWER), "EIP-55"),
        (lambda f: f.update(escrow="0x12"), "escrow"),
        (lambda f: f.update(escrow=7), "escrow"),
        (lambda f: f.update(adapters={"inference": f["escrow"]}), "adapters"),
        (lambda f: f.update(adapters=[]), "adapters"),
        (lambda f: f.update(adapters={RETRIEVAL_CLASS: LOWER}), "EIP-55"),
        (lambda f: f.update(model_commitment="0xzz"), "not hex"),
        (lambda f: f.update(model_commitment=7), "model_commitment"),
        (lambda f: f.update(corpus_commitment=f["model_commitment"]), "corpus commitment"),
        (lambda f: f["prices"].update(price=-1), "price"),
        (lambda f: f["prices"].update(price=1 << 128), "price"),
        (lambda f: f["prices"].update(price="1"), "price"),
        (lambda f: f["prices"].update(token=LOWER), "EIP-55"),
        (lambda f: f["prices"].pop("token"), "missing fields"),
    ],
)
def test_listing_is_parsed_strictly(market: Market, change: Callable[[dict[str, Any]], None], why: str) -> None:
    with pytest.raises(MalformedProof, match=why):
        CorpusListing.from_bytes(changed(listing_of(market).to_bytes(), change))


def test_publishing_again_changes_nothing(market: Market) -> None:
    known, seller = listing_of(market), market.account(1)
    sent = market.chain.w3.eth.get_transaction_count(seller.address)
    again = [
        publish_corpus(market.chain, seller, known.model, known.corpus, market.escrow, known.prices, known=earlier)
        for earlier in (None, known, replace(known, adapters={RETRIEVAL_CLASS: market.escrow.address}))
    ]
    assert again == [known] * 3
    assert market.chain.w3.eth.get_transaction_count(seller.address) == sent
    with pytest.raises(ChainError, match="--owner"):
        publish_corpus(market.chain, market.account(2), known.model, known.corpus, market.escrow, known.prices)


def test_listing_is_not_believed(market: Market) -> None:
    listing = listing_of(market)
    with pytest.raises(ChainError, match="for chain 1"):
        check_corpus(market.chain, replace(listing, chain_id=1))
    with pytest.raises(CodeMismatch, match="retrieval escrow"):
        check_corpus(market.chain, replace(listing, escrow=listing.adapters[RETRIEVAL_CLASS]))
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_corpus(market.chain, replace(listing, adapters={RETRIEVAL_CLASS: listing.escrow}))
    with pytest.raises(InvalidInput, match="is not on offer"):
        check_corpus(market.chain, listing, [RETRIEVAL_THRESHOLD])
    with pytest.raises(InvalidInput, match="no retrieval tasks"):
        require_tasks([INFERENCE])
    assert check_corpus(market.chain, listing, []).circuits == {}


def test_same_wishes_same_job(market: Market) -> None:
    """So the same command never buys twice; other wishes are another job."""
    first, again = (market.terms(nonce=None) for _ in range(2))
    assert first == again and first.nonce > 0
    others = [market.terms(nonce=None, **wish) for wish in ({"cap": 1}, {"window_s": 61}, {"fee": 7}, {"price": 9})]
    assert len({terms.nonce for terms in [first, *others]}) == 5
    assert market.terms(nonce=5).nonce == 5


def test_terms_follow_the_listing(market: Market) -> None:
    terms, prices = market.terms(), listing_of(market).prices
    assert (terms.price, terms.proving_cost, terms.base_fee) == (prices.price, prices.proving_cost, 6 * 10**13)
    assert terms.deposit == 2 * prices.price and terms.complain_window == terms.receipt_window
    assert market.terms(complain_window_s=99).complain_window == 99
    assert predicate_of(terms) == CLASS_0 and predicate_of(market.terms(predicate=None, cap=1)) is None
    high = Predicate(THRESHOLD, 1, -5)
    assert predicate_of(replace(terms, predicate=1, selected=1, threshold=-5)) == high
    with pytest.raises(InvalidInput, match="not on offer"):
        market.terms(predicate=high)
    with pytest.raises(InvalidInput, match="class 3 does not exist"):
        market.terms(predicate=Predicate(CLASS, 3))
