"""The same sums in compiled loops, for p = 2^31 - 1: sums of integers are reduced once a tile, not once a product.

A tile's sums fit 64 bits as they are: 2^13 products of integers below 2^18 and elements below 2^31 are below 2^62.
Integers that are larger are summed in two parts, x = 2^16 high + low.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.m31_kernels import dot
from proofs.sumcheck.fields.fast.modular31 import EIGHT_P, Table, Word, canonical, reduced
from proofs.sumcheck.fields.fast.threads import share
from proofs.sumcheck.fields.field import Ext, Field

TILE = 8192
"""Columns whose weights, 128 KiB, stay in a second-level cache while rows pass by."""
NARROW = 1 << 18
"""Integers below this in size are summed as they are; activations have 16 bits at most."""
LIMB_BITS = 16  # of low, in [0, 2^16); high is in [-2^15, 2^15)
ONE, LIMB = np.uint64(1), np.uint64(1 << LIMB_BITS)
PER_PRODUCT = 8
"""Products of an integer by an element that take about as long as one of elements."""

Row = NDArray[np.int32]


def contract_integers(field: Field, x: Row, weights: Ext) -> Ext:
    """sum_n x(r, n) weights(k, n): int32 (R, N) and elements (4, K, N) give (4, K, R)."""
    signed = np.ascontiguousarray(weights).view(np.int32)
    out = np.zeros((4, weights.shape[1], x.shape[0]), dtype=np.uint32)
    products = x.size * weights.shape[1] // PER_PRODUCT
    share(lambda lo, hi: integer_rows(x, signed, out, lo, hi), x.shape[0], products, 16)
    return out


def contract_elements(field: Field, table: Ext, weights: Ext) -> Ext:
    """sum_n table(r, n) weights(k, n): elements (4, R, N) and (4, K, N) give (4, K, R)."""
    rows, columns = table.shape[1:]
    table, weights = (np.ascontiguousarray(each).reshape(4, -1) for each in (table, weights))
    out = np.zeros((4, weights.shape[1] // columns, rows), dtype=np.uint32)
    share(lambda lo, hi: element_rows(table, weights, columns, out, lo, hi), rows, out[0].size * columns, 16)
    return out


@inlined
def is_narrow(x: Row) -> Any:
    """Whether every entry is below ``NARROW`` in size."""
    any_bits = np.int32(0)
    for i in range(x.size):
        any_bits |= x[i] ^ (x[i] >> 31)
    return any_bits < NARROW


@inlined
def add_dot(x: Row, weights: NDArray[np.int32], k: int, start: int, factor: Word, out: Table, r: int) -> None:
    """Add factor times the sum of x times the k-th weights, from ``start`` on, to entry (k, r) of (4, K, R)."""
    end = start + x.size
    w0, w1, w2, w3 = (
        weights[0, k][start:end],
        weights[1, k][start:end],
        weights[2, k][start:end],
        weights[3, k][start:end],
    )
    s0, s1, s2, s3 = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for i in range(x.size):
        a = np.int64(x[i])
        s0 += a * np.int64(w0[i])
        s1 += a * np.int64(w1[i])
        s2 += a * np.int64(w2[i])
        s3 += a * np.int64(w3[i])
    out[0, k, r] = added(s0, factor, out[0, k, r])
    out[1, k, r] = added(s1, factor, out[1, k, r])
    out[2, k, r] = added(s2, factor, out[2, k, r])
    out[3, k, r] = added(s3, factor, out[3, k, r])


@inlined
def added(total: Any, factor: Word, to: Any) -> Any:
    """factor total + to, for a signed 64-bit total."""
    element = canonical(Word((total & 0x7FFFFFFF) + (total >> 31)) + EIGHT_P)
    return canonical(Word(element) * factor + Word(to))


@kernel
def integer_rows(x: Row, weights: NDArray[np.int32], out: Table, lo: int, hi: int) -> None:
    """Rows lo to hi of ``contract_integers``."""
    low, high = np.empty(TILE, dtype=np.int32), np.empty(TILE, dtype=np.int32)
    for start in range(0, x.shape[1], TILE):
        width = min(TILE, x.shape[1] - start)
        for r in range(lo, hi):
            row = x[r][start : start + width]
            narrow = is_narrow(row)
            if not narrow:
                for i in range(width):
                    high[i] = row[i] >> LIMB_BITS
                    low[i] = row[i] & (1 << LIMB_BITS) - 1
            for k in range(out.shape[1]):
                if narrow:
                    add_dot(row, weights, k, start, ONE, out, r)
                else:
                    add_dot(low[:width], weights, k, start, ONE, out, r)
                    add_dot(high[:width], weights, k, start, LIMB, out, r)


@kernel
def element_rows(table: Table, weights: Table, columns: int, out: Table, lo: int, hi: int) -> None:
    """Rows lo to hi of ``contract_elements``; both factors flat, rows of ``columns`` entries."""
    for r in range(lo, hi):
        for k in range(out.shape[1]):
            row, by = table[:, r * columns : (r + 1) * columns], weights[:, k * columns : (k + 1) * columns]
            a, b, c, d = reduced(dot(row, by, 0, columns))
            out[0, k, r], out[1, k, r], out[2, k, r], out[3, k, r] = a, b, c, d
