"""A delivery on its way: cut into pieces, each sealed to the requester, behind a signed notice of what they are.

The channel is numbered and nothing on it is ever replaced, so a delivery sent again is a new notice with new pieces
behind it. The receiver looks for notices from a place on; it reads no more than it was told to expect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from proofs.errors import InvalidInput
from protocols.channel import MAX_MESSAGES
from protocols.errors import MessageRejected
from protocols.retrieval.messages import DeliveryNotice
from protocols.sealed_channel import SealedChannel

PIECE_BYTES = 1 << 18
FIRST_NOTICE = 1
"""Number of the first message after the responder's answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """A notice on the channel: its number, and what it says."""

    sequence: int
    notice: DeliveryNotice

    @property
    def after(self) -> int:
        """Number of the first message behind the pieces it announces."""
        return self.sequence + 1 + pieces_of(self.notice.byte_count)


def pieces_of(byte_count: int) -> int:
    """Messages that ``byte_count`` bytes travel in."""
    return -(-byte_count // PIECE_BYTES)


def send_shipment(channel: SealedChannel, notice: bytes, content: bytes, attempt: int) -> None:
    """Put a signed notice and the delivery's bytes on the channel; goes on where an interrupted run stopped.

    Args:
        notice: the signed DeliveryNotice. content: the delivery's bytes, the same in every attempt.
        attempt: 0 the first time, one more whenever all of it is sent again.

    Raises:
        InvalidInput: more messages than a channel takes, or one of them was sent with another content.
    """
    pieces = [content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES)]
    first = FIRST_NOTICE + attempt * (1 + len(pieces))
    if first + len(pieces) >= MAX_MESSAGES:
        raise InvalidInput(f"a delivery of {len(content)} bytes does not fit on the channel a further time")
    for place, message in enumerate([notice, *pieces]):
        channel.send(first + place, message)


def next_notice(channel: SealedChannel, start: int, opened: Callable[[bytes], DeliveryNotice]) -> Found | None:
    """The first message from number ``start`` on that is a notice; None while there is none.

    Args:
        opened: checks signature and job of a candidate; raises MessageRejected for anything else.

    Raises:
        MessageRejected: the channel itself can't be read (check ``"channel"``). InvalidInput: an unusable key.
    """
    for sequence in range(start, MAX_MESSAGES):
        try:
            plain = channel.receive(sequence)
            if plain is None:
                return None
            return Found(sequence, opened(plain))
        except MessageRejected as error:
            if error.check == "channel":
                raise
    return None


def receive_shipment(channel: SealedChannel, found: Found, most_bytes: int) -> bytes | None:
    """The bytes a notice announces; None until all pieces are there.

    Args:
        most_bytes: refuse to read more than this.

    Raises:
        MessageRejected: more bytes than that, or a piece that is not the other party's, or of another length.
    """
    total = found.notice.byte_count
    if not 1 <= total <= most_bytes:
        raise MessageRejected("size", f"a delivery of {total} bytes; 1 to {most_bytes} are taken")
    pieces = []
    for place in range(pieces_of(total)):
        piece = channel.receive(found.sequence + 1 + place)
        if piece is None:
            return None
        if len(piece) != min(PIECE_BYTES, total - place * PIECE_BYTES):
            raise MessageRejected("size", f"piece {place} of the delivery has {len(piece)} bytes")
        pieces.append(piece)
    return b"".join(pieces)
