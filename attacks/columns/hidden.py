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
from attacks.columns.recover import Equations, Found, signed
from proofs.networks.network import Network
from proofs.sumcheck.committed.segments import model_size


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
    """Blocks (B, R) with which candidate entries (N, R) would have shown the very same columns.

    Raises:
        ValueError: there are none, so the candidate is refuted.
    """
    left = (found.values - times(found.matrix[:, : found.columns], entries % P)) % P
    return solve(found.matrix[:, found.columns :], left)[0]


def explains(found: Equations, entries: Matrix) -> bool:
    """Whether some block makes the candidate fit, checked on the equations as they were shown."""
    try:
        block = explaining_block(found, entries)
    except ValueError:
        return False
    both = np.concatenate([entries % P, block])
    return bool(np.array_equal(times(found.matrix, both), found.values))


def best_guess(found: Equations, network: Network) -> Found:
    """A solution of the equations that an attacker must find as likely as any other: free unknowns are 0.

    ``sure`` is what the equations determine, blocks being unknown.
    """
    solution, known = solve(found.matrix, found.values)
    columns, size = found.columns, model_size(network)
    entries = signed(solution[:columns].T.reshape(-1)[:size])
    return Found(entries, np.tile(known[:columns], solution.shape[1])[:size])


def as_rows(entries: NDArray[np.int64], columns: int) -> Matrix:
    """A model's vector as candidate entries (N, R)."""
    rows = -(-len(entries) // columns)
    padded = np.zeros(rows * columns, dtype=np.int64)
    padded[: len(entries)] = entries % P
    return padded.reshape(rows, columns).T
