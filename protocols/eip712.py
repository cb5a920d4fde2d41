"""EIP-712 typed signatures: one domain per chain and escrow, one canonical JSON form per signed message.

Domain: name "Assay", version "1", chainId, verifyingContract = the escrow. A signature made for another chain, escrow,
message type or field value recovers to another address, so the signer check refuses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from protocols.canonical import JsonValue, decode_canonical, encode_canonical
from protocols.errors import MessageRejected
from protocols.solidity import address, uint

NAME, VERSION = "Assay", "1"
MAX_SIGNED_BYTES = 16_384
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}")
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
"""Half the order of secp256k1: a larger s is the malleated twin of a signature (EIP-2)."""

TypedFields = list[dict[str, str]]
TypedValues = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a signature counts: one escrow contract on one chain; public."""

    chain_id: int
    escrow: str

    def __post_init__(self) -> None:
        uint(self.chain_id, "chain_id", 256)
        object.__setattr__(self, "escrow", address(self.escrow, "escrow"))

    def as_typed(self) -> dict[str, str | int]:
        """The EIP-712 domain."""
        return {"name": NAME, "version": VERSION, "chainId": self.chain_id, "verifyingContract": self.escrow}


@dataclass(frozen=True, slots=True)
class SignedJson:
    """A parsed but not yet verified envelope: message type, JSON fields and 65-byte signature, all untrusted."""

    kind: str
    content: JsonValue
    signature: bytes

    def encode(self) -> bytes:
        """Canonical bytes: ``{"message": .., "signature": "0x..", "type": ".."}``."""
        return encode_canonical({"message": self.content, "signature": "0x" + self.signature.hex(), "type": self.kind})


def decode_signed(raw: bytes, what: str) -> SignedJson:
    """Parse untrusted envelope bytes; the message inside is not looked at yet.

    Raises:
        MessageRejected: not canonical, wrong keys, or a signature that is not 65 bytes in its low-s form.
    """
    envelope = decode_canonical(raw, what, MAX_SIGNED_BYTES)
    kind, signature = envelope.get("type"), envelope.get("signature")
    if set(envelope) != {"message", "signature", "type"} or not isinstance(kind, str):
        raise MessageRejected("keys", f"{what} must have exactly the keys message, signature and type")
    if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
        raise MessageRejected("signature", f"{what}: the signature is not 65 bytes of lower-case hex")
    signature_bytes = bytes.fromhex(signature[2:])
    if signature_bytes[64] not in (27, 28) or int.from_bytes(signature_bytes[32:64], "big") > _HALF_ORDER:
        raise MessageRejected(
            "signature", f"{what}: the signature is not in its one canonical form (v 27 or 28, low s)"
        )
    return SignedJson(kind, envelope["message"], signature_bytes)


def sign_typed(account: LocalAccount, domain: Domain, types: dict[str, TypedFields], values: TypedValues) -> bytes:
    """65-byte EIP-712 signature (r, s, v) by ``account`` (secret key inside) over the primary type of ``types``."""
    signed = account.sign_message(encode_typed_data(domain.as_typed(), types, values))
    return bytes(signed.signature)


def recover_signer(domain: Domain, types: dict[str, TypedFields], values: TypedValues, signature: bytes) -> str:
    """EIP-55 address that made ``signature`` over these values in this domain.

    Raises:
        MessageRejected: no public key fits the signature.
    """
    signable = encode_typed_data(domain.as_typed(), types, values)
    try:
        return str(Account.recover_message(signable, signature=signature))
    except (BadSignature, ValidationError, ValueError) as error:
        raise MessageRejected("signature", "no key fits the signature; ask the sender to sign again") from error
