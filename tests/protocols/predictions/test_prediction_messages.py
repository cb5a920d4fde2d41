"""Messages of protocol B: envelopes, answers and receipts, in and out, and everything that must be refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from eth_abi import encode
from hypothesis import given
from hypothesis import strategies as st
from prediction_samples import (
    CLIENT,
    CLIENT_KEY,
    DOMAIN,
    JOB_ID,
    PROVIDER,
    PROVIDER_KEY,
    STRANGER,
    STRANGER_KEY,
    TERMS,
    K,
    terms_with,
)

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.predictions.answers import AnswerDesk, ReceiptDesk, outputs_hash, sign_answer, sign_receipt
from protocols.predictions.envelopes import id_in, open_message, open_offer
from protocols.predictions.messages import Acceptance, Answer, Decline, Offer, Receipt
from protocols.predictions.signing import RoundSigner
from protocols.signed_messages import sign_message

OFFER = Offer(job_id=JOB_ID, terms=TERMS, vk_digest=b"\x06" * 32, settings_digest=b"\x07" * 32, valid_until=99)
ACCEPTANCE = Acceptance(job_id=JOB_ID, credit=4)
PROVIDER_SIGNER, CLIENT_SIGNER = RoundSigner(PROVIDER_KEY, DOMAIN), RoundSigner(CLIENT_KEY, DOMAIN)
ANSWER = sign_answer(PROVIDER_SIGNER, JOB_ID, 1, 77, (5, -6))
RECEIPT = sign_receipt(CLIENT_SIGNER, JOB_ID, 2)
ANSWERS, RECEIPTS = AnswerDesk(TERMS, JOB_ID, DOMAIN), ReceiptDesk(TERMS, JOB_ID, DOMAIN)


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(MessageRejected) as caught:
        action()
    return caught.value.check


def test_envelopes_round_trip() -> None:
    assert open_offer(sign_message(OFFER, CLIENT_KEY, DOMAIN), DOMAIN, PROVIDER) == OFFER
    decline = Decline(job_id=JOB_ID, reason="no")
    for message, key, me in [
        (ACCEPTANCE, PROVIDER_KEY, CLIENT),
        (ANSWER.answer, PROVIDER_KEY, CLIENT),
        (RECEIPT.receipt, CLIENT_KEY, PROVIDER),
        (decline, CLIENT_KEY, PROVIDER),
        (decline, PROVIDER_KEY, CLIENT),
    ]:
        raw = sign_message(message, key, DOMAIN)
        assert open_message(raw, type(message), DOMAIN, TERMS, me) == message


def test_envelopes_of_others_are_refused() -> None:
    raw = sign_message(OFFER, CLIENT_KEY, DOMAIN)
    assert refused(lambda: open_offer(raw, DOMAIN, STRANGER)) == "recipient"
    assert refused(lambda: open_offer(raw, Domain(1, DOMAIN.escrow), PROVIDER)) == "job"
    assert refused(lambda: open_offer(sign_message(OFFER, STRANGER_KEY, DOMAIN), DOMAIN, PROVIDER)) == "signer"
    acceptance = sign_message(ACCEPTANCE, PROVIDER_KEY, DOMAIN)
    assert refused(lambda: open_message(acceptance, Acceptance, DOMAIN, TERMS, PROVIDER)) == "role"
    assert refused(lambda: open_message(acceptance, Decline, DOMAIN, TERMS, CLIENT)) == "type"
    assert refused(lambda: open_message(acceptance, Acceptance, DOMAIN, terms_with(nonce=8), CLIENT)) == "job"
    own = sign_message(ACCEPTANCE, CLIENT_KEY, DOMAIN)
    assert refused(lambda: open_message(own, Acceptance, DOMAIN, TERMS, CLIENT)) == "signer"
    with pytest.raises(InvalidInput, match="neither client nor provider"):
        open_message(acceptance, Acceptance, DOMAIN, TERMS, STRANGER)


def test_altered_offers_are_refused() -> None:
    envelope = json.loads(sign_message(OFFER, CLIENT_KEY, DOMAIN))
    for name, value in [("valid_until", "98"), ("vk_digest", "0x" + "66" * 32), ("job_id", "0x" + "66" * 32)]:
        changed = {**envelope, "message": {**envelope["message"], name: value}}
        raw = json.dumps(changed, sort_keys=True, separators=(",", ":")).encode()
        assert refused(lambda raw=raw: open_offer(raw, DOMAIN, PROVIDER)) in {"signer", "job"}


def test_answer_and_receipt_round_trip() -> None:
    assert ANSWERS.open(ANSWER.to_json(), 1, 77) == ANSWER
    assert RECEIPTS.open(RECEIPT.to_json()) == RECEIPT


@given(st.lists(st.integers(1 - 2**127, 2**127 - 1), min_size=1, max_size=40))
def test_outputs_hash_is_that_of_the_abi(outputs: list[int]) -> None:
    assert outputs_hash(outputs) == keccak256(encode(["int256[]"], [outputs]))


@pytest.mark.parametrize("outputs", [[], [0] * 4_097, [2**127], [-(2**127)], [True], [1.0]])
def test_outputs_out_of_range(outputs: list[int]) -> None:
    with pytest.raises(InvalidInput):
        outputs_hash(outputs)


def test_answers_to_something_else_are_refused() -> None:
    raw = ANSWER.to_json()
    assert refused(lambda: ANSWERS.open(raw, 0, 77)) == "index"
    assert refused(lambda: ANSWERS.open(raw, 1, 78)) == "input"
    other = AnswerDesk(TERMS, b"\x01" * 32, DOMAIN)
    assert refused(lambda: other.open(raw, 1, 77)) == "job"
    foreign = AnswerDesk(TERMS, JOB_ID, Domain(1, DOMAIN.escrow))
    assert refused(lambda: foreign.open(raw, 1, 77)) == "signer"
    stranger = sign_answer(RoundSigner(STRANGER_KEY, DOMAIN), JOB_ID, 1, 77, (5, -6))
    assert refused(lambda: ANSWERS.open(stranger.to_json(), 1, 77)) == "signer"
    short = sign_answer(PROVIDER_SIGNER, JOB_ID, 1, 77, (5,))
    assert refused(lambda: ANSWERS.open(short.to_json(), 1, 77)) == "outputs"


def _edited(raw: bytes, **changes: object) -> bytes:
    content = json.loads(raw)
    return json.dumps({**content, **changes}, sort_keys=True, separators=(",", ":")).encode()


STATEMENT = json.loads(ANSWER.to_json())["answer"]
SIGNATURE = json.loads(ANSWER.to_json())["signature"]


@pytest.mark.parametrize(
    ("raw", "check"),
    [
        (_edited(ANSWER.to_json(), outputs=["5", "-7"]), "outputs"),
        (_edited(ANSWER.to_json(), outputs=["05", "-6"]), "outputs"),
        (_edited(ANSWER.to_json(), outputs=["5", "-0"]), "outputs"),
        (_edited(ANSWER.to_json(), outputs=["5", "٦"]), "outputs"),
        (_edited(ANSWER.to_json(), outputs=["5", str(2**127)]), "outputs"),
        (_edited(ANSWER.to_json(), outputs=[]), "outputs"),
        (_edited(ANSWER.to_json(), outputs=["1"] * 4_097), "outputs"),
        (_edited(ANSWER.to_json(), outputs="5"), "outputs"),
        (_edited(ANSWER.to_json(), outputs=[5, 6]), "canonical"),
        (_edited(ANSWER.to_json(), extra="1"), "keys"),
        (_edited(ANSWER.to_json(), answer={**STATEMENT, "h": "-1"}), "field"),
        (_edited(ANSWER.to_json(), answer={**STATEMENT, "index": "4294967296"}), "field"),
        (_edited(ANSWER.to_json(), answer={**STATEMENT, "more": "1"}), "keys"),
        (_edited(ANSWER.to_json(), answer="1"), "keys"),
        (_edited(ANSWER.to_json(), answer={**STATEMENT, "outputs_hash": "0x" + "11" * 32}), "outputs"),
        (_edited(ANSWER.to_json(), signature=SIGNATURE[:-2] + "1d"), "signature"),
        (_edited(ANSWER.to_json(), signature=SIGNATURE[:-2]), "signature"),
        (_edited(ANSWER.to_json(), signature=SIGNATURE.upper()), "signature"),
        (_edited(ANSWER.to_json(), signature=["0x"]), "signature"),
        (ANSWER.to_json() + b" ", "canonical"),
        (b"{" * 100, "json"),
        (b"9" * 200_000, "size"),
    ],
)
def test_malformed_answers_are_refused(raw: bytes, check: str) -> None:
    assert refused(lambda: ANSWERS.open(raw, 1, 77)) == check


@pytest.mark.parametrize(
    ("receipt", "check"),
    [
        (sign_receipt(CLIENT_SIGNER, JOB_ID, 0), "count"),
        (sign_receipt(CLIENT_SIGNER, JOB_ID, K + 1), "count"),
        (sign_receipt(CLIENT_SIGNER, b"\x01" * 32, 1), "job"),
        (sign_receipt(PROVIDER_SIGNER, JOB_ID, 1), "signer"),
        (sign_receipt(RoundSigner(CLIENT_KEY, Domain(1, DOMAIN.escrow)), JOB_ID, 1), "signer"),
    ],
)
def test_receipts_that_cannot_be_collected_are_refused(receipt: object, check: str) -> None:
    assert refused(lambda: RECEIPTS.open(receipt.to_json())) == check


def test_a_receipt_raised_by_hand_is_refused() -> None:
    raised = _edited(RECEIPT.to_json(), receipt={"answered": "3", "job_id": "0x" + JOB_ID.hex()})
    assert refused(lambda: RECEIPTS.open(raised)) == "signer"


def test_messages_check_their_fields() -> None:
    assert id_in(DOMAIN, TERMS) == JOB_ID
    for make in (
        lambda: Answer(job_id=JOB_ID, index=2**32, h=0, outputs_hash=bytes(32)),
        lambda: Answer(job_id=JOB_ID, index=0, h=-1, outputs_hash=bytes(32)),
        lambda: Answer(job_id=JOB_ID, index=0, h=0, outputs_hash=bytes(31)),
        lambda: Receipt(job_id=b"", answered=1),
        lambda: Offer(job_id=JOB_ID, terms=7, vk_digest=bytes(32), settings_digest=bytes(32), valid_until=1),
    ):
        with pytest.raises(InvalidInput):
            make()
