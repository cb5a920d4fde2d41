"""Convolutions as matrix products: a block of the input rearranged so that every window is a column ("im2col").

Blocks are whole output rows of a batch, or parts of the batch where one row is too large, so that memory stays bounded
and every copy moves runs of neighbouring values. Any dtype of values; what stands beyond the input's edges is zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.layers.window import Window

BLOCK_BYTES = 1 << 24
"""Size of a block of patches: as large as a product's other costs allow, small beside the tensors themselves."""

T = TypeVar("T", bound=np.generic)
Corner = tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class Block:
    """Output rows and examples whose patches are made at once."""

    rows: slice
    examples: slice


def blocks(down: Window, across: Window, depth: int, batch: int, item_bytes: int = 8) -> Iterator[Block]:
    """All (output row, example) pairs, in blocks of about ``BLOCK_BYTES``.

    Args:
        depth: values a window reads, channels times kernel.
        item_bytes: bytes a value.
    """
    columns = max(1, BLOCK_BYTES // (item_bytes * depth * across.out))
    rows = max(1, columns // batch)
    examples = min(batch, columns)
    for y in range(0, down.out, rows):
        for b in range(0, batch, examples):
            yield Block(slice(y, min(y + rows, down.out)), slice(b, min(b + examples, batch)))


def patches(x: NDArray[T], down: Window, across: Window, block: Block) -> NDArray[T]:
    """Every window of a block: (C, kh, kw, rows, W_out, examples) of values (C, H, W, B)."""
    y, b = block.rows, block.examples
    shape = (x.shape[0], down.kernel, across.kernel, y.stop - y.start, across.out, b.stop - b.start)
    out = np.zeros(shape, dtype=x.dtype)
    for i, j, (to_rows, to_columns), (from_rows, from_columns) in _offsets(down, across, y):
        out[:, i, j, to_rows, to_columns] = x[:, from_rows, from_columns, b]
    return out


def scattered(
    columns: NDArray[T], down: Window, across: Window, rows: slice
) -> Iterator[tuple[tuple[slice, slice, slice], NDArray[T]]]:
    """The transpose of ``patches``: at each offset, where in (C, H, W, B) which part of the columns is to be added."""
    for i, j, (from_rows, from_columns), (to_rows, to_columns) in _offsets(down, across, rows):
        yield (slice(None), to_rows, to_columns), columns[:, i, j, from_rows, from_columns]


def _offsets(down: Window, across: Window, rows: slice) -> Iterator[tuple[int, int, Corner, Corner]]:
    """Each offset in the window, the (rows of the block, columns) that read a real value there, and what they read."""
    for i in range(down.kernel):
        out_rows, in_rows = down.reach(i, rows)
        here = slice(out_rows.start - rows.start, out_rows.stop - rows.start)
        for j in range(across.kernel):
            out_columns, in_columns = across.reach(j)
            if here.stop > here.start and out_columns.stop > out_columns.start:
                yield i, j, (here, out_columns), (in_rows, in_columns)
