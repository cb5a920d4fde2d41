"""A convolution's input, contracted with its windows: what every weight is multiplied by, the outputs folded.

    Z(c, i, j) = sum_{y', x', b} X[c, y', x', b] A_i(y') B_j(x') e(b)

The batch goes first, or with the columns where it is short; then the rows. X is read once for every column offset at
most, and never turned into field elements.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.field import Ext, Field, Integers
from proofs.sumcheck.layers.tensors import outer
from proofs.sumcheck.reductions import plain

FEW = 8
"""Examples that are contracted together with the columns; with more, the table without them is at most half of X."""


def kernels(field: Field) -> ModuleType:
    """The contractions of this field."""
    if field.compiled and field.scalars.p == MERSENNE_31:
        from proofs.sumcheck.reductions import fast

        return fast
    return plain


def window_sums(field: Field, x: Integers, down: Ext, across: Ext, batch: Ext) -> Ext:
    """Z for windows (4, kh, H) and (4, kw, W) and examples' weights (4, B): (4, C, kh, kw)."""
    channels, height, width, examples = x.shape
    if down.shape[1] == across.shape[1] == 1:  # one window: rows and columns are one axis
        across = outer(field, down[:, 0], across[:, 0])[:, None]
        height, width, down = 1, height * width, field.pack([field.scalars.one])[:, None]
    kh, kw = down.shape[1], across.shape[1]
    if examples < FEW:
        columns = _spread(field, across, batch)
        table: Ext = kernels(field).contract_integers(field, _integers(x).reshape(channels * height, -1), columns)
    else:
        folded = batch_sums(field, x, batch).reshape(-1, channels * height, width)
        table = kernels(field).contract_elements(field, folded, across)
    table = kernels(field).contract_elements(field, table.reshape(-1, kw * channels, height), down)
    turned = table.reshape(-1, kh, kw, channels).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(turned)


def batch_sums(field: Field, x: Integers, batch: Ext) -> Ext:
    """sum_b X[c, y', x', b] e(b): (4, C, H, W)."""
    flat = _integers(x).reshape(-1, x.shape[3])
    table: Ext = kernels(field).contract_integers(field, flat, batch[:, None])
    return table.reshape(-1, *x.shape[:3])


def _spread(field: Field, across: Ext, batch: Ext) -> Ext:
    """B_j(x') e(b): (4, kw, W B)."""
    degree, offsets, width = across.shape
    return outer(field, across.reshape(degree, -1), batch).reshape(degree, offsets, width * batch.shape[1])


def _integers(x: Integers) -> NDArray[np.int32]:
    """The array kernels read; a copy only if it is not one of theirs."""
    return np.ascontiguousarray(x, dtype=np.int32)
