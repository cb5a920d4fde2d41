"""Facts folded from journals, and the check of an offer's words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from protocol_samples import ESCROW, STRANGER, TERMS, terms_with

from protocols.accuracy.facts import BuyerFacts, SellerFacts, buyer_facts, seller_facts
from protocols.accuracy.messages import Offer
from protocols.accuracy.offer_check import OfferExpectations, offer_problems
from protocols.errors import JournalError
from protocols.journal import Entry, Journal

WORD = "0x" + "0a" * 32


def entries(*pairs: tuple[str, dict[str, object]]) -> list[Entry]:
    return [Entry(number, kind, body) for number, (kind, body) in enumerate(pairs)]


def test_sellers_facts_survive_the_journal(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", b"seller") as journal:
        journal.append("offer-checked", {"problems": []})
        journal.append("accept-seed", {"seed": WORD})
        journal.append("acceptance-sent", {})
        journal.append("driver-note", {"anything": "goes"})
        journal.append("test-set", {"matches": True, "reason": ""})
        journal.append("predicted", {"counts": ["1", "2"]})
        journal.append("receipt-sent", {})
        journal.append("proof-ready", {"batch": "1", "count": "2", "file": "p1"})
        journal.append("proof-ready", {"batch": "0", "count": "1", "file": "p0"})
    with Journal(tmp_path / "j", b"seller") as journal:
        facts = seller_facts(journal.entries)
    assert facts == SellerFacts((), b"\x0a" * 32, True, False, True, "", (1, 2), True, {0: 1, 1: 2})
    assert seller_facts(entries(("declined", {"reason": "x"}))).declined


def test_buyers_facts() -> None:
    facts = buyer_facts(
        entries(
            ("offer-sent", {}),
            ("acceptance", {"seed": WORD, "channel_key": "0x" + "0b" * 32}),
            ("sealed", {"root": "0x" + "0c" * 32, "chunks": "3"}),
            ("test-set-sent", {}),
            ("receipt", {}),
            ("other", {}),
        )
    )
    assert facts == BuyerFacts(True, None, b"\x0a" * 32, b"\x0b" * 32, b"\x0c" * 32, True, True)
    assert buyer_facts(entries(("declined", {"reason": "no"}))).declined == "no"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("offer-checked", {}),
        ("offer-checked", {"problems": "x"}),
        ("offer-checked", {"problems": [True]}),
        ("accept-seed", {"seed": "0a" * 32}),
        ("accept-seed", {"seed": "0x0a"}),
        ("accept-seed", {"seed": "0x" + "zz" * 32}),
        ("test-set", {"matches": "true", "reason": ""}),
        ("test-set", {"matches": True, "reason": True}),
        ("predicted", {"counts": ["-1"]}),
        ("predicted", {"counts": ["²"]}),
        ("proof-ready", {"batch": "x", "count": "1"}),
    ],
)
def test_strange_entries_name_their_line(kind: str, body: dict[str, object]) -> None:
    with pytest.raises(JournalError, match="line 2"):
        seller_facts([*entries(("note", {})), Entry(1, kind, body)])


WEEK_S = 7 * 86_400
OFFER = Offer(
    job_id=bytes(32),
    terms=TERMS,
    buyer_channel_key=b"\x21" * 32,
    vk_digest=b"\x22" * 32,
    settings_digest=b"\x23" * 32,
    valid_until=1_000,
)
EXPECTED = OfferExpectations(
    model_id=TERMS.model_id,
    format_digest=TERMS.format_digest,
    verifier_codehash=TERMS.verifier_codehash,
    vk_digest=OFFER.vk_digest,
    settings_digest=OFFER.settings_digest,
    srs_digests=frozenset({TERMS.srs_digest}),
    escrow=ESCROW,
    min_window=100,
    max_fee=TERMS.fee,
)
RICH = replace(EXPECTED, max_fee=10**30)


def test_good_offer() -> None:
    assert offer_problems(OFFER, EXPECTED, 999) == ()
    week = dict.fromkeys(("hand_over_window", "decide_window", "prove_window"), WEEK_S)
    slow = replace(OFFER, terms=terms_with(accept_window=365 * 86_400, **week))  # nothing is locked before accepting
    assert offer_problems(slow, EXPECTED, 999) == ()


def test_a_buyer_cannot_fetch_the_sellers_fee_from_an_abort() -> None:
    """The fee stays below what proving would earn, goes to the buyer's second account, and the test set is garbage."""
    dear = terms_with(proving_cost=10**18, example_cost=10**19, fee=10**18, fee_recipient=STRANGER)
    found = offer_problems(replace(OFFER, terms=dear), EXPECTED, 999)
    assert len(found) == 2 and "allow-list" in found[0] and "above our limit, 4" in found[1]
    trusting = replace(RICH, fee_recipients=frozenset({STRANGER}))
    assert offer_problems(replace(OFFER, terms=dear), trusting, 999) == ()


@pytest.mark.parametrize(
    ("offer", "expected", "now", "word"),
    [
        (OFFER, EXPECTED, 1_000, "lapsed"),
        (OFFER, replace(EXPECTED, model_id=bytes(32)), 0, "model"),
        (OFFER, replace(EXPECTED, format_digest=bytes(32)), 0, "input format"),
        (OFFER, replace(EXPECTED, verifier_codehash=bytes(32)), 0, "code hash"),
        (OFFER, replace(EXPECTED, vk_digest=bytes(32)), 0, "verifying key"),
        (OFFER, replace(EXPECTED, settings_digest=bytes(32)), 0, "settings"),
        (OFFER, replace(EXPECTED, srs_digests=frozenset()), 0, "set-up"),
        (OFFER, replace(EXPECTED, fee_recipients=frozenset({STRANGER})), 0, "fee recipient"),
        (replace(OFFER, terms=terms_with(fee_recipient=STRANGER)), EXPECTED, 0, f"fee recipient {STRANGER} is not on"),
        (replace(OFFER, terms=terms_with(fee=5)), EXPECTED, 0, "fee 5 wei is above our limit, 4"),
        (replace(OFFER, terms=terms_with(hand_over_window=WEEK_S + 1)), EXPECTED, 0, "hand_over_window"),
        (replace(OFFER, terms=terms_with(decide_window=WEEK_S + 1)), EXPECTED, 0, "decide_window"),
        (replace(OFFER, terms=terms_with(prove_window=WEEK_S + 1)), EXPECTED, 0, "prove_window"),
        (OFFER, replace(EXPECTED, max_window_s=399), 0, "prove_window is 400 s, we lock our money for 399 s"),
        (OFFER, replace(EXPECTED, min_window=101), 0, "accept_window"),
        (OFFER, replace(EXPECTED, escrow=TERMS.fee_recipient), 0, "fee_recipient"),
        (replace(OFFER, terms=terms_with(fee=4 * (10_000 - 99))), RICH, 0, "earns"),
    ],
)
def test_each_problem_is_named(offer: Offer, expected: OfferExpectations, now: int, word: str) -> None:
    (problem,) = offer_problems(offer, expected, now)
    assert word in problem
