"""Loops over layers of fractions modulo 2^31 - 1, compiled: what is computed, and why, is said by layers.py.

Layers are powers of two, so the entries that meet in a product lie whole powers of two apart, where a cache keeps few
lines. Each tile's operands are therefore brought into ``scratch`` first, few runs at a time, and multiplied there; a
tile is as wide as the table ``low``. Four rows of scratch are an extension table, named by the first of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.m31_kernels import add_weighted
from proofs.sumcheck.fields.fast.modular31 import (
    ZERO,
    Constants,
    Table,
    Word,
    Words6,
    canonical,
    minus,
    parts,
    plus,
    product,
    reduced,
    scaled,
    word,
    words,
)

WIDTH = 128
"""Entries of a tile where no table says so: a layer's 32 runs of them fill half a first-level cache."""


# -- tiles ---------------------------------------------------------------------------------------------------------
@inlined
def load(t: Table, at: int, scratch: Table, row: int, width: int) -> None:
    """A run of an extension table into scratch."""
    for c in range(4):
        a, s = t[c][at : at + width], scratch[row + c]
        for i in range(a.size):
            s[i] = a[i]


@inlined
def load_halves(t: Table, at: int, half: int, scratch: Table, width: int) -> None:
    """A run of a table's lower half, and the same run of its upper half after it."""
    load(t, at, scratch, 0, width)
    load(t, at + half, scratch, 4, width)


@inlined
def bind(t: Table, at: int, split: int, k: Any, scratch: Table, row: int, width: int) -> None:
    """low + r (high - low) for a run, in place and into scratch; high is ``split`` above low."""
    end = at + width
    a0, a1, a2, a3 = t[0][at:end], t[1][at:end], t[2][at:end], t[3][at:end]
    at, end = at + split, end + split
    b0, b1, b2, b3 = t[0][at:end], t[1][at:end], t[2][at:end], t[3][at:end]
    s0, s1, s2, s3 = scratch[row], scratch[row + 1], scratch[row + 2], scratch[row + 3]
    for i in range(a0.size):
        d0, d1, d2, d3 = minus(b0[i], a0[i]), minus(b1[i], a1[i]), minus(b2[i], a2[i]), minus(b3[i], a3[i])
        x, y, z, w = scaled(Word(d0), Word(d1), Word(d2), Word(d3), k)
        c0, c1 = canonical(x + Word(a0[i])), canonical(y + Word(a1[i]))
        c2, c3 = canonical(z + Word(a2[i])), canonical(w + Word(a3[i]))
        a0[i], a1[i], a2[i], a3[i] = c0, c1, c2, c3
        s0[i], s1[i], s2[i], s3[i] = c0, c1, c2, c3


@inlined
def subtract(scratch: Table, rows: int, width: int) -> None:
    """Take the first ``rows`` rows of scratch from the ``rows`` after them."""
    for c in range(rows):
        a, b = scratch[rows + c][:width], scratch[c]
        for i in range(a.size):
            a[i] = minus(a[i], b[i])


@inlined
def shift(scratch: Table, rows: int, by: Table, width: int) -> None:
    """Add a constant element to the tables of the first ``rows`` rows."""
    for c in range(rows):
        a, b = scratch[c][:width], by[c & 3]
        for i in range(a.size):
            a[i] = plus(a[i], b)


@inlined
def crossed(scratch: Table, a: int, b: int, c: int, d: int, i: int) -> Any:
    """Entry i of a b + c d, canonical."""
    s0, s1, s2, s3, s4, s5 = parts(
        *(Word(scratch[a][i]), Word(scratch[a + 1][i]), Word(scratch[a + 2][i]), Word(scratch[a + 3][i])),
        *(Word(scratch[b][i]), Word(scratch[b + 1][i]), Word(scratch[b + 2][i]), Word(scratch[b + 3][i])),
    )
    t0, t1, t2, t3, t4, t5 = parts(
        *(Word(scratch[c][i]), Word(scratch[c + 1][i]), Word(scratch[c + 2][i]), Word(scratch[c + 3][i])),
        *(Word(scratch[d][i]), Word(scratch[d + 1][i]), Word(scratch[d + 2][i]), Word(scratch[d + 3][i])),
    )
    return reduced((s0 + t0, s1 + t1, s2 + t2, s3 + t3, s4 + t4, s5 + t5))


# -- going up ------------------------------------------------------------------------------------------------------
@inlined
def multiply_rows(scratch: Table, a: int, b: int, out: Table, at: int, width: int) -> None:
    """A run of a b."""
    end = at + width
    o0, o1, o2, o3 = out[0][at:end], out[1][at:end], out[2][at:end], out[3][at:end]
    a0, a1, a2, a3 = scratch[a], scratch[a + 1], scratch[a + 2], scratch[a + 3]
    b0, b1, b2, b3 = scratch[b], scratch[b + 1], scratch[b + 2], scratch[b + 3]
    for i in range(o0.size):
        o0[i], o1[i], o2[i], o3[i] = product(
            Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), Word(b0[i]), Word(b1[i]), Word(b2[i]), Word(b3[i])
        )


@inlined
def cross_rows(scratch: Table, a: int, b: int, c: int, d: int, out: Table, at: int, width: int) -> None:
    """A run of a b + c d."""
    end = at + width
    o0, o1, o2, o3 = out[0][at:end], out[1][at:end], out[2][at:end], out[3][at:end]
    for i in range(o0.size):
        o0[i], o1[i], o2[i], o3[i] = crossed(scratch, a, b, c, d, i)


@kernel
def up(p: Table, q: Table, p_out: Table, q_out: Table, lo: int, hi: int) -> None:
    """Nodes lo to hi of the layer above."""
    half = p_out.shape[1]
    scratch = np.empty((16, WIDTH), dtype=np.uint32)
    for at in range(lo, hi, WIDTH):
        width = min(WIDTH, hi - at)
        for j in range(4):
            load(p if j & 1 == 0 else q, at + (j >> 1) * half, scratch, 4 * j, width)
        cross_rows(scratch, 0, 12, 8, 4, p_out, at, width)
        multiply_rows(scratch, 4, 12, q_out, at, width)


@kernel
def up_base(p: Table, q: Table, p_out: Table, q_out: Table, lo: int, hi: int) -> None:
    """The same for base numerators."""
    half = p_out.shape[1]
    scratch = np.empty((8, WIDTH), dtype=np.uint32)
    for at in range(lo, hi, WIDTH):
        width = min(WIDTH, hi - at)
        load_halves(q, at, half, scratch, width)
        p_0, p_1 = p[at : at + width], p[at + half : at + half + width]
        for c in range(4):
            out, q_0, q_1 = p_out[c][at : at + width], scratch[c], scratch[4 + c]
            for i in range(out.size):
                out[i] = canonical(Word(p_0[i]) * Word(q_1[i]) + Word(p_1[i]) * Word(q_0[i]))
        multiply_rows(scratch, 0, 4, q_out, at, width)


@kernel
def up_ones(q: Table, p_out: Table, q_out: Table, lo: int, hi: int) -> None:
    """The same for numerators that are all one."""
    half = p_out.shape[1]
    scratch = np.empty((8, WIDTH), dtype=np.uint32)
    for at in range(lo, hi, WIDTH):
        width = min(WIDTH, hi - at)
        load_halves(q, at, half, scratch, width)
        for c in range(4):
            out, q_0, q_1 = p_out[c][at : at + width], scratch[c], scratch[4 + c]
            for i in range(out.size):
                out[i] = plus(q_0[i], q_1[i])
        multiply_rows(scratch, 0, 4, q_out, at, width)


@kernel
def up_ones_twice(q: Table, p_out: Table, q_out: Table, lo: int, hi: int) -> None:
    """Nodes lo to hi two layers above numerators that are all one."""
    quarter = p_out.shape[1]
    scratch = np.empty((24, WIDTH), dtype=np.uint32)
    for at in range(lo, hi, WIDTH):
        width = min(WIDTH, hi - at)
        for j in range(4):
            load(q, at + j * quarter, scratch, 4 * j, width)
        for j in range(2):
            multiply_rows(scratch, 4 * j, 8 + 4 * j, scratch[16 + 4 * j : 20 + 4 * j], 0, width)
        for c in range(8):
            a, b = scratch[c][:width], scratch[8 + c]
            for i in range(a.size):
                a[i] = plus(a[i], b[i])
        cross_rows(scratch, 0, 20, 4, 16, p_out, at, width)
        multiply_rows(scratch, 16, 20, q_out, at, width)


# -- rounds --------------------------------------------------------------------------------------------------------
@inlined
def weigh_products(scratch: Table, a: int, b: int, low: Table) -> Words6:
    """Sums of parts of low a b."""
    a0, a1, a2, a3 = scratch[a], scratch[a + 1], scratch[a + 2], scratch[a + 3]
    b0, b1, b2, b3 = scratch[b], scratch[b + 1], scratch[b + 2], scratch[b + 3]
    w0, w1, w2, w3 = low[0], low[1], low[2], low[3]
    s0, s1, s2, s3, s4, s5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(w0.size):
        x, y, z, w = product(
            Word(a0[i]), Word(a1[i]), Word(a2[i]), Word(a3[i]), Word(b0[i]), Word(b1[i]), Word(b2[i]), Word(b3[i])
        )
        t0, t1, t2, t3, t4, t5 = parts(
            Word(x), Word(y), Word(z), Word(w), Word(w0[i]), Word(w1[i]), Word(w2[i]), Word(w3[i])
        )
        s0, s1, s2, s3, s4, s5 = s0 + t0, s1 + t1, s2 + t2, s3 + t3, s4 + t4, s5 + t5
    return s0, s1, s2, s3, s4, s5


@inlined
def weigh_crosses(scratch: Table, a: int, b: int, c: int, d: int, low: Table) -> Words6:
    """Sums of parts of low (a b + c d)."""
    w0, w1, w2, w3 = low[0], low[1], low[2], low[3]
    s0, s1, s2, s3, s4, s5 = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(w0.size):
        x, y, z, w = crossed(scratch, a, b, c, d, i)
        t0, t1, t2, t3, t4, t5 = parts(
            Word(x), Word(y), Word(z), Word(w), Word(w0[i]), Word(w1[i]), Word(w2[i]), Word(w3[i])
        )
        s0, s1, s2, s3, s4, s5 = s0 + t0, s1 + t1, s2 + t2, s3 + t3, s4 + t4, s5 + t5
    return s0, s1, s2, s3, s4, s5


@kernel
def products_round(
    q: Table, half: int, binding: bool, factor: Constants, by: Table, low: Table, high: Table, lo: int, hi: int
) -> NDArray[np.uint64]:
    """Tiles lo to hi of a round over products: parts, (2, 6), of the values at 0 and of the leading coefficients.

    With ``binding`` the last round's variable is bound first; half is that of the round to come.
    """
    k, gap, width = words(factor), q.shape[1] // 2, low.shape[1]
    totals = np.zeros((2, 6), dtype=np.uint64)
    scratch = np.empty((16, width), dtype=np.uint32)
    for tile in range(lo, hi):
        for j in range(4):
            at = tile * width + (j & 1) * gap + (j >> 1) * half
            if binding:
                bind(q, at, 2 * half, k, scratch, 4 * j, width)
            else:
                load(q, at, scratch, 4 * j, width)
        subtract(scratch, 8, width)
        shift(scratch, 8, by, width)
        for j in range(2):
            add_weighted(totals[j], high, tile, reduced(weigh_products(scratch, 8 * j, 8 * j + 4, low)))
    return totals


@kernel
def crosses_round(
    p: Table, q: Table, half: int, binding: bool, factor: Constants, low: Table, high: Table, lo: int, hi: int
) -> NDArray[np.uint64]:
    """The same over crosses p_0 q_1 + p_1 q_0. Without ``binding``, p_0 becomes p_0 + factor q_0 first."""
    k, gap, width = words(factor), q.shape[1] // 2, low.shape[1]
    totals = np.zeros((2, 6), dtype=np.uint64)
    scratch = np.empty((32, width), dtype=np.uint32)
    for tile in range(lo, hi):
        for j in range(8):
            t = p if j & 1 == 0 else q
            at = tile * width + (j >> 1 & 1) * gap + (j >> 2) * half
            if binding:
                bind(t, at, 2 * half, k, scratch, 4 * j, width)
            else:
                load(t, at, scratch, 4 * j, width)
        if not binding:
            for j in range(2):
                add_scaled(p, tile * width + j * half, k, scratch, 16 * j, width)
        subtract(scratch, 16, width)
        for j in range(2):
            sums = weigh_crosses(scratch, 16 * j, 16 * j + 12, 16 * j + 8, 16 * j + 4, low)
            add_weighted(totals[j], high, tile, reduced(sums))
    return totals


@inlined
def add_scaled(p: Table, at: int, k: Any, scratch: Table, row: int, width: int) -> None:
    """Add k times the table after it to the table at ``row``, which is also written where it came from."""
    end = at + width
    o0, o1, o2, o3 = p[0][at:end], p[1][at:end], p[2][at:end], p[3][at:end]
    a0, a1, a2, a3 = scratch[row], scratch[row + 1], scratch[row + 2], scratch[row + 3]
    b0, b1, b2, b3 = scratch[row + 4], scratch[row + 5], scratch[row + 6], scratch[row + 7]
    for i in range(o0.size):
        x, y, z, w = scaled(Word(b0[i]), Word(b1[i]), Word(b2[i]), Word(b3[i]), k)
        c0, c1 = canonical(x + Word(a0[i])), canonical(y + Word(a1[i]))
        c2, c3 = canonical(z + Word(a2[i])), canonical(w + Word(a3[i]))
        a0[i], a1[i], a2[i], a3[i] = c0, c1, c2, c3
        o0[i], o1[i], o2[i], o3[i] = c0, c1, c2, c3


# -- leaves --------------------------------------------------------------------------------------------------------
@kernel
def denominators(
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    offset: Table,
    minus_beta: Constants,
    out: Table,
    start: int,
    lo: int,
    hi: int,
) -> None:
    """offset - first - beta second for entries lo to hi, written from ``start``."""
    v, w = first[lo:hi], second[lo:hi]
    lo, hi = lo + start, hi + start
    o0, o1, o2, o3 = out[0][lo:hi], out[1][lo:hi], out[2][lo:hi], out[3][lo:hi]
    a, b, c, d = Word(offset[0]), Word(offset[1]), Word(offset[2]), Word(offset[3])
    e, f, g, h = minus_beta[0], minus_beta[1], minus_beta[2], minus_beta[3]
    for i in range(o0.size):
        x, y = Word(word(-v[i])), Word(word(w[i]))
        o0[i], o1[i] = canonical(a + x + e * y), canonical(b + f * y)
        o2[i], o3[i] = canonical(c + g * y), canonical(d + h * y)


@kernel
def single_denominators(first: NDArray[np.int32], offset: Table, out: Table, start: int, lo: int, hi: int) -> None:
    """offset - first, likewise."""
    v = first[lo:hi]
    lo, hi = lo + start, hi + start
    o0, o1, o2, o3 = out[0][lo:hi], out[1][lo:hi], out[2][lo:hi], out[3][lo:hi]
    a, b, c, d = offset[0], offset[1], offset[2], offset[3]
    for i in range(o0.size):
        o0[i], o1[i], o2[i], o3[i] = canonical(Word(a) + Word(word(-v[i]))), b, c, d
