"""The five signed messages of a retrieval job.

    Offer            requester -> responder   the terms, the requester's channel key, the circuit's digests
    Acceptance       responder -> requester   the responder's channel key, and how large a delivery can get
    DeliveryNotice   responder -> requester   what the ciphertexts on the channel consist of
    DeliveryProblem  requester -> responder   why there is no receipt (yet)
    Decline          either way               no, and why

Every message names its job id, which binds chain, escrow, parties and all terms. All fields are public. None of them
moves anything on chain: the receipt that counts is the escrow's ``acknowledge``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from protocols.retrieval.terms import RetrievalTerms
from protocols.signed_messages import DIGEST, TEXT, SignedMessage, terms_field

TERMS_STRUCT = "RetrievalTerms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(SignedMessage):
    """The requester's offer; the responder compares its digests with its own circuit before it accepts.

    Args:
        terms: the job's terms. requester_channel_key: X25519 public key, 32 bytes. vk_digest, settings_digest: digests
            of the verifying key and the circuit settings behind ``terms.verifier`` (zero for a sample). note: what the
            predicate model is meant to find, in words; nothing enforces it. valid_until: chain time, seconds.
    """

    SENDER: ClassVar[str] = "requester"
    terms: RetrievalTerms = field(metadata=terms_field(TERMS_STRUCT, RetrievalTerms))
    requester_channel_key: bytes = field(metadata=DIGEST)
    vk_digest: bytes = field(metadata=DIGEST)
    settings_digest: bytes = field(metadata=DIGEST)
    note: str = field(metadata=TEXT)
    valid_until: int = field(metadata={"type": "uint64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance(SignedMessage):
    """The responder accepts: its X25519 public key, and the most bytes of ciphertext one document can have."""

    SENDER: ClassVar[str] = "responder"
    responder_channel_key: bytes = field(metadata=DIGEST)
    max_document_bytes: int = field(metadata={"type": "uint64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNotice(SignedMessage):
    """What the responder put on the channel: ``chunk_count`` ciphertexts, ``byte_count`` bytes, and their root."""

    SENDER: ClassVar[str] = "responder"
    ciphertext_root: bytes = field(metadata=DIGEST)
    chunk_count: int = field(metadata={"type": "uint64"})
    byte_count: int = field(metadata={"type": "uint64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryProblem(SignedMessage):
    """The requester holds no ciphertexts under this root, for ``reason``; sending them again still helps."""

    SENDER: ClassVar[str] = "requester"
    ciphertext_root: bytes = field(metadata=DIGEST)
    reason: str = field(metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(SignedMessage):
    """Either side's refusal with a ``reason`` for people."""

    reason: str = field(metadata=TEXT)


AnyMessage = Offer | Acceptance | DeliveryNotice | DeliveryProblem | Decline
