"""What columns say of rows that end in a random block: nothing, as long as they are fewer than the block's entries.

Split a position's functional into its part over the N entries of a row, f, and over the block's B, g:

    f . entries + g . block = value.

While the g of all positions shown are linearly independent, every candidate for the entries has blocks that make the
very same values, and as many as any other candidate: p^(B - columns). The true one is not preferred. A linear
dependence among the g, sum_j c_j g_j = 0, leaves an equation about the entries alone: sum_j c_j f_j . entries =
sum_j c_j value_j.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attacks.columns.modular import Matrix, P, echelon, solve, times
from attacks.columns.recover import Equations


@dataclass(frozen=True, slots=True, eq=False)
class Leaked:
    """matrix (equations, N) times the rows' entries (N, R) = values (equations, R): no block is in them."""

    matrix: Matrix
    values: Matrix

    def agree(self, entries: Matrix) -> bool:
        """Whether candidate entries (N, R) fit."""
        return bool(np.array_equal(times(self.matrix, entries % P), self.values))


def leaked(found: Equations) -> Leaked:
    """All equations about the entries alone that follow: one for each linear dependence of the block's functionals."""
    columns = found.columns
    dependences = echelon(found.matrix[:, columns:].T)
    free = np.setdiff1d(np.arange(len(found.asked)), dependences.pivots)
    chosen = np.zeros((len(free), len(found.asked)), dtype=np.int64)
    chosen[np.arange(len(free)), free] = 1
    chosen[:, dependences.pivots] = -dependences.rows[:, free].T % P
    return Leaked(times(chosen, found.matrix[:, :columns]), times(chosen, found.values))


def explaining_block(found: Equations, entries: Matrix) -> Matrix:
    """Blocks (..., B, R) with which candidate entries (..., N, R) would have shown the very same columns.

    Raises:
        ValueError: there are none for one of the candidates, so it is refuted.
    """
    *several, columns, rows = entries.shape
    side_by_side = np.moveaxis(entries.reshape(-1, columns, rows) % P, 0, 1).reshape(columns, -1)
    values = np.tile(found.values, side_by_side.shape[1] // rows)
    left = (values - times(found.matrix[:, :columns], side_by_side)) % P
    block = solve(found.matrix[:, columns:], left)[0]
    if not np.array_equal(times(found.matrix, np.concatenate([side_by_side, block])), values):
        raise ValueError("a block that does not explain what was shown")
    return np.moveaxis(block.reshape(len(block), -1, rows), 1, 0).reshape(*several, len(block), rows)


def as_rows(entries: NDArray[np.int64], columns: int) -> Matrix:
    """A model's vector as candidate entries (N, R)."""
    rows = -(-len(entries) // columns)
    padded = np.zeros(rows * columns, dtype=np.int64)
    padded[: len(entries)] = entries % P
    return padded.reshape(rows, columns).T
