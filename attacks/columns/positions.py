"""Which sets of positions a block does not cover: for experiments beyond the budget, below the proving functions.

Position j is the point at e_j / 2n of the circle, e_j odd. The block's functions are a multiplier without zeros times
functions of degree at most B/2 without the term of highest degree, of which just one, up to a factor, vanishes at B
given points; the term is missing from that one exactly where e_1 + ... + e_B = n (mod 2n). So fewer than B positions
are always covered, B of them unless their angles add up to half a turn, and more than B never.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.circle.domain import domain
from proofs.sumcheck.circle.group import powers


def some(generator: np.random.Generator, log_columns: int, count: int) -> list[int]:
    """Distinct positions, as challenges would ask for them."""
    drawn: list[int] = generator.choice(4 << log_columns, count, replace=False).tolist()
    return drawn


def uncovered(generator: np.random.Generator, log_columns: int, block: int) -> list[int]:
    """As many positions as the block has entries, of angles that add up to half a turn."""
    n, e = 4 << log_columns, angles(log_columns)
    place = {int(angle): at for at, angle in enumerate(e)}
    while True:
        asked = some(generator, log_columns, block - 1)
        last = place[int(n - e[asked].sum()) % (2 * n)]
        if last not in asked:
            return [*asked, last]


def angles(log_columns: int) -> NDArray[np.int64]:
    """e_j of every position."""
    n = 4 << log_columns
    number = {
        point: e
        for e, point in enumerate(zip(*(axis.tolist() for axis in powers(log_columns + 3, 2 * n)), strict=True))
    }
    x, y = domain(log_columns + 2)
    return np.array([number[point] for point in zip(x.tolist(), y.tolist(), strict=True)], dtype=np.int64)
