"""Canonical JSON: the one byte form of a message, so that equal content has equal bytes and nothing hides in spacing.

Keys sorted, no white space, ASCII only, no floats, no duplicate keys. Integers travel as decimal strings (other
languages read JSON numbers as doubles), so the JSON itself holds only objects, lists, strings and booleans.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from proofs.nesting import nesting_depth
from protocols.errors import MessageRejected

MAX_DEPTH = 32
JsonValue = str | bool | list["JsonValue"] | dict[str, "JsonValue"]


def encode_canonical(content: Mapping[str, JsonValue]) -> bytes:
    """The canonical bytes of a JSON object."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def decode_canonical(raw: bytes, what: str, max_bytes: int) -> dict[str, JsonValue]:
    """Parse untrusted canonical JSON.

    Args:
        raw: bytes from the other side or from disk.
        what: name of the thing being read, for error messages.
        max_bytes: refuse longer input before parsing.

    Raises:
        MessageRejected: too long (``"size"``), not a JSON object (``"json"``), or an object in a form other than the
            canonical one (``"canonical"``), which covers duplicate keys, spacing, order, numbers, null, trailing bytes.
    """
    if len(raw) > max_bytes:
        raise MessageRejected("size", f"{what} is {len(raw)} bytes, at most {max_bytes} are read; ask for less")
    if nesting_depth(raw, MAX_DEPTH) > MAX_DEPTH:
        raise MessageRejected("json", f"{what} is nested deeper than {MAX_DEPTH}; ask the sender again")
    try:
        content = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MessageRejected("json", f"{what} is not JSON ({type(error).__name__}); ask the sender again") from error
    if not isinstance(content, dict):
        raise MessageRejected("json", f"{what} is not a JSON object; ask the sender again")
    if not _plain(content) or encode_canonical(content) != raw:
        raise MessageRejected("canonical", f"{what} is not in canonical form (sorted keys, no spaces, strings only)")
    return content


def _plain(value: object) -> bool:
    """Whether ``value`` holds only strings, booleans, lists and objects (no numbers, no null)."""
    if isinstance(value, dict):
        return all(_plain(item) for item in value.values())
    if isinstance(value, list):
        return all(_plain(item) for item in value)
    return isinstance(value, (str, bool))
