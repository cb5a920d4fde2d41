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
    largest, values = ZERO, x[start:stop]
    for j in range(len(values)):
        largest = max(largest, min(values[j], modulus(other) - values[j]))
    return largest


@kernel
def cut_limbs(x: Words, limbs: Doubles, width: int, first: int, start: int, stop: int, other: Which) -> None:
    """limbs[k, r] = limb k of ``width`` bits of the entries of x[r, first:] by size, signed; rows of a range."""
    mask = U64(2**width - 1)
    for r in range(start, stop):
        row = x[r, first : first + limbs.shape[2]]
        for k in range(limbs.shape[0]):
            into, shift = limbs[k, r], U64(k * width)
            for j in range(len(row)):
                size, negative = size_and_sign(row[j], other)
                part = np.float64(np.int64((size >> shift) & mask))
                into[j] = -part if negative else part


@inlined
def residue(x: np.float64, other: Which) -> U64:
    """An integer up to 2^53 in size, modulo p."""
    return canonical(U64(np.int64(x) + np.int64(modulus(other))), other)


@kernel
def join_limbs(parts: Doubles, width: int, out: Words, first: int, start: int, stop: int, other: Which) -> None:
    """out[r, first:] = sum of parts[k, r] 2^(k width), for integers up to 2^53 in size; rows of a range."""
    factor, top = U64(1) << U64(width), parts.shape[0] - 1
    for r in range(start, stop):
        into = out[r, first : first + parts.shape[2]]
        highest = parts[top, r]
        for j in range(len(into)):
            into[j] = residue(highest[j], other)
        for k in range(top - 1, -1, -1):
            row = parts[k, r]
            for j in range(len(into)):
                into[j] = add(mul(into[j], factor, other), residue(row[j], other), other)
