"""Scalars modulo 2^61 - 1 and 2^61 - 45, to be compiled into kernels. Both primes fold at 2^61 = 1 or 45.

``other`` tells them apart when a kernel is compiled: None is 2^61 - 1, any number 2^61 - 45; so neither prime pays for
the other. Values are unsigned 64-bit, *canonical* below p, *folded* below 2^61 + 512, *wide* below 2^64, each congruent
to what it stands for. Limbs are 31 bits: a value below 2^62 has two of them. The masks on high limbs tell the compiler
that 32-bit multiplications do; it drops them.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from proofs.sumcheck.fields.fast.compile import inlined

U64 = np.uint64
Which: TypeAlias = np.uint64 | None

P61 = U64(2**61 - 1)
P61B = U64(2**61 - 45)
FOLD = U64(45)
FOLD_TWICE = U64(90)
M29, M30, M31, M32 = U64(2**29 - 1), U64(2**30 - 1), U64(2**31 - 1), U64(2**32 - 1)
S1, S29, S30, S31, S32, S61 = U64(1), U64(29), U64(30), U64(31), U64(32), U64(61)
ZERO = U64(0)


@inlined
def modulus(other: Which) -> U64:
    """p."""
    if other is None:
        return P61
    return P61B


@inlined
def fold(x: U64, other: Which) -> U64:
    """Wide to folded."""
    if other is None:
        return (x & P61) + (x >> S61)
    return (x & P61) + (x >> S61) * FOLD


@inlined
def canonical(x: U64, other: Which) -> U64:
    """Wide to canonical: the difference wraps, and so is the larger, when there was nothing to take off."""
    y = fold(x, other)
    return min(y, y - modulus(other))


@inlined
def add(x: U64, y: U64, other: Which) -> U64:
    """Canonical x + y."""
    t = x + y
    return min(t, t - modulus(other))


@inlined
def sub(x: U64, y: U64, other: Which) -> U64:
    """Canonical x - y."""
    t = x - y
    return min(t, t + modulus(other))


@inlined
def low(x: U64) -> U64:
    """The lower limb."""
    return x & M31


@inlined
def high(x: U64) -> U64:
    """The upper limb of a value below 2^63."""
    return (x >> S31) & M32


@inlined
def join(a: U64, m: U64, h: U64, other: Which) -> U64:
    """a + m 2^31 + h 2^62 as a wide value, for a and h below 2^62 and any m."""
    if other is None:
        return (h << S1) + (m >> S30) + ((m & M30) << S31) + a
    t = (h >> S31) * FOLD_TWICE  # 2^62 = 90; 90 h = t 2^31 + 90 (h mod 2^31)
    return a + ((m & M30) << S31) + (m >> S30) * FOLD + (h & M31) * FOLD_TWICE + ((t & M30) << S31) + (t >> S30) * FOLD


@inlined
def product(x: U64, y: U64, other: Which) -> U64:
    """Wide x y, for both below 2^62."""
    x0, x1, y0, y1 = low(x), high(x), low(y), high(y)
    return join(x0 * y0, x0 * y1 + x1 * y0, x1 * y1, other)


@inlined
def square(x: U64, other: Which) -> U64:
    """Wide x^2, for x below 2^62."""
    x0, x1 = low(x), high(x)
    return join(x0 * x0, (x0 * x1) << S1, x1 * x1, other)


@inlined
def mul(x: U64, y: U64, other: Which) -> U64:
    """Canonical x y, for both below 2^62."""
    return canonical(product(x, y, other), other)


@inlined
def products_4(x0: U64, x1: U64, x2: U64, x3: U64, y0: U64, y1: U64, y2: U64, y3: U64, other: Which) -> U64:
    """Wide x0 y0 + x1 y1 + x2 y2 + x3 y3, all of them folded: one joining for four products.

    Limbs are at most 2^31 - 1 and 2^30, so the sums a are below 2^64 and m at most 2^64 - 2^33, which leaves room for
    a's carry, below 2^33.
    """
    a = low(x0) * low(y0) + low(x1) * low(y1) + low(x2) * low(y2) + low(x3) * low(y3)
    m = low(x0) * high(y0) + high(x0) * low(y0) + low(x1) * high(y1) + high(x1) * low(y1)
    m += low(x2) * high(y2) + high(x2) * low(y2) + low(x3) * high(y3) + high(x3) * low(y3)
    h = high(x0) * high(y0) + high(x1) * high(y1) + high(x2) * high(y2) + high(x3) * high(y3)
    return join(a & M31, m + (a >> S31), h, other)


@inlined
def products_2(x0: U64, x1: U64, y0: U64, y1: U64, other: Which) -> U64:
    """Wide x0 y0 + x1 y1, all of them folded."""
    a = low(x0) * low(y0) + low(x1) * low(y1)
    m = low(x0) * high(y0) + high(x0) * low(y0) + low(x1) * high(y1) + high(x1) * low(y1)
    h = high(x0) * high(y0) + high(x1) * high(y1)
    return join(a & M31, m + (a >> S31), h, other)


@inlined
def total(lows: U64, highs: U64, other: Which) -> U64:
    """Canonical lows + highs 2^32, the sums of lower and upper halves of fewer than 2^32 wide values."""
    if other is None:
        return canonical(((highs & M29) << S32) + (highs >> S29) + fold(lows, other), other)
    return canonical(((highs & M29) << S32) + (highs >> S29) * FOLD + fold(lows, other), other)
