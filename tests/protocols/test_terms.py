"""Accuracy terms: derived amounts, ids, validation, and the strict parser."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from eth_abi import decode, encode
from hypothesis import given
from hypothesis import strategies as st
from protocol_samples import BUYER, CHAIN_ID, ESCROW, TERMS, terms_with

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.accuracy.describe import duration, ether, summary
from protocols.accuracy.terms import (
    TERMS_ABI_TYPE,
    TERMS_FIELDS,
    AccuracyTerms,
    job_id,
    job_tag,
    terms_from_fields,
    terms_from_json,
)
from protocols.errors import MessageRejected
from protocols.solidity import ZERO_ADDRESS


def test_field_table_is_the_dataclass_in_order() -> None:
    assert [name for name, _ in TERMS_FIELDS] == [field.name for field in fields(AccuracyTerms)]


def test_amounts() -> None:
    assert TERMS.deposit == 2 * 4 * 1_000_000 + 4
    assert TERMS.payment == 2 * 4 * 10_000
    assert TERMS.abort_fee == 4 * 99
    assert TERMS.penalty == 8_000_000
    assert TERMS.batches == 2


def test_tag_and_id_are_the_words_of_the_specification() -> None:
    words = [CHAIN_ID.to_bytes(32, "big"), *(bytes.fromhex(a[2:]).rjust(32, b"\0") for a in (ESCROW, TERMS.buyer))]
    words += [bytes.fromhex(TERMS.seller[2:]).rjust(32, b"\0"), TERMS.model_id, TERMS.nonce.to_bytes(32, "big")]
    tag = keccak256(keccak256(b"assay/job-tag/v1") + b"".join(words))
    assert job_tag(CHAIN_ID, ESCROW, TERMS) == tag
    struct = encode([TERMS_ABI_TYPE], [TERMS.as_abi_tuple()])
    assert len(struct) == 32 * len(TERMS_FIELDS)  # a static tuple: no offset word in front
    assert job_id(tag, TERMS) == keccak256(keccak256(b"assay/accuracy-job/v1") + tag + struct)
    assert decode([TERMS_ABI_TYPE], struct)[0][0] == BUYER.lower()


def test_id_depends_on_every_term_and_tag_on_chain_and_escrow() -> None:
    tag = job_tag(CHAIN_ID, ESCROW, TERMS)
    seen = {job_id(tag, TERMS)}
    for name, kind in TERMS_FIELDS:
        value = getattr(TERMS, name)
        if name == "batch":
            changed = terms_with(batch=4)
        elif kind == "address":
            changed = terms_with(**{name: "0x" + "77" * 20})
        elif kind == "bytes32":
            changed = terms_with(**{name: b"\x99" * 32})
        else:
            changed = terms_with(**{name: value + (4 if name == "total" else 1)})
        seen.add(job_id(tag, changed))
    assert len(seen) == len(TERMS_FIELDS) + 1
    assert job_tag(1, ESCROW, TERMS) != tag != job_tag(CHAIN_ID, TERMS.verifier, TERMS)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"proving_cost": 1_000_000}, "example_cost"),
        ({"inference_cost": 10_000}, "proving_cost"),
        ({"inference_cost": 0}, "inference_cost"),
        ({"total": 5}, "try 4"),
        ({"total": 0}, "total"),
        ({"batch": 3}, "batch"),
        ({"batch": 0}, "batch"),
        ({"batch": 512, "total": 512}, "batch"),
        ({"target": 0}, "target"),
        ({"target": 5}, "target"),
        ({"total": 2**32}, "total"),
        ({"fee": -1}, "fee"),
        ({"fee": True}, "fee"),
        ({"nonce": 2**256}, "nonce"),
        ({"example_cost": 2**128}, "example_cost"),
        ({"seller": BUYER}, "same address"),
        ({"fee_recipient": BUYER}, "fee_recipient"),
        ({"verifier": ZERO_ADDRESS}, "zero address"),
        ({"buyer": "0x1234"}, "buyer"),
        ({"buyer": BUYER.swapcase().replace("0X", "0x")}, "buyer"),
        ({"model_id": b"\x01" * 31}, "model_id"),
        ({"model_id": "0x" + "01" * 32}, "model_id"),
        ({"verifier_codehash": bytes(32)}, "without code"),
        ({"verifier_codehash": keccak256(b"")}, "without code"),
        ({"prove_window": 0}, "prove_window"),
        ({"accept_window": 2**40}, "accept_window"),
    ],
)
def test_bad_terms_name_the_field(changes: dict[str, object], names: str) -> None:
    with pytest.raises(InvalidInput, match=names):
        terms_with(**changes)


def test_terms_are_checked_against_the_escrow() -> None:
    TERMS.check_against_escrow(ESCROW, 100)
    with pytest.raises(InvalidInput, match="accept_window"):
        TERMS.check_against_escrow(ESCROW, 101)
    with pytest.raises(InvalidInput, match="fee_recipient"):
        TERMS.check_against_escrow(TERMS.fee_recipient, 100)


def test_addresses_are_normalised() -> None:
    assert terms_with(buyer=BUYER.lower()) == TERMS


def test_json_round_trip() -> None:
    assert terms_from_json(TERMS.to_json()) == TERMS


def _edited(**changes: object) -> bytes:
    content = {**json.loads(TERMS.to_json()), **changes}
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("raw", "check"),
    [
        (TERMS.to_json() + b"\n", "canonical"),
        (b" " + TERMS.to_json(), "canonical"),
        (TERMS.to_json()[:-1], "json"),
        (b"[]", "json"),
        (b"[" * 4000, "json"),
        (b"\xff\xfe", "json"),
        (b"1" * 4097, "size"),
        (b'{"buyer":' + b"9" * 4000 + b"}", "canonical"),
        (TERMS.to_json().replace(b'"nonce":"7"', b'"nonce":"7","nonce":"7"'), "canonical"),
        (_edited(nonce=7), "canonical"),
        (_edited(nonce=None), "canonical"),
        (_edited(nonce="07"), "field"),
        (_edited(nonce="+7"), "field"),
        (_edited(nonce="٧"), "field"),
        (_edited(nonce=str(2**256)), "field"),
        (_edited(nonce=["7"]), "field"),
        (_edited(buyer=BUYER.lower()), "field"),
        (_edited(model_id="0x" + "AA" * 32), "field"),
        (_edited(model_id="0x" + "aa" * 31), "field"),
        (_edited(extra="1"), "keys"),
        (_edited(total="5"), "terms"),
        (b"{}", "keys"),
    ],
)
def test_untrusted_json_is_refused(raw: bytes, check: str) -> None:
    with pytest.raises(MessageRejected) as caught:
        terms_from_json(raw)
    assert caught.value.check == check


def test_non_object_fields_are_refused() -> None:
    with pytest.raises(MessageRejected, match="keys"):
        terms_from_fields(["buyer"])


@given(st.binary(max_size=300))
def test_parser_never_lets_another_error_out(raw: bytes) -> None:
    with pytest.raises(MessageRejected):
        terms_from_json(raw)


def test_summary_speaks_of_every_amount() -> None:
    texts = dict(summary(TERMS))
    assert "3 of 4" in texts["Target"] and "75.0%" in texts["Target"]
    assert texts["Each side locks"] == ether(TERMS.deposit)
    assert len(texts) == len(summary(TERMS))


@pytest.mark.parametrize(
    ("wei", "shown"),
    [
        (0, "0 wei"),
        (1, "1 wei"),
        (10**18, "1 ETH"),
        (15 * 10**17, "1.5 ETH"),
        (-(10**18), "-1 ETH"),
        (10**15, "0.001 ETH"),
    ],
)
def test_ether(wei: int, shown: str) -> None:
    assert ether(wei) == shown


def test_duration() -> None:
    assert (duration(0), duration(93_784)) == ("0 s", "1 d 2 h 3 min 4 s")


def test_golden_tag_and_id_shared_with_the_contract_tests() -> None:
    """The same terms, tag and id as in contracts/test/Encodings.t.sol."""
    model = bytes.fromhex("bb91bdb55831a517dda5978c66f268f4ce80a5165af637446110d59b8f911894")
    root = bytes.fromhex("9a8cbf1780e778db47ef4064c153ea47cc4f4f5cf7203a61fd515bc872a9dfdf")
    buyer, seller, verifier, fees, escrow = (f"0x{n:040x}" for n in (0xB, 0x5, 0xE, 0xF, 0xABC))
    terms = AccuracyTerms(
        buyer=buyer,
        seller=seller,
        model_id=model,
        nonce=42,
        data_root=root,
        format_digest=(4).to_bytes(32, "big"),
        total=600,
        batch=8,
        target=500,
        verifier=verifier,
        verifier_codehash=(6).to_bytes(32, "big"),
        srs_digest=(7).to_bytes(32, "big"),
        example_cost=30,
        proving_cost=20,
        inference_cost=10,
        fee=3,
        fee_recipient=fees,
        min_stake=1000,
        max_aborts=2,
        accept_window=3_600,
        hand_over_window=7_200,
        decide_window=10_800,
        prove_window=14_400,
    )
    tag = job_tag(31_337, escrow, terms)
    assert tag.hex() == "45736703e65f05f02829ead830ffa3beebf0d7de33bb761631d418c2dbf734aa"
    assert job_id(tag, terms).hex() == "b1e5f01caefc05c96e333af7ba4ef3e99c539bb3b1f53e0d12f77b85d1b913c9"
