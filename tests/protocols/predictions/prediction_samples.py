"""Sample parties, terms, keys and a scenario shared by the tests of protocol B. Fixed private keys: for tests only."""

from __future__ import annotations

from dataclasses import replace

from eth_account import Account

from protocols.eip712 import Domain
from protocols.predictions.envelopes import id_in
from protocols.predictions.paths import Scenario
from protocols.predictions.terms import PredictionTerms
from protocols.solidity import ZERO_ADDRESS

CHAIN_ID = 31_337
ESCROW = "0x00000000000000000000000000000000000e5c09"
DOMAIN = Domain(CHAIN_ID, ESCROW)
CLIENT_KEY = Account.from_key("0x" + "11" * 32)
PROVIDER_KEY = Account.from_key("0x" + "22" * 32)
STRANGER_KEY = Account.from_key("0x" + "33" * 32)
CLIENT, PROVIDER, STRANGER = CLIENT_KEY.address, PROVIDER_KEY.address, STRANGER_KEY.address
FEE_RECIPIENT = "0x000000000000000000000000000000000000dEaD"
E, Z, P, C, W, PRICE, FEE, K, K1 = 1_000_000, 10_000, 99, 1, 5_000, 150, 4, 3, 2

TERMS = PredictionTerms(
    client=CLIENT,
    provider=PROVIDER,
    model_id=b"\x01" * 32,
    weights_commitment=b"\x02" * 32,
    nonce=7,
    format_digest=b"\x03" * 32,
    round=K,
    contests=K1,
    outputs=2,
    verifier="0x00000000000000000000000000000000000000A1",
    verifier_codehash=b"\x04" * 32,
    srs_digest=b"\x05" * 32,
    token=ZERO_ADDRESS,
    proving_cost=Z,
    answer_price=PRICE,
    beta=2,
    fee=FEE,
    fee_recipient=FEE_RECIPIENT,
    accept_window=100,
    round_window=200,
    prove_window=300,
)
JOB_ID = id_in(DOMAIN, TERMS)
SCENARIO = Scenario(
    name="three questions",
    terms=TERMS,
    stranger=STRANGER,
    hashes=(11, 12, 13),
    outputs=((1, -1), (2, -2), (3, -3)),
    example_cost=E,
    inference_cost=P,
    cheap_cost=C,
    value=W,
    start=1_000,
)


def terms_with(**changes: object) -> PredictionTerms:
    """The sample terms with some fields replaced."""
    return replace(TERMS, **changes)
