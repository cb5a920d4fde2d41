"""What a party puts up with: allow-lists default to the burn address, caps to the protocol's own fee."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from protocol_samples import BUYER, ESCROW, SELLER, STRANGER

from escrow.parties.corpus_listing import Prices, usual_fee
from escrow.parties.retrieval_terms import Wishes, retrieval_terms
from proofs.errors import InvalidInput
from protocols.accuracy.plan import Costs, minimum_fee
from protocols.prudence import BURN, CAUTIOUS, FEE_FACTOR, MAX_STEP_S, Prudence, fee_problems, window_problems
from protocols.retrieval.messages import Offer
from protocols.retrieval.offer_check import OfferExpectations, offer_problems

TOKEN = "0x" + "77" * 20


def test_a_stranger_gets_the_defaults() -> None:
    assert CAUTIOUS.recipients == {BURN} and CAUTIOUS.max_window_s == MAX_STEP_S == 604_800
    assert CAUTIOUS.fee_cap(7) == FEE_FACTOR * 7 and Prudence(max_fee=0).fee_cap(7) == 0


def test_own_recipients_come_beside_the_burn_address() -> None:
    allowed = Prudence(fee_recipients=frozenset({STRANGER.lower()}))
    assert allowed.recipients == {BURN, STRANGER}
    with pytest.raises(InvalidInput, match="fee recipient"):
        Prudence(fee_recipients=frozenset({"0x12"}))


def test_problems_at_their_edges() -> None:
    assert fee_problems(7, BURN, CAUTIOUS.recipients, 7) == []
    assert len(fee_problems(8, STRANGER, CAUTIOUS.recipients, 7)) == 2
    assert fee_problems(0, BURN, frozenset(), 7) == [f"fee recipient {BURN} is not on our allow-list"]
    assert window_problems(Prudence(max_window_s=9), ("max_window_s",), 9) == []
    assert len(window_problems(Prudence(max_window_s=9), ("max_window_s",), 8)) == 1


def test_the_usual_fee_is_in_the_listings_currency() -> None:
    """Terms drawn up by this project's commands ask for NP/99: always within the usual fee of any listing."""
    free = Prices(proving_cost=0, price=0, max_deposit=1)
    assert usual_fee(640, free) == minimum_fee(640, Costs().inference)
    assert usual_fee(640, Prices(proving_cost=10**13, price=0, max_deposit=1)) == minimum_fee(640, 10**13)
    assert usual_fee(640, Prices(proving_cost=0, price=0, max_deposit=1, token=TOKEN)) == 0
    assert usual_fee(99, Prices(proving_cost=5, price=0, max_deposit=1, token=TOKEN)) == 5


def sample_problems(prices: Prices, **wishes: Any) -> tuple[str, ...]:
    """What a responder with these prices says to a priced audit as this project's requester draws it up."""
    digest = SimpleNamespace(digest=b"\x01" * 32, batch=64)
    corpus = SimpleNamespace(root=b"\x02" * 32, format=digest, total=64)
    model = SimpleNamespace(model_id=b"\x03" * 32, weights_commitment=b"\x04" * 32)
    checked: Any = SimpleNamespace(
        listing=SimpleNamespace(responder=SELLER, model=model, corpus=corpus, prices=prices),
    )
    terms = retrieval_terms(checked, BUYER, None, Wishes(**{"cap": 8, "window_s": 86_400, **wishes}))
    nothing = {name: bytes(32) for name in ("verifier_codehash", "vk_digest", "settings_digest")}
    expected = OfferExpectations(
        **vars(model), **nothing, corpus_root=corpus.root, format_digest=digest.digest, total=64, batch=64,
        srs_digests=frozenset(), escrow=ESCROW, min_window=60, proving_cost=prices.proving_cost, price=prices.price,
        max_deposit=prices.max_deposit, max_fee=CAUTIOUS.fee_cap(usual_fee(64, prices)),
        tokens=frozenset({prices.token}), fee_recipients=CAUTIOUS.recipients, max_window_s=CAUTIOUS.max_window_s,
    )  # fmt: skip
    offer = Offer(job_id=bytes(32), terms=terms, requester_channel_key=b"\x05" * 32, vk_digest=bytes(32), note="",
                  settings_digest=bytes(32), valid_until=99)  # fmt: skip
    return offer_problems(offer, expected, 98)


def test_an_honest_requesters_own_terms_pass() -> None:
    """In ether and in a token, with much and with hardly anything to lock; the trap does not."""
    demo = Prices(proving_cost=10**13, price=10**15, max_deposit=10**18)
    fee = minimum_fee(64, Costs().inference)
    assert sample_problems(demo) == ()
    assert sample_problems(Prices(proving_cost=0, price=0, max_deposit=2 * fee)) == ()
    assert sample_problems(Prices(proving_cost=10**13, price=10**15, max_deposit=2 * fee)) == ()
    assert sample_problems(Prices(proving_cost=1, price=10, max_deposit=50, token=TOKEN)) == ()
    (short,) = sample_problems(demo, base_fee=0)
    assert f"the fee {fee}, at least 0 come in" in short
    assert len(sample_problems(demo, fee_recipient=STRANGER, fee=10**18, window_s=365 * 86_400)) == 3 + 6
