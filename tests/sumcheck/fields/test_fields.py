"""Every kernel of every field, plain and compiled, against Python integers. Rounds: test_field_rounds.py."""

from __future__ import annotations

import numpy as np
import pytest
from field_cases import EVERY, QUICK, SEEDS, SIZES, SMALL, base, canonical, ext, integers, scalar
from field_reference import (
    eq,
    random_signed,
    scalars_of,
    times_integer,
    total,
)
from hypothesis import example, given
from hypothesis import strategies as st

from proofs.sumcheck.fields import Ext, Field, Scalar


# -- in and out ----------------------------------------------------------------------------------------------------
@EVERY
def test_a_field_says_what_it_is(f: Field) -> None:
    p = f.scalars.p
    assert f.name
    assert np.iinfo(f.dtype).max >= p - 1
    assert f.scalars.degree in {1, 2, 4}


@EVERY
@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint32, np.uint64])
def test_integers_of_every_kind_modulo_p(f: Field, dtype: type) -> None:
    limits = np.iinfo(dtype)
    values = np.array([[limits.min, limits.max, 0], [1, limits.max // 2, limits.min // 2]], dtype=dtype)
    made = f.from_signed(values)
    assert canonical(f, made, (2, 3))
    assert integers(made) == [value % f.scalars.p for value in integers(values)]


@EVERY
@QUICK
@given(st.lists(st.integers(-(2**200), 2**200) | st.integers(-(2**63), 2**63), max_size=6))
@example([-(2**63), 2**63 - 1, 2**64, -(2**64)])
def test_python_integers_of_any_size(f: Field, values: list[int]) -> None:
    made = f.from_signed(np.array(values, dtype=object))
    assert canonical(f, made, (len(values),))
    assert integers(made) == [value % f.scalars.p for value in values]


@EVERY
def test_p_and_its_neighbours_as_integers(f: Field) -> None:
    p = f.scalars.p
    values = [k * p + d for k in (-2, -1, 0, 1, 2) for d in (-1, 0, 1)]
    assert integers(f.from_signed(np.array(values, dtype=np.int64))) == [v % p for v in values]


@EVERY
@pytest.mark.parametrize("values", [np.array([0.5]), np.array([1.0], dtype=object), np.array(["1"])])
def test_only_integers_become_elements(f: Field, values: np.ndarray) -> None:
    with pytest.raises(TypeError):
        f.from_signed(values)


@EVERY
@QUICK
@given(SEEDS, SIZES)
def test_representatives_of_least_size(f: Field, seed: int, n: int) -> None:
    values = base(f, (n, 2), seed)
    signed = f.to_signed(values)
    assert signed.dtype == np.int64
    assert all(abs(s) <= (f.scalars.p - 1) // 2 for s in integers(signed))
    assert np.array_equal(f.from_signed(signed), values)


@EVERY
def test_lifted_elements_have_one_coordinate(f: Field) -> None:
    values = base(f, (3, 5), 1)
    lifted = f.lift(values)
    assert canonical(f, lifted, (f.scalars.degree, 3, 5))
    assert np.array_equal(lifted[0], values)
    assert not lifted[1:].any()


@EVERY
@pytest.mark.parametrize("n", [0, 1, 5])
def test_scalars_packed_and_taken_out(f: Field, n: int) -> None:
    elements = scalars_of(ext(f, (n,), n))
    table = f.pack(elements)
    assert canonical(f, table, (f.scalars.degree, n))
    assert [f.element(table, k) for k in range(n)] == elements
    assert all(f.scalars.is_element(f.element(table, k)) for k in range(n))


# -- entry by entry ------------------------------------------------------------------------------------------------
@EVERY
@QUICK
@given(SEEDS, SIZES, st.integers(1, 3))
def test_entry_by_entry_in_the_base_field(f: Field, seed: int, n: int, m: int) -> None:
    p = f.scalars.p
    a, b = base(f, (n, m), seed), base(f, (n, m), seed + 1)
    pairs = list(zip(integers(a), integers(b), strict=True))
    assert integers(f.add(a, b)) == [(x + y) % p for x, y in pairs]
    assert integers(f.sub(a, b)) == [(x - y) % p for x, y in pairs]
    assert integers(f.mul_base(a, b)) == [x * y % p for x, y in pairs]
    assert canonical(f, f.mul_base(a, b), (n, m))


@EVERY
def test_extremes_of_the_base_field(f: Field) -> None:
    p = f.scalars.p
    edges = sorted({v % p for v in (0, 1, 2, p // 2, p // 2 + 1, p - 2, p - 1, 2**30, 2**31 - 2, 2**54 - 1, 2**60)})
    a, b = (np.array(edges, dtype=f.dtype)[index] for index in np.indices((len(edges), len(edges))))
    assert integers(f.mul_base(a, b)) == [x * y % p for x in edges for y in edges]
    assert integers(f.add(a, b)) == [(x + y) % p for x in edges for y in edges]
    assert integers(f.sub(a, b)) == [(x - y) % p for x in edges for y in edges]


@EVERY
def test_base_products_broadcast(f: Field) -> None:
    a, b = base(f, (4, 1), 1), base(f, (1, 3), 2)
    assert canonical(f, f.mul_base(a, b), (4, 3))
    assert integers(f.mul_base(a, b)) == [x * y % f.scalars.p for x in integers(a) for y in integers(b)]


@EVERY
@QUICK
@given(SEEDS, SIZES)
def test_entry_by_entry_in_the_extension(f: Field, seed: int, n: int) -> None:
    scalars = f.scalars
    a, b, factor = ext(f, (n,), seed), ext(f, (n,), seed + 1), scalar(f, seed + 2)
    left, right = scalars_of(a), scalars_of(b)
    pairs = list(zip(left, right, strict=True))
    assert scalars_of(f.add(a, b)) == [scalars.add(x, y) for x, y in pairs]
    assert scalars_of(f.sub(a, b)) == [scalars.sub(x, y) for x, y in pairs]
    assert scalars_of(f.mul(a, b)) == [scalars.mul(x, y) for x, y in pairs]
    assert scalars_of(f.scale(a, factor)) == [scalars.mul(x, factor) for x in left]
    assert canonical(f, f.mul(a, b), a.shape)
    assert canonical(f, f.scale(a, factor), a.shape)


@EVERY
def test_entry_by_entry_keeps_the_shape(f: Field) -> None:
    a, b, factor = ext(f, (3, 2, 5), 1), ext(f, (3, 2, 5), 2), scalar(f, 3)
    flat_a, flat_b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    assert np.array_equal(f.mul(a, b).reshape(len(a), -1), f.mul(flat_a, flat_b))
    assert np.array_equal(f.scale(a, factor).reshape(len(a), -1), f.scale(flat_a, factor))


@EVERY
def test_products_of_the_largest_coordinates(f: Field) -> None:
    largest = (f.scalars.p - 1,) * f.scalars.degree
    table = f.pack([largest] * 19)
    assert set(scalars_of(f.mul(table, table))) == {f.scalars.square(largest)}
    assert set(scalars_of(f.scale(table, largest))) == {f.scalars.square(largest)}


@EVERY
@QUICK
@given(SEEDS, st.integers(0, 20))
def test_inverses_by_one_inversion(f: Field, seed: int, n: int) -> None:
    elements = [x if any(x) else f.scalars.one for x in scalars_of(ext(f, (n,), seed))]
    assert scalars_of(f.inverse(f.pack(elements))) == [f.scalars.inverse(x) for x in elements]


@EVERY
@pytest.mark.parametrize("place", [0, 3, 6])
def test_zero_has_no_inverse(f: Field, place: int) -> None:
    elements = [f.scalars.one] * 7
    elements[place] = f.scalars.zero
    with pytest.raises(ZeroDivisionError):
        f.inverse(f.pack(elements))


@EVERY
@pytest.mark.parametrize("n", [0, 1, 2, 7, 16, 33])
def test_powers(f: Field, n: int) -> None:
    expected, step = [], scalar(f, n)
    for _ in range(n):
        expected.append(f.scalars.mul(expected[-1], step) if expected else f.scalars.one)
    assert scalars_of(f.powers(step, n)) == expected


# -- sums ----------------------------------------------------------------------------------------------------------
@EVERY
@QUICK
@given(SEEDS, st.integers(0, 6), st.integers(0, 64))
@example(seed=1, variables=0, n=1)
@example(seed=1, variables=5, n=17)
@example(seed=1, variables=6, n=64)
def test_eq_tables_stop_at_the_real_extent(f: Field, seed: int, variables: int, n: int) -> None:
    n = min(n, 1 << variables)
    point = scalars_of(ext(f, (variables,), seed))
    table = f.eq_table(point, n)
    assert canonical(f, table, (f.scalars.degree, n))
    assert scalars_of(table) == [eq(f.scalars, point, index) for index in range(n)]


@EVERY
def test_no_eq_table_beyond_its_variables(f: Field) -> None:
    with pytest.raises(ValueError, match="2 variables"):
        f.eq_table([scalar(f, 1), scalar(f, 2)], 5)


@EVERY
@QUICK
@given(SEEDS, st.integers(0, 80))
def test_dot(f: Field, seed: int, n: int) -> None:
    a, b = ext(f, (n,), seed), ext(f, (n,), seed + 1)
    products = [f.scalars.mul(x, y) for x, y in zip(scalars_of(a), scalars_of(b), strict=True)]
    assert f.dot(a, b) == total(f.scalars, products)
    assert f.scalars.is_element(f.dot(a, b))


@EVERY
@pytest.mark.parametrize("n", [1, 3, 4, 5, 255, 257, 5000, 70_001])
def test_dot_of_the_largest_coordinates(f: Field, n: int) -> None:
    largest = (f.scalars.p - 1,) * f.scalars.degree
    table = np.full((f.scalars.degree, n), f.scalars.p - 1, dtype=f.dtype)
    assert f.dot(table, table) == times_integer(f.scalars, f.scalars.square(largest), n)


def combination(f: Field, matrix: np.ndarray, weights: Ext) -> list[Scalar]:
    """Rows of integers times a column of scalars."""
    elements = scalars_of(weights)
    return [
        total(f.scalars, [times_integer(f.scalars, w, int(x)) for x, w in zip(row, elements, strict=True)])
        for row in matrix
    ]


@EVERY
@QUICK
@given(SEEDS, st.integers(0, 9), SIZES)
def test_combinations_of_columns(f: Field, seed: int, rows: int, columns: int) -> None:
    weights = ext(f, (columns,), seed)
    x = base(f, (rows, columns), seed + 1)
    assert scalars_of(f.combine_columns(x, weights)) == combination(f, x, weights)
    signed = random_signed((rows, columns), seed + 2)
    assert scalars_of(f.combine_integer_columns(signed, weights)) == combination(f, signed, weights)
    assert canonical(f, f.combine_columns(x, weights), (f.scalars.degree, rows))
    assert canonical(f, f.combine_integer_columns(signed, weights), (f.scalars.degree, rows))


@EVERY
@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64])
def test_integers_of_every_kind_combined(f: Field, dtype: type) -> None:
    size = min(SMALL, np.iinfo(dtype).max)
    w = random_signed((5, 7), 1, size).astype(dtype)
    by_row, by_column, x = ext(f, (5,), 2), ext(f, (7,), 3), base(f, (7, 3), 4)
    assert scalars_of(f.combine_rows(w, by_row)) == combination(f, w.T, by_row)
    assert scalars_of(f.combine_integer_columns(w, by_column)) == combination(f, w, by_column)
    assert integers(f.matmul(w, x)) == integers(exact_product(f, w, x))


@EVERY
@QUICK
@given(SEEDS, SIZES, st.integers(0, 20))
def test_combinations_of_rows(f: Field, seed: int, rows: int, columns: int) -> None:
    weights, w = ext(f, (rows,), seed), random_signed((rows, columns), seed + 1)
    combined = f.combine_rows(w, weights)
    assert canonical(f, combined, (f.scalars.degree, columns))
    assert scalars_of(combined) == combination(f, w.T, weights)


def exact_product(f: Field, w: np.ndarray, x: np.ndarray) -> np.ndarray:
    return w.astype(object) @ x.astype(object) % f.scalars.p if x.shape[0] else np.zeros((len(w), x.shape[1]))


@EVERY
@QUICK
@given(SEEDS, st.integers(1, 12), SIZES, st.integers(1, 9), st.sampled_from([1, 127, 2**15, 2**20, SMALL]))
def test_matrix_products(f: Field, seed: int, rows: int, inner: int, columns: int, size: int) -> None:
    signed, x = random_signed((rows, inner), seed, size), base(f, (inner, columns), seed + 1)
    for w in (signed, -abs(signed), abs(signed)):
        assert canonical(f, f.matmul(w, x), (rows, columns))
        assert integers(f.matmul(w, x)) == integers(exact_product(f, w, x))


@EVERY
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("inner", [1, 1000, 40_000])
def test_long_sums_at_the_extremes(f: Field, sign: int, inner: int) -> None:
    p, largest = f.scalars.p, (f.scalars.p - 1,) * f.scalars.degree
    w, x = np.full((2, inner), sign * SMALL), np.full((inner, 3), p - 1, dtype=f.dtype)
    weights = np.full((f.scalars.degree, inner), p - 1, dtype=f.dtype)
    assert integers(f.matmul(w, x)) == [-sign * SMALL * inner % p] * 6
    expected = [times_integer(f.scalars, largest, sign * SMALL * inner)] * 2
    assert scalars_of(f.combine_integer_columns(w, weights)) == expected
    assert scalars_of(f.combine_rows(np.ascontiguousarray(w.T), weights)) == expected
    assert (
        scalars_of(f.combine_columns(np.ascontiguousarray(x.T[:2]), weights))
        == [times_integer(f.scalars, largest, -inner)] * 2
    )


@EVERY
@pytest.mark.parametrize("value", [2**31, -(2**31), 2**62])
def test_integers_too_large_for_matrix_kernels_are_refused(f: Field, value: int) -> None:
    w = np.array([[0, value]])
    with pytest.raises(ValueError, match="below 2\\^31"):
        f.matmul(w, base(f, (2, 2), 1))
    with pytest.raises(ValueError, match="below 2\\^31"):
        f.combine_integer_columns(w, ext(f, (2,), 1))
    with pytest.raises(ValueError, match="below 2\\^31"):
        f.combine_rows(w, ext(f, (1,), 1))


@EVERY
def test_nothing_sums_to_zero(f: Field) -> None:
    nothing, no_rows = ext(f, (0,), 1), np.zeros((0, 3), dtype=np.int64)
    assert f.dot(nothing, nothing) == f.scalars.zero
    assert scalars_of(f.combine_rows(no_rows, nothing)) == [f.scalars.zero] * 3
    assert scalars_of(f.combine_integer_columns(no_rows.T, nothing)) == [f.scalars.zero] * 3
    assert integers(f.matmul(no_rows.T, base(f, (0, 2), 1))) == [0] * 6
