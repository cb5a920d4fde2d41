"""Words of the code straight from its definition, slowly: what the transforms are tested against.

Coefficient k stands for the product of y where bit 0 of k is set, x for bit 1, pi(x) for bit 2, pi(pi(x)) for bit 3 and
so on. These N = 2^c functions span polynomials of degree at most N/2 on the circle, all but one dimension of them.

*Source*: Haboeck, Levit, Papini 2024
"""

from __future__ import annotations

from collections.abc import Sequence

from proofs.sumcheck.circle.group import Point
from proofs.sumcheck.fields.extension import MERSENNE_31


def basis(point: Point, log_columns: int, p: int = MERSENNE_31) -> list[int]:
    """The values of the 2^log_columns basis functions at a point modulo p."""
    x, y = point
    values, factor = [1], y
    for bit in range(log_columns):
        values += [value * factor % p for value in values]
        factor = x if bit == 0 else (2 * factor * factor - 1) % p
    return values


def value_at(coefficients: Sequence[int], point: Point, p: int = MERSENNE_31) -> int:
    """The value of one row of coefficients at a point modulo p; those that would make up a power of two are zero."""
    functions = basis(point, (len(coefficients) - 1).bit_length(), p)
    return sum(int(a) * b for a, b in zip(coefficients, functions, strict=False)) % p
