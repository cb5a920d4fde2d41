"""Between field elements and the doubles that exact matrix products are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.modular61 import U64, ZERO, Which, add, canonical, modulus, mul
from proofs.sumcheck.fields.fast.squares61 import Words

Doubles = NDArray[np.float64]


@inlined
def size_and_sign(v: U64, other: Which) -> tuple[U64, np.bool]:
    """The representative of least size: how large, and whether negative."""
    p = modulus(other)
    negative = v > p >> U64(1)
    return (p - v if negative else v), negative


@kernel
def largest_size(x: Words, start: int, stop: int, other: Which) -> U64:
    """The largest size of a range of entries."""
    largest = ZERO
    for j in range(start, stop):
        largest = max(largest, min(x[j], modulus(other) - x[j]))
    return largest


@kernel
def cut_limb(x: Words, limb: Doubles, low: int, high: int, first: int, start: int, stop: int, other: Which) -> None:
    """limb[r] = bits ``low`` to ``high`` of the entries of x[r, first:] by size, with their signs; rows of a range."""
    shift, mask = U64(low), U64(2 ** (high - low) - 1)
    for r in range(start, stop):
        row, into = x[r, first : first + limb.shape[1]], limb[r]
        for j in range(len(row)):
            size, negative = size_and_sign(row[j], other)
            part = np.float64(np.int64((size >> shift) & mask))
            into[j] = -part if negative else part


@kernel
def add_limb(part: Doubles, out: Words, low: int, first: int, start: int, stop: int, other: Which) -> None:
    """out[r, first:] += part[r] 2^low, for integers up to 2^53 in size; rows of a range."""
    factor = U64(1) << U64(low)
    for r in range(start, stop):
        row, into = part[r], out[r, first : first + part.shape[1]]
        for j in range(len(row)):
            value = canonical(U64(np.int64(row[j]) + np.int64(modulus(other))), other)
            into[j] = add(into[j], mul(value, factor, other), other)
