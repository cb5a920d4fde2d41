"""The errors of an opening: against counts made one by one, and as large as the product needs them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from proofs.sumcheck.ligero import parameters
from proofs.sumcheck.ligero.parameters import (
    CHALLENGES,
    LOG_COLUMNS,
    MOST_COLUMNS,
    QUERIES,
    columns,
    positions,
    query_error,
    radius,
    row_error,
)
from proofs.sumcheck.ligero.queries import queried
from proofs.sumcheck.soundness import error_bits

P = 2**31 - 1


def test_the_product_has_100_bits() -> None:
    assert LOG_COLUMNS == 15
    assert error_bits(query_error(LOG_COLUMNS)) == 102.38
    for rows_log in (10, 13):
        assert error_bits(rows_log * row_error(LOG_COLUMNS)) > 103
    assert error_bits(row_error(LOG_COLUMNS) + Fraction(2, P**4 - 1)) > 106


@pytest.mark.parametrize("log_columns", [10, 11, 12, 13, 14, 15, 16, 17])
def test_every_useful_length_has_100_bits(log_columns: int) -> None:
    assert error_bits(query_error(log_columns)) >= 100
    assert error_bits(row_error(log_columns)) >= 100


def test_the_query_error_is_that_of_draws_with_replacement_and_their_bias() -> None:
    unbiased = Fraction(5, 8) ** QUERIES  # n - e - 1 of n, 81920 of 131072
    assert 1 < query_error(15) / unbiased < 1 + Fraction(QUERIES, 2**30)


def test_fewer_queries_would_have_fewer_than_102_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "QUERIES", QUERIES - 1)
    assert error_bits(query_error(15)) < 102


@pytest.mark.parametrize("log_columns", [0, 5, 15, MOST_COLUMNS])
def test_no_position_is_drawn_more_often_than_counted(log_columns: int) -> None:
    n = positions(log_columns)
    often = [len(range(place, P, n)) for place in (0, 1, n // 2, n - 2, n - 1)]
    assert often == [2**31 // n] * 4 + [2**31 // n - 1]


@pytest.mark.parametrize("log_columns", range(12))
def test_words_within_the_radius_of_two_would_be_one(log_columns: int) -> None:
    n, width = positions(log_columns), columns(log_columns)
    assert 2 * radius(log_columns) < n - width <= 2 * (radius(log_columns) + 1)


def test_no_error_is_more_than_certain_or_less_than_nothing() -> None:
    for log_columns in range(MOST_COLUMNS + 1):
        assert 0 < query_error(log_columns) < 1
        assert row_error(log_columns) == Fraction(positions(log_columns), P**4 - 1)


@pytest.mark.parametrize("log_columns", [-1, MOST_COLUMNS + 1])
def test_other_sizes_are_refused(log_columns: int) -> None:
    for size in (columns, positions, radius, row_error, query_error):
        with pytest.raises(ValueError, match="rows have 2"):
            size(log_columns)


def test_positions_are_low_bits_of_the_first_151_coordinates() -> None:
    assert CHALLENGES == 38
    challenges = [tuple(1000 * k + j + (7 << 20) for j in range(4)) for k in range(CHALLENGES)]
    wanted = [challenges[i // 4][i % 4] % 2**10 for i in range(QUERIES)]
    assert queried(challenges, 8) == sorted(set(wanted))
    last = [*challenges[:-1], (*challenges[-1][:3], 5)]
    assert queried(last, 8) == queried(challenges, 8)
    assert queried([(5, 5, 1029, 4)] * CHALLENGES, 8) == [4, 5]
