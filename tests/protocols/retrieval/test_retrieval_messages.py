"""Signed messages of retrieval: round trips, the EIP-712 digest word for word, and every kind of forgery and replay."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from eth_account import Account
from retrieval_samples import (
    CHAIN_ID,
    ESCROW,
    REQUESTER,
    REQUESTER_KEY,
    RESPONDER,
    RESPONDER_KEY,
    SAMPLE_CHANGES,
    STRANGER,
    STRANGER_KEY,
    TERMS,
    terms_with,
)

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.accuracy.messages import Offer as AccuracyOffer
from protocols.eip712 import Domain, decode_signed
from protocols.errors import MessageRejected
from protocols.retrieval.messages import Acceptance, AnyMessage, Decline, DeliveryNotice, DeliveryProblem, Offer
from protocols.retrieval.offer_check import OfferExpectations, offer_problems
from protocols.retrieval.signing import id_in, open_message, open_offer
from protocols.retrieval.terms import TERMS_FIELDS, WINDOW_FIELDS
from protocols.signed_messages import sign_message
from protocols.solidity import ZERO_ADDRESS

DOMAIN = Domain(CHAIN_ID, ESCROW)
JOB = id_in(DOMAIN, TERMS)
OFFER = Offer(
    job_id=JOB,
    terms=TERMS,
    requester_channel_key=b"\x21" * 32,
    vk_digest=b"\x22" * 32,
    settings_digest=b"\x23" * 32,
    note="pictures of a stop sign",
    valid_until=2_000,
)
ACCEPTANCE = Acceptance(job_id=JOB, responder_channel_key=b"\x32" * 32, max_document_bytes=4_096)
NOTICE = DeliveryNotice(job_id=JOB, ciphertext_root=b"\x41" * 32, chunk_count=6, byte_count=6_000)
PROBLEM = DeliveryProblem(job_id=JOB, ciphertext_root=b"\x41" * 32, reason="chunk 3 has another hash")
DECLINE = Decline(job_id=JOB, reason="the price is too low")
SENT = [
    (ACCEPTANCE, RESPONDER_KEY),
    (NOTICE, RESPONDER_KEY),
    (PROBLEM, REQUESTER_KEY),
    (DECLINE, RESPONDER_KEY),
    (DECLINE, REQUESTER_KEY),
]
EXPECTED = OfferExpectations(
    model_id=TERMS.model_id,
    weights_commitment=TERMS.weights_commitment,
    corpus_root=TERMS.corpus_root,
    format_digest=TERMS.format_digest,
    total=TERMS.total,
    batch=TERMS.batch,
    verifier_codehash=TERMS.verifier_codehash,
    vk_digest=OFFER.vk_digest,
    settings_digest=OFFER.settings_digest,
    srs_digests=frozenset({TERMS.srs_digest}),
    escrow=ESCROW,
    min_window=100,
    proving_cost=100,
    price=300,
    max_deposit=TERMS.responder_funds,
    max_fee=7,
    tokens=frozenset({ZERO_ADDRESS}),
)
RICH = replace(EXPECTED, max_fee=10**30, max_deposit=10**30)
WEEK_S = 7 * 86_400


def other(address: str) -> str:
    return REQUESTER if address == RESPONDER else RESPONDER


def check_of(raw: bytes, kind: type[AnyMessage] = Acceptance, me: str = REQUESTER, domain: Domain = DOMAIN) -> str:
    with pytest.raises(MessageRejected) as caught:
        if kind is Offer:
            open_offer(raw, domain, me)
        else:
            open_message(raw, kind, domain, TERMS, me)
    return caught.value.check


def edited(raw: bytes, **changes: object) -> bytes:
    envelope = json.loads(raw)
    envelope["message"] = {**envelope["message"], **changes}
    return json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()


def test_offer_round_trip() -> None:
    assert open_offer(sign_message(OFFER, REQUESTER_KEY, DOMAIN), DOMAIN, RESPONDER) == OFFER


@pytest.mark.parametrize(("message", "key"), SENT)
def test_round_trips(message: AnyMessage, key: object) -> None:
    raw = sign_message(message, key, DOMAIN)
    assert open_message(raw, type(message), DOMAIN, TERMS, other(key.address)) == message


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def word(value: object, kind: str) -> bytes:
    if kind == "address":
        return bytes.fromhex(value[2:]).rjust(32, b"\0")
    return value if isinstance(value, bytes) else (value % 2**256).to_bytes(32, "big")


def test_offer_digest_is_eip712_word_for_word() -> None:
    domain_type = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    words = [keccak256(domain_type), keccak256(b"Assay"), keccak256(b"1"), CHAIN_ID.to_bytes(32, "big")]
    separator = keccak256(b"".join([*words, word(ESCROW, "address")]))
    listed = ",".join(f"{kind} {camel(name)}" for name, kind in TERMS_FIELDS)
    terms_type = f"RetrievalTerms({listed})".encode()
    offer_type = (
        b"Offer(bytes32 jobId,RetrievalTerms terms,bytes32 requesterChannelKey,bytes32 vkDigest,"
        b"bytes32 settingsDigest,string note,uint64 validUntil)"
    ) + terms_type
    terms = b"".join(word(getattr(TERMS, name), kind) for name, kind in TERMS_FIELDS)
    struct = keccak256(
        keccak256(offer_type) + JOB + keccak256(keccak256(terms_type) + terms) + OFFER.requester_channel_key
        + OFFER.vk_digest + OFFER.settings_digest + keccak256(OFFER.note.encode()) + word(2_000, "uint64")
    )  # fmt: skip
    signature = decode_signed(sign_message(OFFER, REQUESTER_KEY, DOMAIN), "offer").signature
    assert Account._recover_hash(keccak256(b"\x19\x01" + separator + struct), signature=signature) == REQUESTER


@pytest.mark.parametrize(("message", "key"), SENT)
def test_forgeries(message: AnyMessage, key: object) -> None:
    kind, me = type(message), other(key.address)
    assert check_of(sign_message(message, STRANGER_KEY, DOMAIN), kind, me) == "signer"
    own = {REQUESTER: REQUESTER_KEY, RESPONDER: RESPONDER_KEY}[me]
    assert check_of(sign_message(message, own, DOMAIN), kind, me) == "signer"
    assert check_of(sign_message(message, key, Domain(1, ESCROW)), kind, me) == "signer"
    elsewhere = replace(message, job_id=id_in(DOMAIN, terms_with(nonce=8)))
    assert check_of(sign_message(elsewhere, key, DOMAIN), kind, me) == "job"
    raw = sign_message(message, key, DOMAIN)
    assert check_of(edited(raw, extra="1"), kind, me) == "keys"
    assert check_of(edited(raw, job_id="0x00"), kind, me) == "field"
    assert check_of(raw + b" ", kind, me) == "canonical"


def test_kinds_and_roles_are_not_interchangeable() -> None:
    raw = sign_message(ACCEPTANCE, RESPONDER_KEY, DOMAIN)
    assert check_of(raw, DeliveryNotice) == "type"
    assert check_of(sign_message(NOTICE, REQUESTER_KEY, DOMAIN), DeliveryNotice, RESPONDER) == "role"
    assert check_of(sign_message(PROBLEM, RESPONDER_KEY, DOMAIN), DeliveryProblem, REQUESTER) == "role"
    with pytest.raises(InvalidInput, match="neither requester nor responder"):
        open_message(raw, Acceptance, DOMAIN, TERMS, STRANGER)


def test_offers_for_others_and_of_others() -> None:
    raw = sign_message(OFFER, REQUESTER_KEY, DOMAIN)
    assert check_of(raw, Offer, STRANGER) == "recipient"
    assert check_of(raw, Offer, RESPONDER, Domain(CHAIN_ID + 1, ESCROW)) == "job"
    assert check_of(sign_message(OFFER, STRANGER_KEY, DOMAIN), Offer, RESPONDER) == "signer"
    assert check_of(edited(raw, note="something else"), Offer, RESPONDER) == "signer"
    dearer = {**json.loads(raw)["message"]["terms"], "price": "1"}
    assert check_of(edited(raw, terms=dearer), Offer, RESPONDER) == "job"


def test_fields_are_checked_when_a_message_is_made() -> None:
    with pytest.raises(InvalidInput, match="terms must be RetrievalTerms"):
        replace(OFFER, terms=AccuracyOffer)
    with pytest.raises(InvalidInput, match="chunk_count"):
        replace(NOTICE, chunk_count=-1)
    with pytest.raises(InvalidInput, match="note"):
        replace(OFFER, note="two\nlines")


def problems(now: int = 1_999, expected: OfferExpectations = EXPECTED, **changes: object) -> tuple[str, ...]:
    own = {name: changes.pop(name) for name in ("vk_digest", "settings_digest") if name in changes}
    offer = replace(OFFER, terms=terms_with(**changes), **own)
    return offer_problems(offer, expected, now)


def test_a_good_offer_has_no_problems() -> None:
    assert problems() == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model_id": b"\x99" * 32}, "model 0x9999"),
        ({"weights_commitment": b"\x99" * 32}, "weights commitment"),
        ({"corpus_root": b"\x99" * 32}, "corpus 0x9999"),
        ({"format_digest": b"\x99" * 32}, "view format"),
        ({"verifier_codehash": b"\x99" * 32}, "verifier code hash"),
        ({"vk_digest": b"\x99" * 32}, "verifying key"),
        ({"settings_digest": b"\x99" * 32}, "circuit settings"),
        ({"srs_digest": b"\x99" * 32}, "allow-list"),
        ({"total": 4}, "the corpus has 5"),
        ({"batch": 4}, "batches of 4"),
        ({"token": STRANGER}, "token"),
        ({"proving_cost": 99}, "proving cost"),
        ({"price": 299}, "price"),
        ({"deposit": 5_001}, "deposit"),
        ({"expected": replace(EXPECTED, max_deposit=5_006)}, "deposit and fee are 5007 wei"),
        ({"fee": 500, "expected": RICH}, "at least 1000 come in"),
        ({"fee": 8, "expected": replace(RICH, max_fee=7)}, "fee 8 wei is above our limit, 7"),
        ({"fee_recipient": STRANGER}, f"fee recipient {STRANGER} is not on our allow-list"),
        ({"expected": replace(EXPECTED, escrow=TERMS.fee_recipient)}, "fee_recipient"),
        ({"expected": replace(EXPECTED, max_window_s=699)}, "complain_window is 700 s, we lock our money for 699 s"),
        ({"accept_window": 99}, "accept_window"),
        ({"now": 2_000}, "lapsed"),
    ],
)
def test_each_problem_is_named(changes: dict[str, object], words: str) -> None:
    found = problems(**changes)
    assert len(found) == 1 and words in found[0]


def test_allow_lists_and_samples() -> None:
    picky = replace(EXPECTED, fee_recipients=frozenset({STRANGER}))
    assert "allow-list" in problems(expected=picky)[0]
    changes = {"predicate": 2, "outputs": 0, "selected": 0, "threshold": 0, "scale_bits": 0}
    changes |= {"verifier": ZERO_ADDRESS, "verifier_codehash": bytes(32), "model_id": b"\x99" * 32}
    assert problems(**changes, base_fee=7, vk_digest=bytes(32), srs_digest=bytes(32)) == ()
    assert problems(**changes, base_fee=0, fee=0) == ()
    (short,) = problems(**changes, base_fee=6)
    assert "at least 6 come in" in short


def test_a_requester_without_a_receipt_cannot_fetch_the_responders_fee() -> None:
    """A sample whose price would cover the fee, if only it were acknowledged; the recipient is the requester's own."""
    trap = {**SAMPLE_CHANGES, "base_fee": 0, "price": 10**22, "fee": 5_000 * 10**18, "deposit": 1}
    found = problems(**trap, fee_recipient=STRANGER)
    words = ("are 5000000000000000000001 wei", "at least 0 come in", "fee recipient", "above our limit, 7")
    assert len(found) == 4 and all(word in problem for word, problem in zip(words, found, strict=True))
    trusting = replace(RICH, fee_recipients=frozenset({STRANGER}))
    assert problems(**trap, fee_recipient=STRANGER, expected=trusting) == (found[1],)


def test_clocks_that_lock_the_deposit_are_bounded() -> None:
    week = dict.fromkeys(WINDOW_FIELDS, WEEK_S)
    assert problems(**{**week, "accept_window": 365 * 86_400}) == ()  # nothing is locked before accepting
    for name in WINDOW_FIELDS[1:]:
        (found,) = problems(**{**week, name: WEEK_S + 1})
        assert found == f"{name} is 604801 s, we lock our money for 604800 s a step at most"
