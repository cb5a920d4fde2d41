"""Arrays as they come: strided, long, of wrong shapes, shared among threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from field_cases import EVERY, base, ext, half_of, listed, scalar
from field_reference import (
    random_signed,
    scalars_of,
)

from proofs.sumcheck.fields import FIELDS, Ext, Field, Scalar, field
from proofs.sumcheck.fields.fast import threads


def every_kernel(f: Field, w: np.ndarray, x: np.ndarray, t: Ext, r: Scalar) -> Sequence[object]:
    """All kernels that read a matrix, on integers w, base x and extension t, all n by n."""
    half = half_of(len(x))
    rows, columns = t[:, 0], t[:, 1, :half]
    return [
        *(f.add(t, t), f.sub(t, t), f.mul(t, t), f.scale(t, r), f.mul_base(x, x), f.from_signed(w), f.lift(x)),
        *(f.matmul(w, x), f.combine_columns(x, rows), f.combine_integer_columns(w, rows), f.combine_rows(w, rows)),
        *(f.bind(t, r, half), f.bind_columns_base(x, r, half), f.bind_columns(t, r, half), f.to_signed(x)),
        *(f.dot(rows, t[:, 2]), f.product_round(t, t, half), f.weighted_square_round(t, t, half)),
        *(f.square_round_base(x, rows, columns), f.square_round(t, rows, columns)),
    ]


@EVERY
def test_strides_do_not_matter(f: Field) -> None:
    w, x, t = random_signed((12, 12), 1)[::2, ::-2], base(f, (12, 6), 2)[::2].T, ext(f, (6, 12), 3)[:, :, 1::2]
    factor = scalar(f, 4)
    strided = every_kernel(f, w, x, t, factor)
    plain = every_kernel(f, *(np.ascontiguousarray(array) for array in (w, x, t)), factor)
    assert listed(strided) == listed(plain)


@EVERY
def test_arguments_are_left_alone(f: Field) -> None:
    w, x, t = random_signed((6, 6), 1), base(f, (6, 6), 2), ext(f, (6, 6), 3)
    before = [array.copy() for array in (w, x, t)]
    every_kernel(f, w, x, t, scalar(f, 4))
    assert all(np.array_equal(was, array) for was, array in zip(before, (w, x, t), strict=True))


def mismatched(f: Field) -> list[Callable[[], object]]:
    """Calls with one array of a wrong shape each."""
    one, w, x = f.scalars.one, np.ones((3, 4), dtype=np.int64), base(f, (3, 4), 1)
    t, u, short, long = ext(f, (3, 4), 2), ext(f, (3, 5), 3), ext(f, (2,), 4), ext(f, (5,), 5)
    return [
        *(lambda: f.add(t, u), lambda: f.sub(t, u), lambda: f.mul(t, u), lambda: f.mul_base(x, x[:, :3])),
        *(lambda: f.dot(short, long), lambda: f.dot(long, short), lambda: f.dot(long[:, :1], long)),
        *(lambda: f.combine_columns(x, long), lambda: f.combine_integer_columns(w, long)),
        *(lambda: f.combine_columns(x, short), lambda: f.combine_integer_columns(w, short)),
        *(lambda: f.combine_rows(w, short), lambda: f.combine_rows(w, long), lambda: f.matmul(w, x)),
        *(lambda: f.bind(t, one, 1), lambda: f.bind(t, one, 0), lambda: f.bind_columns(t, one, 1)),
        *(lambda: f.bind_columns_base(x, one, 1), lambda: f.product_round(t, u, 4), lambda: f.product_round(t, t, 1)),
        *(lambda: f.weighted_square_round(u, t, 4), lambda: f.weighted_square_round(t, t, 1)),
        *(lambda: f.square_round_base(x, short, short), lambda: f.square_round_base(x, t[:, :, 0], t[:, 0, :1])),
        *(lambda: f.square_round(t, short, short), lambda: f.square_round(t, t[:, :, 0], t[:, 0, :1])),
    ]


@EVERY
def test_arrays_that_do_not_fit_are_refused(f: Field) -> None:
    for call in mismatched(f):
        with pytest.raises(ValueError, match=r"shape|split|product|weights"):
            call()


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("n", [66, 101])
def test_threads_share_work_without_a_trace(name: str, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SERIAL_BELOW", 1)
    monkeypatch.setattr(threads, "threads", lambda: 3)
    threads._pool.cache_clear()
    plain, fast = field(name, "plain"), field(name, "fast")
    w, x, t, factor = random_signed((n, n), 1), base(plain, (n, n), 2), ext(plain, (n, n), 3), scalar(plain, 4)
    made, expected = (every_kernel(f, w, x, t, factor) for f in (fast, plain))
    point = scalars_of(ext(plain, (13,), 5))
    threads._pool.cache_clear()
    assert listed(made) == listed(expected)
    assert np.array_equal(fast.eq_table(point, 80 * n), plain.eq_table(point, 80 * n))


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("shape", [(3, 1500), (1500, 3), (2, 2049)])
def test_twins_agree_on_long_axes(name: str, shape: tuple[int, int]) -> None:
    plain, fast = field(name, "plain"), field(name, "fast")
    w, x, t, r = random_signed(shape, 1), base(plain, shape, 2), ext(plain, shape, 3), scalar(plain, 4)
    by_row, by_column, tall = ext(plain, shape[:1], 5), ext(plain, shape[1:], 6), base(plain, (shape[1], 3), 7)
    first, half = half_of(shape[0]), half_of(shape[1])

    def answers(f: Field) -> Sequence[object]:
        return [
            *(f.combine_rows(w, by_row), f.combine_columns(x, by_column), f.combine_integer_columns(w, by_column)),
            *(f.matmul(w, tall), f.bind(t, r, first), f.product_round(t, t, first), f.inverse(f.powers(r, 100))),
            *(f.weighted_square_round(t, t, first), f.bind_columns(t, r, half), f.bind_columns_base(x, r, half)),
            *(f.square_round(t, by_row, by_column[:, :half]), f.square_round_base(x, by_row, by_column[:, :half])),
            *(f.from_signed(w), f.to_signed(x), f.mul(t, t), f.scale(t, r), f.dot(by_column, by_column)),
        ]

    assert listed(answers(fast)) == listed(answers(plain))
