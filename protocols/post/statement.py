"""The key statement: an account says, by EIP-712 signature, which X25519 key post to it is sealed to. Public.

Signed in the domain of one escrow on one chain. A statement says nothing of time: whoever relies on it writes the key
down at first use and takes no other afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from protocols.eip712 import Domain, SignedJson, TypedFields, TypedValues, decode_signed, recover_signer, sign_typed
from protocols.errors import MessageRejected
from protocols.sealed_channel import usable_key
from protocols.sealing import ChannelKey
from protocols.solidity import address, from_json

KIND = "TransportKey"
MAX_STATEMENT_BYTES = 1024
"""A statement has 370 bytes."""
_TYPES: dict[str, TypedFields] = {KIND: [{"name": "account", "type": "address"}, {"name": "key", "type": "bytes32"}]}


@dataclass(frozen=True, slots=True)
class KeyStatement:
    """``account`` (EIP-55) has the post sealed to ``key`` (X25519, 32 bytes); public."""

    account: str
    key: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "account", address(self.account, "account"))
        if len(self.key) != 32:
            raise InvalidInput("a transport key has 32 bytes")

    def values(self) -> TypedValues:
        """EIP-712 values."""
        return {"account": self.account, "key": self.key}


def sign_statement(key: ChannelKey, account: LocalAccount, domain: Domain) -> bytes:
    """Canonical bytes of the signed statement that ``account`` (secret inside) receives post under ``key``."""
    said = KeyStatement(str(account.address), key.public)
    content = {"account": said.account, "key": to_hex(said.key)}
    return SignedJson(KIND, {**content}, sign_typed(account, domain, _TYPES, said.values())).encode()


def open_statement(raw: bytes, domain: Domain) -> KeyStatement:
    """The statement in untrusted bytes, signed by the account it names, for this chain and escrow.

    Raises:
        MessageRejected: malformed, signed by another account or for another domain, or a key nothing can be sealed to.
    """
    if len(raw) > MAX_STATEMENT_BYTES:
        raise MessageRejected("size", f"a key statement has at most {MAX_STATEMENT_BYTES} bytes, got {len(raw)}")
    envelope = decode_signed(raw, "key statement")
    content = envelope.content
    if envelope.kind != KIND or not isinstance(content, dict) or set(content) != {"account", "key"}:
        raise MessageRejected("keys", f"a key statement is a {KIND} with account and key")
    account = from_json(content["account"], "address", "account")
    key = from_json(content["key"], "bytes32", "key")
    said = KeyStatement(str(account), bytes(key))  # type: ignore[arg-type]
    signer = recover_signer(domain, _TYPES, said.values(), envelope.signature)
    if signer != said.account:
        raise MessageRejected("signer", f"the key statement names {said.account}, and {signer} signed it")
    if not usable_key(said.key):
        raise MessageRejected("key", "nothing can be sealed to the stated key")
    return said
