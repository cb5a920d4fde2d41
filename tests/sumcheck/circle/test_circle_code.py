"""Encoding: both twins against the definition, the code's linearity and its distance."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from circle_kit import TWINS, P, points, random_rows

from proofs.sumcheck.circle import plain
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.circle.direct import basis, value_at
from proofs.sumcheck.fields import Field, field


@TWINS
@pytest.mark.parametrize("log_columns", range(8))
def test_words_are_the_values_of_the_coefficients(f: Field, log_columns: int) -> None:
    rows = random_rows((2, 1 << log_columns), log_columns)
    words = encode(f, rows)
    for row, word in zip(rows.tolist(), words.tolist(), strict=True):
        assert word == [value_at(row, point) for point in points(log_columns)]


@TWINS
@pytest.mark.parametrize("log_columns", [8, 9, 10, 11])
def test_long_words_are_too(f: Field, log_columns: int) -> None:
    row = random_rows((1 << log_columns,), log_columns)
    word, places = encode(f, row), points(log_columns)
    for place in (0, 1, 16, 17, 255, 256, 2 << log_columns, (3 << log_columns) + 5, (4 << log_columns) - 1):
        assert int(word[place]) == value_at(row.tolist(), places[place])


def test_the_basis_is_a_tensor_of_the_bits_of_the_index() -> None:
    x, y = 5, 7
    pi = 2 * x * x - 1
    pi_2 = 2 * pi * pi - 1
    assert basis((x, y), 4) == [
        value % P
        for top in (1, pi_2)
        for value in (top, top * y, top * x, top * x * y, top * pi, top * pi * y, top * pi * x, top * pi * x * y)
    ]


@pytest.mark.parametrize("log_columns", [0, 3, 7, 8, 9, 10, 12, 13])
@pytest.mark.parametrize("rows", [1, 4, 9])
def test_the_twins_agree(log_columns: int, rows: int) -> None:
    coefficients = random_rows((rows, 1 << log_columns), rows)
    coefficients[0, : 1 << log_columns >> 1] = P - 1
    coefficients[-1, ::3] = 0
    fast, slow = (encode(field("m31", kind), coefficients) for kind in ("fast", "plain"))
    assert fast.dtype == slow.dtype == np.uint32
    assert np.array_equal(fast, slow)
    assert int(fast.max()) < P


@TWINS
def test_rows_are_encoded_alone_whatever_their_shape(f: Field) -> None:
    coefficients = random_rows((2, 3, 256))
    words = encode(f, coefficients)
    assert words.shape == (2, 3, 1024)
    assert np.array_equal(words[1, 2], encode(f, coefficients[1, 2]))
    assert np.array_equal(encode(f, coefficients[:, ::2]), words[:, ::2])


@TWINS
@pytest.mark.parametrize("log_columns", [2, 9])
def test_the_code_is_linear(f: Field, log_columns: int) -> None:
    a, b = random_rows((2, 1 << log_columns))
    for k in (1, 2, P - 1, 12345678):
        total = ((a.astype(np.uint64) * k + b) % P).astype(np.uint32)
        words = (encode(f, a).astype(np.uint64) * k + encode(f, b)) % P
        assert np.array_equal(encode(f, total), words.astype(np.uint32))


@TWINS
def test_an_encoded_extension_vector_is_the_combination_of_words(f: Field) -> None:
    rows = random_rows((5, 512))
    weights = random_rows((4, 5), 1)
    combined = f.combine_rows(rows.view(np.int32), weights)
    assert np.array_equal(encode(f, combined), f.combine_rows(encode(f, rows).view(np.int32), weights))


@pytest.mark.parametrize("log_columns", [1, 2])
def test_no_word_has_more_zeros_than_columns(log_columns: int) -> None:
    """Whatever N - 1 positions a word vanishes at, it has at most N zeros; that many are reached."""
    width = 1 << log_columns
    table = [basis(point, log_columns) for point in points(log_columns)]
    most = 0
    for chosen in combinations(range(4 * width), width - 1):
        row = kernel_vector([table[place] for place in chosen])
        word = encode(field("m31", "plain"), np.array(row, dtype=np.uint32))
        assert np.any(word)
        most = max(most, int((word == 0).sum()))
    assert most == width


def kernel_vector(matrix: list[list[int]]) -> list[int]:
    """A vector other than zero that fewer rows than columns send to zero, modulo p."""
    rows, width, pivots = [list(row) for row in matrix], len(matrix[0]), []
    for column in range(width):
        found = next((r for r in range(len(pivots), len(rows)) if rows[r][column]), None)
        if found is None:
            continue
        here = len(pivots)
        rows[here], rows[found] = rows[found], rows[here]
        inverse = pow(rows[here][column], -1, P)
        rows[here] = [value * inverse % P for value in rows[here]]
        for r in range(len(rows)):
            if r != here:
                factor = rows[r][column]
                rows[r] = [(a - factor * b) % P for a, b in zip(rows[r], rows[here], strict=True)]
        pivots.append(column)
    free = next(column for column in range(width) if column not in pivots)
    vector = [0] * width
    vector[free] = 1
    for r, column in enumerate(pivots):
        vector[column] = -rows[r][free] % P
    return vector


@TWINS
def test_other_lengths_and_fields_are_refused(f: Field) -> None:
    for width in (0, 3, 6, 1000):
        with pytest.raises(ValueError, match="power of two"):
            encode(f, np.zeros((2, width), dtype=np.uint32))
    with pytest.raises(ValueError, match="below 536870912"):
        encode(f, np.broadcast_to(np.uint32(0), (1, 1 << 29)))
    with pytest.raises(ValueError, match="does not have 2"):
        encode(field("m61", "plain"), np.zeros((2, 4), dtype=np.uint32))


def test_the_plain_twin_works_on_both_sides_of_its_turn() -> None:
    rows = random_rows((1, 64))
    out = np.empty((1, 256), dtype=np.uint32)
    plain.encode(rows, np.empty((1, 0), dtype=np.uint32), out)
    assert out[0].tolist() == [value_at(rows[0].tolist(), point) for point in points(6)]
