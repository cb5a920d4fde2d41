"""Entry by entry: sums, products, conversions; flat arrays of one length, each kernel on a range of them.

Slices are taken first: of an index counted from zero the compiler knows that it is not negative, and makes vector
instructions. Extension arrays are (degree, entries); ``second`` is None for degree 1.
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
    x, y, z = a[start:stop], b[start:stop], out[start:stop]
    for j in range(len(z)):
        z[j] = add(x[j], y[j], other)


@kernel
def sub_entries(a: Words, b: Words, out: Words, start: int, stop: int, other: Which) -> None:
    """out = a - b."""
    x, y, z = a[start:stop], b[start:stop], out[start:stop]
    for j in range(len(z)):
        z[j] = sub(x[j], y[j], other)


@kernel
def mul_entries(a: Words, b: Words, out: Words, start: int, stop: int, other: Which) -> None:
    """out = a b in the base field."""
    x, y, z = a[start:stop], b[start:stop], out[start:stop]
    for j in range(len(z)):
        z[j] = mul(x[j], y[j], other)


@kernel
def mul_extension(a: Words, b: Words, second: bool | None, out: Words, start: int, stop: int, other: Which) -> None:
    """out = a b in the extension."""
    x, u, real = a[0, start:stop], b[0, start:stop], out[0, start:stop]
    if second is None:
        for j in range(len(real)):
            real[j] = mul(x[j], u[j], other)
    else:
        y, v, imaginary = a[1, start:stop], b[1, start:stop], out[1, start:stop]
        for j in range(len(real)):
            x_j, y_j, u_j, v_j = x[j], y[j], u[j], v[j]
            real[j] = canonical(products_2(x_j, y_j, u_j, modulus(other) - v_j, other), other)
            imaginary[j] = canonical(products_2(x_j, y_j, v_j, u_j, other), other)


@kernel
def scale_extension(
    a: Words, factor: Words, second: bool | None, out: Words, start: int, stop: int, other: Which
) -> None:
    """out = a factor, factor (degree)."""
    x, real, f = a[0, start:stop], out[0, start:stop], factor[0]
    if second is None:
        for j in range(len(real)):
            real[j] = mul(x[j], f, other)
    else:
        y, imaginary, g = a[1, start:stop], out[1, start:stop], factor[1]
        minus_g = modulus(other) - g
        for j in range(len(real)):
            x_j, y_j = x[j], y[j]
            real[j] = canonical(products_2(x_j, y_j, f, minus_g, other), other)
            imaginary[j] = canonical(products_2(x_j, y_j, g, f, other), other)


@kernel
def take_signed(values: Signed, out: Words, start: int, stop: int, other: Which) -> None:
    """out = values modulo p, for any signed integers: negative ones become v + 5 p >= 2^61 - 225."""
    x, z = values[start:stop], out[start:stop]
    for j in range(len(z)):
        v = np.int64(x[j])
        z[j] = canonical(U64(v) + (U64(5) * modulus(other) if v < 0 else U64(0)), other)


@kernel
def give_signed(values: Words, out: Signed, start: int, stop: int, other: Which) -> None:
    """out = the representatives of least size."""
    x, z = values[start:stop], out[start:stop]
    p = np.int64(modulus(other))
    for j in range(len(z)):
        v = np.int64(x[j])
        z[j] = v - (p if v > p >> np.int64(1) else np.int64(0))
