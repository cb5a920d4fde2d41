"""Envelopes only the receiver can open and only the sender can have made: HPKE in its authenticated mode.

Suite (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, mode_auth; one fresh encapsulation a
message. ``info`` binds purpose, job id and direction, the associated data binds the position (sequence number, or chunk
index and count), so an envelope replayed, reordered, reflected or moved to another job does not open.

Bytes: version (1) | encapsulated key (32) | ciphertext | tag (16).

Limits: as in every HPKE auth mode, whoever steals a receiver's key can also forge messages *to that receiver*; what
must convince a third party is EIP-712 signed inside. Lengths are not hidden.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from Crypto.Protocol import HPKE
from Crypto.Protocol.DH import import_x25519_private_key, import_x25519_public_key
from Crypto.PublicKey.ECC import EccKey

from proofs.errors import InvalidInput
from protocols.errors import MessageRejected

VERSION = b"\x01"
KEY_BYTES = 32
OVERHEAD_BYTES = 1 + KEY_BYTES + 16
_AEAD = HPKE.AEAD.CHACHA20_POLY1305


class Direction(StrEnum):
    """Who sends to whom; also the name of the transport folder."""

    BUYER_TO_SELLER = "buyer-to-seller"
    SELLER_TO_BUYER = "seller-to-buyer"

    @property
    def opposite(self) -> Direction:
        """The way back."""
        other = Direction.SELLER_TO_BUYER if self is Direction.BUYER_TO_SELLER else Direction.BUYER_TO_SELLER
        return other


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """A party's X25519 key pair for one job; ``secret`` (32 bytes) is secret, ``public`` goes into signed messages."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.secret, bytes) or len(self.secret) != KEY_BYTES:
            raise InvalidInput("a channel key is 32 secret bytes; make a new one with ChannelKey.generate()")

    @staticmethod
    def generate() -> ChannelKey:
        """A fresh key from the system's randomness."""
        return ChannelKey(secrets.token_bytes(KEY_BYTES))

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return bytes(self.private_key().public_key().export_key(format="raw"))

    def private_key(self) -> EccKey:
        """The pair as pycryptodome's key object; secret."""
        return import_x25519_private_key(self.secret)


@dataclass(frozen=True, slots=True)
class Slot:
    """The one place an envelope belongs to; public. ``position`` is a sequence number, or chunk index and count."""

    purpose: str
    job_id: bytes
    direction: Direction
    position: tuple[int, ...]

    def info(self) -> bytes:
        """HPKE ``info``: purpose, direction and job id, unambiguous by fixed lengths and the separator."""
        return b"assay/envelope/v1\0" + self.purpose.encode() + b"\0" + self.direction.encode() + b"\0" + self.job_id

    def associated_data(self) -> bytes:
        """HPKE associated data: the position as 8-byte words."""
        return b"".join(part.to_bytes(8, "big") for part in self.position)


def seal(plaintext: bytes, mine: ChannelKey, their_public: bytes, slot: Slot) -> bytes:
    """Encrypt ``plaintext`` (secret) to ``their_public`` for one slot; authenticated with ``mine``.

    Raises:
        InvalidInput: ``their_public`` is no usable X25519 key.
    """
    context = HPKE.new(
        receiver_key=_public_key(their_public), sender_key=mine.private_key(), aead_id=_AEAD, info=slot.info()
    )
    return VERSION + bytes(context.enc) + bytes(context.seal(plaintext, slot.associated_data()))


def unseal(envelope: bytes, mine: ChannelKey, their_public: bytes, slot: Slot) -> bytes:
    """Decrypt an untrusted envelope that must have been sealed by ``their_public``'s owner for this slot.

    Raises:
        MessageRejected: wrong version or length (``"envelope"``), or it does not open (``"seal"``): altered, for
            another receiver, by another sender, or from another job, direction or position.
        InvalidInput: ``their_public`` is no usable X25519 key.
    """
    if len(envelope) < OVERHEAD_BYTES or envelope[:1] != VERSION:
        raise MessageRejected("envelope", f"{len(envelope)} bytes are not a version-1 envelope; ask the sender again")
    sender = _public_key(their_public)
    try:
        context = HPKE.new(
            receiver_key=mine.private_key(),
            sender_key=sender,
            enc=envelope[1 : 1 + KEY_BYTES],
            aead_id=_AEAD,
            info=slot.info(),
        )
        return bytes(context.unseal(envelope[1 + KEY_BYTES :], slot.associated_data()))
    except ValueError as error:
        place = f"{slot.purpose} {'/'.join(map(str, slot.position))}, {slot.direction}"
        detail = f"the envelope at {place} does not open: altered, not from the other party, or from another place"
        raise MessageRejected("seal", detail) from error


def _public_key(raw: bytes) -> EccKey:
    """An X25519 public key object; low-order points are refused."""
    if len(raw) == KEY_BYTES:
        try:
            return import_x25519_public_key(raw)
        except ValueError:
            pass
    raise InvalidInput("the other party's channel key is not a usable X25519 public key; ask for a new signed message")
