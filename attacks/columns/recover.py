"""Rows of coefficients from columns, weights from rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attacks.columns.basis import functionals
from attacks.columns.modular import Matrix, P, solve
from attacks.columns.replay import Shown
from proofs.networks.network import Network
from proofs.networks.weights import NodeWeights, Weights
from proofs.sumcheck.committed.segments import model_segments, model_size
from proofs.sumcheck.layout.arrange import unflatten


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """matrix (positions, N + B) times the rows' coefficients (N + B, R) = values (positions, R), modulo p.

    Args:
        columns: N; coefficients behind these are the random block's.
    """

    asked: tuple[int, ...]
    columns: int
    matrix: Matrix
    values: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The model's vector, from one solution of the equations.

    Args:
        entries: from -p/2 to p/2; sure: which of them all solutions share.
    """

    entries: NDArray[np.int64]
    sure: NDArray[np.bool_]

    @property
    def certain(self) -> NDArray[np.int64]:
        """The entries, 0 where they are not sure."""
        return np.where(self.sure, self.entries, 0)


def equations(proofs: Sequence[Shown], log_columns: int, block: int = 0) -> Equations:
    """All that the proofs' columns say of the model's matrix: each distinct position is one equation a row."""
    seen = {at: line for one in proofs for at, line in zip(one.asked, one.columns[0], strict=True)}
    asked = tuple(sorted(seen))
    return equations_at(asked, np.array([seen[at] for at in asked]), log_columns, block)


def equations_at(asked: Sequence[int], values: Matrix, log_columns: int, block: int = 0) -> Equations:
    """The equations of columns (positions, R) of words, however they came to be known."""
    return Equations(tuple(asked), 1 << log_columns, functionals(asked, log_columns, block), values)


def recover(found: Equations, network: Network) -> Found:
    """Solve for every row and its block, unknowns left free being 0; behind the last weight entries are known to be 0.

    Raises:
        ValueError: there is no such matrix.
    """
    columns, size = found.columns, model_size(network)
    entries, sure = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool)
    for rows in _alike(found.values.shape[1], columns, size):
        unknown = min(columns, size - rows.start * columns)
        matrix = np.concatenate([found.matrix[:, :unknown], found.matrix[:, columns:]], axis=1)
        solution, known = solve(matrix, found.values[:, rows])
        place = slice(rows.start * columns, rows.start * columns + unknown * solution.shape[1])
        sure[place] = np.tile(known[:unknown], solution.shape[1])
        entries[place] = signed(solution[:unknown].T.reshape(-1))
    return Found(entries, sure)


def weights_of(network: Network, entries: NDArray[np.int64]) -> Weights:
    """The network's weights from the model's vector."""
    found: Weights = {}
    for node, segments in model_segments(network).items():
        weight, bias = (
            unflatten(part, entries[part.offset : part.end]).astype(np.int32)
            for part in (segments.weight, segments.bias)
        )
        found[node] = NodeWeights(np.ascontiguousarray(weight), np.ascontiguousarray(bias[:, 0, 0, 0]))
    return found


def signed(values: Matrix) -> NDArray[np.int64]:
    """Residues as integers from -p/2 to p/2."""
    return np.where(values > P // 2, values - P, values)


def _alike(rows: int, columns: int, size: int) -> list[slice]:
    """Full rows, solved together, and the last."""
    full = min(rows, size // columns)
    return [span for span in (slice(0, full), slice(full, rows)) if span.start < span.stop]
