"""A frame: the plaintext of every letter, the same both ways. It says where each side stands and carries messages.

Bytes: version (1) | job id (32) | first (4) | of (4) | received (4) | messages, each length (4) | bytes. Big-endian.
``LIST`` in place of the job id asks, and answers, which jobs there are: one message, job ids one after the other.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from proofs.errors import InvalidInput
from protocols.channel import MAX_MESSAGE_BYTES, MAX_MESSAGES
from protocols.errors import MessageRejected

VERSION = 1
LIST = bytes(32)
MAX_CARRIED_BYTES = 2 << 20
"""Messages of one frame together: so much goes to and fro at once, and one message of the channel always fits."""
MAX_CARRIED = 256
MAX_JOBS_LISTED = 256
_HEAD = struct.Struct(">B32sIII")
_LENGTH = struct.Struct(">I")
MAX_FRAME_BYTES = _HEAD.size + MAX_CARRIED * _LENGTH.size + MAX_CARRIED_BYTES


@dataclass(frozen=True, slots=True)
class Frame:
    """Where one side of a job stands, and some of its messages.

    Args:
        job_id: 32 bytes, or ``LIST``. first: number of the first message carried. of: how many messages this side has
            sent in all. received: how many consecutive messages of the other side have arrived.
        messages: numbers ``first``, ``first + 1`` and so on; none to ask only.
    """

    job_id: bytes
    first: int = 0
    of: int = 0
    received: int = 0
    messages: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.job_id) != 32:
            raise InvalidInput("a job id has 32 bytes")
        if any(not 0 <= number <= MAX_MESSAGES for number in (self.first, self.of, self.received)):
            raise InvalidInput(f"a channel has at most {MAX_MESSAGES} messages")
        if len(self.messages) > MAX_CARRIED or (self.messages and self.first + len(self.messages) > self.of):
            raise InvalidInput("a frame carries more messages than it may, or than were sent")
        if any(len(message) > MAX_MESSAGE_BYTES for message in self.messages):
            raise InvalidInput(f"a message has at most {MAX_MESSAGE_BYTES} bytes")
        if sum(map(len, self.messages)) > MAX_CARRIED_BYTES:
            raise InvalidInput(f"a frame carries at most {MAX_CARRIED_BYTES} bytes")

    def encode(self) -> bytes:
        """The frame's bytes."""
        head = _HEAD.pack(VERSION, self.job_id, self.first, self.of, self.received)
        return head + b"".join(_LENGTH.pack(len(message)) + message for message in self.messages)


def decode_frame(raw: bytes) -> Frame:
    """The frame in bytes from the other side; every frame has one encoding.

    Raises:
        MessageRejected: check ``"frame"``.
    """
    if not _HEAD.size <= len(raw) <= MAX_FRAME_BYTES:
        raise MessageRejected("frame", f"a frame has {_HEAD.size} to {MAX_FRAME_BYTES} bytes, got {len(raw)}")
    version, job_id, first, of, received = _HEAD.unpack_from(raw)
    if version != VERSION:
        raise MessageRejected("frame", f"a frame of version {version}; version {VERSION} is read, update one side")
    try:
        return Frame(job_id, first, of, received, _messages(raw))
    except InvalidInput as error:
        raise MessageRejected("frame", str(error)) from error


def _messages(raw: bytes) -> tuple[bytes, ...]:
    """What stands behind the head: whole messages, up to the last byte."""
    found: list[bytes] = []
    place = _HEAD.size
    while place < len(raw):
        if len(found) >= MAX_CARRIED or len(raw) - place < _LENGTH.size:
            raise MessageRejected("frame", "too many messages, or half a length, at the frame's end")
        (length,) = _LENGTH.unpack_from(raw, place)
        place += _LENGTH.size
        if length > len(raw) - place:
            raise MessageRejected("frame", f"message {len(found)} of the frame is cut off")
        found.append(raw[place : place + length])
        place += length
    return tuple(found)


def listed(job_ids: list[bytes]) -> Frame:
    """The answer to ``LIST``: the first ``MAX_JOBS_LISTED`` of these jobs."""
    return Frame(LIST, of=1, messages=(b"".join(job_ids[:MAX_JOBS_LISTED]),))


def job_ids_in(frame: Frame) -> list[bytes]:
    """The job ids of an answer to ``LIST``. Raises MessageRejected."""
    joined = frame.messages[0] if len(frame.messages) == 1 else b"?"
    if frame.job_id != LIST or len(joined) % 32 or len(joined) > 32 * MAX_JOBS_LISTED:
        raise MessageRejected("frame", "not a list of jobs")
    return [joined[start : start + 32] for start in range(0, len(joined), 32)]
