"""The two axes of a window as polynomials: A_i(y, y') = [y' = stride y + i - before] over real indices only.

A convolution's matrix is W[o, c, i, j] A_i(y, y') B_j(x, x'), summed over the offsets i, j; so is its extension, with
the extensions of A_i and B_j, which are sums over one axis.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.layers.tensors import add_into, dots
from proofs.sumcheck.layers.window import Window


def read_rows(field: Field, window: Window, out_point: Sequence[Scalar]) -> Ext:
    """A~_i(out_point, y') for every offset i and real input y': (degree, kernel, extent)."""
    weights = field.eq_table(out_point, window.out)
    table = np.zeros((len(weights), window.kernel, window.extent), dtype=field.dtype)
    for i in range(window.kernel):
        outputs, inputs = window.reach(i)
        table[:, i, inputs] = weights[:, outputs]
    return table


def read_at(field: Field, window: Window, out_point: Sequence[Scalar], in_point: Sequence[Scalar]) -> Ext:
    """A~_i(out_point, in_point) for every offset i: (degree, kernel)."""
    return dots(field, read_rows(field, window, out_point), field.eq_table(in_point, window.extent))


def window_sums(field: Field, window: Window, x: Base, axis: int) -> Base:
    """The sum over each window along an axis; ``extent`` becomes ``out``."""
    out = np.zeros((*x.shape[:axis], window.out, *x.shape[axis + 1 :]), dtype=x.dtype)
    for i in range(window.kernel):
        outputs, inputs = window.reach(i)
        add_into(field, out[_at(axis, outputs)], x[_at(axis, inputs)])
    return out


def window_spread(field: Field, window: Window, y: Base, axis: int) -> Base:
    """The transpose: every output is added to all inputs of its window; ``out`` becomes ``extent``."""
    out = np.zeros((*y.shape[:axis], window.extent, *y.shape[axis + 1 :]), dtype=y.dtype)
    for i in range(window.kernel):
        outputs, inputs = window.reach(i)
        add_into(field, out[_at(axis, inputs)], y[_at(axis, outputs)])
    return out


def _at(axis: int, part: slice) -> tuple[slice, ...]:
    """An index that takes ``part`` of an axis."""
    return (slice(None),) * axis + (part,)
