"""Prediction terms: derived amounts, ids, validation, and the strict parser."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from eth_abi import encode
from prediction_samples import CHAIN_ID, CLIENT, ESCROW, FEE, PRICE, TERMS, K, Z, terms_with

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.errors import MessageRejected
from protocols.predictions.terms import (
    TERMS_ABI_TYPE,
    TERMS_FIELDS,
    PredictionTerms,
    job_id,
    job_tag,
    terms_from_fields,
    terms_from_json,
)
from protocols.solidity import ZERO_ADDRESS


def test_field_table_is_the_dataclass_in_order() -> None:
    assert [name for name, _ in TERMS_FIELDS] == [field.name for field in fields(PredictionTerms)]


def test_amounts() -> None:
    assert TERMS.client_funds == 2 * K * Z + K * PRICE + FEE
    assert TERMS.provider_funds == 2 * K * Z + FEE
    assert TERMS.penalty == 2 * K * Z and TERMS.contest_cost == 2 * Z
    assert terms_with(beta=5).provider_funds == 5 * K * Z + FEE
    assert TERMS.in_ether and not terms_with(token="0x" + "77" * 20).in_ether


def test_tag_and_id_are_the_words_of_the_specification() -> None:
    words = [CHAIN_ID.to_bytes(32, "big"), *(bytes.fromhex(a[2:]).rjust(32, b"\0") for a in (ESCROW, TERMS.client))]
    words += [bytes.fromhex(TERMS.provider[2:]).rjust(32, b"\0"), TERMS.model_id, TERMS.nonce.to_bytes(32, "big")]
    tag = keccak256(keccak256(b"assay/job-tag/v1") + b"".join(words))
    assert job_tag(CHAIN_ID, ESCROW, TERMS) == tag
    struct = encode([TERMS_ABI_TYPE], [TERMS.as_abi_tuple()])
    assert len(struct) == 32 * len(TERMS_FIELDS)  # a static tuple: no offset word in front
    assert job_id(tag, TERMS) == keccak256(keccak256(b"assay/prediction-job/v1") + tag + struct)


def test_id_depends_on_every_term() -> None:
    tag = job_tag(CHAIN_ID, ESCROW, TERMS)
    seen = {job_id(tag, TERMS)}
    for name, kind in TERMS_FIELDS:
        value = getattr(TERMS, name)
        if kind == "address":
            changed = terms_with(**{name: "0x" + "77" * 20})
        elif kind == "bytes32":
            changed = terms_with(**{name: b"\x99" * 32})
        else:
            changed = terms_with(**{name: value + 1})
        seen.add(job_id(tag, changed))
    assert len(seen) == len(TERMS_FIELDS) + 1
    assert job_tag(1, ESCROW, TERMS) != tag != job_tag(CHAIN_ID, TERMS.verifier, TERMS)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"round": 0}, "round"),
        ({"round": 65_536}, "round"),
        ({"contests": 0}, "contests"),
        ({"contests": K + 1}, "contests"),
        ({"outputs": 0}, "outputs"),
        ({"outputs": 4_097}, "outputs"),
        ({"beta": 1}, "beta"),
        ({"beta": 2**32}, "beta"),
        ({"proving_cost": 0}, "proving_cost"),
        ({"proving_cost": 2**128}, "proving_cost"),
        ({"answer_price": -1}, "answer_price"),
        ({"fee": True}, "fee"),
        ({"nonce": 2**256}, "nonce"),
        ({"provider": CLIENT}, "same address"),
        ({"fee_recipient": CLIENT}, "fee_recipient"),
        ({"fee_recipient": TERMS.provider}, "fee_recipient"),
        ({"fee_recipient": ZERO_ADDRESS}, "zero address"),
        ({"verifier": ZERO_ADDRESS}, "zero address"),
        ({"client": "0x1234"}, "client"),
        ({"verifier_codehash": bytes(32)}, "without code"),
        ({"verifier_codehash": keccak256(b"")}, "without code"),
        ({"model_id": b"\x01" * 31}, "model_id"),
        ({"prove_window": 0}, "prove_window"),
        ({"round_window": 365 * 86_400 + 1}, "round_window"),
        ({"accept_window": 2**64}, "accept_window"),
    ],
)
def test_bad_terms_name_the_field(changes: dict[str, object], names: str) -> None:
    with pytest.raises(InvalidInput, match=names):
        terms_with(**changes)


def test_edges_of_the_ranges() -> None:
    assert terms_with(round=65_535, contests=65_535, outputs=4_096, answer_price=0, fee=0).client_funds == 131_070 * Z


def test_terms_are_checked_against_the_escrow() -> None:
    TERMS.check_against_escrow(ESCROW, 100)
    with pytest.raises(InvalidInput, match="accept_window"):
        TERMS.check_against_escrow(ESCROW, 101)
    with pytest.raises(InvalidInput, match="fee_recipient"):
        TERMS.check_against_escrow(TERMS.fee_recipient, 100)


def test_json_round_trip() -> None:
    assert terms_from_json(TERMS.to_json()) == TERMS


@pytest.mark.parametrize(
    ("changes", "check"),
    [({"nonce": "07"}, "field"), ({"extra": "1"}, "keys"), ({"contests": "9"}, "terms"), ({"beta": "1"}, "terms")],
)
def test_untrusted_json_is_refused(changes: dict[str, str], check: str) -> None:
    content = {**json.loads(TERMS.to_json()), **changes}
    with pytest.raises(MessageRejected) as caught:
        terms_from_json(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())
    assert caught.value.check == check
    with pytest.raises(MessageRejected):
        terms_from_fields(["not", "an", "object"])
