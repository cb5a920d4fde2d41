"""Scalars: the extensions are fields, and their bytes have one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.errors import MalformedProof
from proofs.sumcheck.fields import FIELDS, Extension, Scalar
from proofs.sumcheck.fields.primes import BELOW_2_61, MERSENNE_31, MERSENNE_61

EXTENSIONS = [
    *(Extension(p, degree) for p, degree in FIELDS.values()),
    Extension(31, 1),
    Extension(127, 2),
    Extension(127, 4),
]
EVERY = pytest.mark.parametrize("scalars", EXTENSIONS, ids=str)
WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""Enough for every number below 3.3 10^24 (Sorenson and Webster 2015)."""


def elements(scalars: Extension) -> st.SearchStrategy[Scalar]:
    p = scalars.p
    coordinate = st.integers(0, p - 1) | st.sampled_from([0, 1, p - 1])
    return st.tuples(*[coordinate] * scalars.degree)


def power(scalars: Extension, x: Scalar, exponent: int) -> Scalar:
    out = scalars.one
    for bit in f"{exponent:b}":
        out = scalars.square(out)
        out = scalars.mul(out, x) if bit == "1" else out
    return out


def is_prime(n: int) -> bool:
    """Miller and Rabin's test."""
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(
        n % a == 0 or pow(a, odd, n) == 1 or any(pow(a, odd << k, n) == n - 1 for k in range(twos)) for a in WITNESSES
    )


@EVERY
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_field_axioms(scalars: Extension, data: st.DataObject) -> None:
    x, y, z = (data.draw(elements(scalars)) for _ in range(3))
    assert scalars.mul(x, y) == scalars.mul(y, x)
    assert scalars.mul(x, scalars.mul(y, z)) == scalars.mul(scalars.mul(x, y), z)
    assert scalars.mul(x, scalars.add(y, z)) == scalars.add(scalars.mul(x, y), scalars.mul(x, z))
    assert scalars.add(x, scalars.sub(y, x)) == y
    assert scalars.add(x, scalars.neg(x)) == scalars.zero
    assert scalars.mul(x, scalars.one) == x
    assert scalars.square(x) == scalars.mul(x, x)
    assert all(scalars.is_element(made) for made in (scalars.mul(x, y), scalars.add(x, y), scalars.neg(x)))


@EVERY
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_everything_but_zero_has_an_inverse(scalars: Extension, data: st.DataObject) -> None:
    x = data.draw(elements(scalars).filter(any))
    assert scalars.mul(x, scalars.inverse(x)) == scalars.one
    assert scalars.is_element(scalars.inverse(x))
    with pytest.raises(ZeroDivisionError):
        scalars.inverse(scalars.zero)


@pytest.mark.parametrize("degree", [1, 2])
def test_all_products_of_a_tiny_field(degree: int) -> None:
    scalars = Extension(7, degree)
    every = [(k % 7, k // 7)[:degree] for k in range(scalars.size)]
    for x in every:
        assert {scalars.mul(x, y) for y in every} == (set(every) if any(x) else {scalars.zero})


@pytest.mark.parametrize("p", [MERSENNE_31, MERSENNE_61, BELOW_2_61])
def test_the_primes_are_prime_and_minus_one_is_no_square(p: int) -> None:
    assert is_prime(p)
    assert pow(p - 1, (p - 1) // 2, p) == p - 1


def test_the_second_prime_is_the_largest_that_fits() -> None:
    larger = range(BELOW_2_61 + 1, MERSENNE_61)
    assert not any(n % 4 == 3 and is_prime(n) for n in larger)


@pytest.mark.parametrize("p", [3, 7, 127, 2**19 - 1, MERSENNE_31])
def test_two_plus_i_is_no_square(p: int) -> None:
    """So u^2 - 2 - i is irreducible and the degree-4 extension a field."""
    assert Extension(p, 4).degree == 4
    assert power(Extension(p, 2), (2, 1), (p * p - 1) // 2) == (p - 1, 0)


def test_the_generators_satisfy_their_equations() -> None:
    scalars, p = Extension(MERSENNE_31, 4), MERSENNE_31
    i, u = (0, 1, 0, 0), (0, 0, 1, 0)
    assert scalars.square(i) == (p - 1, 0, 0, 0)
    assert scalars.square(u) == (2, 1, 0, 0)
    assert scalars.mul(i, u) == (0, 0, 0, 1)


@EVERY
def test_sizes(scalars: Extension) -> None:
    assert scalars.size == scalars.p**scalars.degree
    assert scalars.scalar_bytes == len(scalars.to_bytes(scalars.one))
    assert 256**scalars.coordinate_bytes > scalars.p
    assert scalars.from_int(-1) == scalars.neg(scalars.one)
    assert scalars.from_int(scalars.p**5 + 3) == scalars.add(scalars.one, scalars.from_int(2))


@EVERY
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_bytes_there_and_back(scalars: Extension, data: st.DataObject) -> None:
    x = data.draw(elements(scalars))
    assert scalars.from_bytes(scalars.to_bytes(x)) == x


@EVERY
def test_bytes_of_another_length_are_malformed(scalars: Extension) -> None:
    raw = scalars.to_bytes(scalars.one)
    for wrong in (b"", raw[:-1], raw + b"\0"):
        with pytest.raises(MalformedProof, match="bytes"):
            scalars.from_bytes(wrong)


@EVERY
@pytest.mark.parametrize("value", ["p", "all ones"])
def test_a_coordinate_of_p_or_more_is_malformed(scalars: Extension, value: str) -> None:
    width = scalars.coordinate_bytes
    large = (scalars.p if value == "p" else 256**width - 1).to_bytes(width, "little")
    for place in range(scalars.degree):
        raw = bytearray(scalars.scalar_bytes)
        raw[place * width : (place + 1) * width] = large
        with pytest.raises(MalformedProof, match="below the prime"):
            scalars.from_bytes(bytes(raw))


@EVERY
def test_what_is_no_element(scalars: Extension) -> None:
    one, p = scalars.one, scalars.p
    for wrong in ((), (*one, 0), *((*one[:-1], last) for last in (p, -1, 0.0, True))):
        assert not scalars.is_element(wrong)


@pytest.mark.parametrize(("p", "degree"), [(31, 3), (31, 4), (13, 2), (MERSENNE_61, 4), (2, 1), (31, 0)])
def test_extensions_that_are_not_here(p: int, degree: int) -> None:
    with pytest.raises(ValueError, match="no extension"):
        Extension(p, degree)
