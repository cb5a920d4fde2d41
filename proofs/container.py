"""The byte layout shared by every Assay file: bundles, model commitments, test-set commitments.

    offset  size  field
    0       8     magic, naming the kind of file
    8       2     format version, big-endian
    10      2     number of sections
    12      ...   sections: 4-byte ASCII name, 8-byte big-endian length, payload

Sections come in the order their writer fixed, nothing may follow the last one, and a reader refuses a file larger
than it is told to accept before it reads it into typed objects.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from proofs.errors import InvalidInput, MalformedProof, MissingArtifact
from proofs.wording import counted

_HEAD = struct.Struct(">8sHH")
_SECTION = struct.Struct(">4sQ")
MAX_FILE_BYTES = 256 << 20

Sections = list[tuple[bytes, bytes]]


def pack(magic: bytes, version: int, sections: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The bytes of a file with the given ``sections`` (4-byte name, payload)."""
    parts = [_HEAD.pack(magic, version, len(sections))]
    for name, payload in sections:
        parts += [_SECTION.pack(name, len(payload)), payload]
    return b"".join(parts)


def unpack(raw: bytes, magic: bytes, version: int, what: str) -> Sections:
    """The sections of ``raw``. Raises MalformedProof for foreign, truncated, oversize or trailing bytes."""
    if len(raw) < _HEAD.size:
        raise MalformedProof(f"{what} is truncated: {counted(len(raw), 'byte')} cannot hold the header")
    found, file_version, count = _HEAD.unpack_from(raw)
    if found != magic:
        raise MalformedProof(f"not a {what}: the file starts with {found!r}, expected {magic!r}")
    if file_version != version:
        raise MalformedProof(f"{what} has format version {file_version}; this release reads version {version}")
    sections: Sections = []
    offset = _HEAD.size
    for _ in range(count):
        if len(raw) - offset < _SECTION.size:
            raise MalformedProof(f"{what} is truncated inside a section header at byte {offset}")
        name, length = _SECTION.unpack_from(raw, offset)
        offset += _SECTION.size
        if length > len(raw) - offset:
            raise MalformedProof(f"{what} is truncated: section {name!r} announces {counted(length, 'byte')}")
        sections.append((name, raw[offset : offset + length]))
        offset += length
    if offset != len(raw):
        raise MalformedProof(f"{what} has {counted(len(raw) - offset, 'byte')} after its last section")
    return sections


def read_file(path: Path, what: str, limit: int | None = None) -> bytes:
    """Read an Assay file, refusing anything over ``limit`` bytes (256 MiB unless given) before it is loaded."""
    limit = MAX_FILE_BYTES if limit is None else limit
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise InvalidInput(f"{what}: {path} is not a file")
        if size > limit:
            raise MalformedProof(f"{what}: {path} is {size} bytes; no {what} is larger than {limit}")
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingArtifact(f"{what}: {path} does not exist") from None
    except OSError as error:
        raise InvalidInput(f"{what}: cannot read {path}: {error.strerror}") from None
