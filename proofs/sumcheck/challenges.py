"""Challenges from random bytes: uniform over the non-zero elements of an extension field, by rejection, never reduced.

Zero is left out because the sum-check of squares divides by earlier challenges; errors are therefore over |F| - 1.
"""

from __future__ import annotations

from collections.abc import Callable

from proofs.sumcheck.fields.extension import Extension, Scalar

ByteSource = Callable[[int], bytes]
"""Returns as many fresh random bytes as asked for."""


def draw(extension: Extension, source: ByteSource) -> Scalar:
    """One non-zero element."""
    while True:
        element = tuple(_coordinate(extension, source) for _ in range(extension.degree))
        if any(element):
            return element


def _coordinate(extension: Extension, source: ByteSource) -> int:
    """An integer below p: masked to the bits of p, and drawn again if not below it."""
    mask = (1 << extension.p.bit_length()) - 1
    while True:
        candidate = int.from_bytes(source(extension.coordinate_bytes), "little") & mask
        if candidate < extension.p:
            return candidate
