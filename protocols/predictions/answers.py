"""An answer on its way to the client: outputs, the signed statement about them, and its canonical JSON.

    {"answer":{"h":..,"index":..,"job_id":..,"outputs_hash":..},"outputs":["..",..],"signature":"0x.."}

Outputs are the integers of the circuit (logits at the scale of the format), so that they can be proven exactly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.canonical import JsonValue, decode_canonical, encode_canonical
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.predictions.messages import Answer, Receipt
from protocols.predictions.signing import RoundSigner, RoundVerifier
from protocols.predictions.terms import MAX_OUTPUTS, PredictionTerms
from protocols.solidity import from_json, to_json

OUTPUT_BITS = 128
"""Outputs lie strictly between -2^127 and 2^127: far inside the field, so that an integer has one field element."""
MAX_ANSWER_BYTES = 1_024 + 44 * MAX_OUTPUTS
MAX_RECEIPT_BYTES = 1_024
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,38}")
_HEX65 = re.compile(r"0x[0-9a-f]{130}")


def outputs_hash(outputs: Sequence[int]) -> bytes:
    """keccak256(abi.encode(int256[] outputs)), 32 bytes: what the provider signs and the escrow compares.

    Raises:
        InvalidInput: no output, more than ``MAX_OUTPUTS``, or one out of range.
    """
    if not 1 <= len(outputs) <= MAX_OUTPUTS:
        raise InvalidInput(f"an answer has 1 to {MAX_OUTPUTS} outputs, got {len(outputs)}")
    largest = 1 << (OUTPUT_BITS - 1)
    for position, value in enumerate(outputs):
        if isinstance(value, bool) or not isinstance(value, int) or not -largest < value < largest:
            raise InvalidInput(f"output {position} is {value!r:.60}; outputs are integers of under {OUTPUT_BITS} bits")
    words = [(32).to_bytes(32, "big"), len(outputs).to_bytes(32, "big")]
    return keccak256(b"".join([*words, *(value.to_bytes(32, "big", signed=True) for value in outputs)]))


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """One answer as sent: the statement, the outputs it speaks of, and the provider's signature (65 bytes)."""

    answer: Answer
    outputs: tuple[int, ...]
    signature: bytes

    def to_json(self) -> bytes:
        """Canonical JSON bytes."""
        answer = self.answer
        statement: dict[str, JsonValue] = {
            "h": str(answer.h),
            "index": str(answer.index),
            "job_id": to_json(answer.job_id, "bytes32"),
            "outputs_hash": to_json(answer.outputs_hash, "bytes32"),
        }
        outputs: list[JsonValue] = [str(value) for value in self.outputs]
        return encode_canonical({"answer": statement, "outputs": outputs, "signature": "0x" + self.signature.hex()})


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt with the client's signature (65 bytes)."""

    receipt: Receipt
    signature: bytes

    def to_json(self) -> bytes:
        """Canonical JSON bytes."""
        statement: dict[str, JsonValue] = {
            "answered": str(self.receipt.answered),
            "job_id": to_json(self.receipt.job_id, "bytes32"),
        }
        return encode_canonical({"receipt": statement, "signature": "0x" + self.signature.hex()})


def sign_answer(signer: RoundSigner, job_id: bytes, index: int, h: int, outputs: Sequence[int]) -> SignedAnswer:
    """The provider's signed answer ``index``: the input with hash ``h`` has these outputs."""
    answer = Answer(job_id=job_id, index=index, h=h, outputs_hash=outputs_hash(outputs))
    return SignedAnswer(answer, tuple(outputs), signer.sign(answer))


def sign_receipt(signer: RoundSigner, job_id: bytes, answered: int) -> SignedReceipt:
    """The client's signed receipt over the first ``answered`` answers received, whichever they were."""
    receipt = Receipt(job_id=job_id, answered=answered)
    return SignedReceipt(receipt, signer.sign(receipt))


class AnswerDesk:
    """The client's only way from untrusted bytes to an answer it may rely on and contest."""

    def __init__(self, terms: PredictionTerms, job_id: bytes, domain: Domain) -> None:
        self._terms, self._job_id = terms, job_id
        self._verifier = RoundVerifier(terms.provider, domain)

    def open(self, raw: bytes, index: int, h: int) -> SignedAnswer:
        """Parse and check the provider's answer to question ``index``, whose input the client hashed to ``h`` itself.

        Raises:
            MessageRejected: malformed, for another job, index or input, outputs that are not the signed ones or of
                another number than the terms say, or not signed by the provider. Treat it as no answer.
        """
        signed = parse_answer(raw)
        answer = signed.answer
        expected = {"job": (answer.job_id, self._job_id), "index": (answer.index, index), "input": (answer.h, h)}
        for check, (found, own) in expected.items():
            if found != own:
                raise MessageRejected(check, f"the answer is for another {check} than question {index} of this job")
        if len(signed.outputs) != self._terms.outputs:
            raise MessageRejected("outputs", f"{len(signed.outputs)} outputs, the terms say {self._terms.outputs}")
        if outputs_hash(signed.outputs) != answer.outputs_hash:
            raise MessageRejected("outputs", "the outputs are not those the provider signed; ask again")
        self._verifier.check(answer, signed.signature)
        return signed


class ReceiptDesk:
    """The provider's only way from untrusted bytes to a receipt it can collect on."""

    def __init__(self, terms: PredictionTerms, job_id: bytes, domain: Domain) -> None:
        self._terms, self._job_id = terms, job_id
        self._verifier = RoundVerifier(terms.client, domain)

    def open(self, raw: bytes) -> SignedReceipt:
        """Parse and check the client's receipt.

        Raises:
            MessageRejected: malformed, for another job, over more answers than the round has or none, or not signed
                by the client.
        """
        signed = parse_receipt(raw)
        if signed.receipt.job_id != self._job_id:
            raise MessageRejected("job", "the receipt is for another job; ask for this job's")
        if not 1 <= signed.receipt.answered <= self._terms.round:
            raise MessageRejected("count", f"{signed.receipt.answered} answers in a round of {self._terms.round}")
        self._verifier.check(signed.receipt, signed.signature)
        return signed


def parse_answer(raw: bytes) -> SignedAnswer:
    """Typed answer from untrusted canonical JSON; signature and hashes are not checked yet. Raises MessageRejected."""
    content = decode_canonical(raw, "answer", MAX_ANSWER_BYTES)
    _require_keys(content, {"answer", "outputs", "signature"}, "answer")
    statement, outputs = content["answer"], content["outputs"]
    kinds = {"h": "uint256", "index": "uint32", "job_id": "bytes32", "outputs_hash": "bytes32"}
    answer = Answer(**_fields(statement, kinds, "answer"))  # type: ignore[arg-type]  # each value was checked
    if not isinstance(outputs, list) or not 1 <= len(outputs) <= MAX_OUTPUTS:
        raise MessageRejected("outputs", f"outputs must be a list of 1 to {MAX_OUTPUTS} integers")
    numbers = tuple(_integer(value) for value in outputs)
    return SignedAnswer(answer, numbers, _signature(content["signature"]))


def parse_receipt(raw: bytes) -> SignedReceipt:
    """Typed receipt from untrusted canonical JSON; the signature is not checked yet. Raises MessageRejected."""
    content = decode_canonical(raw, "receipt", MAX_RECEIPT_BYTES)
    _require_keys(content, {"receipt", "signature"}, "receipt")
    values = _fields(content["receipt"], {"answered": "uint32", "job_id": "bytes32"}, "receipt")
    return SignedReceipt(Receipt(**values), _signature(content["signature"]))  # type: ignore[arg-type]  # checked


def _require_keys(content: object, keys: set[str], what: str) -> dict[str, JsonValue]:
    if not isinstance(content, dict) or set(content) != keys:
        raise MessageRejected("keys", f"{what} must have exactly the keys {', '.join(sorted(keys))}")
    return content


def _fields(content: object, kinds: dict[str, str], what: str) -> dict[str, object]:
    """The values of a JSON object with exactly these Solidity fields."""
    found = _require_keys(content, set(kinds), what)
    return {name: from_json(found[name], kind, f"{what}.{name}") for name, kind in kinds.items()}


def _integer(value: object) -> int:
    """A signed integer in canonical decimal, in the range of outputs."""
    if not isinstance(value, str) or not _INTEGER.fullmatch(value) or abs(int(value)) >= 1 << (OUTPUT_BITS - 1):
        raise MessageRejected("outputs", f"{value!r:.60} is not an integer of under {OUTPUT_BITS} bits in decimal")
    return int(value)


def _signature(value: object) -> bytes:
    """65 bytes as 0x and lower-case hex."""
    if not isinstance(value, str) or not _HEX65.fullmatch(value):
        raise MessageRejected("signature", "the signature is not 65 bytes of lower-case hex")
    return bytes.fromhex(value[2:])
