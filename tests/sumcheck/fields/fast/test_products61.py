"""Matrix products of the compiled 61-bit fields against Python integers, at sizes that cut tiles, blocks and limbs."""

from __future__ import annotations

import numpy as np
import pytest

import proofs.sumcheck.fields.fast.compile  # noqa: F401 - now, so that machine code outlives the session's own home
from proofs.sumcheck.fields import field
from proofs.sumcheck.fields.fast import products61
from proofs.sumcheck.fields.fast.m61 import FastM61Field

SHAPES = [(1, 1, 1), (3, 7, 5), (65, 8, 3), (2, 15, 257), (70, 20, 530), (4, 0, 4), (0, 3, 2), (5, 300, 1)]


def fast(name: str) -> FastM61Field:
    f = field(name, "fast")
    assert isinstance(f, FastM61Field)
    return f


def exact(left: np.ndarray, right: np.ndarray, p: int) -> list[list[int]]:
    product = left.astype(object) @ right.astype(object)
    return [[int(value) % p for value in row] for row in product]


@pytest.mark.parametrize("name", ["m61", "m61b"])
@pytest.mark.parametrize("shape", SHAPES)
def test_products_of_full_elements(name: str, shape: tuple[int, int, int]) -> None:
    f, (rows, inner, columns) = fast(name), shape
    generator = np.random.default_rng(sum(shape))
    a = generator.integers(0, f.scalars.p, (rows, inner), dtype=np.uint64)
    b = generator.integers(0, f.scalars.p, (inner, columns), dtype=np.uint64)
    assert f.general_matmul(a, b).tolist() == exact(a, b, f.scalars.p)


@pytest.mark.parametrize("name", ["m61", "m61b"])
@pytest.mark.parametrize("inner", [6, 7, 8, 1000])
def test_products_at_the_extremes(name: str, inner: int) -> None:
    """Limbs of -2^30, of 2^29, and representatives next to (p - 1) / 2 in every term."""
    f = fast(name)
    p = f.scalars.p
    worst = [p // 2, p // 2 + 1, p - 2**30, 2**60 - 2**30, p - 2**60 + 2**30, p - 1, 2**30, 2**30 - 1, 0, 1]
    a = np.repeat(np.array(worst, dtype=np.uint64)[:, None], inner, axis=1)
    expected = [[int(x) * int(y) * inner % p for y in worst] for x in worst]
    assert f.general_matmul(a, np.ascontiguousarray(a.T)).tolist() == expected


@pytest.mark.parametrize("name", ["m61", "m61b"])
@pytest.mark.parametrize("w_bits", [1, 7, 15, 24, 31])
@pytest.mark.parametrize("x_bits", [1, 20, 40, 60])
def test_products_of_small_integers(name: str, w_bits: int, x_bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every number of limbs, in several blocks of columns."""
    monkeypatch.setattr(products61, "SERIAL_BELOW", 0)
    monkeypatch.setattr(products61, "BLOCK", 1)
    f = fast(name)
    generator = np.random.default_rng(w_bits + x_bits)
    w = generator.choice([-(2**w_bits) + 1, 2**w_bits - 1, 1 - w_bits], (9, 33))
    x = generator.choice([-(2**x_bits) + 1, 2**x_bits - 1, 0, 5], (33, 150))
    assert f.matmul(w, f.from_signed(x)).tolist() == exact(w, x, f.scalars.p)


@pytest.mark.parametrize("name", ["m61", "m61b"])
def test_matrices_that_do_not_fit_are_refused(name: str) -> None:
    f = fast(name)
    a = f.from_signed(np.arange(6).reshape(2, 3))
    with pytest.raises(ValueError, match="product"):
        f.general_matmul(a, a)
