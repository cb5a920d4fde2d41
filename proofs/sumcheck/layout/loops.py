"""Compiled loops modulo 2^31 - 1 and in its degree-4 extension: nothing else here; fast.py says what they compute."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.m31_kernels import dot, product_round
from proofs.sumcheck.fields.fast.modular31 import (
    ZERO,
    Constants,
    P,
    Table,
    Word,
    Words4,
    canonical,
    fold,
    minus,
    parts,
    reduced,
    scaled,
    word,
    words,
)

Signed = NDArray[np.int32]
BLOCK = 1 << 9
"""Pairs bound and then evaluated at once: eight tables of them stay in a first-level cache."""


@inlined
def constant(table: Table, i: int) -> Any:
    """Entry i as the nine words of ``factor_words``, each below 2^31 or so."""
    e, f, g, h = Word(table[0, i]), Word(table[1, i]), Word(table[2, i]), Word(table[3, i])
    s, t = Word(canonical(g + g + (P ^ h))), Word(canonical(g + h + h))
    return e, f, g, h, s, t, P ^ f, P ^ h, P ^ t


# -- products of tables --------------------------------------------------------------------------------------------
@kernel
def outer(a: Table, b: Table, out: Table, lo: int, hi: int) -> None:
    """a_i b_j at i B + j, for lo <= i < hi."""
    b0, b1, b2, b3 = b[0], b[1], b[2], b[3]
    for i in range(lo, hi):
        k = constant(a, i)
        start, end = i * b.shape[1], (i + 1) * b.shape[1]
        o0, o1, o2, o3 = out[0][start:end], out[1][start:end], out[2][start:end], out[3][start:end]
        for j in range(o0.size):
            x, y, z, w = scaled(Word(b0[j]), Word(b1[j]), Word(b2[j]), Word(b3[j]), k)
            o0[j], o1[j], o2[j], o3[j] = canonical(x), canonical(y), canonical(z), canonical(w)


@kernel
def rows_dot(a: Table, b: Table, out: Table, lo: int, hi: int) -> None:
    """Sums of products of rows lo to hi of a with b."""
    width = b.shape[1]
    b0, b1, b2, b3 = b[0], b[1], b[2], b[3]
    for r in range(lo, hi):
        start, end = r * width, (r + 1) * width
        a0, a1, a2, a3 = a[0][start:end], a[1][start:end], a[2][start:end], a[3][start:end]
        s0, s1, s2, s3, s4, s5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
        for i in range(a0.size):
            u0, u1, u2, u3, u4, u5 = parts(
                Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), Word(b0[i]), Word(b1[i]), Word(b2[i]), Word(b3[i])
            )
            s0, s1, s2, s3, s4, s5 = s0 + u0, s1 + u1, s2 + u2, s3 + u3, s4 + u4, s5 + u5
        out[0, r], out[1, r], out[2, r], out[3, r] = reduced((s0, s1, s2, s3, s4, s5))


@kernel
def add_scaled(table: Table, start: int, factors: Table, index: int, out: Table, to: int, count: int) -> None:
    """out += one factor times ``count`` entries."""
    k = constant(factors, index)
    end = start + count
    a0, a1, a2, a3 = table[0][start:end], table[1][start:end], table[2][start:end], table[3][start:end]
    end = to + count
    o0, o1, o2, o3 = out[0][to:end], out[1][to:end], out[2][to:end], out[3][to:end]
    for i in range(o0.size):
        x, y, z, w = scaled(Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), k)
        o0[i], o1[i] = canonical(x + Word(o0[i])), canonical(y + Word(o1[i]))
        o2[i], o3[i] = canonical(z + Word(o2[i])), canonical(w + Word(o3[i]))


@kernel
def add_factored(
    factors: Table,
    inner: Table,
    shift: int,
    run: int,
    period: int,
    out: Table,
    to: int,
    stride: int,
    lo: int,
    hi: int,
) -> None:
    """Entries lo to hi: stretches that end with a run, with the inner table, or with the range."""
    m = inner.shape[1]
    column, i = lo // period * stride - to, lo % period
    q, j = (lo + shift) // m, (lo + shift) % m
    while lo < hi:
        if i < run:
            count = min(run - i, m - j, hi - lo)
            if factors[0, q] | factors[1, q] | factors[2, q] | factors[3, q]:
                add_scaled(inner, j, factors, q, out, column + i, count)
        else:
            count = min(period - i, m - j)
        lo, i, j = lo + count, i + count, j + count
        if j == m:
            q, j = q + 1, 0
        if i == period:
            column, i = column + stride, 0


# -- rounds of an extension table a and a table v of signed integers; the partner of entry i is i + split ----------
@inlined
def mixed(a0: Any, a1: Any, a2: Any, a3: Any, x: Any) -> Words4:
    """(a0, a1, a2, a3) x, each below 2^32."""
    y = Word(x)
    return fold(Word(a0) * y), fold(Word(a1) * y), fold(Word(a2) * y), fold(Word(a3) * y)


@kernel
def mixed_dot(a: Table, v: Signed, lo: int, hi: int) -> Words4:
    """Sums of a v."""
    a0, a1, a2, a3, v = a[0][lo:hi], a[1][lo:hi], a[2][lo:hi], a[3][lo:hi], v[lo:hi]
    s0, s1, s2, s3 = ZERO, ZERO, ZERO, ZERO
    for i in range(v.size):
        u0, u1, u2, u3 = mixed(a0[i], a1[i], a2[i], a3[i], word(v[i]))
        s0, s1, s2, s3 = s0 + u0, s1 + u1, s2 + u2, s3 + u3
    return s0, s1, s2, s3


@kernel
def mixed_round(a: Table, v: Signed, split: int, lo: int, hi: int) -> tuple[Words4, Words4]:
    """Sums of low a low v, and of (high a - low a)(high v - low v)."""
    a0, a1, a2, a3, v0 = a[0][lo:hi], a[1][lo:hi], a[2][lo:hi], a[3][lo:hi], v[lo:hi]
    lo, hi = lo + split, hi + split
    c0, c1, c2, c3, v1 = a[0][lo:hi], a[1][lo:hi], a[2][lo:hi], a[3][lo:hi], v[lo:hi]
    s0, s1, s2, s3 = ZERO, ZERO, ZERO, ZERO
    t0, t1, t2, t3 = ZERO, ZERO, ZERO, ZERO
    for i in range(v0.size):
        x = word(v0[i])
        u0, u1, u2, u3 = mixed(a0[i], a1[i], a2[i], a3[i], x)
        s0, s1, s2, s3 = s0 + u0, s1 + u1, s2 + u2, s3 + u3
        e0, e1, e2, e3 = minus(c0[i], a0[i]), minus(c1[i], a1[i]), minus(c2[i], a2[i]), minus(c3[i], a3[i])
        u0, u1, u2, u3 = mixed(e0, e1, e2, e3, minus(word(v1[i]), x))
        t0, t1, t2, t3 = t0 + u0, t1 + u1, t2 + u2, t3 + u3
    return (s0, s1, s2, s3), (t0, t1, t2, t3)


@kernel
def bind_mixed(v: Signed, split: int, factor: Constants, out: Table, lo: int, hi: int) -> None:
    """low + factor (high - low), for entries lo to hi; nothing is above those from v.size - split on."""
    middle = min(hi, max(lo, v.size - split))
    k0, k1, k2, k3 = factor[0], factor[1], factor[2], factor[3]
    low, high = v[lo:middle], v[lo + split : middle + split]
    o0, o1, o2, o3 = out[0][lo:middle], out[1][lo:middle], out[2][lo:middle], out[3][lo:middle]
    for i in range(low.size):
        x = word(low[i])
        d = Word(minus(word(high[i]), x))
        o0[i], o1[i] = canonical(d * k0 + Word(x)), canonical(d * k1)
        o2[i], o3[i] = canonical(d * k2), canonical(d * k3)
    low = v[middle:hi]
    o0, o1, o2, o3 = out[0][middle:hi], out[1][middle:hi], out[2][middle:hi], out[3][middle:hi]
    for i in range(low.size):
        x = word(low[i])
        d = P ^ Word(x)
        o0[i], o1[i] = canonical(d * k0 + Word(x)), canonical(d * k1)
        o2[i], o3[i] = canonical(d * k2), canonical(d * k3)


@kernel
def bind_here(table: Table, n: int, split: int, factor: Constants, rest: Constants, lo: int, hi: int) -> None:
    """The same for an extension table of n entries, in its own place; ``rest`` is 1 - factor."""
    middle = min(hi, max(lo, n - split))
    k = words(factor)
    a0, a1, a2, a3 = table[0][lo:middle], table[1][lo:middle], table[2][lo:middle], table[3][lo:middle]
    start, end = lo + split, middle + split
    b0, b1, b2, b3 = table[0][start:end], table[1][start:end], table[2][start:end], table[3][start:end]
    for i in range(a0.size):
        d0, d1, d2, d3 = minus(b0[i], a0[i]), minus(b1[i], a1[i]), minus(b2[i], a2[i]), minus(b3[i], a3[i])
        x, y, z, w = scaled(Word(d0), Word(d1), Word(d2), Word(d3), k)
        a0[i], a1[i] = canonical(x + Word(a0[i])), canonical(y + Word(a1[i]))
        a2[i], a3[i] = canonical(z + Word(a2[i])), canonical(w + Word(a3[i]))
    k = words(rest)
    a0, a1, a2, a3 = table[0][middle:hi], table[1][middle:hi], table[2][middle:hi], table[3][middle:hi]
    for i in range(a0.size):
        x, y, z, w = scaled(Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), k)
        a0[i], a1[i], a2[i], a3[i] = canonical(x), canonical(y), canonical(z), canonical(w)


@kernel
def evaluate(a: Table, b: Table, n: int, split: int, sums: NDArray[np.uint64], lo: int, hi: int) -> None:
    """Add the parts of a round of two extension tables of n entries."""
    middle = min(hi, max(lo, n - split))
    at_0, lead = product_round(a, b, split, lo, middle)
    alone = dot(a, b, middle, hi)
    for k in range(6):
        both = alone[k]
        sums[0, k] += at_0[k] + both
        sums[1, k] += lead[k] + both


@kernel
def next_round(
    a: Table, b: Table, n: int, split: int, factor: Constants, rest: Constants, after: int, lo: int, hi: int
) -> NDArray[np.uint64]:
    """Bind both tables, and sum the parts of the next round, whose split is ``after``."""
    sums = np.zeros((2, 6), dtype=np.uint64)
    bound = min(n, split)
    for start in range(lo, hi, BLOCK):
        end = min(start + BLOCK, hi)
        above, above_end = min(start + after, bound), min(end + after, bound)
        for table in (a, b):
            bind_here(table, n, split, factor, rest, start, end)
            bind_here(table, n, split, factor, rest, above, above_end)
        evaluate(a, b, bound, after, sums, start, end)
    return sums


@kernel
def next_round_mixed(
    a: Table, v: Signed, split: int, factor: Constants, rest: Constants, after: int, out: Table, lo: int, hi: int
) -> NDArray[np.uint64]:
    """The same for a table of signed integers, bound into ``out``."""
    sums = np.zeros((2, 6), dtype=np.uint64)
    bound = min(v.size, split)
    for start in range(lo, hi, BLOCK):
        end = min(start + BLOCK, hi)
        above, above_end = min(start + after, bound), min(end + after, bound)
        bind_here(a, v.size, split, factor, rest, start, end)
        bind_here(a, v.size, split, factor, rest, above, above_end)
        bind_mixed(v, split, factor, out, start, end)
        bind_mixed(v, split, factor, out, above, above_end)
        evaluate(a, out, bound, after, sums, start, end)
    return sums
