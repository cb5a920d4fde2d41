"""Tables contracted with several vectors at once, in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.layers.tensors import product

AT_ONCE = 1 << 21
"""Integers worked on at once, to bound the memory."""


def contract_integers(field: Field, x: NDArray[np.int32], weights: Ext) -> Ext:
    """sum_n x(r, n) weights(k, n): int32 (R, N) and elements (4, K, N) give (4, K, R)."""
    rows, columns = x.shape
    out = np.empty((len(weights), weights.shape[1], rows), dtype=field.dtype)
    step = max(1, AT_ONCE // columns)
    for start in range(0, rows, step):
        for k in range(weights.shape[1]):
            out[:, k, start : start + step] = field.combine_integer_columns(x[start : start + step], weights[:, k])
    return out


def contract_elements(field: Field, table: Ext, weights: Ext) -> Ext:
    """sum_n table(r, n) weights(k, n): elements (4, R, N) and (4, K, N) give (4, K, R)."""
    return product(field, weights, np.ascontiguousarray(table.swapaxes(1, 2)))
