"""Sums of products over extension tables: dot products, product rounds, and the row rounds of squares.

Tables of rows are small beside tables of rows and columns, so entries are done one at a time.
"""

from __future__ import annotations

from proofs.sumcheck.fields.fast.compile import inlined, kernel
from proofs.sumcheck.fields.fast.modular61 import ZERO, Which, add, fold, product, square, sub
from proofs.sumcheck.fields.fast.squares61 import Element, Pair, Words, element_of, extension_square, gather


@inlined
def add_product(sums: tuple[Pair, Pair, Pair], a: Element, b: Element, other: Which) -> tuple[Pair, Pair, Pair]:
    """Karatsuba's three sums with the product of two folded elements added."""
    real = gather(sums[0], product(a[0], b[0], other))
    imaginary = gather(sums[1], product(a[1], b[1], other))
    return real, imaginary, gather(sums[2], product(fold(a[0] + a[1], other), fold(b[0] + b[1], other), other))


@inlined
def entry(x: Words, y: Words, j: int, second: bool | None) -> Element:
    """Entry j of a table's planes x and y; for degree 1 (``second`` is None) there is no other than x."""
    if second is None:
        return x[j], ZERO
    return x[j], y[j]


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


@inlined
def sum_of(x: Element, y: Element, other: Which) -> Element:
    """Canonical x + y."""
    return add(x[0], y[0], other), add(x[1], y[1], other)


@inlined
def dot(a: Words, b: Words, start: int, stop: int, second: bool | None, other: Which) -> Element:
    """The sum over a range of a b, tables (degree, entries)."""
    x, y, u, v = a[0, start:stop], a[-1, start:stop], b[0, start:stop], b[-1, start:stop]
    sums = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    for j in range(len(x)):
        sums = add_product(sums, entry(x, y, j, second), entry(u, v, j, second), other)
    return element_of(sums, other)


@kernel
def dot_sums(a: Words, b: Words, second: bool | None, out: Words, start: int, stop: int, other: Which) -> None:
    """out (1, 2): the sum over a range of a b, tables (degree, entries)."""
    out[0, 0], out[0, 1] = dot(a, b, start, stop, second, other)


@kernel
def product_sums(
    a: Words, b: Words, gap: int, paired: int, second: bool | None, out: Words, start: int, stop: int, other: Which
) -> None:
    """out (2, 2): the sums over a range of a b at 0 and of the leads' products.

    Args:
        a, b: (degree, entries); the entry that goes with entry j of the low half is j + gap, for j < paired. Where
            there is none, the lead's product is that at 0.
        second: None for degree 1.
    """
    middle = max(start, min(stop, paired))
    x, y, u, v = a[0, start:middle], a[-1, start:middle], b[0, start:middle], b[-1, start:middle]
    first, last = start + gap, middle + gap
    x_1, y_1, u_1, v_1 = a[0, first:last], a[-1, first:last], b[0, first:last], b[-1, first:last]
    at_0 = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    lead = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    for j in range(len(x)):
        a_0, b_0 = entry(x, y, j, second), entry(u, v, j, second)
        a_d = difference(entry(x_1, y_1, j, second), a_0, other)
        b_d = difference(entry(u_1, v_1, j, second), b_0, other)
        at_0 = add_product(at_0, a_0, b_0, other)
        lead = add_product(lead, a_d, b_d, other)
    alone = dot(a, b, middle, stop, second, other)
    out[0, 0], out[0, 1] = sum_of(element_of(at_0, other), alone, other)
    out[1, 0], out[1, 1] = sum_of(element_of(lead, other), alone, other)


@inlined
def square_dot(a: Words, b: Words, start: int, stop: int, second: bool | None, other: Which) -> Element:
    """The sum over a range of a b^2, tables (degree, entries)."""
    x, y, u, v = a[0, start:stop], a[-1, start:stop], b[0, start:stop], b[-1, start:stop]
    sums = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    for j in range(len(x)):
        sums = add_product(sums, entry(x, y, j, second), squared(entry(u, v, j, second), second, other), other)
    return element_of(sums, other)


@kernel
def square_sums(
    a: Words, b: Words, gap: int, paired: int, second: bool | None, out: Words, start: int, stop: int, other: Which
) -> None:
    """out (3, 2): the sums over a range of a b^2 at 0 and at -1, and of its leading coefficients; as product_sums.

    Where there is nothing above an entry, it is doubled at -1, and its negative is the difference.
    """
    middle = max(start, min(stop, paired))
    x, y, u, v = a[0, start:middle], a[-1, start:middle], b[0, start:middle], b[-1, start:middle]
    first, last = start + gap, middle + gap
    x_1, y_1, u_1, v_1 = a[0, first:last], a[-1, first:last], b[0, first:last], b[-1, first:last]
    at_minus_1 = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    lead = ((ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))
    for j in range(len(x)):
        a_0, b_0 = entry(x, y, j, second), entry(u, v, j, second)
        a_d = difference(entry(x_1, y_1, j, second), a_0, other)
        b_d = difference(entry(u_1, v_1, j, second), b_0, other)
        b_m = squared(difference(b_0, b_d, other), second, other)
        lead = add_product(lead, a_d, squared(b_d, second, other), other)
        at_minus_1 = add_product(at_minus_1, difference(a_0, a_d, other), b_m, other)
    alone = square_dot(a, b, middle, stop, second, other)
    twice = sum_of(alone, alone, other)
    fourfold = sum_of(twice, twice, other)
    eightfold = sum_of(fourfold, fourfold, other)
    out[0, 0], out[0, 1] = sum_of(square_dot(a, b, start, middle, second, other), alone, other)
    out[1, 0], out[1, 1] = sum_of(element_of(at_minus_1, other), eightfold, other)
    out[2, 0], out[2, 1] = difference(element_of(lead, other), alone, other)
