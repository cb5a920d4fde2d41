"""How deep untrusted JSON nests, found without parsing it.

Python's C decoder recurses for every bracket, and a deep enough document ends the interpreter with a segmentation fault
(seen on 3.11.2 with a raised recursion limit). So depth is measured first, by looking at the brackets alone.
"""

from __future__ import annotations

import re

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_OPENING = (b"[", b"{")


def nesting_depth(raw: bytes, enough: int) -> int:
    """The deepest nesting of brackets outside strings in ``raw``, counted no further than ``enough`` + 1."""
    depth = deepest = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", raw)):
        depth += 1 if bracket.group() in _OPENING else -1
        deepest = max(deepest, depth)
        if deepest > enough:
            break
    return deepest
