"""Scalars modulo the 61-bit primes at the bounds their docstrings name: no sum of limbs overflows."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np
import pytest

from proofs.sumcheck.fields.fast import modular61 as m

PRIMES = pytest.mark.parametrize("other", [None, np.uint64(1)], ids=["m61", "m61b"])
FOLDED = [0, 1, 2**31 - 1, 2**31, 2**61 - 46, 2**61 - 45, 2**61 - 1, 2**61, 2**61 + 315]
BELOW_2_62 = [*FOLDED, 2**62 - 1, 2**62 - 2**31, 2**61 + 2**31 - 1]
WIDE = [*BELOW_2_62, 2**63, 2**64 - 1, 2**64 - 2**61]


def prime(other: m.Which) -> int:
    return int(m.modulus(other))


def words(*values: int) -> list[np.uint64]:
    return [np.uint64(value) for value in values]


@PRIMES
@pytest.mark.parametrize("x", WIDE)
def test_reduction(other: m.Which, x: int) -> None:
    p = prime(other)
    assert int(m.canonical(np.uint64(x), other)) == x % p
    assert int(m.fold(np.uint64(x), other)) % p == x % p
    assert int(m.fold(np.uint64(x), other)) < 2**61 + 512


@PRIMES
def test_products_of_values_below_2_62(other: m.Which) -> None:
    p = prime(other)
    for x, y in combinations_with_replacement(BELOW_2_62, 2):
        assert int(m.product(*words(x, y), other)) % p == x * y % p
        assert int(m.mul(*words(x, y), other)) == x * y % p
    assert all(int(m.square(np.uint64(x), other)) % p == x * x % p for x in BELOW_2_62)


@PRIMES
def test_sums_of_products_of_folded_values(other: m.Which) -> None:
    p, edges = prime(other), [2**61 - 1, 2**61 + 315, 2**61 - 2**31, 2**31 - 1]
    for x, y in product(combinations_with_replacement(edges, 4), repeat=2):
        expected = sum(a * b for a, b in zip(x, y, strict=True))
        assert int(m.products_4(*words(*x, *y), other)) % p == expected % p
        two = x[0] * y[0] + x[1] * y[1]
        assert int(m.products_2(*words(x[0], x[1], y[0], y[1]), other)) % p == two % p


@PRIMES
@pytest.mark.parametrize("lows", [0, 2**32 - 1, 2**64 - 1])
@pytest.mark.parametrize("highs", [0, 2**29, 2**61, 2**64 - 1])
def test_totals(other: m.Which, lows: int, highs: int) -> None:
    assert int(m.total(np.uint64(lows), np.uint64(highs), other)) == (lows + (highs << 32)) % prime(other)


@PRIMES
def test_sums_and_differences(other: m.Which) -> None:
    p = prime(other)
    for x, y in product([0, 1, p // 2, p - 1], repeat=2):
        assert int(m.add(*words(x, y), other)) == (x + y) % p
        assert int(m.sub(*words(x, y), other)) == (x - y) % p
