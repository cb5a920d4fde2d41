"""Weighted sums of squares over one row: what a column round of the square sum-check sums.

A row is split into ``low`` and ``high``, the values at X = 0 and X = 1; ``high`` may be shorter and is zero from its
end on. Wanted are the sums of weight times low^2 and of weight times (high - low)^2. Four places a quarter apart are
done together, so that four products are joined at once; the sums gather the halves of wide values.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.compile import inlined, spliced
from proofs.sumcheck.fields.fast.modular61 import (
    M32,
    S32,
    U64,
    ZERO,
    Which,
    add,
    fold,
    modulus,
    product,
    products_4,
    square,
    sub,
    total,
)

Words: TypeAlias = NDArray[np.uint64]
Pair: TypeAlias = tuple[U64, U64]
Element: TypeAlias = tuple[U64, U64]


@inlined
def gather(sums: Pair, x: U64) -> Pair:
    """The sums of lower and upper halves, with a wide value added."""
    return sums[0] + (x & M32), sums[1] + (x >> S32)


@inlined
def squares_4(x: Words, j: int, q: int, other: Which) -> tuple[U64, U64, U64, U64]:
    """Folded squares of four entries."""
    s0, s1 = fold(square(x[j], other), other), fold(square(x[j + q], other), other)
    s2, s3 = fold(square(x[j + 2 * q], other), other), fold(square(x[j + 3 * q], other), other)
    return s0, s1, s2, s3


@inlined
def difference_squares_4(x: Words, y: Words, j: int, q: int, other: Which) -> tuple[U64, U64, U64, U64]:
    """Folded squares of four differences y - x."""
    d0, d1 = sub(y[j], x[j], other), sub(y[j + q], x[j + q], other)
    d2, d3 = sub(y[j + 2 * q], x[j + 2 * q], other), sub(y[j + 3 * q], x[j + 3 * q], other)
    s0, s1 = fold(square(d0, other), other), fold(square(d1, other), other)
    s2, s3 = fold(square(d2, other), other), fold(square(d3, other), other)
    return s0, s1, s2, s3


@inlined
def weigh_4(s: tuple[U64, U64, U64, U64], w: Words, j: int, q: int, other: Which) -> U64:
    """Wide sum of four folded values times their weights."""
    return products_4(s[0], s[1], s[2], s[3], w[j], w[j + q], w[j + 2 * q], w[j + 3 * q], other)


@spliced
def base_row(low: Words, high: Words, w0: Words, w1: Words | None, other: Which) -> tuple[U64, U64, U64, U64]:
    """Both sums for base values and weights w0 + w1 i: (real, imaginary) at 0, (real, imaginary) of the lead."""
    q = len(high) // 4
    real_0, imag_0, real_1, imag_1 = (ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO)
    for j in range(q):
        at_0 = squares_4(low, j, q, other)
        real_0 = gather(real_0, weigh_4(at_0, w0, j, q, other))
        if w1 is not None:
            imag_0 = gather(imag_0, weigh_4(at_0, w1, j, q, other))
        lead = difference_squares_4(low, high, j, q, other)
        real_1 = gather(real_1, weigh_4(lead, w0, j, q, other))
        if w1 is not None:
            imag_1 = gather(imag_1, weigh_4(lead, w1, j, q, other))
    for j in range(4 * q, len(low)):
        y = high[j] if j < len(high) else ZERO
        s, t = fold(square(low[j], other), other), fold(square(sub(y, low[j], other), other), other)
        real_0, real_1 = gather(real_0, product(s, w0[j], other)), gather(real_1, product(t, w0[j], other))
        if w1 is not None:
            imag_0, imag_1 = gather(imag_0, product(s, w1[j], other)), gather(imag_1, product(t, w1[j], other))
    return (
        total(real_0[0], real_0[1], other),
        total(imag_0[0], imag_0[1], other),
        total(real_1[0], real_1[1], other),
        total(imag_1[0], imag_1[1], other),
    )


@inlined
def extension_square(x: U64, y: U64, other: Which) -> Element:
    """Folded (x + y i)^2 = (x - y)(x + y) + 2 x y i of canonical coordinates."""
    return fold(product(x + (modulus(other) - y), x + y, other), other), fold(product(x, y + y, other), other)


@inlined
def karatsuba_4(
    sums: tuple[Pair, Pair, Pair],
    s0: Element,
    s1: Element,
    s2: Element,
    s3: Element,
    weights: tuple[Words, Words, Words],
    j: int,
    q: int,
    other: Which,
) -> tuple[Pair, Pair, Pair]:
    """Three sums (real parts, imaginary parts, both added) with four weighted folded elements added."""
    w0, w1, ws = weights
    a = gather(sums[0], weigh_4((s0[0], s1[0], s2[0], s3[0]), w0, j, q, other))
    b = gather(sums[1], weigh_4((s0[1], s1[1], s2[1], s3[1]), w1, j, q, other))
    t0, t1 = fold(s0[0] + s0[1], other), fold(s1[0] + s1[1], other)
    t2, t3 = fold(s2[0] + s2[1], other), fold(s3[0] + s3[1], other)
    return a, b, gather(sums[2], weigh_4((t0, t1, t2, t3), ws, j, q, other))


@inlined
def karatsuba_1(
    sums: tuple[Pair, Pair, Pair], s: Element, weights: tuple[Words, Words, Words], j: int, other: Which
) -> tuple[Pair, Pair, Pair]:
    """The same with one element added."""
    w0, w1, ws = weights
    a, b = gather(sums[0], product(s[0], w0[j], other)), gather(sums[1], product(s[1], w1[j], other))
    return a, b, gather(sums[2], product(fold(s[0] + s[1], other), ws[j], other))


@inlined
def element_of(sums: tuple[Pair, Pair, Pair], other: Which) -> Element:
    """The canonical element three sums stand for."""
    a, b = total(sums[0][0], sums[0][1], other), total(sums[1][0], sums[1][1], other)
    return sub(a, b, other), sub(total(sums[2][0], sums[2][1], other), add(a, b, other), other)


@spliced
def at_0_row(x: Words, y: Words, weights: tuple[Words, Words, Words], other: Which) -> Element:
    """The sum of weight times low^2, extension values x + y i; the third table of weights is the first two's sum."""
    q = len(x) // 4
    sums = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    for j in range(q):
        s0 = extension_square(x[j], y[j], other)
        s1 = extension_square(x[j + q], y[j + q], other)
        s2 = extension_square(x[j + 2 * q], y[j + 2 * q], other)
        s3 = extension_square(x[j + 3 * q], y[j + 3 * q], other)
        sums = karatsuba_4(sums, s0, s1, s2, s3, weights, j, q, other)
    for j in range(4 * q, len(x)):
        sums = karatsuba_1(sums, extension_square(x[j], y[j], other), weights, j, other)
    return element_of(sums, other)


@inlined
def difference_square(x: Words, y: Words, u: Words, v: Words, j: int, other: Which) -> Element:
    """Folded ((u - x) + (v - y) i)^2."""
    return extension_square(sub(u[j], x[j], other), sub(v[j], y[j], other), other)


@spliced
def lead_row(x: Words, y: Words, u: Words, v: Words, weights: tuple[Words, Words, Words], other: Which) -> Element:
    """The sum of weight times (high - low)^2, low x + y i and high u + v i."""
    q = len(u) // 4
    sums = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    for j in range(q):
        s0 = difference_square(x, y, u, v, j, other)
        s1 = difference_square(x, y, u, v, j + q, other)
        s2 = difference_square(x, y, u, v, j + 2 * q, other)
        s3 = difference_square(x, y, u, v, j + 3 * q, other)
        sums = karatsuba_4(sums, s0, s1, s2, s3, weights, j, q, other)
    for j in range(4 * q, len(u)):
        sums = karatsuba_1(sums, difference_square(x, y, u, v, j, other), weights, j, other)
    for j in range(len(u), len(x)):
        sums = karatsuba_1(sums, extension_square(x[j], y[j], other), weights, j, other)
    return element_of(sums, other)
