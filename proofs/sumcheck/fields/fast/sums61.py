"""Sums of products over extension tables: dot products, product rounds, and the row rounds of squares.

Tables of rows are small beside tables of rows and columns, so entries are done one at a time.
"""

from __future__ import annotations

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.modular61 import ZERO, Which, fold, product, square, sub
from proofs.sumcheck.fields.fast.squares61 import Element, Pair, Words, element_of, extension_square, gather


@inlined
def add_product(sums: tuple[Pair, Pair, Pair], a: Element, b: Element, other: Which) -> tuple[Pair, Pair, Pair]:
    """Karatsuba's three sums with the product of two folded elements added."""
    real = gather(sums[0], product(a[0], b[0], other))
    imaginary = gather(sums[1], product(a[1], b[1], other))
    return real, imaginary, gather(sums[2], product(fold(a[0] + a[1], other), fold(b[0] + b[1], other), other))


@inlined
def entry(table: Words, j: int, second: bool | None) -> Element:
    """Entry j of a table (degree, entries)."""
    if second is None:
        return table[0, j], ZERO
    return table[0, j], table[1, j]


@inlined
def difference(x: Element, y: Element, other: Which) -> Element:
    """Canonical x - y."""
    return sub(x[0], y[0], other), sub(x[1], y[1], other)


@inlined
def squared(x: Element, second: bool | None, other: Which) -> Element:
    """Folded x^2 of a canonical x."""
    if second is None:
        return fold(square(x[0], other), other), ZERO
    return extension_square(x[0], x[1], other)


@kernel
def dot_sums(a: Words, b: Words, second: bool | None, out: Words, start: int, stop: int, other: Which) -> None:
    """out (1, 2): the sum over a range of a b, tables (degree, entries)."""
    sums = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    for j in range(start, stop):
        sums = add_product(sums, entry(a, j, second), entry(b, j, second), other)
    out[0, 0], out[0, 1] = element_of(sums, other)


@kernel
def product_sums(
    a: Words, b: Words, gap: int, paired: int, second: bool | None, out: Words, start: int, stop: int, other: Which
) -> None:
    """out (2, 2): the sums over a range of a b at 0 and of the leads' products.

    Args:
        a, b: (degree, entries); the entry that goes with entry j of the low half is j + gap, for j < paired.
        second: None for degree 1.
    """
    zero = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    at_0, lead = zero, zero
    nothing = (ZERO, ZERO)
    for j in range(start, stop):
        a_0, b_0 = entry(a, j, second), entry(b, j, second)
        a_1 = entry(a, j + gap, second) if j < paired else nothing
        b_1 = entry(b, j + gap, second) if j < paired else nothing
        at_0 = add_product(at_0, a_0, b_0, other)
        lead = add_product(lead, difference(a_1, a_0, other), difference(b_1, b_0, other), other)
    out[0, 0], out[0, 1] = element_of(at_0, other)
    out[1, 0], out[1, 1] = element_of(lead, other)


@kernel
def square_sums(
    a: Words, b: Words, gap: int, paired: int, second: bool | None, out: Words, start: int, stop: int, other: Which
) -> None:
    """out (3, 2): the sums over a range of a b^2 at 0 and at -1, and of its leading coefficients; as product_sums."""
    zero = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    at_0, at_minus_1, lead = zero, zero, zero
    nothing = (ZERO, ZERO)
    for j in range(start, stop):
        a_0, b_0 = entry(a, j, second), entry(b, j, second)
        a_d = difference(entry(a, j + gap, second) if j < paired else nothing, a_0, other)
        b_d = difference(entry(b, j + gap, second) if j < paired else nothing, b_0, other)
        at_0 = add_product(at_0, a_0, squared(b_0, second, other), other)
        lead = add_product(lead, a_d, squared(b_d, second, other), other)
        b_m = squared(difference(b_0, b_d, other), second, other)
        at_minus_1 = add_product(at_minus_1, difference(a_0, a_d, other), b_m, other)
    out[0, 0], out[0, 1] = element_of(at_0, other)
    out[1, 0], out[1, 1] = element_of(at_minus_1, other)
    out[2, 0], out[2, 1] = element_of(lead, other)
