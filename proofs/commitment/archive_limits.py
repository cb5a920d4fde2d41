"""What a stranger's NumPy file may do to its reader: which errors it raises, and how much it unpacks to."""

from __future__ import annotations

import io
import struct
import tokenize
import zipfile
import zlib

import psutil

from proofs.errors import InvalidInput, ResourceExceeded

READER_ERRORS: tuple[type[Exception], ...] = (
    *(ValueError, OverflowError, EOFError, OSError, LookupError, AttributeError, TypeError, SyntaxError, MemoryError),
    *(RuntimeError, zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError),
)
"""What NumPy, and the ZIP and Python parsers below it, raise for bytes that are no archive; found by fuzzing."""
FREE_BYTES = 32 << 20
MOST_TIMES = 250
"""Deflate makes up to 1,032 out of one byte; arrays of 0 and 1 in 64 bits each, the emptiest in use, about 100."""


def check_unpacked(raw: bytes, what: str, own: bool = False) -> None:
    """Refuse an archive before it is unpacked, by the sizes its members declare, beyond which none is read.

    Args:
        own: written by this program, so that it may be as empty as the arrays it was given.

    Raises:
        InvalidInput: it holds more than 250 times its own size. ResourceExceeded: more than fits into free memory.
        zipfile.BadZipFile and others of ``READER_ERRORS``: no archive.
    """
    if not raw.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if not own and unpacked > max(FREE_BYTES, MOST_TIMES * len(raw)):
        raise InvalidInput(
            f"{what}: {len(raw)} bytes unpack to {unpacked}, more than {MOST_TIMES} times as many, as no honest data "
            "do; save the arrays with numpy.savez, uncompressed"
        )
    available = psutil.virtual_memory().available
    if unpacked > available:
        raise ResourceExceeded(
            f"{what}: its arrays take {unpacked >> 20} MiB, {available >> 20} MiB of memory are free; split them",
            needed=unpacked,
            available=available,
        )
