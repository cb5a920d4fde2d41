"""The loops of both twins against products one by one, whatever way the plain one takes."""

from __future__ import annotations

import numpy as np
import pytest
from layout_kit import EVERY, P, base, ext, total

from proofs.sumcheck.fields import Ext, Field, Scalar, field
from proofs.sumcheck.layout import fast, plain, products31
from proofs.sumcheck.layout.kernels import kernels

EXTREME = np.full((4, 5), P - 1, dtype=np.uint32)
WAYS = pytest.mark.parametrize("lazy", [True, False])


def listed(f: Field, table: Ext) -> list[Scalar]:
    return [f.element(table, i) for i in range(table.shape[1])]


@EVERY
@WAYS
@pytest.mark.parametrize("sizes", [(1, 1), (3, 5), (40, 7), (2, 300)])
def test_products_of_tables(f: Field, lazy: bool, sizes: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products31, "applies", lambda _: lazy)
    monkeypatch.setattr(plain, "PIECE", 64)
    a, b, k = ext(sizes[0], 1), ext(sizes[1], 2), kernels(f)
    table = k.outer(f, a, b)
    assert listed(f, table) == [f.scalars.mul(x, y) for x in listed(f, a) for y in listed(f, b)]
    wanted = [total(f, ((f.scalars.mul(x, y), y) for y in listed(f, b))) for x in listed(f, a)]
    assert listed(f, k.rows_dot(f, table, b)) == wanted


@EVERY
@WAYS
def test_the_largest_entries(f: Field, lazy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every coordinate p - 1 but one, where sums of products come closest to 2^64."""
    monkeypatch.setattr(products31, "applies", lambda _: lazy)
    for zero in range(5):
        table = EXTREME.copy()
        table[zero % 4, :zero] = 0
        (x, *_), k = listed(f, table), kernels(f)
        assert listed(f, k.outer(f, table, EXTREME))[0] == f.scalars.mul(x, f.element(EXTREME, 0))
        wanted = total(f, zip(listed(f, table), listed(f, EXTREME), strict=True))
        assert listed(f, k.rows_dot(f, table, EXTREME)) == [wanted]


@EVERY
def test_a_table_that_is_a_slice(f: Field) -> None:
    a, b, k = ext(20, 1), ext(30, 2), kernels(f)
    assert np.array_equal(k.outer(f, a[:, 3:9], b[:, ::3]), k.outer(f, a[:, 3:9].copy(), b[:, ::3].copy()))
    assert np.array_equal(k.rows_dot(f, b[:, ::3], a[:, 3:8]), k.rows_dot(f, b[:, ::3].copy(), a[:, 3:8].copy()))


@EVERY
def test_rounds_of_base_elements_and_of_integers_agree(f: Field) -> None:
    weights, elements, k = ext(37, 1), base((37,), 2), kernels(f)
    signed = f.to_signed(elements).astype(np.int32)
    assert k.first_round(f, weights, elements, 32) == k.first_round(f, weights, signed, 32)
    challenge = (1, 2, 3, 4)
    ends = [k.next_round(f, weights.copy(), values, 37, 32, challenge, 16) for values in (elements, signed)]
    assert np.array_equal(ends[0][1], ends[1][1])
    assert ends[0][2] == ends[1][2]


def test_which_twin() -> None:
    assert kernels(field("m31", "plain")) is plain
    assert kernels(field("m31", "fast")) is fast
    assert kernels(field("m61", "fast")) is plain  # compiled, but for another prime
