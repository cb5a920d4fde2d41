"""Loops modulo 2^31 - 1 and in its degree-4 extension, compiled.

Nothing but loops here: what is computed, and why, is said by the callers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.modular31 import (
    EIGHT_P,
    ZERO,
    Constants,
    P,
    Table,
    Word,
    Words6,
    base_square,
    canonical,
    fold,
    minus,
    parts,
    plus,
    product,
    reduced,
    scaled,
    weighted_square,
    word,
    words,
)

TILE = 512
"""Columns that a combination of rows works on at once: their sums fill half a first-level cache."""


# -- entry by entry, on flat arrays; extension arrays are (4, n) ---------------------------------------------------
@kernel
def from_signed(x: NDArray[np.int64], out: Table, lo: int, hi: int) -> None:
    """Signed 64-bit integers modulo p: below 2^31, and from bit 31 on from -2^32 to 2^32."""
    x, out = x[lo:hi], out[lo:hi]
    for i in range(out.size):
        out[i] = canonical(np.uint64((x[i] & 0x7FFFFFFF) + (x[i] >> 31)) + EIGHT_P)


@kernel
def add(a: Table, b: Table, out: Table, lo: int, hi: int) -> None:
    """a + b."""
    a, b, out = a[lo:hi], b[lo:hi], out[lo:hi]
    for i in range(out.size):
        out[i] = plus(a[i], b[i])


@kernel
def sub(a: Table, b: Table, out: Table, lo: int, hi: int) -> None:
    """a - b."""
    a, b, out = a[lo:hi], b[lo:hi], out[lo:hi]
    for i in range(out.size):
        out[i] = minus(a[i], b[i])


@kernel
def mul_base(a: Table, b: Table, out: Table, lo: int, hi: int) -> None:
    """a b in the base field."""
    a, b, out = a[lo:hi], b[lo:hi], out[lo:hi]
    for i in range(out.size):
        out[i] = canonical(np.uint64(a[i]) * np.uint64(b[i]))


@kernel
def mul(a: Table, b: Table, out: Table, lo: int, hi: int) -> None:
    """a b in the extension."""
    a0, a1, a2, a3 = a[0][lo:hi], a[1][lo:hi], a[2][lo:hi], a[3][lo:hi]
    b0, b1, b2, b3 = b[0][lo:hi], b[1][lo:hi], b[2][lo:hi], b[3][lo:hi]
    o0, o1, o2, o3 = out[0][lo:hi], out[1][lo:hi], out[2][lo:hi], out[3][lo:hi]
    for i in range(o0.size):
        o0[i], o1[i], o2[i], o3[i] = product(
            Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), Word(b0[i]), Word(b1[i]), Word(b2[i]), Word(b3[i])
        )


@kernel
def expand(table: Table, size: int, factor: Constants, lo: int, hi: int) -> None:
    """Entries lo to hi times a constant go ``size`` entries up, and are taken away where they were."""
    k = words(factor)
    a0, a1, a2, a3 = table[0][lo:hi], table[1][lo:hi], table[2][lo:hi], table[3][lo:hi]
    lo, hi = lo + size, hi + size
    o0, o1, o2, o3 = table[0][lo:hi], table[1][lo:hi], table[2][lo:hi], table[3][lo:hi]
    for i in range(o0.size):
        x, y, z, w = scaled(Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), k)
        b0, b1, b2, b3 = canonical(x), canonical(y), canonical(z), canonical(w)
        o0[i], o1[i], o2[i], o3[i] = b0, b1, b2, b3
        a0[i], a1[i], a2[i], a3[i] = minus(a0[i], b0), minus(a1[i], b1), minus(a2[i], b2), minus(a3[i], b3)


# -- sums ----------------------------------------------------------------------------------------------------------
@kernel
def dot(a: Table, b: Table, lo: int, hi: int) -> Words6:
    """Sums of parts of a b."""
    a0, a1, a2, a3 = a[0][lo:hi], a[1][lo:hi], a[2][lo:hi], a[3][lo:hi]
    b0, b1, b2, b3 = b[0][lo:hi], b[1][lo:hi], b[2][lo:hi], b[3][lo:hi]
    s0, s1, s2, s3, s4, s5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(a0.size):
        t0, t1, t2, t3, t4, t5 = parts(
            Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), Word(b0[i]), Word(b1[i]), Word(b2[i]), Word(b3[i])
        )
        s0, s1, s2, s3, s4, s5 = s0 + t0, s1 + t1, s2 + t2, s3 + t3, s4 + t4, s5 + t5
    return s0, s1, s2, s3, s4, s5


@inlined
def row_dot(x: Table, w: Table) -> Any:
    """Sum of x times the four coordinates of w, canonical; x in [0, p]. Four products are added before a fold."""
    w0, w1, w2, w3 = w[0], w[1], w[2], w[3]
    s0, s1, s2, s3 = ZERO, ZERO, ZERO, ZERO
    quarter = x.size // 4
    x_a, x_b, x_c, x_d = x[:quarter], x[quarter:], x[2 * quarter :], x[3 * quarter :]
    for i in range(quarter):
        a, b, c, d = Word(x_a[i]), Word(x_b[i]), Word(x_c[i]), Word(x_d[i])
        j, k, m = i + quarter, i + 2 * quarter, i + 3 * quarter
        s0 += fold(a * Word(w0[i]) + b * Word(w0[j]) + c * Word(w0[k]) + d * Word(w0[m]))
        s1 += fold(a * Word(w1[i]) + b * Word(w1[j]) + c * Word(w1[k]) + d * Word(w1[m]))
        s2 += fold(a * Word(w2[i]) + b * Word(w2[j]) + c * Word(w2[k]) + d * Word(w2[m]))
        s3 += fold(a * Word(w3[i]) + b * Word(w3[j]) + c * Word(w3[k]) + d * Word(w3[m]))
    for i in range(4 * quarter, x.size):
        a = Word(x[i])
        s0 += fold(a * Word(w0[i]))
        s1 += fold(a * Word(w1[i]))
        s2 += fold(a * Word(w2[i]))
        s3 += fold(a * Word(w3[i]))
    return canonical(s0), canonical(s1), canonical(s2), canonical(s3)


@kernel
def combine_columns(x: Table, weights: Table, out: Table, lo: int, hi: int) -> None:
    """Rows lo to hi of X weights."""
    for r in range(lo, hi):
        out[0, r], out[1, r], out[2, r], out[3, r] = row_dot(x[r], weights)


@kernel
def combine_integer_columns(x: NDArray[np.int32], weights: Table, out: Table, lo: int, hi: int) -> None:
    """Rows lo to hi of X weights, X signed."""
    row = np.empty(x.shape[1], dtype=np.uint32)
    for r in range(lo, hi):
        signed = x[r]
        for i in range(row.size):
            row[i] = word(signed[i])
        out[0, r], out[1, r], out[2, r], out[3, r] = row_dot(row, weights)


@inlined
def add_weighted(sums: NDArray[np.uint64], weights: Table, r: int, x: Any) -> None:
    """Add the parts of weight r times x."""
    t0, t1, t2, t3, t4, t5 = parts(
        *(Word(weights[0, r]), Word(weights[1, r]), Word(weights[2, r]), Word(weights[3, r])),
        *(Word(x[0]), Word(x[1]), Word(x[2]), Word(x[3])),
    )
    sums[0] += t0
    sums[1] += t1
    sums[2] += t2
    sums[3] += t3
    sums[4] += t4
    sums[5] += t5


@inlined
def add_rows(w: NDArray[np.int32], weights: Table, first: int, lo: int, sums: NDArray[np.uint64]) -> None:
    """Add four rows times their weights to a tile's sums, from column lo; rows beyond the last weigh nothing."""
    last = w.shape[0] - 1
    width = sums.shape[1]
    a, b, c, d = (
        w[first][lo : lo + width],
        w[min(first + 1, last)][lo : lo + width],
        w[min(first + 2, last)][lo : lo + width],
        w[min(first + 3, last)][lo : lo + width],
    )
    for k in range(4):
        total, by = sums[k], weights[k]
        e = Word(by[first])
        f = Word(by[first + 1]) if first + 1 <= last else ZERO
        g = Word(by[first + 2]) if first + 2 <= last else ZERO
        h = Word(by[first + 3]) if first + 3 <= last else ZERO
        for i in range(width):
            total[i] += fold(Word(word(a[i])) * e + Word(word(b[i])) * f + Word(word(c[i])) * g + Word(word(d[i])) * h)


@kernel
def combine_rows(w: NDArray[np.int32], weights: Table, out: Table, lo: int, hi: int) -> None:
    """Columns lo to hi of weights^T W, W signed, tile by tile."""
    sums = np.empty((4, TILE), dtype=np.uint64)
    for start in range(lo, hi, TILE):
        width = min(TILE, hi - start)
        tile = sums[:, :width]
        tile[:] = ZERO
        for first in range(0, w.shape[0], 4):
            add_rows(w, weights, first, start, tile)
        for k in range(4):
            for i in range(width):
                out[k, start + i] = canonical(tile[k, i])


# -- sum-check rounds; an entry's partner is ``split`` entries above it --------------------------------------------
@kernel
def bind(table: Table, start: int, split: int, factor: Constants, out: Table, to: int, count: int) -> None:
    """low + factor (high - low) for ``count`` entries of (4, n) from ``start``, written from ``to``."""
    k = words(factor)
    end = start + count
    a0, a1, a2, a3 = table[0][start:end], table[1][start:end], table[2][start:end], table[3][start:end]
    start, end = start + split, end + split
    b0, b1, b2, b3 = table[0][start:end], table[1][start:end], table[2][start:end], table[3][start:end]
    end = to + count
    o0, o1, o2, o3 = out[0][to:end], out[1][to:end], out[2][to:end], out[3][to:end]
    for i in range(o0.size):
        d0, d1, d2, d3 = minus(b0[i], a0[i]), minus(b1[i], a1[i]), minus(b2[i], a2[i]), minus(b3[i], a3[i])
        x, y, z, w = scaled(Word(d0), Word(d1), Word(d2), Word(d3), k)
        o0[i], o1[i] = canonical(x + Word(a0[i])), canonical(y + Word(a1[i]))
        o2[i], o3[i] = canonical(z + Word(a2[i])), canonical(w + Word(a3[i]))


@kernel
def scale(a: Table, start: int, factor: Constants, out: Table, to: int, count: int) -> None:
    """factor low, likewise: for entries above which there is nothing, the factor being 1 - r."""
    k = words(factor)
    end = start + count
    a0, a1, a2, a3 = a[0][start:end], a[1][start:end], a[2][start:end], a[3][start:end]
    end = to + count
    o0, o1, o2, o3 = out[0][to:end], out[1][to:end], out[2][to:end], out[3][to:end]
    for i in range(o0.size):
        x, y, z, w = scaled(Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), k)
        o0[i], o1[i], o2[i], o3[i] = canonical(x), canonical(y), canonical(z), canonical(w)


@kernel
def bind_rows(
    z: Table, n: int, split: int, factor: Constants, rest: Constants, out: Table, width: int, lo: int, hi: int
) -> None:
    """Both for rows lo to hi of n entries, which become ``width`` entries."""
    for r in range(lo, hi):
        bind(z, r * n, split, factor, out, r * width, n - width)
        scale(z, r * n + n - width, rest, out, r * width + n - width, 2 * width - n)


@kernel
def bind_rows_base(z: Table, split: int, factor: Constants, out: Table, lo: int, hi: int) -> None:
    """The same for rows lo to hi of base entries (R, n)."""
    width = out.shape[2]
    pairs = z.shape[1] - width
    k0, k1, k2, k3 = factor[0], factor[1], factor[2], factor[3]
    for r in range(lo, hi):
        low, high = z[r], z[r][split : split + pairs]
        o0, o1, o2, o3 = out[0, r], out[1, r], out[2, r], out[3, r]
        for i in range(high.size):
            d = Word(minus(high[i], low[i]))
            o0[i], o1[i] = canonical(d * k0 + Word(low[i])), canonical(d * k1)
            o2[i], o3[i] = canonical(d * k2), canonical(d * k3)
        for i in range(pairs, width):
            d = P ^ Word(low[i])
            o0[i], o1[i] = canonical(d * k0 + Word(low[i])), canonical(d * k1)
            o2[i], o3[i] = canonical(d * k2), canonical(d * k3)


@kernel
def product_round(a: Table, b: Table, split: int, lo: int, hi: int) -> tuple[Words6, Words6]:
    """Sums of parts of low a low b, and of (high a - low a)(high b - low b)."""
    a0, a1, a2, a3 = a[0][lo:hi], a[1][lo:hi], a[2][lo:hi], a[3][lo:hi]
    b0, b1, b2, b3 = b[0][lo:hi], b[1][lo:hi], b[2][lo:hi], b[3][lo:hi]
    lo, hi = lo + split, hi + split
    c0, c1, c2, c3 = a[0][lo:hi], a[1][lo:hi], a[2][lo:hi], a[3][lo:hi]
    d0, d1, d2, d3 = b[0][lo:hi], b[1][lo:hi], b[2][lo:hi], b[3][lo:hi]
    s0, s1, s2, s3, s4, s5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    t0, t1, t2, t3, t4, t5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(a0.size):
        u0, u1, u2, u3, u4, u5 = parts(
            Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), Word(b0[i]), Word(b1[i]), Word(b2[i]), Word(b3[i])
        )
        s0, s1, s2, s3, s4, s5 = s0 + u0, s1 + u1, s2 + u2, s3 + u3, s4 + u4, s5 + u5
        e0, e1, e2, e3 = minus(c0[i], a0[i]), minus(c1[i], a1[i]), minus(c2[i], a2[i]), minus(c3[i], a3[i])
        f0, f1, f2, f3 = minus(d0[i], b0[i]), minus(d1[i], b1[i]), minus(d2[i], b2[i]), minus(d3[i], b3[i])
        u0, u1, u2, u3, u4, u5 = parts(Word(e0), Word(e1), Word(e2), Word(e3), Word(f0), Word(f1), Word(f2), Word(f3))
        t0, t1, t2, t3, t4, t5 = t0 + u0, t1 + u1, t2 + u2, t3 + u3, t4 + u4, t5 + u5
    return (s0, s1, s2, s3, s4, s5), (t0, t1, t2, t3, t4, t5)


@kernel
def weighted_squares(j: Table, z: Table, lo: int, hi: int) -> Words6:
    """Sums of parts of j z^2."""
    j0, j1, j2, j3 = j[0][lo:hi], j[1][lo:hi], j[2][lo:hi], j[3][lo:hi]
    z0, z1, z2, z3 = z[0][lo:hi], z[1][lo:hi], z[2][lo:hi], z[3][lo:hi]
    s0, s1, s2, s3, s4, s5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(j0.size):
        t0, t1, t2, t3, t4, t5 = weighted_square(j0[i], j1[i], j2[i], j3[i], z0[i], z1[i], z2[i], z3[i])
        s0, s1, s2, s3, s4, s5 = s0 + t0, s1 + t1, s2 + t2, s3 + t3, s4 + t4, s5 + t5
    return s0, s1, s2, s3, s4, s5


@kernel
def weighted_square_round(j: Table, z: Table, split: int, lo: int, hi: int) -> tuple[Words6, Words6, Words6]:
    """The same at 0 (low), at -1 (low - difference) and for the leading coefficients (difference = high - low)."""
    a0, a1, a2, a3 = j[0][lo:hi], j[1][lo:hi], j[2][lo:hi], j[3][lo:hi]
    b0, b1, b2, b3 = z[0][lo:hi], z[1][lo:hi], z[2][lo:hi], z[3][lo:hi]
    lo, hi = lo + split, hi + split
    c0, c1, c2, c3 = j[0][lo:hi], j[1][lo:hi], j[2][lo:hi], j[3][lo:hi]
    d0, d1, d2, d3 = z[0][lo:hi], z[1][lo:hi], z[2][lo:hi], z[3][lo:hi]
    s0, s1, s2, s3, s4, s5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    t0, t1, t2, t3, t4, t5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    u0, u1, u2, u3, u4, u5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(a0.size):
        v0, v1, v2, v3, v4, v5 = weighted_square(a0[i], a1[i], a2[i], a3[i], b0[i], b1[i], b2[i], b3[i])
        s0, s1, s2, s3, s4, s5 = s0 + v0, s1 + v1, s2 + v2, s3 + v3, s4 + v4, s5 + v5
        e0, e1, e2, e3 = minus(c0[i], a0[i]), minus(c1[i], a1[i]), minus(c2[i], a2[i]), minus(c3[i], a3[i])
        f0, f1, f2, f3 = minus(d0[i], b0[i]), minus(d1[i], b1[i]), minus(d2[i], b2[i]), minus(d3[i], b3[i])
        v0, v1, v2, v3, v4, v5 = weighted_square(e0, e1, e2, e3, f0, f1, f2, f3)
        u0, u1, u2, u3, u4, u5 = u0 + v0, u1 + v1, u2 + v2, u3 + v3, u4 + v4, u5 + v5
        e0, e1, e2, e3 = minus(a0[i], e0), minus(a1[i], e1), minus(a2[i], e2), minus(a3[i], e3)
        f0, f1, f2, f3 = minus(b0[i], f0), minus(b1[i], f1), minus(b2[i], f2), minus(b3[i], f3)
        v0, v1, v2, v3, v4, v5 = weighted_square(e0, e1, e2, e3, f0, f1, f2, f3)
        t0, t1, t2, t3, t4, t5 = t0 + v0, t1 + v1, t2 + v2, t3 + v3, t4 + v4, t5 + v5
    return (s0, s1, s2, s3, s4, s5), (t0, t1, t2, t3, t4, t5), (u0, u1, u2, u3, u4, u5)


@inlined
def row_sums(z: Table, start: int, n: int, split: int, columns: Table) -> tuple[Words6, Words6]:
    """Sums over the n entries from ``start`` of parts of columns low^2, and of columns (high - low)^2."""
    width, end = min(split, n), start + n
    pairs = n - width
    w0, w1, w2, w3 = columns[0], columns[1], columns[2], columns[3]
    a0, a1, a2, a3 = z[0][start:end], z[1][start:end], z[2][start:end], z[3][start:end]
    b0, b1, b2, b3 = a0[width:], a1[width:], a2[width:], a3[width:]
    s0, s1, s2, s3, s4, s5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    t0, t1, t2, t3, t4, t5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(pairs):
        u0, u1, u2, u3, u4, u5 = weighted_square(w0[i], w1[i], w2[i], w3[i], a0[i], a1[i], a2[i], a3[i])
        s0, s1, s2, s3, s4, s5 = s0 + u0, s1 + u1, s2 + u2, s3 + u3, s4 + u4, s5 + u5
        d0, d1, d2, d3 = minus(b0[i], a0[i]), minus(b1[i], a1[i]), minus(b2[i], a2[i]), minus(b3[i], a3[i])
        u0, u1, u2, u3, u4, u5 = weighted_square(w0[i], w1[i], w2[i], w3[i], d0, d1, d2, d3)
        t0, t1, t2, t3, t4, t5 = t0 + u0, t1 + u1, t2 + u2, t3 + u3, t4 + u4, t5 + u5
    for i in range(pairs, width):
        u0, u1, u2, u3, u4, u5 = weighted_square(w0[i], w1[i], w2[i], w3[i], a0[i], a1[i], a2[i], a3[i])
        s0, s1, s2, s3, s4, s5 = s0 + u0, s1 + u1, s2 + u2, s3 + u3, s4 + u4, s5 + u5
        t0, t1, t2, t3, t4, t5 = t0 + u0, t1 + u1, t2 + u2, t3 + u3, t4 + u4, t5 + u5
    return (s0, s1, s2, s3, s4, s5), (t0, t1, t2, t3, t4, t5)


@kernel
def square_round(z: Table, n: int, rows: Table, columns: Table, lo: int, hi: int) -> NDArray[np.uint64]:
    """Sums over rows lo to hi, n entries each, of row weight times those of ``row_sums``: parts, (2, 6)."""
    totals = np.zeros((2, 6), dtype=np.uint64)
    for r in range(lo, hi):
        low, lead = row_sums(z, r * n, n, columns.shape[1], columns)
        add_weighted(totals[0], rows, r, reduced(low))
        add_weighted(totals[1], rows, r, reduced(lead))
    return totals


@kernel
def square_round_base(z: Table, n: int, rows: Table, columns: Table, lo: int, hi: int) -> NDArray[np.uint64]:
    """The same for base entries. A row's squares are laid aside first."""
    totals = np.zeros((2, 6), dtype=np.uint64)
    width = min(columns.shape[1], n)
    pairs = n - width
    low, lead = np.empty(width, dtype=np.uint32), np.empty(width, dtype=np.uint32)
    for r in range(lo, hi):
        a, b = z[r], z[r][width:]
        for i in range(pairs):
            low[i] = base_square(a[i])
            lead[i] = base_square(minus(b[i], a[i]))
        for i in range(pairs, width):
            low[i] = base_square(a[i])
            lead[i] = low[i]
        add_weighted(totals[0], rows, r, row_dot(low, columns))
        add_weighted(totals[1], rows, r, row_dot(lead, columns))
    return totals
