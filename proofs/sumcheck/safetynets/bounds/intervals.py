"""Interval arithmetic over a network's layers: what no input in a box can make a tensor exceed, in exact integers.

An interval a channel (the first axis of a tensor): every value of the channel lies in it, whatever its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.claims import Shape
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.network import Layer

Whole = NDArray[Any]
"""Python integers in an object array."""
EXACT_BITS = 53
"""Integers up to 2^53 in size, and sums whose partial sums stay there, are exact in float64."""
LIMB_BITS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Ends of each channel of a tensor: Python integers, lows <= highs."""

    lows: Whole
    highs: Whole

    @property
    def magnitude(self) -> int:
        """The largest size of any end."""
        return max(max(-int(low), int(high)) for low, high in zip(self.lows, self.highs, strict=True))

    def clipped(self, limits: Whole) -> Interval:
        """The part of each channel within the limits in size of its values (one a value, row-major)."""
        limits = limits.reshape(len(self.lows), -1).max(axis=1)
        return Interval(np.maximum(self.lows, -limits), np.minimum(self.highs, limits))


def box(shape: Shape, low: int, high: int) -> Interval:
    """The same ends for every channel of a tensor."""
    return Interval(np.full(shape[0], low, object), np.full(shape[0], high, object))


def after(layer: Layer, inputs: Sequence[Interval]) -> Interval:
    """Ends of a layer's output from those of its inputs."""
    if isinstance(layer, Dense):
        return _linear(layer.weight, layer.bias, _every(inputs[0], layer.in_shape))
    if isinstance(layer, Convolution):
        return _convolution(layer, inputs[0])
    if isinstance(layer, SumPool):
        return _sum_pool(layer, inputs[0])
    if isinstance(layer, Reshape):
        return _reshape(layer, inputs[0])
    if isinstance(layer, Add):
        first, second = (_times(x, m) for x, m in zip(inputs, layer.multipliers, strict=True))
        return Interval(first.lows + second.lows, first.highs + second.highs)
    return _square(layer, inputs[0])


def exact_product(matrix: Integers, columns: Whole) -> Whole:
    """An int64 matrix (O, C) times Python integers (C, k), exactly: limbs in float64, where sums stay below 2^53."""
    widest = int(np.abs(matrix).sum(axis=1).max())
    width = min(LIMB_BITS, EXACT_BITS - 1 - widest.bit_length())
    if width < 1:
        return matrix.astype(object) @ columns
    total = np.zeros((len(matrix), columns.shape[1]), object)
    doubles = matrix.astype(np.float64)
    sizes, signs = np.abs(columns), np.where(columns < 0, -1.0, 1.0)
    for shift in range(0, int(sizes.max()).bit_length(), width):
        limb = ((sizes >> shift) & ((1 << width) - 1)).astype(np.float64)
        total = total + ((doubles @ (limb * signs)).astype(np.int64).astype(object) << shift)
    return total


def _linear(weight: Integers, bias: Sequence[int], x: Interval) -> Interval:
    """b + sum over positive weights of w high and negative ones of w low, and the other way round."""
    ends = np.stack([x.lows, x.highs], axis=1)
    up, down = exact_product(np.maximum(weight, 0), ends), exact_product(np.minimum(weight, 0), ends)
    constant = np.array(bias, object)
    return Interval(constant + up[:, 0] + down[:, 1], constant + up[:, 1] + down[:, 0])


def _convolution(layer: Convolution, x: Interval) -> Interval:
    """Every position reads each channel within its ends; where there are pads, zero as well."""
    if any(layer.pads):
        x = _with_zero(x)
    up, down = np.maximum(layer.weight, 0).sum(axis=(2, 3)), np.minimum(layer.weight, 0).sum(axis=(2, 3))
    lows, highs = [], []
    outputs, channels = len(up) // layer.groups, up.shape[1]
    for group in range(layer.groups):
        rows, reads = slice(group * outputs, (group + 1) * outputs), slice(group * channels, (group + 1) * channels)
        ends = np.stack([x.lows[reads], x.highs[reads]], axis=1)
        positive, negative = exact_product(up[rows], ends), exact_product(down[rows], ends)
        lows.append(positive[:, 0] + negative[:, 1])
        highs.append(positive[:, 1] + negative[:, 0])
    constant = np.array(layer.bias, object)
    return Interval(constant + np.concatenate(lows), constant + np.concatenate(highs))


def _sum_pool(layer: SumPool, x: Interval) -> Interval:
    area = layer.kernel[0] * layer.kernel[1]
    return _times(_with_zero(x) if any(layer.pads) else x, area)


def _square(_: Square, x: Interval) -> Interval:
    """The smaller square, zero if the interval holds it, and the larger."""
    first, second = x.lows * x.lows, x.highs * x.highs
    holds_zero = (x.lows <= 0) & (x.highs >= 0)
    return Interval(np.where(holds_zero, 0, np.minimum(first, second)), np.maximum(first, second))


def _reshape(layer: Reshape, x: Interval) -> Interval:
    """Each new channel gets the widest ends of the values it is made of."""
    every = _every(x, layer.in_shape)
    channels = layer.out_shape[0]
    return Interval(every.lows.reshape(channels, -1).min(axis=1), every.highs.reshape(channels, -1).max(axis=1))


def _every(x: Interval, shape: Shape) -> Interval:
    """The ends of each value: those of its channel."""
    each = int(np.prod(shape[1:], dtype=np.int64))
    return Interval(np.repeat(x.lows, each), np.repeat(x.highs, each))


def _with_zero(x: Interval) -> Interval:
    return Interval(np.minimum(x.lows, 0), np.maximum(x.highs, 0))


def _times(x: Interval, factor: int) -> Interval:
    ends = (x.lows * factor, x.highs * factor)
    return Interval(*ends) if factor > 0 else Interval(*reversed(ends))
