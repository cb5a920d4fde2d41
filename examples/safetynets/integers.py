"""The integer network: what the float network is rounded to, its static bound and its exact outputs, in numpy.

    x_int = floor(alpha * x + 1/2)      w_int = round(beta * w), one beta a linear map
    scale of a pre-activation = scale of its input * beta; squaring squares it, a 2x2 average pool multiplies it by 4
    b_int = round(b * scale)            every value an integer, nothing rescaled

Source: SafetyNets, section 3.3 (there one beta for all layers).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

POOL_AREA = 4
EXACT_FLOAT_BITS = 53  # integers below 2^53 are exact in float64, and so are sums that stay below it
LIMB_BITS = 24
SINGLE_BITS = 60  # |v| < 2^60 <= (p - 1) / 2 for p = 2^61 - 1
DOUBLE_BITS = 120.9  # |v| < p1 p2 / 2 for two primes of 61 bits

Whole = NDArray[np.object_]  # Python integers


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear map: weights int64 (out, in) or (out, in, 5, 5), bias of any size, and the scale of the weights."""

    weights: NDArray[np.int64]
    bias: tuple[int, ...]
    beta: int


@dataclass(frozen=True, slots=True)
class IntegerNetwork:
    """Linear maps with squares between (and sum pools after convolutions); inputs are integers in low..high."""

    layers: tuple[Linear, ...]
    alpha: int
    low: int
    high: int

    def inputs(self, real: NDArray[np.floating]) -> NDArray[np.int64]:
        """Integer inputs: floor(alpha * x + 1/2), clipped to the declared box."""
        return np.clip(np.floor(real.astype(np.float64) * self.alpha + 0.5), self.low, self.high).astype(np.int64)


def scales(layers: tuple[Linear, ...], alpha: int) -> list[int]:
    """Scale of each pre-activation."""
    found, scale = [], alpha
    for layer in layers:
        scale *= layer.beta
        found.append(scale)
        scale = scale**2 * (POOL_AREA if layer.weights.ndim == 4 else 1)
    return found


def whole_bias(bias: NDArray[np.float32], scale: int) -> tuple[int, ...]:
    """round(b * scale), exactly, for biases as they stand in the float network."""
    return tuple(round(Fraction(float(value)) * scale) for value in bias)


def bits_of(bound: int) -> float:
    """log2, for bounds beyond a float's precision too."""
    return math.log2(bound)


def static_bound(network: IntegerNetwork) -> int:
    """Largest magnitude any value can take for any input in the box (interval arithmetic in Python integers)."""
    inputs = network.layers[0].weights.shape[1]
    lows, highs = (np.full(inputs, end, object) for end in (network.low, network.high))
    largest = max(abs(network.low), abs(network.high))
    for index, layer in enumerate(network.layers):
        lows, highs = linear_ends(layer, lows, highs)
        largest = max(largest, *map(abs, lows), *map(abs, highs))
        if index < len(network.layers) - 1:
            lows, highs = square_ends(lows, highs, POOL_AREA if layer.weights.ndim == 4 else 1)
            largest = max(largest, *highs)
    return int(largest)


def linear_ends(layer: Linear, lows: Whole, highs: Whole) -> tuple[Whole, Whole]:
    """Ends of b + W x for x between ``lows`` and ``highs``; a flattened input repeats each channel's ends."""
    weights = layer.weights
    if weights.ndim == 2:
        lows, highs = (np.repeat(ends, weights.shape[1] // len(ends)) for ends in (lows, highs))
    up, down = np.maximum(weights, 0), np.minimum(weights, 0)
    if weights.ndim == 4:
        up, down = up.sum((2, 3)), down.sum((2, 3))
    up, down, bias = up.astype(object), down.astype(object), np.array(layer.bias, object)
    return bias + up @ lows + down @ highs, bias + up @ highs + down @ lows


def square_ends(lows: Whole, highs: Whole, area: int) -> tuple[Whole, Whole]:
    """Ends of ``area`` times the square."""
    first, second = lows * lows * area, highs * highs * area
    least = np.where((lows <= 0) & (highs >= 0), 0, np.minimum(first, second))
    return least, np.maximum(first, second)


def logits(network: IntegerNetwork, values: NDArray[np.int64]) -> Whole:
    """Exact integer logits (N, classes) of integer inputs (N, 1, 28, 28) or (N, features)."""
    value: NDArray[np.int64] | Whole = values
    last = len(network.layers) - 1
    for index, layer in enumerate(network.layers):
        bias = np.array(layer.bias, object)
        if layer.weights.ndim == 4:
            size = layer.weights.shape[2]
            patches = np.lib.stride_tricks.sliding_window_view(value, (size, size), axis=(2, 3))
            count, _, high, wide = patches.shape[:4]
            flat = patches.transpose(0, 2, 3, 1, 4, 5).reshape(count * high * wide, -1)
            found = exact_product(flat, layer.weights.reshape(len(layer.weights), -1), bias)
            found = (found * found).reshape(count, high // 2, 2, wide // 2, 2, -1).sum((2, 4))
            value = found.transpose(0, 3, 1, 2)
        else:
            value = exact_product(value.reshape(len(value), -1), layer.weights, bias)
            value = value if index == last else value * value
    return value.astype(object)


def exact_product(
    values: NDArray[np.int64] | Whole, weights: NDArray[np.int64], bias: Whole
) -> NDArray[np.int64] | Whole:
    """values @ weights.T + bias without rounding, as int64 where its squares fit.

    Float64 products are exact while every sum stays below 2^53; wider values are cut into limbs of 24 bits.
    """
    row, largest = int(np.abs(weights).sum(1).max()), int(np.abs(values).max())
    if row.bit_length() + LIMB_BITS > EXACT_FLOAT_BITS:
        raise ValueError(f"a row of weights sums to {row}: smaller limbs are needed")
    matrix = np.ascontiguousarray(weights.T, np.float64)
    if (largest * row).bit_length() <= EXACT_FLOAT_BITS:
        product = (values.astype(np.float64) @ matrix).astype(np.int64)
        if (largest * row + max(map(abs, bias))).bit_length() <= SINGLE_BITS // 2:
            return product + bias.astype(np.int64)
        return product.astype(object) + bias
    signs, rest = np.where(values < 0, -1, 1), np.abs(values)
    total = np.broadcast_to(bias, (len(values), len(bias)))
    for shift in range(0, largest.bit_length(), LIMB_BITS):
        limb = (rest >> shift) & ((1 << LIMB_BITS) - 1)
        product = (limb * signs).astype(np.float64) @ matrix
        total = total + product.astype(np.int64).astype(object) * (1 << shift)
    return total
