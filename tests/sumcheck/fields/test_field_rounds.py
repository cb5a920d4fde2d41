"""Sum-check rounds of every field, plain and compiled, against polynomials evaluated term by term."""

from __future__ import annotations

import numpy as np
from field_cases import EVERY, QUICK, SEEDS, base, canonical, ext, half_of, scalar
from field_reference import (
    bound,
    cubic,
    quadratic,
    rows_of,
    scalars_of,
    summed,
    total,
)
from hypothesis import example, given
from hypothesis import strategies as st

from proofs.sumcheck.fields import Ext, Field, Scalar

SPLITS = st.integers(1, 17)


@EVERY
@QUICK
@given(SEEDS, SPLITS, st.integers(0, 4))
@example(seed=1, n=1, m=1)
@example(seed=1, n=8, m=0)
def test_binding_the_top_bit(f: Field, seed: int, n: int, m: int) -> None:
    half, table, x = half_of(n), ext(f, (n, m), seed), scalar(f, seed + 1)
    made = f.bind(table, x, half)
    assert canonical(f, made, (f.scalars.degree, min(n, half), m))
    assert rows_of(made) == bound(f.scalars, rows_of(table), x, half)


@EVERY
def test_a_wider_split_finds_only_zeros_above(f: Field) -> None:
    table, x = ext(f, (3, 2), 1), scalar(f, 2)
    assert rows_of(f.bind(table, x, 8)) == bound(f.scalars, rows_of(table), x, 8)
    assert f.product_round(table, table, 8)[0] == f.dot(*[table.reshape(len(table), -1)] * 2)


@EVERY
@QUICK
@given(SEEDS, SPLITS, st.integers(1, 4))
@example(seed=1, n=1, m=1)
def test_rounds_of_products(f: Field, seed: int, n: int, m: int) -> None:
    scalars, half = f.scalars, half_of(n)
    a, b = ext(f, (n, m), seed), ext(f, (n, m), seed + 1)

    def direct(x: Scalar) -> Scalar:
        tables = (bound(scalars, rows_of(table), x, half) for table in (a, b))
        return summed(scalars, scalars.mul, *tables)

    at_0, lead = f.product_round(a, b, half)
    at_1, x = direct(scalars.one), scalar(f, seed + 2)
    assert at_0 == direct(scalars.zero)
    assert quadratic(scalars, at_0, at_1, lead, x) == direct(x)


@EVERY
@QUICK
@given(SEEDS, SPLITS, st.integers(1, 4))
@example(seed=1, n=1, m=1)
def test_rounds_of_weighted_squares(f: Field, seed: int, n: int, m: int) -> None:
    scalars, half = f.scalars, half_of(n)
    j, z = ext(f, (n, m), seed), ext(f, (n, m), seed + 1)

    def direct(x: Scalar) -> Scalar:
        tables = (bound(scalars, rows_of(table), x, half) for table in (j, z))
        return summed(scalars, lambda weight, value: scalars.mul(weight, scalars.square(value)), *tables)

    at_0, at_minus_1, lead = f.weighted_square_round(j, z, half)
    assert at_0 == direct(scalars.zero)
    assert at_minus_1 == direct(scalars.from_int(-1))
    x = scalar(f, seed + 2)
    assert cubic(scalars, (at_0, direct(scalars.one), at_minus_1), lead, x) == direct(x)


def columns_bound(f: Field, z: Ext, x: Scalar, half: int) -> list[list[Scalar]]:
    """Rows of z (degree, R, n) with the top bit of their columns bound."""
    columns = bound(f.scalars, rows_of(np.swapaxes(z, 1, 2)), x, half)
    return [list(row) for row in zip(*columns, strict=True)]


def batch_round(f: Field, z: Ext, rows: Ext, columns: Ext, x: Scalar) -> Scalar:
    """q(x) = sum_r rows_r sum_b columns_b z(r, x, b)^2."""
    scalars = f.scalars
    weights = [[scalars.mul(r, c) for c in scalars_of(columns)] for r in scalars_of(rows)]
    terms = [
        scalars.mul(weight, scalars.square(value))
        for weight_row, row in zip(weights, columns_bound(f, z, x, columns.shape[1]), strict=True)
        for weight, value in zip(weight_row, row, strict=False)
    ]
    return total(scalars, terms)


def assert_batch_round(f: Field, sent: tuple[Scalar, Scalar], parts: tuple[Ext, Ext, Ext], x: Scalar) -> None:
    at_0, lead = sent
    assert at_0 == batch_round(f, *parts, f.scalars.zero)
    at_1 = batch_round(f, *parts, f.scalars.one)
    assert quadratic(f.scalars, at_0, at_1, lead, x) == batch_round(f, *parts, x)


@EVERY
@QUICK
@given(SEEDS, st.integers(1, 5), SPLITS)
@example(seed=1, r=1, n=1)
@example(seed=2, r=1, n=2)
def test_rounds_of_squares_over_the_batch(f: Field, seed: int, r: int, n: int) -> None:
    z, rows, columns = base(f, (r, n), seed), ext(f, (r,), seed + 1), ext(f, (half_of(n),), seed + 2)
    x = scalar(f, seed + 3)
    assert_batch_round(f, f.square_round_base(z, rows, columns), (f.lift(z), rows, columns), x)
    z = ext(f, (r, n), seed + 4)
    assert_batch_round(f, f.square_round(z, rows, columns), (z, rows, columns), x)


@EVERY
@QUICK
@given(SEEDS, st.integers(0, 5), SPLITS)
@example(seed=1, r=1, n=1)
@example(seed=1, r=0, n=4)
def test_binding_the_batch(f: Field, seed: int, r: int, n: int) -> None:
    z, x, half = base(f, (r, n), seed), scalar(f, seed + 1), half_of(n)
    made = f.bind_columns_base(z, x, half)
    assert canonical(f, made, (f.scalars.degree, r, min(n, half)))
    assert rows_of(made) == columns_bound(f, f.lift(z), x, half)
    wide = ext(f, (r, n), seed + 2)
    assert canonical(f, f.bind_columns(wide, x, half), (f.scalars.degree, r, min(n, half)))
    assert rows_of(f.bind_columns(wide, x, half)) == columns_bound(f, wide, x, half)


@EVERY
def test_rounds_without_rows_are_zero(f: Field) -> None:
    none, columns, zero = ext(f, (0,), 1), ext(f, (2,), 2), f.scalars.zero
    empty = ext(f, (4, 0), 3)
    assert f.product_round(empty, empty, 2) == (zero, zero)
    assert f.weighted_square_round(empty, empty, 2) == (zero, zero, zero)
    assert f.square_round_base(base(f, (0, 4), 1), none, columns) == (zero, zero)
    assert f.square_round(ext(f, (0, 4), 1), none, columns) == (zero, zero)
