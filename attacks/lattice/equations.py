"""From one opened proof to one linear equation in the committed weights, modulo R.

The committed column holds the weights in its first rows, zeros, and 1 in the last six (where other columns have random
numbers). Its value at x is sum_i w_i L_i(x) + sum_last-six L_j(x), with L_i the Lagrange polynomials of the domain.
"""

from __future__ import annotations

from dataclasses import dataclass

from attacks.lattice.transcript import Opened, R, open_proof
from attacks.seller.public import Contract, PublicView

TAIL_ROWS = 6


@dataclass(frozen=True, slots=True)
class Equation:
    """sum_i coefficients[i] * w[i] = value (mod R)."""

    coefficients: tuple[int, ...]
    value: int

    def holds(self, weights: list[int]) -> bool:
        """Whether a vector of integers satisfies the equation."""
        return (sum(c * w for c, w in zip(self.coefficients, weights, strict=True)) - self.value) % R == 0


def lagrange(contract: Contract, x: int) -> list[int]:
    """L_i(x) for every row i of the domain."""
    rows = 1 << contract.log_rows
    common = (pow(x, rows, R) - 1) * pow(rows, -1, R) % R
    powers = [1]
    for _ in range(rows - 1):
        powers.append(powers[-1] * contract.omega % R)
    return [common * power % R * pow(x - power, -1, R) % R for power in powers]


def equation(contract: Contract, opened: Opened, unknowns: int, word: int = 0) -> Equation:
    """The equation that evaluation number ``word`` gives, if it is the committed column's."""
    values = lagrange(contract, opened.x)
    return Equation(tuple(values[:unknowns]), (opened.evaluations[word] - sum(values[-TAIL_ROWS:])) % R)


def equations_of(view: PublicView, unknowns: int) -> list[Equation]:
    """One equation from each proof of one committed column; the rows after ``unknowns`` are known to be zero."""
    return [equation(view.contract, open_proof(view.contract, proof), unknowns) for proof in view.proofs]
