"""Sums of eq(point, i), and of i eq(point, i), over the i below a bound: in as many steps as the point has scalars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.mle import eq


@dataclass(frozen=True)
class Prefixes:
    """Both sums at a point, for many bounds at once, each of them in [0, 2^len(point)]."""

    field: Field
    point: tuple[Scalar, ...]
    bounds: tuple[int, ...]

    def __post_init__(self) -> None:
        size = 1 << len(self.point)
        if not all(0 <= bound <= size for bound in self.bounds):
            raise ValueError(f"{len(self.point)} variables index {size} entries, not {max(self.bounds)}")

    def ones(self, start: int, stop: int) -> Scalar:
        """sum of eq(point, i) over start <= i < stop, both of them bounds."""
        return self._between(start, stop)[0]

    def linear(self, start: int, stop: int, first: int) -> Scalar:
        """sum of (first + i - start) eq(point, i) over start <= i < stop: numbers that count up from ``first``."""
        scalars = self.field.scalars
        ones, indices = self._between(start, stop)
        return scalars.add(indices, scalars.mul(ones, scalars.from_int(first - start)))

    def _between(self, start: int, stop: int) -> tuple[Scalar, Scalar]:
        scalars, found = self.field.scalars, self._found
        ones, indices = (scalars.sub(high, low) for low, high in zip(found[start], found[stop], strict=True))
        return ones, indices

    @cached_property
    def _found(self) -> dict[int, tuple[Scalar, Scalar]]:
        distinct = sorted(set(self.bounds))
        ones, indices = _below(self.field, self.point, np.array(distinct, dtype=np.int64))
        return {n: (self.field.element(ones, k), self.field.element(indices, k)) for k, n in enumerate(distinct)}


def _below(field: Field, point: Sequence[Scalar], bounds: NDArray[np.int64]) -> tuple[Ext, Ext]:
    """sum of eq(point, i), and of i eq(point, i), over i below each bound: two extension arrays.

    Going down the bits of a bound n: where n has a 1, the indices with a 0 there, and n's bits before it, are below n.
    Their remaining bits are free: eq sums to 1 over those, and their number times eq to its mean at the point.
    """
    scalars = field.scalars
    prefix = field.pack([scalars.one] * bounds.size)
    ones, indices = np.zeros_like(prefix), np.zeros_like(prefix)
    means = _means(scalars, point)
    for place, r in zip(reversed(range(len(point) + 1)), (scalars.zero, *point), strict=True):
        with_1 = field.scale(prefix, r)
        with_0 = field.sub(prefix, with_1)
        set_bit = (bounds >> place & 1).astype(bool)
        before = (bounds >> (place + 1) << (place + 1)).astype(field.dtype)
        numbers = field.add(field.mul_base(with_0, before), field.scale(with_0, means[place]))
        ones = np.where(set_bit, field.add(ones, with_0), ones)
        indices = np.where(set_bit, field.add(indices, numbers), indices)
        prefix = np.where(set_bit, with_1, with_0)
    return ones, indices


def _means(scalars: Extension, point: Sequence[Scalar]) -> list[Scalar]:
    """For each k, the sum over j < 2^k of j eq(point's last k scalars, j), which is sum of 2^bit r_bit."""
    found = [scalars.zero]
    for place, r in enumerate(reversed(point)):
        found.append(scalars.add(found[-1], scalars.mul(r, scalars.from_int(1 << place))))
    return found


def listed(field: Field, point: Sequence[Scalar], start: int, values: Sequence[int]) -> Scalar:
    """sum of values[i] eq(point, start + i), values below 2^31 in size: in about as many steps as there are values."""
    scalars = field.scalars
    low_bits = min(len(point), (len(values) - 1).bit_length())
    split, total, done = len(point) - low_bits, scalars.zero, 0
    low = field.eq_table(point[split:], 1 << low_bits)
    while done < len(values):  # twice at most
        block, within = divmod(start + done, 1 << low_bits)
        part = np.array(values[done : done + (1 << low_bits) - within], dtype=np.int32)
        weights = np.ascontiguousarray(low[:, within : within + part.size])
        inner = field.element(field.combine_integer_columns(part[None], weights), 0)
        bits = tuple(scalars.from_int(block >> place & 1) for place in reversed(range(split)))
        total = scalars.add(total, scalars.mul(eq(scalars, point[:split], bits), inner))
        done += part.size
    return total
