"""Matrix products over a 61-bit field: small integers by floating point, field elements by integer arithmetic.

Doubles hold integers up to 2^53 exactly: with entries of W below 2^w and sums of C terms, limbs of 53 - w - log2 C bits
of X are multiplied exactly, each at about a quarter of the cost of a full product of two elements.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.conversions61 import cut_limbs, join_limbs, largest_size
from proofs.sumcheck.fields.fast.entries61 import take_signed
from proofs.sumcheck.fields.fast.matrices61 import ROWS, TILE, multiply
from proofs.sumcheck.fields.fast.modular61 import Which
from proofs.sumcheck.fields.fast.threads import SERIAL_BELOW, share, threads
from proofs.sumcheck.fields.field import Base

EXACT_BITS = 53
LIMBS = 3
"""Products of doubles that together cost less than one of field elements."""
BLOCK = 1 << 20
"""Entries of X cut into limbs at once."""


def general_product(a: Base, b: Base, other: Which) -> Base:
    """A B of full elements, base (O, C) times base (C, B)."""
    rows, inner, columns = a.shape[0], a.shape[1], b.shape[1]
    out = np.empty((rows, columns), dtype=np.uint64)
    products = rows * inner * columns
    if columns >= threads() * TILE:
        share(lambda lo, hi: multiply(a, b, out, 0, rows, lo, hi, other), columns, products, TILE)
    else:
        share(lambda lo, hi: multiply(a, b, out, lo, hi, 0, columns, other), rows, products, ROWS)
    return out


def integer_product(w: NDArray[np.int32], x: Base, other: Which) -> Base:
    """W X, integers (O, C) below 2^31 in size times base (C, B)."""
    width = EXACT_BITS - int(np.abs(w).max(initial=0)).bit_length() - max(0, w.shape[1] - 1).bit_length()
    x_bits = _bits(x, other)
    count = -(-x_bits // width) if width > 0 else LIMBS + 1
    if count > LIMBS or w.size * x.shape[1] < SERIAL_BELOW:
        elements = np.empty(w.shape, dtype=np.uint64)
        take_signed(w.reshape(-1), elements.reshape(-1), 0, w.size, other)
        return general_product(elements, x, other)
    return _by_limbs(w.astype(np.float64), x, max(1, count), width, other)


def _bits(x: Base, other: Which) -> int:
    """The least k with every representative of least size at most 2^k in size."""
    sizes: list[int] = []
    flat = x.reshape(-1)
    share(lambda lo, hi: sizes.append(int(largest_size(flat, lo, hi, other))), flat.size, flat.size // 2)
    return max(sizes).bit_length()


def _by_limbs(w: NDArray[np.float64], x: Base, count: int, width: int, other: Which) -> Base:
    """W X as sums of exact products of W and limbs of X: limb k holds bits k width to (k + 1) width of the size."""
    out = np.empty((w.shape[0], x.shape[1]), dtype=np.uint64)
    step = max(64, BLOCK // max(1, x.shape[0]))
    for first in range(0, x.shape[1], step):
        limbs = np.empty((count, x.shape[0], min(step, x.shape[1] - first)), dtype=np.float64)
        _cut_and_join(w, x, limbs, width, out, first, other)
    return out


def _cut_and_join(
    w: NDArray[np.float64], x: Base, limbs: NDArray[np.float64], width: int, out: Base, first: int, other: Which
) -> None:
    """The block of columns of W X that starts at ``first`` and is as wide as the limbs have room for."""
    share(lambda lo, hi: cut_limbs(x, limbs, width, first, lo, hi, other), x.shape[0], limbs.size)
    parts = w @ limbs
    share(lambda lo, hi: join_limbs(parts, width, out, first, lo, hi, other), out.shape[0], parts.size)
