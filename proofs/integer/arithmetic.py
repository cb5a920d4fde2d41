"""Element-wise operators and sums as functions of arrays; scales are the builder's business."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from proofs.integer.operands import Array, Call, Run


def add(arrays: Sequence[Array]) -> list[Array]:
    """Sum of all operands, with broadcasting."""
    total = arrays[0]
    for array in arrays[1:]:
        total = total + array
    return [total]


def subtract(arrays: Sequence[Array]) -> list[Array]:
    """First less second."""
    return [arrays[0] - arrays[1]]


def multiply(arrays: Sequence[Array]) -> list[Array]:
    """Product of two operands."""
    return [arrays[0] * arrays[1]]


def negate(arrays: Sequence[Array]) -> list[Array]:
    """Minus."""
    return [-arrays[0]]


def relu(arrays: Sequence[Array]) -> list[Array]:
    """max(0, x)."""
    return [np.maximum(arrays[0], 0)]


def sign(arrays: Sequence[Array]) -> list[Array]:
    """-1, 0 or 1, at scale 0."""
    x = arrays[0]
    return [(x > 0).astype(x.dtype) - (x < 0).astype(x.dtype)]


def ones(arrays: Sequence[Array]) -> list[Array]:
    """The magnitude of a sign."""
    return [np.ones(arrays[0].shape)]


def same(arrays: Sequence[Array]) -> list[Array]:
    """The magnitude of Neg and Relu: at most their operand's."""
    return [arrays[0]]


def matrix_product(arrays: Sequence[Array]) -> list[Array]:
    """A product over the last axis and the one before it."""
    return [np.matmul(arrays[0], arrays[1])]


def transposed_product(arrays: Sequence[Array]) -> list[Array]:
    """x times the transpose of a matrix."""
    return [np.matmul(arrays[0], arrays[1].swapaxes(-1, -2))]


def reduce_sum(call: Call) -> Run:
    """Sum along stored axes."""
    axes, keep = call.integers(1, "axes"), bool(call.attributes.get("keepdims", 1))
    if not axes:
        raise call.refusal("has no stored axes")
    return lambda arrays: [arrays[0].sum(axis=tuple(axes), keepdims=keep)]


FOLDED: dict[str, Callable[[Sequence[Array]], list[Array]]] = {
    "Add": add,
    "Mul": multiply,
    "Neg": negate,
    "Sub": subtract,
}
"""Operators the circuit compiler applies to stored floats, in single precision, before it rounds them."""
