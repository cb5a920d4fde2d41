"""Lists, integers and texts out of parsed JSON, each bounded."""

from __future__ import annotations

from typing import Any

from proofs.canonical import expect_int
from proofs.errors import MalformedProof


def items(value: object, most: int, what: str) -> list[Any]:
    """``value`` as a list of at most ``most``. Raises MalformedProof."""
    if not isinstance(value, list) or len(value) > most:
        raise MalformedProof(f"{what} must be a list of at most {most} entries")
    return value


def integers(value: object, count: int, low: int, high: int, what: str) -> tuple[int, ...]:
    """``value`` as ``count`` integers in [low, high]. Raises MalformedProof."""
    found = items(value, count, what)
    if len(found) != count:
        raise MalformedProof(f"{what} must have {count} entries")
    return tuple(expect_int(item, low, high, what) for item in found)


def text(value: object, most: int, what: str) -> str:
    """``value`` as a string of at most ``most`` characters. Raises MalformedProof."""
    if not isinstance(value, str) or len(value) > most:
        raise MalformedProof(f"{what} must be a text of at most {most} characters")
    return value
