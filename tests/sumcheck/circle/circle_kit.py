"""Rows and the places of their words; the circle modulo 127, on which every set of columns can be looked at."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.circle.domain import domain
from proofs.sumcheck.fields import PlainField, field
from proofs.sumcheck.fields.primes import SmallPrime

P = 2**31 - 1
TWINS = pytest.mark.parametrize("f", [field("m31", "plain"), field("m31", "fast")], ids=["plain", "fast"])
P7 = 127
TINY = PlainField("m7", SmallPrime(P7), 4)
"""Its words have at most 64 places."""
Table = NDArray[np.uint32]


def random_rows(shape: tuple[int, ...], seed: int = 0) -> Table:
    return np.random.default_rng(seed).integers(0, P, shape, dtype=np.uint32)


def points(log_columns: int) -> list[tuple[int, int]]:
    x, y = domain(log_columns + 2)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def words_of(log_columns: int, first: int, count: int) -> Table:
    """The words of single coefficients of the code with blocks, from ``first`` on: (count, 4N)."""
    width = 1 << log_columns
    units = np.eye(2 * width, dtype=np.uint32)[first : first + count]
    return encode(TINY, np.ascontiguousarray(units[:, :width]), np.ascontiguousarray(units[:, width:]))


def ranks(matrices: NDArray[np.integer]) -> NDArray[np.int64]:
    """The ranks modulo 127 of matrices (count, R, C), by Gauss's elimination on all of them at once."""
    m = matrices.astype(np.int64)
    inverses = np.array([0] + [pow(x, -1, P7) for x in range(1, P7)])
    rank = np.zeros(len(m), dtype=np.int64)
    for column in range(m.shape[2]):
        usable = (np.arange(m.shape[1]) >= rank[:, None]) & (m[:, :, column] != 0)
        here = np.flatnonzero(usable.any(axis=1))
        pivot, place = usable[here].argmax(axis=1), rank[here]
        row = m[here, pivot]
        m[here, pivot] = m[here, place]
        row = row * inverses[row[:, column]][:, None] % P7
        factors = m[here, :, column].copy()
        m[here] = (m[here] - factors[:, :, None] * row[:, None, :]) % P7
        m[here, place] = row
        rank[here] += 1
    return rank


def dependent(words: Table, sets: NDArray[np.integer]) -> int:
    """How many sets of columns (count, Q) do not have rank Q: masked by random multiples of these words, they show
    something."""
    found = ranks(np.moveaxis(words[:, sets], 0, 1))
    return int((found < sets.shape[1]).sum())
