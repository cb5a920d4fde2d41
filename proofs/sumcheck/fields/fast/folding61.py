"""Binding column variables, with the next round's sums taken while the bound row is still in the first-level cache.

Binding k variables at once: a row is cut into segments of n columns, n the power of two that is left, and the bound row
is the sum of segment s times eq(challenges, s). So early rounds read base values only, and the first extension array
written is a fraction of the base array's size.
"""

from __future__ import annotations

from proofs.sumcheck.fields.fast.compile import inlined, kernel, spliced
from proofs.sumcheck.fields.fast.modular61 import (
    U64,
    ZERO,
    Which,
    canonical,
    modulus,
    product,
    products_2,
    products_4,
    sub,
)
from proofs.sumcheck.fields.fast.squares61 import Words, at_0_row, base_row, lead_row


@inlined
def fold_row(row: Words, factors: Words, real: Words, imaginary: Words | None, other: Which) -> None:
    """The bound row of a base row that is as long as all the segments of ``factors`` (degree, segments)."""
    n = len(real)
    if factors.shape[1] == 2:
        a, b = row[:n], row[n:]
        f0, f1, g0, g1 = factors[0, 0], factors[0, 1], factors[-1, 0], factors[-1, 1]
        for j in range(n):
            real[j] = canonical(products_2(a[j], b[j], f0, f1, other), other)
            if imaginary is not None:
                imaginary[j] = canonical(products_2(a[j], b[j], g0, g1, other), other)
        return
    for s in range(0, factors.shape[1], 4):
        a, b, c, d = row[s * n :], row[(s + 1) * n :], row[(s + 2) * n :], row[(s + 3) * n :]
        f0, f1, f2, f3 = factors[0, s], factors[0, s + 1], factors[0, s + 2], factors[0, s + 3]
        g0, g1, g2, g3 = factors[-1, s], factors[-1, s + 1], factors[-1, s + 2], factors[-1, s + 3]
        for j in range(n):
            before = real[j] if s > 0 else ZERO
            real[j] = canonical(products_4(a[j], b[j], c[j], d[j], f0, f1, f2, f3, other) + before, other)
            if imaginary is not None:
                before = imaginary[j] if s > 0 else ZERO
                imaginary[j] = canonical(products_4(a[j], b[j], c[j], d[j], g0, g1, g2, g3, other) + before, other)


@kernel
def fold_rows(
    z: Words, factors: Words, second: bool | None, padded: Words, out: Words, keep: bool, weights: Words,
    sums: Words, start: int, stop: int, other: Which,
) -> None:  # fmt: skip
    """out[:, r]: row r of base z (R, B) bound; sums[:, r]: the next round's sums of it (see square_rows61).

    Args:
        factors: (degree, 2 or a multiple of 4): one for each segment of n columns; more are needed than z has columns.
        second: None for degree 1.
        padded: zeros, n for each factor.
        out: (degree, R, n), or one row's room (degree, 1, n) if rows are not to be kept.
        weights: (degree, n / 2), for degree 2 with a third row, the sum of the others; (., 0) if no sums are wanted.
    """
    n = out.shape[2]
    for r in range(start, stop):
        row = z[r]
        if len(row) < len(padded):
            for j in range(len(row)):
                padded[j] = row[j]
            row = padded
        slot = r if keep else 0
        real = out[0, slot]
        if second is None:
            fold_row(row, factors, real, None, other)
            if weights.shape[1] > 0:
                low, high = real[: n // 2], real[n // 2 :]
                sums[0, r], sums[1, r], sums[2, r], sums[3, r] = base_row(low, high, weights[0], None, other)
        else:
            imaginary = out[1, slot]
            fold_row(row, factors, real, imaginary, other)
            if weights.shape[1] > 0:
                extension_sums(real, imaginary, weights, sums, r, other)


@spliced
def extension_sums(x: Words, y: Words, weights: Words, sums: Words, r: int, other: Which) -> None:
    """sums[:, r]: the next round's sums of a row x + y i of even length."""
    h = len(x) // 2
    planes = (weights[0], weights[1], weights[2])
    sums[0, r], sums[1, r] = at_0_row(x[:h], y[:h], planes, other)
    sums[2, r], sums[3, r] = lead_row(x[:h], y[:h], x[h:], y[h:], planes, other)


@spliced
def bind_row(low: Words, high: Words, f: U64, out: Words, other: Which) -> None:
    """out = low + f (high - low) in the base field; ``high`` may be shorter and is zero from its end on."""
    for j in range(len(high)):
        out[j] = canonical(product(sub(high[j], low[j], other), f, other) + low[j], other)
    for j in range(len(high), len(low)):
        out[j] = canonical(product(modulus(other) - low[j], f, other) + low[j], other)


@spliced
def bind_extension_row(
    x: Words, y: Words, u: Words, v: Words, f: U64, g: U64, real: Words, imaginary: Words, other: Which
) -> None:
    """real + imaginary i = low + (f + g i)(high - low), low x + y i and high u + v i."""
    minus_g = modulus(other) - g
    for j in range(len(u)):
        d, e = sub(u[j], x[j], other), sub(v[j], y[j], other)
        real[j] = canonical(products_2(d, e, f, minus_g, other) + x[j], other)
        imaginary[j] = canonical(products_2(d, e, g, f, other) + y[j], other)
    for j in range(len(u), len(x)):
        d, e = modulus(other) - x[j], modulus(other) - y[j]
        real[j] = canonical(products_2(d, e, f, minus_g, other) + x[j], other)
        imaginary[j] = canonical(products_2(d, e, g, f, other) + y[j], other)


@kernel
def bind_rows(
    table: Words, stride: int, gap: int, length: int, paired: int, factor: Words, second: bool | None,
    out: Words, start: int, stop: int, other: Which,
) -> None:  # fmt: skip
    """out[:, r] (degree, R, length): the row whose halves start at r stride and ``gap`` later, of a flat table, bound.

    Args:
        table: (degree, entries).
        length: entries of the low half.
        paired: entries of the high half.
        factor: the challenge's coordinates.
        second: None for degree 1.
    """
    for r in range(start, stop):
        at, up = r * stride, r * stride + gap
        x, u = table[0, at : at + length], table[0, up : up + paired]
        if second is None:
            bind_row(x, u, factor[0], out[0, r], other)
        else:
            y, v = table[1, at : at + length], table[1, up : up + paired]
            bind_extension_row(x, y, u, v, factor[0], factor[1], out[0, r], out[1, r], other)


@kernel
def bind_rows_and_sum(
    table: Words, factor: Words, second: bool | None, out: Words, weights: Words, sums: Words,
    start: int, stop: int, other: Which,
) -> None:  # fmt: skip
    """out[:, r] (degree, R, n): row r of a table (degree, R, 2n) bound; sums[:, r]: the next round's sums of it."""
    n = out.shape[2]
    for r in range(start, stop):
        x, real = table[0, r], out[0, r]
        if second is None:
            bind_row(x[:n], x[n:], factor[0], real, other)
            low, high = real[: n // 2], real[n // 2 :]
            sums[0, r], sums[1, r], sums[2, r], sums[3, r] = base_row(low, high, weights[0], None, other)
        else:
            y, imaginary = table[1, r], out[1, r]
            bind_extension_row(x[:n], y[:n], x[n:], y[n:], factor[0], factor[1], real, imaginary, other)
            extension_sums(real, imaginary, weights, sums, r, other)
