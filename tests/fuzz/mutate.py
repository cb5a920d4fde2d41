"""Changes to valid bytes that know their structure: containers, JSON, archives, arrays, images, and plain bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from random import Random

from fuzz import mutate_archive, mutate_json

MAGIC = b"ASSAY"
MAX_BYTES = 1 << 20
"""No input is made longer than this, or than its seed where that is longer."""
LENGTHS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, (1 << 63) - 1, (1 << 64) - 1)
DIGITS = (b"0", b"-1", b"00", b"1e999", b"NaN", b"9" * 40, b"9" * 5000, b"0x", "٣".encode(), b"1_0", b"+1", b" 1")
TOKENS = (b"\0", b"\xff", b"\xc0\x80", "é\u202e".encode(), b"[" * 3000, b'{"a":' * 300, b"\r\n", b"'", b'"', b"\\u0000")
_HEAD, _SECTION = struct.Struct(">8sHH"), struct.Struct(">4sQ")
Mutator = Callable[[Random, bytes, Sequence[bytes]], bytes]


def mutate(random: Random, raw: bytes, pool: Sequence[bytes]) -> bytes:
    """``raw`` changed in one to four places. ``pool``: other inputs of the target, to splice from."""
    limit = max(MAX_BYTES, 2 * len(raw))
    for _ in range(random.choice((1, 1, 1, 2, 2, 4))):
        raw = _once(random, raw, pool)[:limit]
    return raw


def _once(random: Random, raw: bytes, pool: Sequence[bytes]) -> bytes:
    structured = _structured(raw)
    if structured is not None and random.random() < 0.7:
        return structured(random, raw, pool)
    return random.choice(PLAIN)(random, raw, pool)


def _structured(raw: bytes) -> Mutator | None:
    if raw.startswith(MAGIC):
        return container
    if raw[:1] in (b"{", b"["):
        return lambda random, raw, _: mutate_json.changed(random, raw)
    if raw.startswith(b"PK\x03\x04"):
        return lambda random, raw, pool: mutate_archive.changed_zip(random, raw, lambda one: _once(random, one, pool))
    if raw.startswith(b"\x93NUMPY"):
        return lambda random, raw, _: mutate_archive.changed_npy(random, raw)
    if raw.startswith(b"\x89PNG"):
        return lambda random, raw, _: mutate_archive.changed_png(random, raw)
    return None


def container(random: Random, raw: bytes, pool: Sequence[bytes]) -> bytes:
    """A container with a section changed, moved, doubled, dropped or renamed, its lengths right again or not."""
    parts = sections(raw)
    if parts is None:
        return flip(random, raw, pool)
    head, found = parts
    place = random.randrange(len(found)) if found else 0
    kind = random.randrange(8)
    if found and kind < 4:
        name, payload = found[place]
        found[place] = (name, _once(random, payload, [p for _, p in found]))
    elif found and kind == 4:
        found.insert(random.randrange(len(found) + 1), found[place])
    elif found and kind == 5:
        del found[place]
    elif found and kind == 6:
        random.shuffle(found)
    else:
        found.append((random.choice([name for name, _ in found] or [b"NONE"]), random.randbytes(random.randrange(40))))
    magic, version, _ = _HEAD.unpack(head)
    count = len(found) if random.random() < 0.9 else random.choice(LENGTHS) & 0xFFFF
    packed = [_HEAD.pack(magic, version, count & 0xFFFF)]
    for name, payload in found:
        length = len(payload) if random.random() < 0.98 else random.choice(LENGTHS)
        packed += [_SECTION.pack(name, length), payload]
    return b"".join(packed)


def sections(raw: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]] | None:
    """Header and sections of a container, read leniently."""
    if len(raw) < _HEAD.size:
        return None
    found, offset = [], _HEAD.size
    while offset + _SECTION.size <= len(raw):
        name, length = _SECTION.unpack_from(raw, offset)
        offset += _SECTION.size
        found.append((name, raw[offset : offset + length]))
        offset += length
    return raw[: _HEAD.size], found


def flip(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    """One to eight bits."""
    changed = bytearray(raw or b"\0")
    for _ in range(random.choice((1, 1, 2, 8))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    """Truncated, or longer by a few bytes."""
    if random.random() < 0.3:
        return raw + random.choice((b"\0", b"\n", b"\xff" * 9, raw[-50:], raw))
    return raw[: random.randrange(len(raw) + 1)]


def remove(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    """A piece taken out, or said twice."""
    start, end = _span(random, raw)
    return raw[:start] + raw[end:] if random.random() < 0.5 else raw[:end] + raw[start:]


def splice(random: Random, raw: bytes, pool: Sequence[bytes]) -> bytes:
    """The beginning of one input and the end of another."""
    other = random.choice(pool) if pool else raw
    return raw[: _span(random, raw)[0]] + other[_span(random, other)[0] :]


def length(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    """A number of 1, 2, 4 or 8 bytes, of either order, set to an extreme or moved by a little."""
    width = random.choice((1, 2, 4, 8))
    if len(raw) < width:
        return b"\xff" * width
    start = random.randrange(len(raw) - width + 1) if random.random() < 0.6 else random.randrange(min(64, len(raw)))
    order = "big" if random.random() < 0.6 else "little"
    old = int.from_bytes(raw[start : start + width], order)  # type: ignore[arg-type]
    new = random.choice((random.choice(LENGTHS), old + 1, old - 1, old * 2, len(raw), len(raw) + 1))
    return raw[:start] + (new % (1 << (8 * width))).to_bytes(width, order) + raw[start + width :]  # type: ignore[arg-type]


def token(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    """A strange piece of text put in, or in the place of a number."""
    start, end = _span(random, raw)
    return raw[:start] + random.choice((*TOKENS, *DIGITS)) + raw[random.choice((start, min(start + 1, end), end)) :]


def number(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    """A written number changed into another."""
    places = [at for at, byte in enumerate(raw[:4096]) if 48 <= byte <= 57]
    if not places:
        return raw
    start = random.choice(places)
    end = start
    while end < len(raw) and 48 <= raw[end] <= 57:
        end += 1
    return raw[:start] + random.choice((*DIGITS, str(random.choice(LENGTHS)).encode())) + raw[end:]


PLAIN: tuple[Mutator, ...] = (flip, flip, cut, remove, splice, length, length, token, number)


def _span(random: Random, raw: bytes) -> tuple[int, int]:
    start = random.randrange(len(raw) + 1)
    return start, min(len(raw), start + random.choice((1, 2, 4, 8, 32, 64, 512)))


def as_json(value: object) -> bytes:
    """Canonical JSON of a seed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
