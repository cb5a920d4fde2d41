"""The five signed messages of protocol A'.

    Offer           buyer  -> seller   the terms, the buyer's channel key, the circuit's digests
    Acceptance      seller -> buyer    the seed that draws the sample, and the seller's channel key
    HandOverNotice  buyer  -> seller   what the ciphertexts on the channel consist of, and the sample's key
    RestKey         buyer  -> seller   the key of the other examples, once the seller has promised to prove
    Decline         either way         no, and why

Every message names its job id, which binds chain, escrow, parties and all terms. Notice and key travel sealed, since
both hold secrets; everything else is public. The receipts that count are the escrow's ``proceed`` and ``confirm``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from protocols.sampled.terms import SampledTerms
from protocols.signed_messages import DIGEST, TEXT, SignedMessage, terms_field

TERMS_STRUCT = "SampledTerms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(SignedMessage):
    """The buyer's offer; the seller rebuilds the circuit and compares its digests before it accepts.

    Args:
        terms: the job's terms. buyer_channel_key: X25519 public key, 32 bytes. vk_digest, settings_digest: digests of
            the verifying key and the circuit settings behind ``terms.verifier``. valid_until: chain time, seconds.
    """

    SENDER: ClassVar[str] = "buyer"
    terms: SampledTerms = field(metadata=terms_field(TERMS_STRUCT, SampledTerms))
    buyer_channel_key: bytes = field(metadata=DIGEST)
    vk_digest: bytes = field(metadata=DIGEST)
    settings_digest: bytes = field(metadata=DIGEST)
    valid_until: int = field(metadata={"type": "uint64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance(SignedMessage):
    """The seller accepts: ``seed`` as posted on chain (32 bytes), ``seller_channel_key`` an X25519 public key."""

    SENDER: ClassVar[str] = "seller"
    seed: bytes = field(metadata=DIGEST)
    seller_channel_key: bytes = field(metadata=DIGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverNotice(SignedMessage):
    """What the buyer put on the channel: ``byte_count`` bytes of ciphertexts under a root, and the sample's key."""

    SENDER: ClassVar[str] = "buyer"
    ciphertext_root: bytes = field(metadata=DIGEST)
    chunk_count: int = field(metadata={"type": "uint64"})
    byte_count: int = field(metadata={"type": "uint64"})
    sample_key: bytes = field(metadata=DIGEST, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestKey(SignedMessage):
    """The key of the examples that were not drawn, 32 bytes, secret until it is revealed on chain."""

    SENDER: ClassVar[str] = "buyer"
    key: bytes = field(metadata=DIGEST, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(SignedMessage):
    """Either side's refusal with a ``reason`` for people; it moves nothing on chain."""

    reason: str = field(metadata=TEXT)


AnyMessage = Offer | Acceptance | HandOverNotice | RestKey | Decline
