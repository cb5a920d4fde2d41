"""Where words of the code are evaluated, in which order, and the twiddles that lead there.

The domain of n = 2^m points is the standard position coset: all points of order 2n. It is closed under (x, -y), the
x left over under x -> -x, and so on under pi; so layer l of the transform splits each of 2^l blocks in two, at a value
v and at -v of a function: pi^(m - 2 - l)(x), and y in the last layer. In units of the angle of a point of order 2n,
blocks of one layer are those of the layer before, e, followed by their mirror images.

Order: block by block, except that in each run of 256 points the last two hexadecimal digits of the place change
places (from n = 1024 on), so that the compiled transform always works on 16 neighbours at a time.

*Source*: Haboeck, Levit, Papini 2024; the order is ours.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.circle.group import powers
from proofs.sumcheck.fields.extension import MERSENNE_31

LANES = 16
TILE = LANES * LANES
TILED_FROM = 4 * TILE
"""The shortest words whose order is tiled: those with a tile to each of the first two layers' blocks."""

Table = NDArray[np.uint32]


def _angles(layer: int) -> NDArray[np.int64]:
    """One angle a block of a layer: e stands for e / 2^(layer + 2) of the circle."""
    e = np.ones(1, dtype=np.int64)
    for done in range(layer):
        e = np.stack([e, (1 << (done + 2)) - e], axis=1).reshape(-1)
    return e


def swap_tiles(words: Table) -> Table:
    """Words (..., n) from the order of blocks to the domain's order; its own inverse."""
    n = words.shape[-1]
    if n < TILED_FROM:
        return words
    tiles = words.reshape(*words.shape[:-1], n // TILE, LANES, LANES)
    return np.ascontiguousarray(np.swapaxes(tiles, -1, -2)).reshape(words.shape)


@cache
def domain(log_n: int, p: int = MERSENNE_31) -> tuple[Table, Table]:
    """The coordinates x and y of the domain's 2^log_n points, in order; read-only."""
    n = 1 << log_n
    e = _angles(log_n - 1)  # the upper half of each pair; the other has -y
    x, y = (coordinate[e] for coordinate in powers(log_n + 1, n, p))
    both = np.stack([x, x], axis=1).reshape(-1), np.stack([y, p - y], axis=1).reshape(-1)
    ordered_x, ordered_y = (swap_tiles(coordinate.astype(np.uint32)) for coordinate in both)
    ordered_x.flags.writeable = ordered_y.flags.writeable = False
    return ordered_x, ordered_y


@cache
def twiddles(log_n: int, p: int = MERSENNE_31) -> Table:
    """The values v of all layers' blocks: entry 2^layer + block, entry 0 unused; read-only."""
    n = 1 << log_n
    x, y = powers(log_n + 1, n, p)
    table = np.zeros(n, dtype=np.uint32)
    for layer in range(log_n - 1):
        table[1 << layer : 2 << layer] = x[_angles(layer) << (log_n - 2 - layer)]
    table[n // 2 :] = y[_angles(log_n - 1)]
    table.flags.writeable = False
    return table
