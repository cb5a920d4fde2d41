"""Untrusted JSON that may not nest deeply, found out without parsing it.

Python's C decoder recurses for every bracket, and a deep enough document ends the interpreter with a segmentation fault
where the recursion limit is raised, as web3 raises it to 100,000 when it is imported. So depth is measured first, by
looking at the brackets alone, in linear time.
"""

from __future__ import annotations

import json
from typing import Any

DEPTH = 32
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = b"[{"


def nesting_depth(raw: bytes, enough: int) -> int:
    """The deepest nesting of brackets outside strings in ``raw``, counted no further than ``enough`` + 1.

    Exact up to the first syntax error, where parsing ends: there, backslashes occur in strings only. ``raw`` must be
    read as UTF-8, since in other encodings a quotation mark's byte may be part of another character.
    """
    outside = b"".join(raw.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    depth = deepest = 0
    for bracket in outside.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        if depth > deepest:
            deepest = depth
            if deepest > enough:
                break
    return deepest


def shallow_json(raw: bytes | str, deepest: int = DEPTH, **options: Any) -> Any:
    """The value of untrusted JSON in UTF-8. Raises ValueError: no JSON, or nested deeper than ``deepest``.

    Args:
        options: as ``json.loads`` takes them.
    """
    content = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if nesting_depth(content, deepest) > deepest:
        raise ValueError(f"nested deeper than {deepest}")
    return json.loads(content.decode("utf-8", "strict"), **options)
