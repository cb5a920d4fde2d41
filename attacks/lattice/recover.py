"""Small solutions of linear equations modulo R, by lattice reduction (LLL).

Unknowns with a known size bound B_i, equations over a 254-bit prime. If the bounds hold fewer bits than the equations,
the true solution is (with overwhelming probability) the only small one, and a short vector of a lattice built from
public numbers: rows span all (w, t) with A w = t v (mod R); the columns are scaled so that each w_i / B_i counts alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from flint import fmpz_mat

from attacks.lattice.equations import Equation
from attacks.lattice.transcript import R


def bits(bounds: Sequence[int]) -> float:
    """Entropy of integers uniform in [-B_i, B_i]."""
    return sum(math.log2(2 * bound + 1) for bound in bounds)


def solve(equations: Sequence[Equation], bounds: Sequence[int]) -> list[int] | None:
    """The shortest bounded integer solution LLL finds; None if every candidate breaks a bound or an equation."""
    rows = _solution_lattice(equations, len(bounds))
    unit = max(bounds)
    scale = [max(1, unit // bound) for bound in bounds] + [unit]
    reduced = fmpz_mat([[value * s for value, s in zip(row, scale, strict=True)] for row in rows]).lll()
    for index in range(reduced.nrows()):
        candidate = [int(reduced[index, j]) // scale[j] for j in range(len(scale))]
        weights = [value * candidate[-1] for value in candidate[:-1]]
        inside = all(abs(w) <= b for w, b in zip(weights, bounds, strict=True))
        if abs(candidate[-1]) == 1 and inside and all(e.holds(weights) for e in equations):
            return weights
    return None


def _solution_lattice(equations: Sequence[Equation], unknowns: int) -> list[list[int]]:
    """Basis of {(w, t) : A w = t v (mod R)}: the first unknowns are expressed by the others, one for each equation."""
    count = len(equations)
    matrix = [[*(c % R for c in e.coefficients), -e.value % R] for e in equations]
    for pivot in range(count):  # Gauss-Jordan; Lagrange values are never zero, so the pivots are there
        swap = next(row for row in range(pivot, count) if matrix[row][pivot])
        matrix[pivot], matrix[swap] = matrix[swap], matrix[pivot]
        inverse = pow(matrix[pivot][pivot], -1, R)
        matrix[pivot] = [value * inverse % R for value in matrix[pivot]]
        for row in range(count):
            if row != pivot and matrix[row][pivot]:
                factor = matrix[row][pivot]
                matrix[row] = [(a - factor * b) % R for a, b in zip(matrix[row], matrix[pivot], strict=True)]
    basis = []
    for column in range(unknowns + 1):
        row = [0] * (unknowns + 1)
        row[column] = R if column < count else 1
        if column >= count:
            row[:count] = [-matrix[i][column] % R for i in range(count)]
        basis.append(row)
    return basis


def explain(equations: Sequence[Equation], known: Sequence[int], bounds: Sequence[int]) -> list[int] | None:
    """Given a guess of the first unknowns, a bounded choice of the others that fits every equation; None if none found.

    This confirms a guess: if only the right guess can be explained, the proofs have told which one is right.
    """
    split = len(known)
    rest = []
    for e in equations:
        used = sum(c * w for c, w in zip(e.coefficients[:split], known, strict=True))
        rest.append(Equation(e.coefficients[split:], (e.value - used) % R))
    return solve(rest, bounds)
