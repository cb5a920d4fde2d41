"""What every layer asks of its shapes, weights and biases before anything is computed with them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.fields.field import Integers

MAX_ROWS = 1 << 31
"""Features of a tensor: more than any memory here holds, and few enough that indices never wrap."""

MAX_WEIGHT = (1 << 31) - 1
"""Largest weight, in size: what the fields' kernels take (``Field.matmul``)."""


def checked_shape(layer: str, shape: Sequence[int], axes: int | None = None) -> Shape:
    """A shape of positive integers, of ``axes`` axes if that is given. Raises InvalidInput."""
    if not shape or not all(isinstance(extent, int | np.integer) and extent >= 1 for extent in shape):
        raise InvalidInput(f"{layer}: a tensor's shape is made of positive integers, not {shape!r}")
    if axes is not None and len(shape) != axes:
        raise InvalidInput(f"{layer}: takes tensors of {axes} axes, not of shape {tuple(shape)}")
    found = tuple(int(extent) for extent in shape)
    if math.prod(found) >= MAX_ROWS:
        raise InvalidInput(f"{layer}: a tensor of shape {found} has too many values (2^31 or more)")
    return found


def checked_weight(layer: str, weight: NDArray[np.generic], axes: int) -> Integers:
    """A read-only copy of a weight array as int64. Raises InvalidInput."""
    if not isinstance(weight, np.ndarray) or weight.ndim != axes or weight.dtype.kind not in "iu":
        raise InvalidInput(f"{layer}: weights are an integer array of {axes} axes")
    if weight.size == 0:
        raise InvalidInput(f"{layer}: weights of shape {weight.shape} are empty")
    if int(weight.max()) > MAX_WEIGHT or int(weight.min()) < -MAX_WEIGHT:
        raise InvalidInput(f"{layer}: a weight reaches 2^31 in size; scale the layer down")
    kept = np.array(weight, dtype=np.int64, order="C")
    kept.setflags(write=False)
    return kept


def narrowed(weight: Integers) -> Integers:
    """The same weights in 32 bits, as kernels read them: converting them at every use would cost as much as the use."""
    narrow = weight.astype(np.int32)
    narrow.setflags(write=False)
    return narrow


def checked_bias(layer: str, bias: Sequence[int], outputs: int) -> tuple[int, ...]:
    """One Python integer an output, of any size. Raises InvalidInput."""
    if len(bias) != outputs or not all(isinstance(value, int | np.integer) for value in bias):
        raise InvalidInput(f"{layer}: the bias is {outputs} integers, one an output")
    return tuple(int(value) for value in bias)


def checked_numbers(layer: str, what: str, numbers: Sequence[int], count: int) -> tuple[int, ...]:
    """So many integers, none negative. Raises InvalidInput."""
    if len(numbers) != count or not all(isinstance(number, int | np.integer) and number >= 0 for number in numbers):
        raise InvalidInput(f"{layer}: {what} is {count} integers that are not negative, not {numbers!r}")
    return tuple(int(number) for number in numbers)
