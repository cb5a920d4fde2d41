"""The first two rounds of squares from one pass over base values.

With the first two variables X, Y written as indices, a row has four quarters z00, z01, z10, z11. Let d0 = z10 - z00,
d1 = z11 - z01 and e = z01 - z00, f = d1 - d0, and [.] be a sum weighted by eq of the later variables. Then, t being the
point's coordinate for Y and r the challenge for X,

    round of X:  q(0) = (1 - t) [z00^2] + t [z01^2],      lead = (1 - t) [d0^2] + t [d1^2];
    round of Y:  q(0) = [z00^2] + 2 r [z00 d0] + r^2 [d0^2],  lead = [e^2] + 2 r [e f] + r^2 [f^2].
"""

from __future__ import annotations

from typing import TypeAlias

from proofs.sumcheck.fields.fast.compile import inlined, kernel, spliced
from proofs.sumcheck.fields.fast.modular61 import U64, ZERO, Which, fold, product, square, sub, total
from proofs.sumcheck.fields.fast.squares61 import Pair, Words, difference_squares_4, gather, squares_4, weigh_4

Sums: TypeAlias = tuple[Pair, Pair]
Four: TypeAlias = tuple[U64, U64, U64, U64]

SUMS = 8
"""[z00^2], [z01^2], [d0^2], [d1^2], [z00 d0], [e^2], [e f], [f^2], real and imaginary parts in turn."""


@inlined
def weigh_both(sums: Sums, s: Four, w: Words, v: Words | None, j: int, q: int, other: Which) -> Sums:
    """Real and imaginary sum with four folded values times their weights w + v i added."""
    real, imaginary = gather(sums[0], weigh_4(s, w, j, q, other)), sums[1]
    if v is not None:
        imaginary = gather(imaginary, weigh_4(s, v, j, q, other))
    return real, imaginary


@inlined
def low_cross(a: Words, c: Words, j: int, other: Which) -> U64:
    """Folded z00 d0."""
    return fold(product(a[j], sub(c[j], a[j], other), other), other)


@inlined
def mixed_difference(a: Words, b: Words, c: Words, d: Words, j: int, other: Which) -> U64:
    """f."""
    return sub(sub(d[j], b[j], other), sub(c[j], a[j], other), other)


@inlined
def mixed_cross(a: Words, b: Words, c: Words, d: Words, j: int, other: Which) -> U64:
    """Folded e f."""
    return fold(product(sub(b[j], a[j], other), mixed_difference(a, b, c, d, j, other), other), other)


@inlined
def mixed_square(a: Words, b: Words, c: Words, d: Words, j: int, other: Which) -> U64:
    """Folded f^2."""
    return fold(square(mixed_difference(a, b, c, d, j, other), other), other)


@inlined
def put(out: Words, place: int, r: int, sums: Sums, other: Which) -> None:
    """out[2 place, r] and out[2 place + 1, r]: the two parts of a sum."""
    out[2 * place, r] = total(sums[0][0], sums[0][1], other)
    out[2 * place + 1, r] = total(sums[1][0], sums[1][1], other)


@spliced
def first_sums(
    a: Words, b: Words, c: Words, d: Words, w: Words, v: Words | None, out: Words, r: int, other: Which
) -> None:
    """The first four sums of a row's quarters, whose length is a multiple of 4, with weights w + v i."""
    q = len(w) // 4
    none = ((ZERO, ZERO), (ZERO, ZERO))
    low, high, low_d, high_d = none, none, none, none
    for j in range(q):
        low = weigh_both(low, squares_4(a, j, q, other), w, v, j, q, other)
        high = weigh_both(high, squares_4(b, j, q, other), w, v, j, q, other)
        low_d = weigh_both(low_d, difference_squares_4(a, c, j, q, other), w, v, j, q, other)
        high_d = weigh_both(high_d, difference_squares_4(b, d, j, q, other), w, v, j, q, other)
    put(out, 0, r, low, other)
    put(out, 1, r, high, other)
    put(out, 2, r, low_d, other)
    put(out, 3, r, high_d, other)


@spliced
def second_sums(
    a: Words, b: Words, c: Words, d: Words, w: Words, v: Words | None, out: Words, r: int, other: Which
) -> None:
    """The other four sums."""
    q = len(w) // 4
    none = ((ZERO, ZERO), (ZERO, ZERO))
    crosses, squares, mixed, mixed_squares = none, none, none, none
    for j in range(q):
        k, m, n = j + q, j + 2 * q, j + 3 * q
        s = low_cross(a, c, j, other), low_cross(a, c, k, other), low_cross(a, c, m, other), low_cross(a, c, n, other)
        crosses = weigh_both(crosses, s, w, v, j, q, other)
        squares = weigh_both(squares, difference_squares_4(a, b, j, q, other), w, v, j, q, other)
        s0, s1 = mixed_cross(a, b, c, d, j, other), mixed_cross(a, b, c, d, k, other)
        s2, s3 = mixed_cross(a, b, c, d, m, other), mixed_cross(a, b, c, d, n, other)
        mixed = weigh_both(mixed, (s0, s1, s2, s3), w, v, j, q, other)
        s0, s1 = mixed_square(a, b, c, d, j, other), mixed_square(a, b, c, d, k, other)
        s2, s3 = mixed_square(a, b, c, d, m, other), mixed_square(a, b, c, d, n, other)
        mixed_squares = weigh_both(mixed_squares, (s0, s1, s2, s3), w, v, j, q, other)
    put(out, 4, r, crosses, other)
    put(out, 5, r, squares, other)
    put(out, 6, r, mixed, other)
    put(out, 7, r, mixed_squares, other)


@kernel
def two_rounds(
    z: Words,
    weights: Words,
    second: bool | None,
    padded: Words,
    out: Words,
    start: int,
    stop: int,
    other: Which,
) -> None:
    """out[:, r] (16, R): the sums of row r of base z (R, B).

    Args:
        weights: (degree, n), n a multiple of 4 and B at most 4 n.
        second: None for degree 1; then imaginary parts are zero.
        padded: 4 n zeros.
    """
    n = weights.shape[1]
    for r in range(start, stop):
        row = z[r]
        if len(row) < len(padded):
            for j in range(len(row)):
                padded[j] = row[j]
            row = padded
        a, b, c, d = row[:n], row[n : 2 * n], row[2 * n : 3 * n], row[3 * n :]
        if second is None:
            first_sums(a, b, c, d, weights[0], None, out, r, other)
            second_sums(a, b, c, d, weights[0], None, out, r, other)
        else:
            first_sums(a, b, c, d, weights[0], weights[1], out, r, other)
            second_sums(a, b, c, d, weights[0], weights[1], out, r, other)
