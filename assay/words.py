"""32-byte words as a user types them."""

from __future__ import annotations

import re

from proofs.accuracy import NO_CONTEXT
from proofs.errors import InvalidInput

_WORD = re.compile(r"(0x)?[0-9a-fA-F]{64}")


def parse_word(text: str, name: str) -> bytes:
    """The 32 bytes written as 64 hex digits in ``text``. Raises InvalidInput naming the option ``name``."""
    if not _WORD.fullmatch(text):
        raise InvalidInput(f"{name} must be 32 bytes: 64 hex digits, with or without 0x")
    return bytes.fromhex(text.removeprefix("0x"))


def parse_context(text: str | None) -> bytes:
    """32 bytes of hex, or the empty context."""
    return NO_CONTEXT if text is None else parse_word(text, "--context")
