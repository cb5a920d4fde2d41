"""Products in the degree-4 extension of 2^31 - 1, in NumPy, reduced once instead of after each of sixteen products.

A product by (e, f, g, h) is a matrix of nine words, so each coordinate is a sum of four products of words below p,
which is below 4 (p - 1)^2 < 2^64.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.field import Ext, Field

Words = NDArray[np.uint64]
P = np.uint64(MERSENNE_31)
MATRIX = ((0, 6, 4, 8), (1, 0, 5, 4), (2, 7, 0, 6), (3, 2, 1, 0))
"""Which word takes coordinate j of the other factor to coordinate i of the product: u^2 = 2 + i, i^2 = -1."""


def applies(field: Field) -> bool:
    """Whether a field is this one."""
    return field.scalars.p == MERSENNE_31 and field.scalars.degree == 4


def outer(a: Ext, b: Ext) -> Ext:
    """(4, A) and (4, B) give a_i b_j: (4, A, B)."""
    out = np.empty((4, a.shape[1], b.shape[1]), dtype=np.uint32)
    for k, total in enumerate(_coordinates(_words(a)[:, :, None], b.astype(np.uint64)[:, None, :])):
        out[k] = reduced(total)
    return out


def rows_dot(rows: Ext, weights: Ext) -> Ext:
    """(4, R, B) and (4, B) give each row's sum of products: (4, R). Sums of 2^30 words below 2^34 are in range."""
    totals = _coordinates(_words(weights)[:, None, :], rows.astype(np.uint64))
    return np.stack([reduced(((total & P) + (total >> 31)).sum(axis=1)) for total in totals])


def reduced(values: Words) -> NDArray[np.uint32]:
    """Any 64-bit integers modulo p; NumPy divides by a constant faster than it takes remainders."""
    return (values - values // P * P).astype(np.uint32)


def _words(table: Ext) -> Words:
    """e, f, g, h, 2g - h, g + 2h, -f, -h, -(g + 2h) of every entry: (9, n)."""
    e, f, g, h = table.astype(np.uint64)
    s, t = (g + g + (P - h)) % P, (g + h + h) % P
    return np.stack([e, f, g, h, s, t, (P - f) % P, (P - h) % P, (P - t) % P])


def _coordinates(words: Words, x: Words) -> Iterator[Any]:
    """The four coordinates of products, not reduced."""
    for i, j, k, m in MATRIX:
        total = words[i] * x[0]
        for word, coordinate in ((j, x[1]), (k, x[2]), (m, x[3])):
            total += words[word] * coordinate
        yield total
