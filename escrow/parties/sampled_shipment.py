"""Encrypted examples on their way: a signed notice, then pieces, each sealed to the seller; the rest's key behind them.

number  0      offer            1  notice (with the sample's key)      2 .. 1+p  pieces of the ciphertexts
        2+p    key of the rest
"""

from __future__ import annotations

from escrow.parties.sampled_party import NOTICE
from escrow.parties.shipment import PIECE_BYTES, pieces_of
from proofs.errors import InvalidInput
from protocols.channel import MAX_MESSAGES
from protocols.errors import MessageRejected
from protocols.sealed_channel import SealedChannel

MAX_BYTES = 4 << 30
"""Most bytes of ciphertexts taken: above every test set this project proves, below what fills a disk by surprise."""


def key_place(byte_count: int) -> int:
    """Number of the message with the rest's key, behind ``byte_count`` bytes of ciphertexts."""
    return NOTICE + 1 + pieces_of(byte_count)


def send_examples(channel: SealedChannel, notice: bytes, content: bytes) -> None:
    """Put the signed notice and the ciphertexts' bytes on the channel; goes on where an interrupted run stopped.

    Raises:
        InvalidInput: more messages than a channel takes, or the channel refuses.
    """
    if key_place(len(content)) >= MAX_MESSAGES or len(content) > MAX_BYTES:
        raise InvalidInput(f"{len(content)} bytes of ciphertexts do not fit on a channel; split the test set")
    pieces = [content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES)]
    for place, message in enumerate([notice, *pieces]):
        channel.send(NOTICE + place, message)


def receive_examples(channel: SealedChannel, byte_count: int, most_bytes: int) -> bytes | None:
    """The bytes a notice announces; None until all pieces are there.

    Args:
        byte_count: as announced, untrusted. most_bytes: refuse to read more than this.

    Raises:
        MessageRejected: more bytes than that, or a piece that is not the other party's, or of another length.
    """
    if not 1 <= byte_count <= most_bytes:
        raise MessageRejected("size", f"{byte_count} bytes of ciphertexts; 1 to {most_bytes} are taken")
    if channel.transport.receive(NOTICE + pieces_of(byte_count)) is None:
        return None
    pieces = []
    for place in range(pieces_of(byte_count)):
        piece = channel.receive(NOTICE + 1 + place)
        if piece is None:
            return None
        if len(piece) != min(PIECE_BYTES, byte_count - place * PIECE_BYTES):
            raise MessageRejected("size", f"piece {place} of the ciphertexts has {len(piece)} bytes")
        pieces.append(piece)
    return b"".join(pieces)
