"""Encoding in NumPy: the readable twin, and all that verification needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.circle.domain import swap_tiles, twiddles
from proofs.sumcheck.circle.group import modulo
from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.primes import SmallPrime

Table = NDArray[np.uint32]
QUARTERS = 4


def encode(rows: Table, blocks: Table, out: Table, p: int = MERSENNE_31) -> None:
    """Rows of coefficients (R, N) and their blocks (R, B) to words (R, 4N), one row at a time to stay in cache."""
    log_n = (out.shape[1] - 1).bit_length()
    table, mod = twiddles(log_n, p), modulo(p)
    for row, block, word in zip(rows, blocks, out, strict=True):
        parts = _quarters(row, block, table, mod)
        while parts.shape[1] > parts.shape[0]:
            parts = _split_rows(parts, table, mod)
        columns = np.ascontiguousarray(parts.T)
        while columns.shape[0] > 1:
            columns = _split_columns(columns, table, mod)
        word[:] = swap_tiles(columns[0])


def _quarters(row: Table, block: Table, table: Table, mod: SmallPrime) -> Table:
    """What the first two layers make of N coefficients and a block from N on: (4, N).

    All upper coefficients of the first layer are zero, so are those of the second but the block: four copies of the
    row, plus and minus the block times the twiddles of the second layer's two blocks.
    """
    parts = np.repeat(row[None], QUARTERS, axis=0)
    if block.size:
        masks, masked = mod.mul(block[None], table[2:4, None]), parts[:, : block.size]
        masked[0::2] = mod.add(masked[0::2], masks)
        masked[1::2] = mod.sub(masked[1::2], masks)
    return parts


def _split_rows(blocks: Table, table: Table, mod: SmallPrime) -> Table:
    """One layer on (blocks, coefficients): (2 blocks, coefficients / 2)."""
    count, half = blocks.shape[0], blocks.shape[1] // 2
    low, high = blocks[:, :half], mod.mul(blocks[:, half:], table[count : 2 * count, None])
    return np.stack([mod.add(low, high), mod.sub(low, high)], axis=1).reshape(2 * count, half).astype(np.uint32)


def _split_columns(columns: Table, table: Table, mod: SmallPrime) -> Table:
    """The same on (coefficients, blocks), for layers with more blocks than coefficients."""
    half, count = columns.shape[0] // 2, columns.shape[1]
    low, high = columns[:half], mod.mul(columns[half:], table[count : 2 * count])
    out = np.empty((half, count, 2), dtype=np.uint32)
    out[:, :, 0], out[:, :, 1] = mod.add(low, high), mod.sub(low, high)
    return out.reshape(half, 2 * count)
