"""Signed messages: round trips, the EIP-712 digest word for word, and every kind of forgery and replay."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol_samples import (
    BUYER,
    BUYER_KEY,
    CHAIN_ID,
    ESCROW,
    SELLER,
    SELLER_KEY,
    STRANGER,
    STRANGER_KEY,
    TERMS,
    terms_with,
)

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.accuracy.messages import Acceptance, AnyMessage, Decline, HandOverNotice, HandOverReceipt, Offer
from protocols.accuracy.signing import open_message, open_offer, sign_message
from protocols.accuracy.terms import AccuracyTerms, job_id, job_tag
from protocols.eip712 import Domain, SignedJson, decode_signed, recover_signer, sign_typed
from protocols.errors import MessageRejected

DOMAIN = Domain(CHAIN_ID, ESCROW)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def id_of(terms: AccuracyTerms, domain: Domain = DOMAIN) -> bytes:
    return job_id(job_tag(domain.chain_id, domain.escrow, terms), terms)


JOB = id_of(TERMS)
OFFER = Offer(
    job_id=JOB,
    terms=TERMS,
    buyer_channel_key=b"\x21" * 32,
    vk_digest=b"\x22" * 32,
    settings_digest=b"\x23" * 32,
    valid_until=2_000,
)
ACCEPTANCE = Acceptance(job_id=JOB, seed=b"\x31" * 32, seller_channel_key=b"\x32" * 32)
NOTICE = HandOverNotice(job_id=JOB, ciphertext_root=b"\x41" * 32, chunk_count=3)
RECEIPT = HandOverReceipt(job_id=JOB, ciphertext_root=b"\x41" * 32, data_root=TERMS.data_root)
DECLINE = Decline(job_id=JOB, reason="the target is out of reach")
SENT = [
    (ACCEPTANCE, SELLER_KEY),
    (NOTICE, BUYER_KEY),
    (RECEIPT, SELLER_KEY),
    (DECLINE, BUYER_KEY),
    (DECLINE, SELLER_KEY),
]
FROM_SELLER = [message for message, key in SENT if key is SELLER_KEY]


def other(address: str) -> str:
    return BUYER if address == SELLER else SELLER


def check_of(raw: bytes, kind: type[AnyMessage] = Acceptance, me: str = BUYER, terms: AccuracyTerms = TERMS) -> str:
    with pytest.raises(MessageRejected) as caught:
        if kind is Offer:
            open_offer(raw, DOMAIN, me)
        else:
            open_message(raw, kind, DOMAIN, terms, me)
    return caught.value.check


def test_offer_round_trip() -> None:
    assert open_offer(sign_message(OFFER, BUYER_KEY, DOMAIN), DOMAIN, SELLER) == OFFER


@pytest.mark.parametrize(("message", "key"), SENT)
def test_round_trips(message: AnyMessage, key: object) -> None:
    raw = sign_message(message, key, DOMAIN)
    assert open_message(raw, type(message), DOMAIN, TERMS, other(key.address)) == message


def test_digest_is_eip712_word_for_word() -> None:
    domain_type = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    words = [keccak256(domain_type), keccak256(b"Assay"), keccak256(b"1"), CHAIN_ID.to_bytes(32, "big")]
    separator = keccak256(b"".join([*words, bytes.fromhex(ESCROW[2:]).rjust(32, b"\0")]))
    struct_type = keccak256(b"HandOverNotice(bytes32 jobId,bytes32 ciphertextRoot,uint32 chunkCount)")
    struct = keccak256(struct_type + JOB + NOTICE.ciphertext_root + (3).to_bytes(32, "big"))
    envelope = decode_signed(sign_message(NOTICE, BUYER_KEY, DOMAIN), "notice")
    digest = keccak256(b"\x19\x01" + separator + struct)
    assert Account._recover_hash(digest, signature=envelope.signature) == BUYER


def test_offer_digest_covers_the_terms_struct() -> None:
    types = "".join(
        f"{kind} {name}," for name, kind in [("buyer", "address"), ("seller", "address"), ("modelId", "bytes32")]
    )
    captured = {}

    class Capture:
        def sign_message(self, signable: object) -> object:
            captured["signable"] = signable
            return BUYER_KEY.sign_message(signable)

    sign_message(OFFER, Capture(), DOMAIN)
    struct_hash = keccak256(b"".join(_offer_words(types)))
    assert captured["signable"].body == struct_hash


def _offer_words(start: str) -> list[bytes]:
    """The Offer's encodeData, written out by hand."""
    terms_type = (
        f"AccuracyTerms({start}uint256 nonce,bytes32 dataRoot,bytes32 formatDigest,uint32 total,uint32 batch,"
        "uint32 target,address verifier,bytes32 verifierCodehash,bytes32 srsDigest,uint128 exampleCost,"
        "uint128 provingCost,uint128 inferenceCost,uint128 fee,address feeRecipient,uint128 minStake,"
        "uint32 maxAborts,uint64 acceptWindow,uint64 handOverWindow,uint64 decideWindow,uint64 proveWindow)"
    )
    offer_type = (
        "Offer(bytes32 jobId,AccuracyTerms terms,bytes32 buyerChannelKey,bytes32 vkDigest,"
        "bytes32 settingsDigest,uint64 validUntil)" + terms_type
    )
    words = [keccak256(terms_type.encode())]
    for value in TERMS.as_abi_tuple():
        if isinstance(value, int):
            words.append(value.to_bytes(32, "big"))
        else:
            words.append(value if isinstance(value, bytes) else bytes.fromhex(value[2:]).rjust(32, b"\0"))
    struct = keccak256(b"".join(words))
    head = [keccak256(offer_type.encode()), JOB, struct, OFFER.buyer_channel_key, OFFER.vk_digest]
    return [*head, OFFER.settings_digest, OFFER.valid_until.to_bytes(32, "big")]


def _reencode(raw: bytes, edit: object) -> bytes:
    content = json.loads(raw)
    edit(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize("message", [OFFER, *FROM_SELLER], ids=lambda m: type(m).__name__)
def test_changing_any_field_after_signing_is_caught(message: AnyMessage) -> None:
    key, me = (BUYER_KEY, SELLER) if message is OFFER else (SELLER_KEY, BUYER)
    raw = sign_message(message, key, DOMAIN)
    for item in fields(message):
        value = getattr(message, item.name)
        if isinstance(value, AccuracyTerms):
            continue
        changed = {bytes: b"\xee" * 32, int: 1, str: "other"}[type(value)]
        forged = json.loads(sign_message(replace(message, **{item.name: changed}), key, DOMAIN))
        forged["signature"] = json.loads(raw)["signature"]
        bad = json.dumps(forged, sort_keys=True, separators=(",", ":")).encode()
        expected = {"job_id": "job", "data_root": "data-root"}.get(item.name, "signer")
        assert check_of(bad, type(message), me) == expected


@pytest.mark.parametrize("name", [item.name for item in fields(AccuracyTerms)])
def test_changing_any_term_of_an_offer_is_caught(name: str) -> None:
    value = getattr(TERMS, name)
    if name in ("total", "batch"):
        terms = terms_with(**{name: value * 2})
    elif isinstance(value, int):
        terms = terms_with(**{name: value + 1})
    else:
        terms = terms_with(**{name: STRANGER if isinstance(value, str) else b"\xee" * 32})
    signature = json.loads(sign_message(OFFER, BUYER_KEY, DOMAIN))["signature"]
    for claimed in (JOB, id_of(terms)):
        forged = json.loads(sign_message(replace(OFFER, terms=terms, job_id=claimed), BUYER_KEY, DOMAIN))
        forged["signature"] = signature
        bad = json.dumps(forged, sort_keys=True, separators=(",", ":")).encode()
        expected = "job" if claimed == JOB else "signer"
        assert check_of(bad, Offer, terms.seller) == expected


@pytest.mark.parametrize("domain", [Domain(1, ESCROW), Domain(CHAIN_ID, TERMS.verifier)])
def test_other_chain_or_escrow(domain: Domain) -> None:
    assert check_of(sign_message(ACCEPTANCE, SELLER_KEY, domain)) == "signer"
    there = replace(ACCEPTANCE, job_id=id_of(TERMS, domain))
    assert check_of(sign_message(there, SELLER_KEY, domain)) == "job"
    offer = replace(OFFER, job_id=id_of(TERMS, domain))
    assert check_of(sign_message(offer, BUYER_KEY, domain), Offer, SELLER) == "job"


def test_replay_from_another_job() -> None:
    later = terms_with(nonce=8)
    assert check_of(sign_message(ACCEPTANCE, SELLER_KEY, DOMAIN), terms=later) == "job"


def test_signed_by_the_wrong_party() -> None:
    assert check_of(sign_message(ACCEPTANCE, STRANGER_KEY, DOMAIN)) == "signer"
    assert check_of(sign_message(ACCEPTANCE, BUYER_KEY, DOMAIN)) == "signer"
    assert check_of(sign_message(OFFER, STRANGER_KEY, DOMAIN), Offer, SELLER) == "signer"
    assert check_of(sign_message(DECLINE, BUYER_KEY, DOMAIN), Decline, BUYER) == "signer"  # one's own, reflected


def test_roles() -> None:
    assert check_of(sign_message(NOTICE, SELLER_KEY, DOMAIN), HandOverNotice, BUYER) == "role"
    assert check_of(sign_message(ACCEPTANCE, BUYER_KEY, DOMAIN), Acceptance, SELLER) == "role"
    with pytest.raises(InvalidInput, match="neither buyer nor seller"):
        open_message(sign_message(DECLINE, SELLER_KEY, DOMAIN), Decline, DOMAIN, TERMS, STRANGER)


def test_offer_to_somebody_else() -> None:
    assert check_of(sign_message(OFFER, BUYER_KEY, DOMAIN), Offer, STRANGER) == "recipient"


def test_one_type_is_not_another() -> None:
    notice = sign_message(replace(NOTICE, chunk_count=1), BUYER_KEY, DOMAIN)
    assert check_of(notice, HandOverReceipt) == "type"
    renamed = _reencode(sign_message(ACCEPTANCE, SELLER_KEY, DOMAIN), lambda c: c.update(type="HandOverReceipt"))
    assert check_of(renamed, HandOverReceipt) == "keys"
    as_receipt = {"job_id": "0x" + JOB.hex(), "ciphertext_root": "0x" + "31" * 32, "data_root": "0x" + "02" * 32}
    same_words = _reencode(renamed, lambda c: c.update(message=as_receipt))
    assert check_of(same_words, HandOverReceipt) == "signer"


def test_malleated_signature() -> None:
    envelope = decode_signed(sign_message(ACCEPTANCE, SELLER_KEY, DOMAIN), "acceptance")
    r, s, v = envelope.signature[:32], int.from_bytes(envelope.signature[32:64], "big"), envelope.signature[64]
    twin = r + (ORDER - s).to_bytes(32, "big") + bytes([55 - v])
    assert check_of(SignedJson(envelope.kind, envelope.content, twin).encode()) == "signature"
    old_style = envelope.signature[:64] + bytes([v - 27])
    assert check_of(SignedJson(envelope.kind, envelope.content, old_style).encode()) == "signature"


@pytest.mark.parametrize("signature", [bytes(64) + b"\x1b", b"\xff" * 32 + bytes(31) + b"\x01\x1c", bytes(65)])
def test_impossible_signatures(signature: bytes) -> None:
    envelope = decode_signed(sign_message(ACCEPTANCE, SELLER_KEY, DOMAIN), "acceptance")
    assert check_of(SignedJson(envelope.kind, envelope.content, signature).encode()) == "signature"


@pytest.mark.parametrize(
    ("edit", "check"),
    [
        (lambda c: c.update(extra="1"), "keys"),
        (lambda c: c.pop("signature"), "keys"),
        (lambda c: c.update(type=["Acceptance"]), "keys"),
        (lambda c: c.update(signature="0x00"), "signature"),
        (lambda c: c.update(signature=c["signature"].upper()), "signature"),
        (lambda c: c.update(type="Nonsense"), "type"),
        (lambda c: c.update(message="text"), "keys"),
        (lambda c: c["message"].update(note="hello"), "keys"),
        (lambda c: c["message"].pop("seed"), "keys"),
        (lambda c: c["message"].update(seed="0x" + "3" * 63), "field"),
        (lambda c: c["message"].update(seed={"a": "b"}), "field"),
    ],
)
def test_malformed_envelopes(edit: object, check: str) -> None:
    assert check_of(_reencode(sign_message(ACCEPTANCE, SELLER_KEY, DOMAIN), edit)) == check


def test_not_canonical_bytes() -> None:
    raw = sign_message(ACCEPTANCE, SELLER_KEY, DOMAIN)
    assert check_of(raw + b" ") == "canonical"
    assert check_of(raw[:-1]) == "json"
    assert check_of(b"[" * 16_000) == "json"
    assert check_of(raw * 40) == "size"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_flipped_byte_gets_through(position: int, change: int) -> None:
    raw = bytearray(sign_message(ACCEPTANCE, SELLER_KEY, DOMAIN))
    raw[position % len(raw)] ^= change
    check_of(bytes(raw))


@pytest.mark.parametrize("reason", ["x" * 501, "two\nlines", "\x1b[31m", 7])
def test_reasons_are_short_plain_text(reason: object) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        Decline(job_id=JOB, reason=reason)


def test_message_fields_are_checked() -> None:
    with pytest.raises(InvalidInput, match="terms"):
        replace(OFFER, terms=None)
    with pytest.raises(InvalidInput, match="chunk_count"):
        replace(NOTICE, chunk_count=2**32)


def test_low_level_round_trip() -> None:
    types = {"Ping": [{"name": "word", "type": "bytes32"}]}
    signature = sign_typed(BUYER_KEY, DOMAIN, types, {"word": JOB})
    assert recover_signer(DOMAIN, types, {"word": JOB}, signature) == BUYER
    assert encode_typed_data(DOMAIN.as_typed(), types, {"word": JOB}).version == b"\x01"
