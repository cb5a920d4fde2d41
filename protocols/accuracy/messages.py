"""The five signed messages of protocol A.

    Offer           buyer  -> seller   the terms, the buyer's channel key, the circuit's digests
    Acceptance      seller -> buyer    the seed and the seller's channel key
    HandOverNotice  buyer  -> seller   what the ciphertext on the channel consists of
    HandOverReceipt seller -> buyer    "opened OK": the plaintext hashes to the data root
    Decline         either way         no, and why

Every message names its job id, which binds chain, escrow, parties and all terms. All fields are public.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import ClassVar

from proofs.errors import InvalidInput
from protocols.accuracy.terms import AccuracyTerms
from protocols.solidity import checked

TERMS_STRUCT = "AccuracyTerms"
_DIGEST = {"type": "bytes32"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """Base of the signed messages: ``job_id`` is the 32-byte id of the job; ``SENDER`` the role that may sign it."""

    SENDER: ClassVar[str] = "either"
    job_id: bytes = field(metadata=_DIGEST)

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.metadata["type"] != TERMS_STRUCT:
                value = checked(getattr(self, item.name), item.metadata["type"], item.name)
                object.__setattr__(self, item.name, value)
            elif not isinstance(getattr(self, item.name), AccuracyTerms):
                raise InvalidInput(f"{item.name} must be AccuracyTerms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(SignedMessage):
    """The buyer's offer; the seller rebuilds the circuit and compares its digests before it accepts.

    Args:
        terms: the job's terms. buyer_channel_key: X25519 public key, 32 bytes. vk_digest, settings_digest: digests of
            the verifying key and the circuit settings behind ``terms.verifier``. valid_until: chain time, seconds.
    """

    SENDER: ClassVar[str] = "buyer"
    terms: AccuracyTerms = field(metadata={"type": TERMS_STRUCT})
    buyer_channel_key: bytes = field(metadata=_DIGEST)
    vk_digest: bytes = field(metadata=_DIGEST)
    settings_digest: bytes = field(metadata=_DIGEST)
    valid_until: int = field(metadata={"type": "uint64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance(SignedMessage):
    """The seller accepts: ``seed`` as posted on chain (32 bytes), ``seller_channel_key`` an X25519 public key."""

    SENDER: ClassVar[str] = "seller"
    seed: bytes = field(metadata=_DIGEST)
    seller_channel_key: bytes = field(metadata=_DIGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverNotice(SignedMessage):
    """What the buyer put on the channel: ``chunk_count`` ciphertext chunks with root ``ciphertext_root``."""

    SENDER: ClassVar[str] = "buyer"
    ciphertext_root: bytes = field(metadata=_DIGEST)
    chunk_count: int = field(metadata={"type": "uint32"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverReceipt(SignedMessage):
    """The seller's "opened OK": these ciphertexts decrypt to a test set with this data root."""

    SENDER: ClassVar[str] = "seller"
    ciphertext_root: bytes = field(metadata=_DIGEST)
    data_root: bytes = field(metadata=_DIGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(SignedMessage):
    """Either side's refusal with a ``reason`` for people; it moves nothing on chain."""

    reason: str = field(metadata={"type": "string"})


AnyMessage = Offer | Acceptance | HandOverNotice | HandOverReceipt | Decline
