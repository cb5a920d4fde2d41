"""Signed envelopes of protocol B: the only way from untrusted bytes to a typed, verified offer, acceptance or refusal.

Answers and receipts travel in their own, leaner form (``protocols.predictions.answers``); they can be put into an
envelope as well, with the very same signature.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from eth_account.signers.local import LocalAccount

from proofs.errors import InvalidInput
from protocols.canonical import JsonValue
from protocols.eip712 import Domain, SignedJson, TypedFields, TypedValues, decode_signed, recover_signer, sign_typed
from protocols.errors import MessageRejected
from protocols.predictions.messages import TERMS_STRUCT, Acceptance, Answer, AnyMessage, Decline, Offer, Receipt
from protocols.predictions.terms import TERMS_FIELDS, PredictionTerms, job_id, job_tag, terms_from_fields
from protocols.solidity import from_json, to_json

M = TypeVar("M", Offer, Acceptance, Answer, Receipt, Decline)


def sign_message(message: AnyMessage, account: LocalAccount, domain: Domain) -> bytes:
    """Sign ``message`` with ``account`` (its key is secret) for ``domain``; returns canonical envelope bytes."""
    kind = type(message)
    signature = sign_typed(account, domain, typed_fields(kind), _values(message))
    content: dict[str, JsonValue] = {}
    for item in fields(message):
        value = getattr(message, item.name)
        if isinstance(value, PredictionTerms):
            content[item.name] = {**value.to_fields()}
        else:
            content[item.name] = to_json(value, item.metadata["type"])
    return SignedJson(kind.__name__, content, signature).encode()


def open_offer(raw: bytes, domain: Domain, me: str) -> Offer:
    """Open an offer made to ``me``, the provider; the terms in it name the client, who must have signed it.

    Raises:
        MessageRejected: malformed, for another provider, a job id that is not that of the terms in this domain (so made
            for another chain or escrow), or not signed by the terms' client.
    """
    envelope = decode_signed(raw, "Offer")
    offer = _parse(envelope, Offer)
    if offer.terms.provider != me:
        raise MessageRejected("recipient", f"this offer is to {offer.terms.provider}, not to {me}; drop it")
    _check_job(offer, domain, offer.terms)
    _check_signer(envelope, offer, domain, offer.terms.client)
    return offer


def open_message(raw: bytes, kind: type[M], domain: Domain, terms: PredictionTerms, me: str) -> M:
    """Open a message of the expected ``kind`` that the other party of ``terms`` sent to ``me``.

    Args:
        raw: untrusted envelope bytes. kind: the message class expected now. domain: chain and escrow of the job.
        terms: the job's terms. me: own address, client or provider of ``terms``.

    Raises:
        MessageRejected: malformed, of another kind, of another job, chain or escrow, signed by somebody else than the
            other party, or a kind the other party may not send.
    """
    other, role = (terms.provider, "provider") if me == terms.client else (terms.client, "client")
    if me not in (terms.client, terms.provider):
        raise InvalidInput(f"{me} is neither client nor provider of this job; use the key the terms name")
    envelope = decode_signed(raw, kind.__name__)
    message = _parse(envelope, kind)
    if kind.SENDER not in (role, "either"):
        raise MessageRejected("role", f"a message {kind.__name__} comes from the {kind.SENDER}, the sender is {role}")
    _check_job(message, domain, terms)
    _check_signer(envelope, message, domain, other)
    return message


def typed_fields(kind: type[AnyMessage]) -> dict[str, TypedFields]:
    """EIP-712 types of a message class, as wallets and the escrow spell them."""
    types = {kind.__name__: [{"name": _camel(item.name), "type": item.metadata["type"]} for item in fields(kind)]}
    if kind is Offer:
        types[TERMS_STRUCT] = [{"name": _camel(name), "type": solidity_type} for name, solidity_type in TERMS_FIELDS]
    return types


def _parse(envelope: SignedJson, kind: type[M]) -> M:
    """Typed message from untrusted JSON fields: exactly the fields of ``kind``, each canonical."""
    if envelope.kind != kind.__name__:
        raise MessageRejected("type", f"found a message of type {envelope.kind!r:.60}, expected {kind.__name__}")
    content, expected = envelope.content, {item.name for item in fields(kind)}
    if not isinstance(content, dict) or set(content) != expected:
        raise MessageRejected("keys", f"{kind.__name__} must have exactly the fields {sorted(expected)}")
    values: dict[str, Any] = {}
    for item in fields(kind):
        where = f"{kind.__name__}.{item.name}"
        if item.metadata["type"] == TERMS_STRUCT:
            values[item.name] = terms_from_fields(content[item.name], where)
        else:
            values[item.name] = from_json(content[item.name], item.metadata["type"], where)
    return kind(**values)


def _check_job(message: AnyMessage, domain: Domain, terms: PredictionTerms) -> None:
    """The message belongs to the job of these terms on this chain and escrow."""
    expected = job_id(job_tag(domain.chain_id, domain.escrow, terms), terms)
    if message.job_id != expected:
        kind, found = type(message).__name__, message.job_id.hex()
        raise MessageRejected("job", f"{kind} is for job 0x{found}, expected 0x{expected.hex()}: another job or chain")


def _check_signer(envelope: SignedJson, message: AnyMessage, domain: Domain, signer: str) -> None:
    """``signer`` made the envelope's signature over the parsed message."""
    found = recover_signer(domain, typed_fields(type(message)), _values(message), envelope.signature)
    if found != signer:
        kind = type(message).__name__
        raise MessageRejected("signer", f"{kind} is signed by {found} (or was altered), expected {signer}")


def _camel(name: str) -> str:
    """``answer_price`` -> ``answerPrice``, as Solidity spells it."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _values(message: AnyMessage) -> TypedValues:
    """EIP-712 values of a message."""
    values: TypedValues = {}
    for item in fields(message):
        value = getattr(message, item.name)
        if isinstance(value, PredictionTerms):
            value = {_camel(name): getattr(value, name) for name, _ in TERMS_FIELDS}
        values[_camel(item.name)] = value
    return values
