"""Words of the code straight from its definition, slowly: what the transforms are tested against.

Coefficient k stands for the product of y where bit 0 of k is set, x for bit 1, pi(x) for bit 2, pi(pi(x)) for bit 3 and
so on. These N = 2^c functions span polynomials of degree at most N/2 on the circle, all but one dimension of them.

*Source*: Haboeck, Levit, Papini 2024
"""

from __future__ import annotations

from collections.abc import Sequence

from proofs.sumcheck.circle.group import Point
from proofs.sumcheck.fields.extension import MERSENNE_31


def basis(point: Point, log_columns: int) -> list[int]:
    """The values of the 2^log_columns basis functions at a point."""
    x, y = point
    values, factor = [1], y
    for bit in range(log_columns):
        values += [value * factor % MERSENNE_31 for value in values]
        factor = x if bit == 0 else (2 * factor * factor - 1) % MERSENNE_31
    return values


def value_at(coefficients: Sequence[int], point: Point) -> int:
    """The value of one row of 2^c coefficients at a point."""
    functions = basis(point, (len(coefficients) - 1).bit_length())
    return sum(int(a) * b for a, b in zip(coefficients, functions, strict=True)) % MERSENNE_31
