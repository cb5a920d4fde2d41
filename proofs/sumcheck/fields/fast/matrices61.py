"""Products of matrices of field elements, both factors full: the arithmetic itself, without any proof.

Elements are cut into two signed limbs, x = x0 + x1 2^31 with x0 in [-2^30, 2^30) and x1 in [-2^29, 2^29]; then sums of
seven products of limbs stay below 2^63 in size with room to spare, and only then are carries passed on. A tile of
columns is cut into limbs once and used by all rows; the sums of a row's tile lie in the first-level cache.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.modular61 import Which, canonical, modulus
from proofs.sumcheck.fields.fast.squares61 import Words

Signed = NDArray[np.signedinteger]

TERMS = 7
"""Products summed between carries: 7 2^60 + 2^40 < 2^63."""
TILE = 256
"""Columns at once: seven rows of both limbs and the sums are 32 KiB."""
ROWS = 64
"""Rows at once: their sums lie in the second-level cache."""

I30, I31 = np.int64(30), np.int64(31)
LOW30, LOW31 = np.int64(2**30 - 1), np.int64(2**31 - 1)
HALF = np.int64(2**30)


@inlined
def limbs(x: np.uint64, other: Which) -> tuple[np.int64, np.int64]:
    """(x0, x1) of the representative of least size of a canonical x."""
    p = np.int64(modulus(other))
    v = np.int64(x)
    v = v - p if v > p >> np.int64(1) else v
    low = ((v + HALF) & LOW31) - HALF
    return low, (v - low) >> I31


@inlined
def narrow(x: np.int64) -> np.int64:
    """An integer of 32 bits, such that the compiler sees that it is one."""
    return np.int64(np.int32(x))


@inlined
def accumulate(low: Signed, middle: Signed, b: Signed, a: Signed, other: Which) -> None:
    """low + middle 2^31 += the sum of seven a[t] b[t, :], in place; limbs ``b`` (2, 7, columns) and ``a`` (2, 7)."""
    a0, a1, a2, a3 = narrow(a[0, 0]), narrow(a[0, 1]), narrow(a[0, 2]), narrow(a[0, 3])
    a4, a5, a6 = narrow(a[0, 4]), narrow(a[0, 5]), narrow(a[0, 6])
    c0, c1, c2, c3 = narrow(a[1, 0]), narrow(a[1, 1]), narrow(a[1, 2]), narrow(a[1, 3])
    c4, c5, c6 = narrow(a[1, 4]), narrow(a[1, 5]), narrow(a[1, 6])
    for j in range(len(low)):
        b0, b1, b2, b3 = narrow(b[0, 0, j]), narrow(b[0, 1, j]), narrow(b[0, 2, j]), narrow(b[0, 3, j])
        b4, b5, b6 = narrow(b[0, 4, j]), narrow(b[0, 5, j]), narrow(b[0, 6, j])
        d0, d1, d2, d3 = narrow(b[1, 0, j]), narrow(b[1, 1, j]), narrow(b[1, 2, j]), narrow(b[1, 3, j])
        d4, d5, d6 = narrow(b[1, 4, j]), narrow(b[1, 5, j]), narrow(b[1, 6, j])
        x = low[j] + a0 * b0 + a1 * b1 + a2 * b2 + a3 * b3 + a4 * b4 + a5 * b5 + a6 * b6
        y = middle[j] + a0 * d0 + c0 * b0 + a1 * d1 + c1 * b1 + a2 * d2 + c2 * b2 + a3 * d3 + c3 * b3
        y += a4 * d4 + c4 * b4 + a5 * d5 + c5 * b5 + a6 * d6 + c6 * b6
        z = c0 * d0 + c1 * d1 + c2 * d2 + c3 * d3 + c4 * d4 + c5 * d5 + c6 * d6
        y += x >> I31
        if other is None:  # 2^61 = 1 and z 2^62 = 2 (z mod 2^30) + (z >> 30) 2^31
            low[j] = (x & LOW31) + (y >> I30) + ((z & LOW30) << np.int64(1))
            middle[j] = (y & LOW30) + (z >> I30)
        else:
            low[j] = (x & LOW31) + (y >> I30) * np.int64(45) + (z & LOW30) * np.int64(90)
            middle[j] = (y & LOW30) + (z >> I30) * np.int64(45)


@inlined
def settled(low: np.int64, middle: np.int64, other: Which) -> np.uint64:
    """Canonical low + middle 2^31 of sums that ``accumulate`` left: both below 2^40 in size."""
    carry = middle >> I30
    if other is not None:
        carry = carry * np.int64(45)
    value = low + carry + ((middle & LOW30) << I31) + np.int64(modulus(other))
    return canonical(np.uint64(value), other)


@inlined
def cut_columns(b: Words, first: int, last: int, out: Signed, other: Which) -> None:
    """Limbs of columns first to last, out (blocks, 2, 7, TILE); what is beyond b's rows stays zero."""
    for k in range(b.shape[0]):
        block, t = k // TERMS, k % TERMS
        row, low, high = b[k, first:last], out[block, 0, t], out[block, 1, t]
        for j in range(len(row)):
            low[j], high[j] = limbs(row[j], other)


@inlined
def cut_row(row: Words, out: Signed, other: Which) -> None:
    """Limbs of a row, out (blocks, 2, 7); what is beyond the row stays zero."""
    for block in range(len(out)):
        for t in range(min(TERMS, len(row) - block * TERMS)):
            out[block, 0, t], out[block, 1, t] = limbs(row[block * TERMS + t], other)


@kernel
def multiply(
    a: Words, b: Words, out: Words, top: int, bottom: int, first: int, last: int, other: Which
) -> None:  # fmt: skip
    """out[top:bottom, first:last] of out (O, B) = a (O, C) b (C, B)."""
    blocks = (a.shape[1] + TERMS - 1) // TERMS
    columns = np.zeros((blocks, 2, TERMS, TILE), dtype=np.int64)
    rows = np.zeros((ROWS, blocks, 2, TERMS), dtype=np.int64)
    sums = np.empty((ROWS, 2, TILE), dtype=np.int64)
    for left in range(first, last, TILE):
        right = min(last, left + TILE)
        width = right - left
        cut_columns(b, left, right, columns, other)
        for upper in range(top, bottom, ROWS):
            count = min(ROWS, bottom - upper)
            for i in range(count):
                cut_row(a[upper + i], rows[i], other)
                for j in range(width):
                    sums[i, 0, j], sums[i, 1, j] = 0, 0
            for block in range(blocks):
                for i in range(count):
                    accumulate(sums[i, 0, :width], sums[i, 1, :width], columns[block], rows[i, block], other)
            for i in range(count):
                into, low, middle = out[upper + i, left:right], sums[i, 0], sums[i, 1]
                for j in range(width):
                    into[j] = settled(low[j], middle[j], other)
