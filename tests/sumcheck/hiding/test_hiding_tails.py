"""Rows of tails: as few and as short as they can be, and room for a block that masks all queries behind each."""

from __future__ import annotations

import numpy as np
import pytest
from hiding_kit import FAST, random_table

from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.hiding.drawing import as_rows, draw_rows
from proofs.sumcheck.hiding.tails import elements, tails_of
from proofs.sumcheck.ligero.commit import commit_rows
from proofs.sumcheck.ligero.parameters import Code

SIZES = pytest.mark.parametrize(
    ("log_columns", "block", "count", "capacity", "rows"),
    [
        (9, 512, 1, 256, 1),
        (9, 512, 24, 256, 1),
        (9, 256, 256, 256, 1),
        (9, 256, 257, 512, 1),
        (9, 256, 512, 512, 1),
        (9, 256, 513, 512, 2),
        (9, 512, 1500, 512, 3),
        (8, 256, 30, 256, 1),
        (8, 256, 300, 256, 2),
        (10, 512, 60, 256, 1),
        (10, 512, 700, 1024, 1),
        (15, 1 << 14, 66, 256, 1),
    ],
)


@SIZES
def test_geometry(log_columns: int, block: int, count: int, capacity: int, rows: int) -> None:
    code = Code(log_columns, block)
    tails = tails_of(code, count)
    assert (tails.capacity, tails.rows, tails.count) == (capacity, rows, count)
    assert (rows - 1) * capacity < count <= rows * capacity
    assert tails.length == capacity + code.fresh_block <= code.columns + code.block
    assert code.queries < code.fresh_block, "as many random entries as columns shown, and one more"
    assert capacity % code.fresh_block == 0, "the block behind a row is aligned"


@SIZES
def test_rows(log_columns: int, block: int, count: int, capacity: int, rows: int) -> None:
    """Elements come back out of rows; what is committed are words of the coefficients, and of no more."""
    code = Code(log_columns, block)
    tails = tails_of(code, count)
    table = draw_rows(FAST, tails, b"seed", b"tails")
    assert table.shape == (4, rows, tails.length)
    found = elements(tails, table)
    assert found.shape == (4, count)
    assert [tuple(found[:, k]) for k in (0, count - 1)] == [
        tuple(table[:, k // capacity, k % capacity]) for k in (0, count - 1)
    ]
    lying = as_rows(tails, table)
    assert lying.entries.shape == (4 * rows, code.columns)
    assert (lying.block is None) == (tails.length <= code.columns)
    whole = lying.entries if lying.block is None else np.concatenate([lying.entries, lying.block], axis=1)
    for row in range(rows):
        for coordinate in range(4):
            own = whole[4 * row + coordinate]
            assert (own[: tails.length] == table[coordinate, row]).all() and not own[tails.length :].any()
    entries, behind = tails.split(table)
    assert (entries[1, rows - 1] == lying.entries[4 * (rows - 1) + 1]).all()
    if log_columns < 15:
        words = commit_rows(FAST, [lying], b"seed", log_columns).codewords
        part = None if behind is None else np.ascontiguousarray(behind[:, 0])
        assert (encode(FAST, np.ascontiguousarray(entries[:, 0]), part) == words[:4]).all()


def test_rows_are_drawn_apart() -> None:
    tails = tails_of(Code(9, 512), 20)
    one, other, again = (draw_rows(FAST, tails, b"seed", label) for label in (b"T", b"M", b"T"))
    assert (one == again).all() and not (one == other).any()
    assert not (draw_rows(FAST, tails, b"other", b"T") == one).any()


def test_split_is_linear() -> None:
    tails = tails_of(Code(8, 256), 300)
    x, y = (random_table(FAST, tails.rows * tails.length, k).reshape(4, tails.rows, -1) for k in range(2))
    total = FAST.add(x.reshape(4, -1), y.reshape(4, -1)).reshape(x.shape)
    for a, b, c in zip(tails.split(x), tails.split(y), tails.split(total), strict=True):
        assert (FAST.add(a.reshape(4, -1), b.reshape(4, -1)) == c.reshape(4, -1)).all()
