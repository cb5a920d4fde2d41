"""Products with a convolution's weights (O, C / groups, kh, kw), group by group.

Groups of one input channel (depthwise convolutions have hundreds) are done all at once, entry by entry; larger groups
are matrix products, one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.layers.tensors import add_into


def window_products(field: Field, weight: Integers, groups: int, windows: Base) -> Base:
    """The outputs of every window: base (C kh kw, n) gives base (O, n)."""
    if groups == 1:
        return field.matmul(weight.reshape(len(weight), -1), windows)
    parts = windows.reshape(groups, -1, windows.shape[1])
    kernels = weight.reshape(groups, len(weight) // groups, -1)
    if weight.shape[1] > 1:
        return np.concatenate([field.matmul(w, np.ascontiguousarray(x)) for w, x in zip(kernels, parts, strict=True)])
    factors = field.from_signed(kernels)
    out = np.zeros((*kernels.shape[:2], windows.shape[1]), dtype=windows.dtype)
    for k in range(kernels.shape[2]):
        add_into(field, out, field.mul_base(factors[:, :, k, None], parts[:, None, k]))
    return out.reshape(len(weight), -1)


def window_products_transposed(field: Field, weight: Integers, groups: int, values: Base) -> Base:
    """The transpose: base (O, n) gives base (C kh kw, n)."""
    kernels = weight.reshape(groups, len(weight) // groups, -1)
    parts = values.reshape(groups, -1, values.shape[1])
    if groups == 1 or weight.shape[1] > 1:
        pairs = zip(kernels, parts, strict=True)
        return np.concatenate([field.matmul(np.ascontiguousarray(w.T), np.ascontiguousarray(y)) for w, y in pairs])
    factors = field.from_signed(kernels)
    out = np.zeros((groups, kernels.shape[2], values.shape[1]), dtype=values.dtype)
    for o in range(kernels.shape[1]):
        add_into(field, out, field.mul_base(factors[:, o, :, None], parts[:, None, o]))
    return out.reshape(-1, values.shape[1])


def fold_outputs(field: Field, weight: Integers, groups: int, point: Sequence[Scalar]) -> Ext:
    """sum_o eq(point, o) W[o, c, i, j] for each input channel c, o over c's group: (degree, C, kh, kw)."""
    outputs, channels, *kernel = weight.shape
    weights = field.eq_table(point, outputs)
    if groups == 1:
        return field.combine_rows(weight.reshape(outputs, -1), weights).reshape(len(weights), channels, *kernel)
    # A weight is a base element: an extension element's coordinates are multiplied by it one by one.
    factors = field.from_signed(weight).reshape(groups, outputs // groups, -1)
    coordinates = weights.reshape(len(weights), groups, -1)
    out = np.zeros((len(weights), groups, factors.shape[2]), dtype=field.dtype)
    for o in range(factors.shape[1]):
        add_into(field, out, field.mul_base(coordinates[:, :, o, None], factors[None, :, o]))
    return out.reshape(len(weights), groups * channels, *kernel)
