"""Every refusal of protocol A' terms and messages by its name: the mutation check found these without a test."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sampled_samples import (
    BUYER,
    BUYER_KEY,
    CHAIN_ID,
    ESCROW,
    SAMPLED,
    SELLER,
    SELLER_KEY,
    STRANGER,
    STRANGER_KEY,
    sampled_with,
)

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.predictions.answers import parse_receipt
from protocols.sampled.messages import Acceptance, Offer, RestKey
from protocols.sampled.signing import id_in, open_message, open_offer
from protocols.sampled.terms import WINDOW_FIELDS, terms_from_json
from protocols.signed_messages import sign_message
from protocols.solidity import ZERO_ADDRESS
from protocols.terms_fields import MAX_WINDOW_S

DOMAIN = Domain(CHAIN_ID, ESCROW)
JOB = id_in(DOMAIN, SAMPLED)
KEYS = {"buyer_channel_key": b"\x06" * 32, "vk_digest": b"\x07" * 32, "settings_digest": b"\x08" * 32}
OFFER = Offer(job_id=JOB, terms=SAMPLED, valid_until=9, **KEYS)
ACCEPTANCE = Acceptance(job_id=JOB, seed=b"\x09" * 32, seller_channel_key=b"\x0a" * 32)
REST = RestKey(job_id=JOB, key=b"\x0b" * 32)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"buyer": ZERO_ADDRESS}, "must not be the zero address"),
        ({"seller": ZERO_ADDRESS}, "must not be the zero address"),
        ({"verifier": ZERO_ADDRESS}, "must not be the zero address"),
        ({"fee_recipient": ZERO_ADDRESS}, "must not be the zero address"),
        ({"seller": BUYER}, "are the same address"),
        ({"fee_recipient": BUYER}, "one of the parties"),
        ({"fee_recipient": SELLER}, "one of the parties"),
        ({"verifier_codehash": bytes(32)}, "account without code"),
        ({"verifier_codehash": keccak256(b"")}, "account without code"),
        ({"nonce": -1}, "nonce"),
        ({"batch": 0}, "batch is 0"),
        ({"batch": 3}, "batch is 3"),
        ({"batch": 512, "total": 2048, "sample": 512}, "batch is 512"),
        ({"total": 0}, "total is 0"),
        ({"total": 7}, "total is 7"),
        ({"sample": 0}, "sample is 0"),
        ({"sample": 3}, "sample is 3"),
        ({"sample": 4}, "sample is 4"),
        ({"sample": 258, "total": 600}, "sample is 258"),
        ({"target": 0}, "target is 0"),
        ({"target": 5}, "target is 5"),
        ({"inference_cost": 0}, "costs per example"),
        ({"inference_cost": 10_000}, "costs per example"),
        ({"proving_cost": 1_000_000}, "costs per example"),
        *(({name: 0}, name) for name in WINDOW_FIELDS),
        *(({name: MAX_WINDOW_S + 1}, name) for name in WINDOW_FIELDS),
    ],
)
def test_terms_that_contradict_themselves(changes: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        sampled_with(**changes)
    plain = {**json.loads(SAMPLED.to_json()), **{key: _word(value) for key, value in changes.items()}}
    with pytest.raises(MessageRejected):
        terms_from_json(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode())


def _word(value: object) -> str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)


def test_terms_at_their_edges() -> None:
    sampled_with(sample=256, total=512, batch=256, target=256)
    sampled_with(target=4, prove_window=MAX_WINDOW_S)


def test_terms_against_an_escrow() -> None:
    SAMPLED.check_against_escrow(ESCROW, 100)
    with pytest.raises(InvalidInput, match="fee_recipient is the escrow itself"):
        SAMPLED.check_against_escrow(SAMPLED.fee_recipient, 100)
    with pytest.raises(InvalidInput, match="accept_window"):
        SAMPLED.check_against_escrow(ESCROW, 101)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(MessageRejected) as caught:
        attempt()
    return caught.value.check


def test_offers() -> None:
    raw = sign_message(OFFER, BUYER_KEY, DOMAIN)
    assert open_offer(raw, DOMAIN, SELLER) == OFFER
    assert refused(lambda: open_offer(raw, DOMAIN, STRANGER)) == "recipient"
    assert refused(lambda: open_offer(raw, Domain(1, ESCROW), SELLER)) == "job"
    assert refused(lambda: open_offer(sign_message(OFFER, STRANGER_KEY, DOMAIN), DOMAIN, SELLER)) == "signer"
    another = Offer(job_id=b"\x0c" * 32, terms=SAMPLED, valid_until=9, **KEYS)
    assert refused(lambda: open_offer(sign_message(another, BUYER_KEY, DOMAIN), DOMAIN, SELLER)) == "job"


def test_messages() -> None:
    raw = sign_message(ACCEPTANCE, SELLER_KEY, DOMAIN)
    assert open_message(raw, Acceptance, DOMAIN, SAMPLED, BUYER) == ACCEPTANCE
    assert refused(lambda: open_message(raw, RestKey, DOMAIN, SAMPLED, SELLER)) == "type"
    assert refused(lambda: open_message(raw, Acceptance, DOMAIN, SAMPLED, SELLER)) == "role"
    assert refused(lambda: open_message(raw, Acceptance, DOMAIN, sampled_with(nonce=8), BUYER)) == "job"
    forged = sign_message(ACCEPTANCE, STRANGER_KEY, DOMAIN)
    assert refused(lambda: open_message(forged, Acceptance, DOMAIN, SAMPLED, BUYER)) == "signer"
    forged = sign_message(REST, SELLER_KEY, DOMAIN)
    assert refused(lambda: open_message(forged, RestKey, DOMAIN, SAMPLED, SELLER)) == "signer"
    with pytest.raises(InvalidInput, match="neither buyer nor seller"):
        open_message(raw, Acceptance, DOMAIN, SAMPLED, STRANGER)


@pytest.mark.parametrize("raw", [b"{}", b'{"receipt":{}}', b'{"receipt":{},"signature":"0x","x":"1"}'])
def test_receipts_of_other_keys(raw: bytes) -> None:
    assert refused(lambda: parse_receipt(raw)) == "keys"
