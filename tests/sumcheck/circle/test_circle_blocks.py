"""Words of rows with a block behind them: both twins against the definition and each other."""

from __future__ import annotations

import numpy as np
import pytest
from circle_kit import P7, TINY, TWINS, P, points, random_rows

from proofs.sumcheck.circle.code import encode, encode_into
from proofs.sumcheck.circle.direct import value_at
from proofs.sumcheck.circle.domain import domain
from proofs.sumcheck.fields import Field, field


def blocks_of(log_columns: int) -> list[int]:
    """Some lengths of blocks, the shortest and the longest among them."""
    return sorted({1, min(2, 1 << log_columns), 1 << log_columns >> 1, 1 << log_columns} - {0})


@TWINS
@pytest.mark.parametrize("log_columns", range(7))
def test_words_are_the_values_of_message_and_block(f: Field, log_columns: int) -> None:
    for length in (1 << t for t in range(log_columns + 1)):
        rows, block = random_rows((2, 1 << log_columns), log_columns), random_rows((2, length), length)
        for row, word in zip(np.concatenate([rows, block], axis=1).tolist(), encode(f, rows, block), strict=True):
            assert word.tolist() == [value_at(row, point) for point in points(log_columns)]


@TWINS
@pytest.mark.parametrize("log_columns", [8, 9, 10])
def test_long_words_with_blocks_are_too(f: Field, log_columns: int) -> None:
    places = points(log_columns)
    for length in blocks_of(log_columns):
        row, block = random_rows((1 << log_columns,), log_columns), random_rows((length,), length)
        word = encode(f, row, block)
        for place in (0, 17, 256, 1 << log_columns, (3 << log_columns) - 1, (3 << log_columns) + 5):
            assert int(word[place]) == value_at([*row.tolist(), *block.tolist()], places[place])


@pytest.mark.parametrize("log_columns", [0, 5, 7, 8, 9, 10, 12, 13])
def test_the_twins_agree_on_blocks(log_columns: int) -> None:
    for length in blocks_of(log_columns):
        rows, block = random_rows((5, 1 << log_columns)), random_rows((5, length), 1)
        rows[0], block[0], block[1] = P - 1, P - 1, 0
        fast, slow = (encode(field("m31", kind), rows, block) for kind in ("fast", "plain"))
        assert fast.dtype == slow.dtype == np.uint32
        assert np.array_equal(fast, slow)
        assert int(fast.max()) < P
        assert np.array_equal(fast[1], encode(field("m31", "fast"), rows[1]))


@TWINS
def test_blocks_belong_to_their_rows_whatever_their_shape(f: Field) -> None:
    rows, block = random_rows((2, 3, 512)), random_rows((2, 3, 128), 1)
    words = encode(f, rows, block)
    assert words.shape == (2, 3, 2048)
    assert np.array_equal(words[1, 2], encode(f, rows[1, 2], block[1, 2]))
    assert np.array_equal(encode(f, rows[:, ::2], block[:, ::2]), words[:, ::2])
    longer = np.zeros((2, 3, 256), dtype=np.uint32)
    longer[..., :128] = block
    assert np.array_equal(encode(f, rows, longer), words)


@TWINS
def test_combined_rows_have_the_combination_of_words(f: Field) -> None:
    """Blocks of several lengths among them: as if the shorter ended in zeros."""
    rows, long, short = random_rows((5, 512)), random_rows((3, 256), 1), random_rows((2, 64), 2)
    weights = random_rows((4, 5), 3)
    filled = np.concatenate([long, np.pad(short, ((0, 0), (0, 192)))])
    words = np.concatenate([encode(f, rows[:3], long), encode(f, rows[3:], short)])
    u, v = (f.combine_rows(table.view(np.int32), weights) for table in (rows, filled))
    assert np.array_equal(encode(f, u, v), f.combine_rows(words.view(np.int32), weights))


@pytest.mark.parametrize("log_columns", range(5))
def test_words_over_a_small_circle(log_columns: int) -> None:
    x, y = domain(log_columns + 2, P7)
    for length in (0, *(1 << t for t in range(log_columns + 1))):
        row, block = random_rows((1 << log_columns,)) % P7, random_rows((length,), 1) % P7
        word = encode(TINY, row, block if length else None)
        coefficients = [*row.tolist(), *block.tolist()]
        assert word.tolist() == [value_at(coefficients, at, P7) for at in zip(x.tolist(), y.tolist(), strict=True)]


@TWINS
def test_words_are_written_where_they_belong(f: Field) -> None:
    rows, block, out = random_rows((4, 512)), random_rows((4, 32), 1), np.full((6, 2048), 7, dtype=np.uint32)
    encode_into(f, rows[1:3], out[2:4], block[1:3])
    assert np.array_equal(out[2:4], encode(f, rows, block)[1:3])
    assert (out[:2] == 7).all() and (out[4:] == 7).all()


@TWINS
def test_blocks_that_do_not_fit_are_refused(f: Field) -> None:
    rows = np.zeros((2, 8), dtype=np.uint32)
    for length in (0, 3, 16):
        with pytest.raises(ValueError, match="hides nothing"):
            encode(f, rows, np.zeros((2, length), dtype=np.uint32))
    for shape in ((8,), (1, 8), (3, 8), (1, 2, 8)):
        with pytest.raises(ValueError, match="do not belong"):
            encode(f, rows, np.zeros(shape, dtype=np.uint32))
    with pytest.raises(ValueError, match="below 32"):
        encode(TINY, np.zeros((1, 32), dtype=np.uint32))
