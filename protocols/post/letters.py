"""Frames sealed: what the network sees of a visit. HPKE in its authenticated mode, each letter for one place only.

A visit begins with an introduction, sealed with a key made for it alone, that holds the caller's key statement; the
answer is the visit's secret number, sealed to the stated key, which only its owner can open. From then on letters go to
and fro under that visit and a serial number that only grows:

introduction  version (1) | passing public key (32) | envelope of the statement; slot: "post-hello", zeros, (0)
admission     envelope of the visit (32); slot: "post-visit", keccak256 of the introduction, (0)
letter        version (1) | visit (32) | serial (8) | envelope of a frame; slot: "post-letter", visit, (serial)
reply         envelope of a frame; slot: "post-reply", visit, (serial)

A slot's direction is that in which the sender sends, so nothing opens where it was reflected to.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.errors import MessageRejected
from protocols.post.statement import MAX_STATEMENT_BYTES
from protocols.post.wire import MAX_FRAME_BYTES, Frame, decode_frame
from protocols.sealing import KEY_BYTES, OVERHEAD_BYTES, ChannelKey, Direction, Slot, seal, unseal

VERSION = b"\x01"
VISIT_BYTES = 32
MAX_SERIAL = (1 << 64) - 1
HELLO_HEAD_BYTES = 1 + KEY_BYTES
LETTER_HEAD_BYTES = 1 + VISIT_BYTES + 8
MAX_HELLO_BYTES = HELLO_HEAD_BYTES + OVERHEAD_BYTES + MAX_STATEMENT_BYTES
MAX_LETTER_BYTES = LETTER_HEAD_BYTES + OVERHEAD_BYTES + MAX_FRAME_BYTES
MAX_REPLY_BYTES = OVERHEAD_BYTES + MAX_FRAME_BYTES
ADMISSION_BYTES = OVERHEAD_BYTES + VISIT_BYTES


@dataclass(frozen=True, slots=True)
class Address:
    """An unopened letter's head: which visit, the how-manieth letter, and the envelope. Untrusted."""

    visit: bytes
    serial: int
    envelope: bytes


def seal_hello(statement: bytes, office_key: bytes, outgoing: Direction) -> bytes:
    """An introduction to the office whose transport key is ``office_key``; ``statement`` is the caller's own."""
    passing = ChannelKey.generate()
    return VERSION + passing.public + seal(statement, passing, office_key, _hello_slot(outgoing))


def open_hello(raw: bytes, mine: ChannelKey, incoming: Direction) -> bytes:
    """The key statement, yet to be checked, in an untrusted introduction.

    Raises:
        MessageRejected: malformed, or sealed for another place. InvalidInput: the passing key is no key.
    """
    if not HELLO_HEAD_BYTES <= len(raw) <= MAX_HELLO_BYTES or raw[:1] != VERSION:
        raise MessageRejected("hello", "these bytes are no introduction")
    return unseal(raw[HELLO_HEAD_BYTES:], mine, raw[1:HELLO_HEAD_BYTES], _hello_slot(incoming))


def seal_admission(visit: bytes, hello: bytes, mine: ChannelKey, caller_key: bytes, outgoing: Direction) -> bytes:
    """The answer to the introduction ``hello``: the visit's number, for the owner of ``caller_key`` only."""
    return seal(visit, mine, caller_key, _admission_slot(hello, outgoing))


def open_admission(raw: bytes, hello: bytes, mine: ChannelKey, office_key: bytes, incoming: Direction) -> bytes:
    """The visit's number from the office's untrusted answer to ``hello``. Raises MessageRejected."""
    if len(raw) != ADMISSION_BYTES:
        raise MessageRejected("visit", "these bytes admit nobody")
    return unseal(raw, mine, office_key, _admission_slot(hello, incoming))


def seal_letter(
    frame: Frame, visit: bytes, serial: int, mine: ChannelKey, office_key: bytes, outgoing: Direction
) -> bytes:
    """A caller's letter: the ``serial``-th of its visit."""
    slot = _slot("post-letter", visit, outgoing, serial)
    return VERSION + visit + serial.to_bytes(8, "big") + seal(frame.encode(), mine, office_key, slot)


def letter_head(raw: bytes) -> Address:
    """Which visit untrusted bytes claim to belong to. Raises MessageRejected."""
    if not LETTER_HEAD_BYTES + OVERHEAD_BYTES <= len(raw) <= MAX_LETTER_BYTES or raw[:1] != VERSION:
        raise MessageRejected("letter", "these bytes are no letter")
    return Address(*visit_and_serial(raw), raw[LETTER_HEAD_BYTES:])


def visit_and_serial(head: bytes) -> tuple[bytes, int]:
    """The visit and the serial number in the first ``LETTER_HEAD_BYTES`` of a letter."""
    return head[1 : 1 + VISIT_BYTES], int.from_bytes(head[1 + VISIT_BYTES : LETTER_HEAD_BYTES], "big")


def open_letter(at: Address, mine: ChannelKey, caller_key: bytes, incoming: Direction) -> Frame:
    """The frame of a caller's letter. Raises MessageRejected."""
    return decode_frame(unseal(at.envelope, mine, caller_key, _slot("post-letter", at.visit, incoming, at.serial)))


def seal_reply(frame: Frame, at: Address, mine: ChannelKey, caller_key: bytes, outgoing: Direction) -> bytes:
    """The office's answer to the letter ``at``."""
    return seal(frame.encode(), mine, caller_key, _slot("post-reply", at.visit, outgoing, at.serial))


def open_reply(
    raw: bytes, visit: bytes, serial: int, mine: ChannelKey, office_key: bytes, incoming: Direction
) -> Frame:
    """The frame of an untrusted answer to the letter ``serial`` of a visit. Raises MessageRejected."""
    if len(raw) > MAX_REPLY_BYTES:
        raise MessageRejected("reply", f"a reply has at most {MAX_REPLY_BYTES} bytes")
    return decode_frame(unseal(raw, mine, office_key, _slot("post-reply", visit, incoming, serial)))


def _slot(purpose: str, visit: bytes, direction: Direction, serial: int) -> Slot:
    if not 0 <= serial <= MAX_SERIAL:
        raise InvalidInput("a visit has no further serial numbers; begin another")
    return Slot(purpose, visit, direction, (serial,))


def _hello_slot(direction: Direction) -> Slot:
    return Slot("post-hello", bytes(32), direction, (0,))


def _admission_slot(hello: bytes, direction: Direction) -> Slot:
    return Slot("post-visit", keccak256(hello), direction, (0,))
