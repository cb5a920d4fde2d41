"""Encoding in compiled loops, one row a thread: the fast twin.

A row's four quarters, once the first two layers have copied it into them and added its block, are transformed one after
the other: 128 KB at a time for the largest. Two layers are done at once (four entries, three twiddles), down to tiles
of 256 entries; in a tile the last four layers run along its other side, on 16 blocks at a time, each with twiddles of
its own.

Twiddles are doubled: the upper half of the 64-bit product by 2 v is then that of v from bit 31 on.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.circle import plain
from proofs.sumcheck.circle.domain import LANES, TILE, TILED_FROM, twiddles
from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.modular31 import minus, plus
from proofs.sumcheck.fields.fast.threads import share

Table = NDArray[np.uint32]
U = np.uint32
P = np.uint32(2**31 - 1)
TWICE_P = np.uint32(2**32 - 2)
LOW = np.uint64(2**32 - 1)
HIGH = np.uint64(32)
ONE = np.uint32(1)
BUTTERFLIES = 6
"""That take about as long as a product in the extension."""


def encode(rows: Table, blocks: Table, out: Table) -> None:
    """Rows of coefficients (R, N) and their blocks (R, B) to words (R, 4N)."""
    n = out.shape[1]
    if n < TILED_FROM:
        plain.encode(rows, blocks, out)
        return
    doubled, tails = _doubled((n - 1).bit_length())
    rows, blocks = np.ascontiguousarray(rows), np.ascontiguousarray(blocks)
    work = rows.size * 2 * (n.bit_length() - 3) // BUTTERFLIES
    share(lambda lo, hi: encode_rows(rows, blocks, doubled, tails, out, lo, hi), len(rows), work)


@cache
def _doubled(log_n: int) -> tuple[Table, Table]:
    """Twiddles times two: all of them, and those of the last four layers once more, tile by tile (tiles, 15, 16).

    A tile's rows: one for the first of the four layers, then two, four and eight; its columns are its 16 blocks.
    """
    table = twiddles(log_n) << ONE
    n, parts = table.size, []
    for layer in range(4):
        width = 1 << layer
        start = n // LANES * width
        parts.append(np.swapaxes(table[start : 2 * start].reshape(n // TILE, LANES, width), 1, 2))
    return table, np.ascontiguousarray(np.concatenate(parts, axis=1))


@inlined
def turned(x: Any, v: Any) -> Any:
    """x times a twiddle, canonical; v is twice the twiddle. Both halves together are below 2p."""
    q = np.uint64(x) * np.uint64(v)
    z = np.uint32(np.uint32(q >> HIGH) + (np.uint32(q & LOW) >> ONE))
    return min(z, np.uint32(z - P))


@inlined
def two_layers(a: Any, b: Any, c: Any, d: Any, v: Any, v_0: Any, v_1: Any) -> Any:
    """Four entries a quarter of a block apart: split at v, then its halves at v_0 and v_1."""
    c, d = turned(c, v), turned(d, v)
    a, c = plus(a, c), minus(a, c)
    b, d = plus(b, d), minus(b, d)
    b, d = turned(b, v_0), turned(d, v_1)
    return plus(a, b), minus(a, b), plus(c, d), minus(c, d)


@inlined
def masked(row: Table, block: Table, out: Table, w: Any) -> None:
    """A row plus its block times w; only as far as the block goes."""
    for i in range(block.size):
        out[i] = plus(row[i], turned(block[i], w))


@inlined
def split(a: Table, b: Table, c: Table, d: Table, v: Any) -> None:
    """One layer on the halves a and b of a single block, out of place."""
    for i in range(a.size):
        x, y = a[i], turned(b[i], v)
        c[i], d[i] = plus(x, y), minus(x, y)


@inlined
def split_low(a: Table, b: Table, low: Table, c: Table, d: Table, w: Any, v: Any) -> None:
    """The same where ``low`` times w is added to a."""
    for i in range(low.size):
        x, y = plus(a[i], turned(low[i], w)), turned(b[i], v)
        c[i], d[i] = plus(x, y), minus(x, y)


@inlined
def split_both(a: Table, b: Table, low: Table, high: Table, c: Table, d: Table, w: Any, v: Any) -> None:
    """The same where ``low`` times w is added to a, and ``high`` times w to b."""
    for i in range(high.size):
        x, y = plus(a[i], turned(low[i], w)), turned(plus(b[i], turned(high[i], w)), v)
        c[i], d[i] = plus(x, y), minus(x, y)


@inlined
def split_masked(row: Table, block: Table, out: Table, w: Any, v: Any) -> None:
    """One layer on a row to which its block times w is added: none, at most half as long as the row, or as long."""
    half = row.size // 2
    a, b, c, d, rest = row[:half], row[half:], out[:half], out[half:], block.size
    if rest > half:
        split_both(a, b, block[:half], block[half:], c, d, w, v)
    else:
        split_low(a, b, block, c, d, w, v)
        split(a[rest:], b[rest:], c[rest:], d[rest:], v)


@inlined
def split_twice(block: Table, v: Any, v_0: Any, v_1: Any) -> None:
    """Two layers on a block, in place."""
    s = block.size // 4
    a, b, c, d = block[:s], block[s : 2 * s], block[2 * s : 3 * s], block[3 * s :]
    for i in range(a.size):
        a[i], b[i], c[i], d[i] = two_layers(a[i], b[i], c[i], d[i], v, v_0, v_1)


@inlined
def finish_tile(x: Table, table: Table, block: int, tail: Table, y: Table) -> None:
    """The last eight layers on a tile; ``block`` is its place among the twiddles, y room for as much."""
    v, v_0, v_1 = table[block], table[2 * block], table[2 * block + 1]
    for i in range(64):
        x[i], x[i + 64], x[i + 128], x[i + 192] = two_layers(x[i], x[i + 64], x[i + 128], x[i + 192], v, v_0, v_1)
    for k in range(4):
        below = 4 * block + k
        v, v_0, v_1 = table[below], table[2 * below], table[2 * below + 1]
        z = x[64 * k : 64 * k + 64]
        for i in range(16):
            z[i], z[i + 16], z[i + 32], z[i + 48] = two_layers(z[i], z[i + 16], z[i + 32], z[i + 48], v, v_0, v_1)
    for k in range(16):
        for i in range(16):
            y[16 * k + i] = x[16 * i + k]
    for k in range(4):
        z = y[16 * k :]
        for i in range(16):
            z[i], z[i + 64], z[i + 128], z[i + 192] = two_layers(
                z[i], z[i + 64], z[i + 128], z[i + 192], tail[0, i], tail[1, i], tail[2, i]
            )
    for k in range(4):
        z, to, v_k, w_k = y[64 * k :], x[64 * k :], tail[3 + k], tail[7 + 2 * k :]
        for i in range(16):
            to[i], to[i + 16], to[i + 32], to[i + 48] = two_layers(
                z[i], z[i + 16], z[i + 32], z[i + 48], v_k[i], w_k[0, i], w_k[1, i]
            )


@kernel
def encode_rows(rows: Table, blocks: Table, table: Table, tails: Table, out: Table, lo: int, hi: int) -> None:
    """Rows lo to hi: the quarters' layers an odd one first, then two by two, then tile by tile.

    The four quarters are the row plus and minus its block times the second layer's two twiddles.
    """
    width = rows.shape[1]
    room = np.empty(256, dtype=np.uint32)
    for r in range(lo, hi):
        for quarter in range(4):
            part = out[r][quarter * width : (quarter + 1) * width]
            w = table[2 + quarter // 2]
            if quarter % 2:
                w = U(TWICE_P - w)
            size, block = width, 4 + quarter
            layers = 0
            while size > 256:
                size //= 2
                layers += 1
            size = width
            if layers % 2:
                split_masked(rows[r], blocks[r], part, w, table[block])
                size //= 2
                block *= 2
            else:
                part[blocks.shape[1] :] = rows[r][blocks.shape[1] :]
                masked(rows[r], blocks[r], part, w)
            while size > 256:
                for k in range(width // size):
                    at = block + k
                    split_twice(part[k * size : (k + 1) * size], table[at], table[2 * at], table[2 * at + 1])
                size //= 4
                block *= 4
            for k in range(width // 256):
                at = block + k
                finish_tile(part[256 * k : 256 * k + 256], table, at, tails[at - out.shape[1] // 256], room)
