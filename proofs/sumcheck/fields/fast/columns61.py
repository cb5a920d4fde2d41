"""Matrices folded along one axis: X weights, and weights^T W, in one pass over the matrix.

Small integers are multiplied with limbs of the weights, narrow enough that 2048 products sum without overflow: entries
below 2^31 in size with three limbs of 21 bits, entries of 16 bits with two of 31.
"""

from __future__ import annotations

import numpy as np

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.matrices61 import Signed, narrow
from proofs.sumcheck.fields.fast.modular61 import (
    U64,
    ZERO,
    Which,
    add,
    canonical,
    modulus,
    mul,
    product,
    products_4,
    total,
)
from proofs.sumcheck.fields.fast.squares61 import Words, gather

SUMMED = 2048
"""Products summed in 64 bits: 2048 2^31 2^21 = 2^63, not reached because limbs are below 2^21."""

TILE = 1024
"""Columns whose sums are kept in cache."""


@kernel
def combine_base(
    x: Words, weights: Words, second: bool | None, out: Words, start: int, stop: int, other: Which
) -> None:
    """out[:, r] = sum of x[r, b] weights[:, b], base x (R, B) and weights (degree, B)."""
    q = x.shape[1] // 4
    w, v = weights[0], weights[-1]
    for r in range(start, stop):
        row = x[r]
        real, imaginary = (ZERO, ZERO), (ZERO, ZERO)
        for j in range(q):
            a, b, c, d = row[j], row[j + q], row[j + 2 * q], row[j + 3 * q]
            four = products_4(a, b, c, d, w[j], w[j + q], w[j + 2 * q], w[j + 3 * q], other)
            real = gather(real, four)
            if second is not None:
                four = products_4(a, b, c, d, v[j], v[j + q], v[j + 2 * q], v[j + 3 * q], other)
                imaginary = gather(imaginary, four)
        for j in range(4 * q, len(row)):
            real = gather(real, product(row[j], w[j], other))
            if second is not None:
                imaginary = gather(imaginary, product(row[j], v[j], other))
        out[0, r] = total(real[0], real[1], other)
        if second is not None:
            out[1, r] = total(imaginary[0], imaginary[1], other)


@inlined
def residue(v: np.int64, other: Which) -> U64:
    """A signed 64-bit integer modulo p."""
    return canonical(U64(v) + (U64(5) * modulus(other) if v < 0 else ZERO), other)


@inlined
def assembled(low: np.int64, middle: np.int64, high: np.int64, third: bool | None, other: Which) -> U64:
    """The element whose limbs' sums these are: limbs of 31 bits, or of 21 if there is a third."""
    if third is None:
        return add(residue(low, other), mul(residue(middle, other), U64(2**31), other), other)
    upper = mul(residue(high, other), U64(2**42), other)
    return add(residue(low, other), add(mul(residue(middle, other), U64(2**21), other), upper, other), other)


@inlined
def largest_of(row: Signed) -> U64:
    """The largest v + 2^31 - 1 as an unsigned number, negative ones being very large; in the row's own integer type."""
    if len(row) == 0:
        return ZERO
    least, most = row[0], row[0]
    for j in range(len(row)):
        least, most = min(least, row[j]), max(most, row[j])
    offset = np.int64(2**31 - 1)
    return max(U64(np.int64(least) + offset), U64(np.int64(most) + offset))


@kernel
def combine_integers(
    x: Signed, limbs: Signed, third: bool | None, out: Words, start: int, stop: int, other: Which
) -> U64:
    """out[:, r] = sum of x[r, b] weights[:, b] for signed integers x (R, B) and int32 limbs (degree, 2 or 3, B).

    Returns the largest v + 2^31 - 1 of any entry v, as an unsigned number: from 2^32 - 1 on, an entry was too large.
    """
    largest = ZERO
    for r in range(start, stop):
        if third is not None:
            largest = max(largest, largest_of(x[r]))
        for k in range(limbs.shape[0]):
            result = ZERO
            for left in range(0, x.shape[1], SUMMED):
                right = min(left + SUMMED, x.shape[1])
                row, w0, w1 = x[r, left:right], limbs[k, 0, left:right], limbs[k, 1, left:right]
                w2 = limbs[k, -1, left:right]
                low, middle, high = np.int64(0), np.int64(0), np.int64(0)
                for j in range(len(row)):
                    v = narrow(row[j])
                    low += v * np.int64(w0[j])
                    middle += v * np.int64(w1[j])
                    if third is not None:
                        high += v * np.int64(w2[j])
                result = add(result, assembled(low, middle, high, third, other), other)
            out[k, r] = result
    return largest


@inlined
def add_four_rows(w: Signed, r: int, first: int, last: int, factors: Signed, sums: Signed) -> None:
    """sums += rows r to r + 3 of w, or those there are, times four limbs; the limbs of missing rows are zero."""
    end = w.shape[0] - 1
    a, b = w[min(r, end), first:last], w[min(r + 1, end), first:last]
    c, d = w[min(r + 2, end), first:last], w[min(r + 3, end), first:last]
    f, g, h, k = np.int64(factors[0]), np.int64(factors[1]), np.int64(factors[2]), np.int64(factors[3])
    for j in range(len(sums)):
        left = narrow(a[j]) * f + narrow(b[j]) * g
        sums[j] += left + narrow(c[j]) * h + narrow(d[j]) * k


@kernel
def combine_integer_rows(
    w: Signed, limbs: Signed, third: bool | None, sums: Signed, out: Words, first: int, last: int, other: Which
) -> U64:
    """out[:, c] = sum of w[r, c] weights[:, r] for first <= c < last; integers w (O, C).

    Args:
        out: (degree, C), zero.
        limbs: (degree, 2 or 3, O rounded up to a multiple of 4), zero from O on.
        sums: room for (degree, 3, last - first) integers.

    Returns:
        As ``combine_integers``.
    """
    largest = ZERO
    for top in range(0, w.shape[0], SUMMED):
        sums[:] = 0
        for r in range(top, min(top + SUMMED, w.shape[0]), 4):
            for k in range(limbs.shape[0]):
                for limb in range(limbs.shape[1]):
                    add_four_rows(w, r, first, last, limbs[k, limb, r : r + 4], sums[k, limb])
        for k in range(limbs.shape[0]):
            into, low, middle, high = out[k, first:last], sums[k, 0], sums[k, 1], sums[k, 2]
            for j in range(len(into)):
                into[j] = add(into[j], assembled(low[j], middle[j], high[j], third, other), other)
    if third is not None:
        for r in range(w.shape[0]):
            largest = max(largest, largest_of(w[r, first:last]))
    return largest
