"""Retrieval terms: derived amounts, ids, validation, and the strict parser."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from eth_abi import decode, encode
from hypothesis import given
from hypothesis import strategies as st
from retrieval_samples import CHAIN_ID, ESCROW, REQUESTER, SAMPLE_CHANGES, TERMS, TOKEN, sample_terms, terms_with

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.accuracy.terms import job_tag as accuracy_tag
from protocols.errors import MessageRejected
from protocols.retrieval.terms import (
    TERMS_ABI_TYPE,
    TERMS_FIELDS,
    WINDOW_FIELDS,
    RetrievalTerms,
    job_id,
    job_tag,
    terms_from_json,
)
from protocols.solidity import ZERO_ADDRESS


def test_field_table_is_the_dataclass_in_order() -> None:
    assert [name for name, _ in TERMS_FIELDS] == [field.name for field in fields(RetrievalTerms)]
    assert len(WINDOW_FIELDS) == 7


def test_amounts() -> None:
    assert (TERMS.requester_funds, TERMS.responder_funds) == (1_000 + 2 * 300 + 7, 5_007)
    assert (TERMS.batches, terms_with(total=4).batches, terms_with(batch=8).batches) == (3, 2, 1)
    assert not TERMS.sampled and sample_terms().sampled


def test_tag_and_id_are_the_words_of_the_contract() -> None:
    words = [CHAIN_ID.to_bytes(32, "big"), *(bytes.fromhex(a[2:]).rjust(32, b"\0") for a in (ESCROW, TERMS.requester))]
    words += [bytes.fromhex(TERMS.responder[2:]).rjust(32, b"\0"), TERMS.model_id, TERMS.nonce.to_bytes(32, "big")]
    tag = keccak256(keccak256(b"assay/job-tag/v1") + b"".join(words))
    assert job_tag(CHAIN_ID, ESCROW, TERMS) == tag
    struct = encode([TERMS_ABI_TYPE], [TERMS.as_abi_tuple()])
    assert len(struct) == 32 * len(TERMS_FIELDS)  # a static tuple: no offset word in front
    assert job_id(tag, TERMS) == keccak256(keccak256(b"assay/retrieval-job/v1") + tag + struct)
    decoded = decode([TERMS_ABI_TYPE], struct)[0]
    assert decoded[0] == REQUESTER.lower() and decoded[12] == -12


def test_tags_of_all_protocols_are_made_alike() -> None:
    class Same:
        buyer, seller, model_id, nonce = TERMS.requester, TERMS.responder, TERMS.model_id, TERMS.nonce

    assert accuracy_tag(CHAIN_ID, ESCROW, Same()) == job_tag(CHAIN_ID, ESCROW, TERMS)  # type: ignore[arg-type]


def test_id_depends_on_every_term() -> None:
    tag = job_tag(CHAIN_ID, ESCROW, TERMS)
    seen = {job_id(tag, TERMS)}
    special = {"batch": 4, "predicate": 0, "threshold": -13}
    for name, kind in TERMS_FIELDS:
        value = getattr(TERMS, name)
        if kind == "address":
            changed = terms_with(**{name: "0x" + "77" * 20})
        elif kind == "bytes32":
            changed = terms_with(**{name: b"\x99" * 32})
        elif name == "predicate":
            changed = terms_with(predicate=0, threshold=0)
        else:
            lower = name in ("total", "proving_cost")
            changed = terms_with(**{name: special.get(name, value - 1 if lower else value + 1)})
        seen.add(job_id(tag, changed))
    assert len(seen) == len(TERMS_FIELDS) + 1


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"responder": REQUESTER}, "same address"),
        ({"fee_recipient": REQUESTER}, "fee_recipient"),
        ({"fee_recipient": ZERO_ADDRESS}, "zero address"),
        ({"requester": ZERO_ADDRESS}, "zero address"),
        ({"batch": 0}, "batch"),
        ({"batch": 3}, "batch"),
        ({"batch": 512}, "batch"),
        ({"cap": 0}, "cap"),
        ({"cap": 6}, "cap"),
        ({"total": 0}, "cap"),
        ({"predicate": 3}, "predicate"),
        ({"outputs": 0}, "selected"),
        ({"outputs": 4_097}, "outputs"),
        ({"selected": 3}, "selected"),
        ({"threshold": 1 << 24}, "threshold"),
        ({"threshold": -(1 << 24)}, "threshold"),
        ({"predicate": 0}, "threshold"),
        ({"threshold": 1 << 63}, "threshold"),
        ({"threshold": True}, "threshold"),
        ({"scale_bits": 0}, "scale_bits"),
        ({"scale_bits": 17}, "scale_bits"),
        ({"verifier": ZERO_ADDRESS}, "verifier"),
        ({"verifier_codehash": bytes(32)}, "verifier"),
        ({"verifier_codehash": keccak256(b"")}, "verifier"),
        ({"base_fee": 999}, "base_fee"),
        ({"deposit": 999}, "deposit"),
        ({"proving_cost": 0, "base_fee": 0, "deposit": 0}, "deposit"),
        ({"prove_window": 0}, "prove_window"),
        ({"complain_window": 2**40}, "complain_window"),
        ({**SAMPLE_CHANGES, "cap": 3}, "too slowly"),
        ({**SAMPLE_CHANGES, "cap": 257, "total": 257}, "cap"),
        ({**SAMPLE_CHANGES, "outputs": 1}, "sample proves nothing"),
        ({**SAMPLE_CHANGES, "verifier_codehash": b"\x01" * 32}, "sample proves nothing"),
    ],
)
def test_bad_terms_name_the_field(changes: dict[str, object], names: str) -> None:
    with pytest.raises(InvalidInput, match=names):
        terms_with(**changes)


def test_terms_at_their_edges() -> None:
    assert terms_with(threshold=(1 << 24) - 1).threshold == -terms_with(threshold=1 - (1 << 24)).threshold
    assert terms_with(predicate=0, threshold=0, selected=2).selected == 2
    assert terms_with(token=TOKEN).token.lower() == TOKEN
    assert sample_terms(cap=5).cap == 5 and sample_terms(base_fee=0, deposit=1).deposit == 1


def test_terms_are_checked_against_the_escrow() -> None:
    TERMS.check_against_escrow(ESCROW, 100)
    with pytest.raises(InvalidInput, match="accept_window"):
        TERMS.check_against_escrow(ESCROW, 101)
    with pytest.raises(InvalidInput, match="fee_recipient"):
        TERMS.check_against_escrow(TERMS.fee_recipient, 100)


def test_json_round_trip() -> None:
    assert terms_from_json(TERMS.to_json()) == TERMS
    assert terms_from_json(sample_terms().to_json()) == sample_terms()


def _edited(**changes: object) -> bytes:
    content = {**json.loads(TERMS.to_json()), **changes}
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("raw", "check"),
    [
        (TERMS.to_json() + b"\n", "canonical"),
        (b"[]", "json"),
        (b"1" * 4097, "size"),
        (_edited(threshold=-12), "canonical"),
        (_edited(threshold="-012"), "field"),
        (_edited(threshold="-0"), "field"),
        (_edited(threshold="--12"), "field"),
        (_edited(threshold=str(-(2**63) - 1)), "field"),
        (_edited(threshold=str(2**24)), "terms"),
        (_edited(nonce="-7"), "field"),
        (_edited(token=REQUESTER.lower()), "field"),
        (_edited(cap="6"), "terms"),
        (_edited(extra="1"), "keys"),
    ],
)
def test_untrusted_terms_are_refused(raw: bytes, check: str) -> None:
    with pytest.raises(MessageRejected) as caught:
        terms_from_json(raw)
    assert caught.value.check == check


@given(st.integers(-(1 << 24) + 1, (1 << 24) - 1))
def test_signed_thresholds_round_trip(threshold: int) -> None:
    assert terms_from_json(terms_with(threshold=threshold).to_json()).threshold == threshold
