"""Entry by entry: sums, products, conversions. All arrays flat and of one length, ranges given by start and stop.

Extension arrays are (degree, entries); ``second`` is None for degree 1.
"""

from __future__ import annotations

import numpy as np

from proofs.sumcheck.fields.fast.compile import kernel
from proofs.sumcheck.fields.fast.matrices61 import Signed
from proofs.sumcheck.fields.fast.modular61 import U64, Which, add, canonical, modulus, mul, products_2, sub
from proofs.sumcheck.fields.fast.squares61 import Words


@kernel
def add_entries(a: Words, b: Words, out: Words, start: int, stop: int, other: Which) -> None:
    """out = a + b."""
    for j in range(start, stop):
        out[j] = add(a[j], b[j], other)


@kernel
def sub_entries(a: Words, b: Words, out: Words, start: int, stop: int, other: Which) -> None:
    """out = a - b."""
    for j in range(start, stop):
        out[j] = sub(a[j], b[j], other)


@kernel
def mul_entries(a: Words, b: Words, out: Words, start: int, stop: int, other: Which) -> None:
    """out = a b in the base field."""
    for j in range(start, stop):
        out[j] = mul(a[j], b[j], other)


@kernel
def mul_extension(
    a: Words, b: Words, second: bool | None, out: Words, start: int, stop: int, other: Which
) -> None:  # fmt: skip
    """out = a b in the extension."""
    x, u, real = a[0], b[0], out[0]
    if second is None:
        for j in range(start, stop):
            real[j] = mul(x[j], u[j], other)
    else:
        y, v, imaginary = a[1], b[1], out[1]
        for j in range(start, stop):
            x_j, y_j, u_j, v_j = x[j], y[j], u[j], v[j]
            real[j] = canonical(products_2(x_j, y_j, u_j, modulus(other) - v_j, other), other)
            imaginary[j] = canonical(products_2(x_j, y_j, v_j, u_j, other), other)


@kernel
def scale_extension(
    a: Words, factor: Words, second: bool | None, out: Words, start: int, stop: int, other: Which
) -> None:  # fmt: skip
    """out = a factor, factor (degree)."""
    x, real = a[0], out[0]
    f = factor[0]
    if second is None:
        for j in range(start, stop):
            real[j] = mul(x[j], f, other)
    else:
        y, imaginary, g = a[1], out[1], factor[1]
        minus_g = modulus(other) - g
        for j in range(start, stop):
            x_j, y_j = x[j], y[j]
            real[j] = canonical(products_2(x_j, y_j, f, minus_g, other), other)
            imaginary[j] = canonical(products_2(x_j, y_j, g, f, other), other)


@kernel
def take_signed(values: Signed, out: Words, start: int, stop: int, other: Which) -> None:
    """out = values modulo p, for any signed integers: negative ones become v + 5 p >= 2^61 - 225."""
    for j in range(start, stop):
        v = np.int64(values[j])
        shifted = U64(v) + (U64(5) * modulus(other) if v < 0 else U64(0))
        out[j] = canonical(shifted, other)


@kernel
def give_signed(values: Words, out: Signed, start: int, stop: int, other: Which) -> None:
    """out = the representatives of least size."""
    for j in range(start, stop):
        v = np.int64(values[j])
        p = np.int64(modulus(other))
        out[j] = v - (p if v > p >> np.int64(1) else np.int64(0))
