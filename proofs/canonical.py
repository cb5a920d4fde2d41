"""Canonical JSON: the one byte string for a value made of objects, lists, strings, integers, booleans and null.

Keys sorted, no white space, ASCII only, no floating-point numbers (they have no canonical form). Untrusted bytes are
parsed and written again; if the two differ, they are rejected, so every value has exactly one encoding.
"""

from __future__ import annotations

import json
from typing import Any

from proofs.errors import MalformedProof
from proofs.nesting import nesting_depth

MAX_DEPTH = 32
MAX_BYTES = 16 << 20


def canonical_bytes(value: object) -> bytes:
    """The canonical encoding of ``value``. Raises TypeError for floats and other types JSON cannot hold exactly."""
    _check(value, 0)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def parse_canonical(raw: bytes, what: str) -> Any:
    """Parse canonical JSON; ``what`` names the thing in the error. Raises MalformedProof."""
    if len(raw) > MAX_BYTES:
        raise MalformedProof(f"{what} has {len(raw)} bytes; at most {MAX_BYTES} are read")
    if nesting_depth(raw, MAX_DEPTH + 1) > MAX_DEPTH + 1:
        raise MalformedProof(f"{what} is nested deeper than {MAX_DEPTH}")
    try:
        value = json.loads(raw.decode("ascii"), parse_float=_no_float, parse_constant=_no_float)
        again = canonical_bytes(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise MalformedProof(f"{what} is not canonical JSON: {error}") from None
    if again != raw:
        raise MalformedProof(
            f"{what} is not in canonical form (key order, spacing, duplicates or number format differ)"
        )
    return value


def expect_keys(value: object, keys: set[str], what: str) -> dict[str, Any]:
    """``value`` as an object with exactly ``keys``. Raises MalformedProof naming the first difference."""
    if not isinstance(value, dict):
        raise MalformedProof(f"{what} must be an object")
    missing, extra = sorted(keys - value.keys()), sorted(value.keys() - keys)
    if missing or extra:
        raise MalformedProof(f"{what} has missing fields {missing} and unknown fields {extra}")
    return value


def expect_int(value: object, low: int, high: int, what: str) -> int:
    """``value`` as an integer in [low, high]. Raises MalformedProof."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise MalformedProof(f"{what} must be an integer between {low} and {high}")
    return value


def expect_hex(value: object, length: int, what: str) -> bytes:
    """``value`` as lower-case 0x-prefixed hex of ``length`` bytes. Raises MalformedProof."""
    if not isinstance(value, str) or len(value) != 2 + 2 * length or not value.startswith("0x"):
        raise MalformedProof(f"{what} must be 0x followed by {2 * length} hex digits")
    try:
        raw = bytes.fromhex(value[2:])
    except ValueError:
        raise MalformedProof(f"{what} contains characters that are not hex digits") from None
    if to_hex(raw) != value:
        raise MalformedProof(f"{what} must be lower-case hex without spaces")
    return raw


def to_hex(raw: bytes) -> str:
    """``raw`` as 0x-prefixed lower-case hex."""
    return "0x" + raw.hex()


def _no_float(text: str) -> object:
    raise ValueError(f"number {text[:20]} is not an integer")


def _check(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("object keys must be strings")
            _check(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item, depth + 1)
    elif not (value is None or isinstance(value, str | int | bool)):
        raise TypeError(f"canonical JSON cannot hold {type(value).__name__}")
