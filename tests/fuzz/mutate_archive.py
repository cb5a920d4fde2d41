"""NumPy archives, arrays and images changed where their readers decide how much to allocate."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from random import Random

HEADERS = (
    "{'descr': '<i8', 'fortran_order': False, 'shape': (99999999999,), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
    "{'descr': '<i8', 'fortran_order': False, 'shape': (0, 99999999999999999999), }",
    "{'descr': '|V0', 'fortran_order': False, 'shape': (99999999,), }",
    "{'descr': '|S0', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<U99999999', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': [('a', '<i4'), ('b', '|O')], 'fortran_order': True, 'shape': (), }",
    "{'descr': '<f2', 'fortran_order': True, 'shape': (1, 1, 1, 1), }",
    "{'descr': '<c16', 'fortran_order': 1, 'shape': (True,), }",
    "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '?', 'fortran_order': False, 'shape': (4,), }",
    "[" * 3000,
    "(" * 500 + ")" * 500,
    "{" + "1:" * 50,
    "'a'" * 4,
    "9" * 5000,
    "",
)


def changed_zip(random: Random, raw: bytes, inner: Callable[[bytes], bytes]) -> bytes:
    """A member changed, gone, said twice, renamed, or much larger than it looks."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
    except Exception:  # noqa: BLE001 - the archive is a mutant itself
        return inner(b"\0" + raw)
    if not members:
        return raw
    place = random.randrange(len(members))
    name, content = members[place]
    kind = random.randrange(10)
    if kind < 5:
        members[place] = (name, inner(content))
    elif kind == 5:
        del members[place]
    elif kind == 6:
        members.append((name, content))
    elif kind == 7:
        members[place] = (random.choice((name.upper(), name.removesuffix(".npy"), "../" + name, "é.npy", "")), content)
    elif kind == 8:
        members[place] = (name, bomb(random))
    else:
        other = random.randrange(len(members))
        members[place], members[other] = (name, members[other][1]), (members[other][0], content)
    return packed(members, zipfile.ZIP_DEFLATED if random.random() < 0.7 else zipfile.ZIP_STORED)


def packed(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive."""
    import warnings

    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(name or "x", content)
    return buffer.getvalue()


def bomb(random: Random) -> bytes:
    """Zeros, behind a header that asks for them: one mutant in a hundred has 100 MiB, which deflate to 100 KiB."""
    count = 100 << 20 if random.random() < 0.05 else 1000
    return npy(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({count},), }}", bytes(count))


def changed_npy(random: Random, raw: bytes) -> bytes:
    """Another header before the same numbers, or a wrong length or version of it."""
    start = 10 + int.from_bytes(raw[8:10], "little")
    kind = random.randrange(4)
    if kind < 2:
        return npy(random.choice(HEADERS), raw[start:], random.choice(((1, 0), (2, 0), (3, 0))))
    if kind == 2:
        return raw[:6] + bytes((random.randrange(5), random.randrange(2))) + raw[8:]
    header = raw[10:start].decode("latin1")
    for old, new in (("<", ">"), ("i", "f"), ("8", "2"), (",)", ",1)"), ("False", "True"), ("u1", "V1")):
        if random.random() < 0.3:
            header = header.replace(old, new, 1)
    return npy(header.strip(), raw[start:])


def npy(header: str, body: bytes, version: tuple[int, int] = (1, 0)) -> bytes:
    """An array file with any header."""
    text = header.encode() + b"\n"
    size = struct.pack("<H", len(text) & 0xFFFF) if version == (1, 0) else struct.pack("<I", len(text))
    return b"\x93NUMPY" + bytes(version) + size + text + body


def changed_png(random: Random, raw: bytes) -> bytes:
    """A chunk changed, doubled or dropped, with its checksum right: sizes, depths, palettes, data."""
    chunks, at = [], 8
    while at + 12 <= len(raw):
        size = int.from_bytes(raw[at : at + 4], "big")
        chunks.append((raw[at + 4 : at + 8], raw[at + 8 : at + 8 + size]))
        at += 12 + size
    if not chunks:
        return raw[:8]
    place = random.randrange(len(chunks))
    name, content = chunks[place]
    kind = random.randrange(5)
    if kind < 3 and content:
        at = random.randrange(len(content))
        content = content[:at] + random.choice((b"\xff", b"\0", b"\x7f", random.randbytes(1))) + content[at + 1 :]
        chunks[place] = (name, content)
    elif kind == 3:
        chunks.insert(place, (random.choice((name, b"tRNS", b"acTL", b"zTXt", b"iCCP", b"PLTE")), content))
    else:
        del chunks[place]
    parts = [raw[:8]]
    for name, content in chunks:
        parts += [struct.pack(">I", len(content)), name, content, struct.pack(">I", zlib.crc32(name + content))]
    return b"".join(parts)
