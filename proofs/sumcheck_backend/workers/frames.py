"""Messages on a pipe: their length in eight bytes, then so many bytes."""

from __future__ import annotations

from typing import BinaryIO

LENGTH_BYTES = 8
MAX_TO_WORKER = 1 << 36
MAX_FROM_WORKER = 1 << 30
"""Proofs have a few megabytes, logits of a chunk less than this: whatever says it is longer is garbage."""


class BrokenFrame(Exception):
    """The other side ended within a message, or announced one that is too long."""


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Write one message. Raises OSError: nobody reads any more."""
    stream.write(len(content).to_bytes(LENGTH_BYTES, "big"))
    stream.write(content)
    stream.flush()


def read_frame(stream: BinaryIO, limit: int) -> bytes | None:
    """The next message, or None at the end. Raises BrokenFrame."""
    head = stream.read(LENGTH_BYTES)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    if len(head) < LENGTH_BYTES or length > limit:
        raise BrokenFrame(f"a message of {length} bytes is announced" if len(head) == LENGTH_BYTES else "half a length")
    content = stream.read(length)
    if len(content) < length:
        raise BrokenFrame(f"{len(content)} of {length} bytes")
    return content
