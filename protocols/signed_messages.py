"""Signed messages of any protocol: fields with Solidity types, EIP-712 signatures, and the strict way back from bytes.

A message class is a frozen dataclass derived from ``SignedMessage``; each field's metadata names its Solidity type. A
field that holds a job's terms carries the struct's name and the terms class in ``terms_field``.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, TypeVar

from eth_account.signers.local import LocalAccount

from proofs.errors import InvalidInput
from protocols.canonical import JsonValue
from protocols.eip712 import Domain, SignedJson, TypedFields, TypedValues, recover_signer, sign_typed
from protocols.errors import MessageRejected
from protocols.solidity import checked, from_json, to_json
from protocols.terms_fields import TermsFields, parse_fields

DIGEST = {"type": "bytes32"}
TEXT = {"type": "string"}


def terms_field(struct: str, kind: type[TermsFields]) -> dict[str, object]:
    """Metadata of a field that holds terms of class ``kind``, the EIP-712 struct ``struct``."""
    return {"type": struct, "terms": kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """Base of the signed messages: ``job_id`` is the 32-byte id of the job; ``SENDER`` the role that may sign it."""

    SENDER: ClassVar[str] = "either"
    job_id: bytes = field(metadata=DIGEST)

    def __post_init__(self) -> None:
        for item in fields(self):
            value, terms = getattr(self, item.name), item.metadata.get("terms")
            if terms is None:
                object.__setattr__(self, item.name, checked(value, item.metadata["type"], item.name))
            elif not isinstance(value, terms):
                raise InvalidInput(f"{item.name} must be {terms.__name__}")


M = TypeVar("M", bound=SignedMessage)


def sign_message(message: SignedMessage, account: LocalAccount, domain: Domain) -> bytes:
    """Sign ``message`` with ``account`` (its key is secret) for ``domain``; returns canonical envelope bytes."""
    kind = type(message)
    signature = sign_typed(account, domain, _types(kind), _values(message))
    content: dict[str, JsonValue] = {}
    for item in fields(message):
        value = getattr(message, item.name)
        if isinstance(value, TermsFields):
            content[item.name] = {**value.to_fields()}
        else:
            content[item.name] = to_json(value, item.metadata["type"])
    return SignedJson(kind.__name__, content, signature).encode()


def parse_message(envelope: SignedJson, kind: type[M]) -> M:
    """Typed message from untrusted JSON fields: exactly the fields of ``kind``, each canonical.

    Raises:
        MessageRejected: another kind, other fields, or a value that is not canonical. The signature is not looked at.
    """
    if envelope.kind != kind.__name__:
        raise MessageRejected("type", f"found a message of type {envelope.kind!r:.60}, expected {kind.__name__}")
    content, expected = envelope.content, {item.name for item in fields(kind)}
    if not isinstance(content, dict) or set(content) != expected:
        raise MessageRejected("keys", f"{kind.__name__} must have exactly the fields {sorted(expected)}")
    values: dict[str, Any] = {item.name: _parse_field(item, content[item.name], kind.__name__) for item in fields(kind)}
    return kind(**values)


def check_job(message: SignedMessage, expected: bytes) -> None:
    """The message belongs to the job with id ``expected`` (32 bytes); MessageRejected otherwise."""
    if message.job_id != expected:
        kind, found = type(message).__name__, message.job_id.hex()
        raise MessageRejected("job", f"{kind} is for job 0x{found}, expected 0x{expected.hex()}: another job or chain")


def check_signer(envelope: SignedJson, message: SignedMessage, domain: Domain, signer: str) -> None:
    """``signer`` made the envelope's signature over the parsed message; MessageRejected otherwise."""
    found = recover_signer(domain, _types(type(message)), _values(message), envelope.signature)
    if found != signer:
        kind = type(message).__name__
        raise MessageRejected("signer", f"{kind} is signed by {found} (or was altered), expected {signer}")


def _parse_field(item: Field[Any], value: object, kind: str) -> object:
    """One untrusted field value."""
    where, terms = f"{kind}.{item.name}", item.metadata.get("terms")
    if terms is not None:
        return parse_fields(terms, terms.FIELDS, value, where)
    return from_json(value, item.metadata["type"], where)


def _camel(name: str) -> str:
    """``base_fee`` -> ``baseFee``, as Solidity spells it."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _types(kind: type[SignedMessage]) -> dict[str, TypedFields]:
    """EIP-712 types of a message class, the primary one first."""
    types = {kind.__name__: [{"name": _camel(item.name), "type": item.metadata["type"]} for item in fields(kind)]}
    for item in fields(kind):
        terms = item.metadata.get("terms")
        if terms is not None:
            table = [{"name": _camel(name), "type": solidity_type} for name, solidity_type in terms.FIELDS]
            types[item.metadata["type"]] = table
    return types


def _values(message: SignedMessage) -> TypedValues:
    """EIP-712 values of a message."""
    values: TypedValues = {}
    for item in fields(message):
        value = getattr(message, item.name)
        if isinstance(value, TermsFields):
            value = {_camel(name): getattr(value, name) for name, _ in value.FIELDS}
        values[_camel(item.name)] = value
    return values
