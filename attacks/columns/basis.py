"""What a position of a word is of the row's coefficients: one known linear functional each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attacks.columns.modular import Matrix, P
from proofs.sumcheck.circle.domain import domain


def functionals(asked: Sequence[int], log_columns: int, block: int = 0) -> Matrix:
    """The values of the basis functions at positions: (positions, N + B).

    Coefficient k belongs to the product of y, x, pi(x), pi(pi(x)), ... over the bits of k; N = 2^log_columns, and the
    B coefficients from N on are the random block's.
    """
    x, y = (coordinate[list(asked)].astype(np.int64) for coordinate in domain(log_columns + 2))
    values, factor = np.ones((len(x), 1), dtype=np.int64), y
    for bit in range(log_columns):
        values = np.concatenate([values, values * factor[:, None] % P], axis=1)
        factor = x if bit == 0 else (2 * factor * factor - 1) % P
    return np.concatenate([values, values[:, :block] * factor[:, None] % P], axis=1)
