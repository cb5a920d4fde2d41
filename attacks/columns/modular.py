"""Linear algebra modulo p = 2^31 - 1 on NumPy arrays: products, and the reduced echelon form, panel by panel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.safetynets.execution.blas_threads import one_thread_each

P = 2**31 - 1
PANEL = 64
"""Columns whose pivots are found one by one before all other columns are updated with one product."""
Matrix = NDArray[np.int64]
"""Entries from 0 to p - 1."""


def reduced(values: Matrix) -> Matrix:
    """Integers from 0 to 2^62 - 1 modulo p, several times faster than by division, since 2^31 = 1."""
    for _ in range(2):
        values = (values & P) + (values >> 31)
    words = values.view(np.uint64)
    least: Matrix = np.minimum(words, words - np.uint64(P)).view(np.int64)  # below p the difference wraps around
    return least


def times(a: Matrix, b: Matrix) -> Matrix:
    """a b (mod p), exact in doubles: entries are split into 16 and 15 bits, so that sums of 2^20 products fit."""
    (low, high), (other_low, other_high) = (((m & 0xFFFF).astype(float), (m >> 16).astype(float)) for m in (a, b))
    middle = reduced((low @ other_high + high @ other_low).astype(np.int64))
    ends = (low @ other_low).astype(np.int64) + 2 * (high @ other_high).astype(np.int64)  # 2^32 = 2 (mod p)
    return reduced(ends + (middle << 16))


@dataclass(frozen=True, slots=True)
class Echelon:
    """A matrix' reduced row echelon form.

    Args:
        rows: (rank, width), the identity in the columns ``pivots``, ascending.
    """

    rows: Matrix
    pivots: NDArray[np.intp]

    @property
    def rank(self) -> int:
        """Of the matrix."""
        return len(self.pivots)


@one_thread_each()
def echelon(matrix: Matrix) -> Echelon:
    """The reduced echelon form, by Gauss and Jordan with panels of ``PANEL`` columns."""
    work, pivots = matrix % P, []
    done = 0
    for first in range(0, work.shape[1], PANEL):
        rows, columns = _pivots(work[done:, first : first + PANEL])
        if not columns:
            continue
        order = np.concatenate([rows, np.setdiff1d(np.arange(len(work) - done), rows)])
        work[done:] = work[done:][order]
        chosen = slice(done, done + len(rows))
        places = [first + column for column in columns]
        solved = times(inverse(work[chosen, places]), work[chosen, first:])
        factors = work[:, places]
        factors[chosen] = 0
        work[:, first:] = reduced(work[:, first:] + (P - times(factors, solved)))
        work[chosen, first:] = solved
        pivots += places
        done += len(rows)
    return Echelon(work[:done], np.array(pivots, dtype=np.intp))


def inverse(square: Matrix) -> Matrix:
    """Of a small invertible matrix. Raises ValueError."""
    size = len(square)
    work = np.concatenate([square, np.eye(size, dtype=np.int64)], axis=1)
    for column in range(size):
        nonzero = np.flatnonzero(work[column:, column])
        if not nonzero.size:
            raise ValueError("a singular matrix has no inverse")
        at = column + int(nonzero[0])
        work[[column, at]] = work[[at, column]]
        work[column] = work[column] * pow(int(work[column, column]), -1, P) % P
        factors = work[:, column].copy()
        factors[column] = 0
        work = reduced(work + (P - factors[:, None]) * work[column])
    return work[:, size:]


def rank(matrix: Matrix) -> int:
    """Of a matrix."""
    return echelon(matrix).rank


def solve(matrix: Matrix, values: Matrix) -> tuple[Matrix, NDArray[np.bool_]]:
    """A solution x (columns, k) of matrix x = values (rows, k), free unknowns 0, and which unknowns are determined.

    Raises:
        ValueError: there is none.
    """
    width = matrix.shape[1]
    found = echelon(np.concatenate([matrix, values], axis=1))
    if found.rank and found.pivots[-1] >= width:
        raise ValueError("the equations contradict each other")
    solution = np.zeros((width, values.shape[1]), dtype=np.int64)
    solution[found.pivots] = found.rows[:, width:]
    free = np.setdiff1d(np.arange(width), found.pivots)
    sure = np.zeros(width, dtype=bool)
    sure[found.pivots] = ~found.rows[:, free].any(axis=1)
    return solution, sure


def _pivots(panel: Matrix) -> tuple[list[int], list[int]]:
    """Rows and columns of a largest invertible part of a narrow matrix."""
    work, rows, columns = panel.copy(), [], []
    for column in range(work.shape[1]):
        nonzero = np.flatnonzero(work[:, column])
        if not nonzero.size:
            continue
        row = int(nonzero[0])
        pivot = work[row] * pow(int(work[row, column]), -1, P) % P
        work = reduced(work + (P - work[:, column, None]) * pivot)
        rows.append(row)
        columns.append(column)
    return rows, columns
