"""Encoding in NumPy: the readable twin, and all that verification needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.circle.domain import swap_tiles, twiddles
from proofs.sumcheck.circle.group import M31

Table = NDArray[np.uint32]
QUARTERS = 4


def encode(rows: Table, out: Table) -> None:
    """Rows of coefficients (R, N) to words (R, 4N), one row at a time to stay in cache.

    The first two layers' upper coefficients are all zero: four copies of the row are left of them.
    """
    log_n = (out.shape[1] - 1).bit_length()
    table = twiddles(log_n)
    for row, word in zip(rows, out, strict=True):
        blocks = np.repeat(row[None], QUARTERS, axis=0)
        while blocks.shape[1] > blocks.shape[0]:
            blocks = _split_rows(blocks, table)
        columns = np.ascontiguousarray(blocks.T)
        while columns.shape[0] > 1:
            columns = _split_columns(columns, table)
        word[:] = swap_tiles(columns[0])


def _split_rows(blocks: Table, table: Table) -> Table:
    """One layer on (blocks, coefficients): (2 blocks, coefficients / 2)."""
    count, half = blocks.shape[0], blocks.shape[1] // 2
    low, high = blocks[:, :half], M31.mul(blocks[:, half:], table[count : 2 * count, None])
    return np.stack([M31.add(low, high), M31.sub(low, high)], axis=1).reshape(2 * count, half).astype(np.uint32)


def _split_columns(columns: Table, table: Table) -> Table:
    """The same on (coefficients, blocks), for layers with more blocks than coefficients."""
    half, count = columns.shape[0] // 2, columns.shape[1]
    low, high = columns[:half], M31.mul(columns[half:], table[count : 2 * count])
    out = np.empty((half, count, 2), dtype=np.uint32)
    out[:, :, 0], out[:, :, 1] = M31.add(low, high), M31.sub(low, high)
    return out.reshape(half, 2 * count)
