"""Sample parties and terms of protocol A' shared by its tests. Fixed private keys: for tests only."""

from __future__ import annotations

from dataclasses import replace

from eth_account import Account

from protocols.sampled.terms import SampledTerms

CHAIN_ID = 31_337
ESCROW = "0x00000000000000000000000000000000000e5c09"
BUYER_KEY = Account.from_key("0x" + "11" * 32)
SELLER_KEY = Account.from_key("0x" + "22" * 32)
STRANGER_KEY = Account.from_key("0x" + "33" * 32)
BUYER, SELLER, STRANGER = BUYER_KEY.address, SELLER_KEY.address, STRANGER_KEY.address
FEE_RECIPIENT = "0x000000000000000000000000000000000000dEaD"

SAMPLED = SampledTerms(
    buyer=BUYER,
    seller=SELLER,
    model_id=b"\x01" * 32,
    nonce=7,
    data_root=b"\x02" * 32,
    format_digest=b"\x03" * 32,
    total=6,
    batch=2,
    sample=2,
    target=3,
    verifier="0x00000000000000000000000000000000000000A1",
    verifier_codehash=b"\x04" * 32,
    srs_digest=b"\x05" * 32,
    example_cost=1_000_000,
    proving_cost=10_000,
    inference_cost=99,
    fee=2,
    fee_recipient=FEE_RECIPIENT,
    min_stake=2_000_000_000,
    max_aborts=2,
    accept_window=100,
    hand_over_window=200,
    decide_window=300,
    key_window=150,
    complain_window=250,
    prove_window=400,
)


def sampled_with(**changes: object) -> SampledTerms:
    """The sample terms with some fields replaced."""
    return replace(SAMPLED, **changes)
