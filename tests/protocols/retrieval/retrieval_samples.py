"""Sample parties, terms and scenarios shared by the retrieval tests. Fixed private keys: for tests only."""

from __future__ import annotations

from dataclasses import replace

from eth_account import Account

from protocols.retrieval.paths import Scenario, Worth
from protocols.retrieval.terms import WINDOW_FIELDS, Predicate, RetrievalTerms
from protocols.solidity import ZERO_ADDRESS

CHAIN_ID = 31_337
ESCROW = "0x00000000000000000000000000000000000e5c09"
REQUESTER_KEY = Account.from_key("0x" + "11" * 32)
RESPONDER_KEY = Account.from_key("0x" + "22" * 32)
STRANGER_KEY = Account.from_key("0x" + "33" * 32)
REQUESTER, RESPONDER, STRANGER = REQUESTER_KEY.address, RESPONDER_KEY.address, STRANGER_KEY.address
FEE_RECIPIENT = "0x000000000000000000000000000000000000dEaD"
TOKEN = "0x00000000000000000000000000000000000000b2"
WINDOWS = {name: 100 * (i + 1) for i, name in enumerate(WINDOW_FIELDS)}

TERMS = RetrievalTerms(
    requester=REQUESTER,
    responder=RESPONDER,
    model_id=b"\x01" * 32,
    weights_commitment=b"\x02" * 32,
    nonce=7,
    corpus_root=b"\x03" * 32,
    format_digest=b"\x04" * 32,
    total=5,
    batch=2,
    predicate=Predicate.THRESHOLD,
    outputs=3,
    selected=1,
    threshold=-12,
    scale_bits=8,
    verifier="0x00000000000000000000000000000000000000A1",
    verifier_codehash=b"\x05" * 32,
    srs_digest=b"\x06" * 32,
    token=ZERO_ADDRESS,
    proving_cost=100,
    base_fee=1_000,
    price=300,
    cap=2,
    deposit=5_000,
    fee=7,
    fee_recipient=FEE_RECIPIENT,
    **WINDOWS,
)
SAMPLE_CHANGES = {
    "predicate": Predicate.SAMPLE, "outputs": 0, "selected": 0, "threshold": 0, "scale_bits": 0,
    "verifier": ZERO_ADDRESS, "verifier_codehash": bytes(32),
}  # fmt: skip
WORTH = Worth(document=2_000, bits=40, disclosure=110, inference=3, delivery=20)


def terms_with(**changes: object) -> RetrievalTerms:
    """The sample terms with some fields replaced."""
    return replace(TERMS, **changes)


def sample_terms(**changes: object) -> RetrievalTerms:
    """The sample terms as a random audit."""
    return replace(TERMS, **{**SAMPLE_CHANGES, **changes})


FOUND = Scenario(name="found", terms=TERMS, stranger=STRANGER, bits=(2, 0, 1), worth=WORTH, start=1_000)
"""Documents 1 and 4 match; the last batch is half blank."""
OVER = replace(FOUND, name="over", terms=terms_with(cap=1))
EMPTY = replace(FOUND, name="empty", bits=(0, 0, 2))
"""Nothing matches but a blank document, which does not count."""
FALSE_VIEW = replace(FOUND, name="false view", wrong_view=4)
LONG = {name: 20_000 for name in WINDOW_FIELDS}
DRAWN = replace(FOUND, name="drawn", terms=sample_terms(total=4, **LONG), bits=(), drawn=(0, 3))
SCENARIOS = (FOUND, OVER, EMPTY, FALSE_VIEW, DRAWN)
