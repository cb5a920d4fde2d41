"""Reading values out of journal entries: each is a text, a flag, a list of texts, a count or a 32-byte word.

Every reader raises JournalError, naming line and kind, when the value is not what its kind says.
"""

from __future__ import annotations

from protocols.canonical import JsonValue
from protocols.errors import JournalError
from protocols.journal import Entry


def bad_entry(entry: Entry, what: str) -> JournalError:
    """The error for an entry whose body is not what its kind says."""
    return JournalError(f"journal line {entry.sequence + 1} ({entry.kind}): {what}; it was written by another version")


def text(entry: Entry, key: str) -> str:
    """A string value."""
    value = _value(entry, key)
    if not isinstance(value, str):
        raise bad_entry(entry, f"{key} is not a text")
    return value


def flag(entry: Entry, key: str) -> bool:
    """A boolean value."""
    value = _value(entry, key)
    if not isinstance(value, bool):
        raise bad_entry(entry, f"{key} is not true or false")
    return value


def texts(entry: Entry, key: str) -> tuple[str, ...]:
    """A list of strings."""
    value = _value(entry, key)
    if not isinstance(value, list):
        raise bad_entry(entry, f"{key} is not a list")
    found = [item for item in value if isinstance(item, str)]
    if len(found) != len(value):
        raise bad_entry(entry, f"{key} is not a list of texts")
    return tuple(found)


def count(entry: Entry, key: str) -> int:
    """A non-negative integer, written in decimal."""
    digits = text(entry, key)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise bad_entry(entry, f"{key}: {digits!r:.30} is not a count")
    return int(digits)


def word(entry: Entry, key: str) -> bytes:
    """32 bytes, written as 0x and hex."""
    digits = text(entry, key)
    try:
        found = bytes.fromhex(digits.removeprefix("0x"))
    except ValueError as error:
        raise bad_entry(entry, f"{key} is not hex") from error
    if len(found) != 32 or not digits.startswith("0x"):
        raise bad_entry(entry, f"{key} is not 0x and 32 bytes")
    return found


def _value(entry: Entry, key: str) -> JsonValue:
    """The body's value under ``key``."""
    if key not in entry.body:
        raise bad_entry(entry, f"{key} is missing")
    return entry.body[key]
