"""The errors of an opening: against counts made one by one, and as large as the product needs them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from proofs.sumcheck.ligero import parameters
from proofs.sumcheck.ligero.parameters import LOG_COLUMNS, MOST_COLUMNS, QUERIES, Code, columns, openings, positions
from proofs.sumcheck.ligero.queries import queried
from proofs.sumcheck.soundness import error_bits

P = 2**31 - 1
HIDING = [(9, 256), (10, 256), (12, 2**11), (15, 256), (15, 2**13), (15, 2**14), (15, 2**15), (17, 2**16)]
"""log2 of N, and B."""


def test_the_product_has_100_bits() -> None:
    assert LOG_COLUMNS == 15
    code = Code(LOG_COLUMNS)
    assert error_bits(code.query_error) == 102.38
    for rows_log in (10, 13):
        assert error_bits(rows_log * code.row_error) > 103
    assert error_bits(code.row_error + Fraction(2, P**4 - 1)) > 106


@pytest.mark.parametrize("log_columns", [10, 11, 12, 13, 14, 15, 16, 17])
def test_every_useful_length_has_100_bits(log_columns: int) -> None:
    assert error_bits(Code(log_columns).query_error) >= 100
    assert error_bits(Code(log_columns).row_error) >= 100


def test_the_query_error_is_that_of_draws_with_replacement_and_their_bias() -> None:
    unbiased = Fraction(5, 8) ** QUERIES  # n - e - 1 of n, 81920 of 131072
    assert 1 < Code(15).query_error / unbiased < 1 + Fraction(QUERIES, 2**30)
    hiding = Code(15, 2**14)
    unbiased = Fraction(131072 - hiding.radius - 1, 131072) ** hiding.queries
    assert 1 < hiding.query_error / unbiased < 1 + Fraction(hiding.queries, 2**30)


def test_fewer_queries_would_have_fewer_than_102_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "QUERIES", QUERIES - 1)
    assert error_bits(Code(15).query_error) < 102


@pytest.mark.parametrize(("log_columns", "block"), HIDING)
def test_hiding_codes_ask_for_the_fewest_columns_with_102_bits(log_columns: int, block: int) -> None:
    code = Code(log_columns, block)
    missed = Fraction(code.positions - code.radius - 1, code.positions)
    assert missed**code.queries < Fraction(1, 2**102) < missed ** (code.queries - 1) * (1 + Fraction(1, 2**20))
    assert code.query_error <= Fraction(1, 2**102)
    assert 4 * code.challenges - 4 < code.queries <= 4 * code.challenges
    assert error_bits(code.row_error) >= 100


def test_the_queries_of_the_product() -> None:
    assert [Code(15).queries, Code(15, 2**14).queries, Code(15, 2**15).queries] == [151, 189, 246]
    assert [Code(15).challenges, Code(15, 2**14).challenges] == [38, 48]


@pytest.mark.parametrize(("log_columns", "block"), HIDING)
def test_what_is_opened_stays_below_the_block(log_columns: int, block: int) -> None:
    """B - 1 columns are uniform together: so many openings of fixed rows, one of fresh ones."""
    queries, often = Code(log_columns, block).queries, openings(log_columns, block)
    assert often * queries <= block - 1 < (often + 1) * queries
    fresh = Code(log_columns, block).fresh_block
    assert fresh // 2 <= queries <= fresh - 1 and fresh & (fresh - 1) == 0


def test_openings_of_the_product() -> None:
    assert openings(15, 2**14) == 86
    assert openings(15, 0) == 0
    assert Code(15, 2**14).fresh_block == Code(15, 2**15).fresh_block == 256


@pytest.mark.parametrize("log_columns", [0, 5, 15, MOST_COLUMNS])
def test_no_position_is_drawn_more_often_than_counted(log_columns: int) -> None:
    n = positions(log_columns)
    often = [len(range(place, P, n)) for place in (0, 1, n // 2, n - 2, n - 1)]
    assert often == [2**31 // n] * 4 + [2**31 // n - 1]


@pytest.mark.parametrize("log_columns", range(12))
def test_words_within_the_radius_of_two_would_be_one(log_columns: int) -> None:
    for code in (Code(log_columns), *(Code(log_columns, 1 << t) for t in range(log_columns + 1))):
        n, width = code.positions, code.dimension
        assert (n, width) == (positions(log_columns), columns(log_columns) + code.block)
        assert 2 * code.radius < n - width <= 2 * (code.radius + 1)


def test_no_error_is_more_than_certain_or_less_than_nothing() -> None:
    for log_columns in range(MOST_COLUMNS + 1):
        assert 0 < Code(log_columns).query_error < 1
        assert Code(log_columns).row_error == Fraction(positions(log_columns), P**4 - 1)


@pytest.mark.parametrize("log_columns", [-1, MOST_COLUMNS + 1])
def test_other_sizes_are_refused(log_columns: int) -> None:
    code = Code(log_columns)
    for size in (
        lambda: columns(log_columns),
        lambda: positions(log_columns),
        lambda: code.radius,
        lambda: code.row_error,
        lambda: code.query_error,
    ):
        with pytest.raises(ValueError, match="rows have 2"):
            size()


def test_positions_are_low_bits_of_the_first_coordinates() -> None:
    for code in (Code(8), Code(8, 128)):
        challenges = [tuple(1000 * k + j + (7 << 20) for j in range(4)) for k in range(code.challenges)]
        wanted = [challenges[i // 4][i % 4] % 2**10 for i in range(code.queries)]
        assert queried(challenges, code) == sorted(set(wanted))
        last = [*challenges[:-1], (*challenges[-1][:3], 5)]
        assert (queried(last, code) == queried(challenges, code)) == (code.queries % 4 != 0)
        assert queried([(5, 5, 1029, 4)] * code.challenges, code) == [4, 5]
