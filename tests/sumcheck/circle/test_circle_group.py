"""The circle's group, and the domain words are evaluated on."""

from __future__ import annotations

import pytest

from proofs.sumcheck.circle.domain import domain, swap_tiles, twiddles
from proofs.sumcheck.circle.group import Point, generator, log_order, powers, product, root, squared

P = 2**31 - 1


def points(log_n: int) -> list[Point]:
    x, y = domain(log_n)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def test_the_generator_has_order_2_to_the_31() -> None:
    x, y = generator()
    assert (x, y) == (2, 1268011823)
    assert (x * x + y * y) % P == 1
    assert squared(generator(), log_order() - 1) == (P - 1, 0)
    assert squared(generator(), log_order()) == (1, 0)


@pytest.mark.parametrize("p", [7, 31, 127])
def test_small_circles_have_a_generator_and_a_domain_too(p: int) -> None:
    whole, point = set(), (1, 0)
    for _ in range(p + 1):
        whole.add(point)
        point = product(point, generator(p), p)
    assert whole == {(x, y) for x in range(p) for y in range(p) if (x * x + y * y) % p == 1}
    log_n = log_order(p) - 1
    x, y = domain(log_n, p)
    found = set(zip(x.tolist(), y.tolist(), strict=True))
    assert found == {point for point in whole if squared(point, log_n, p) == (p - 1, 0)}
    with pytest.raises(ValueError, match="no point of order"):
        domain(log_n + 1, p)


@pytest.mark.parametrize("p", [2, 3, 5, 2**31 - 3, 2**61 - 1])
def test_other_circles_are_not_here(p: int) -> None:
    for work in (log_order, generator, lambda p: root(0, p)):
        with pytest.raises(ValueError, match="does not have"):
            work(p)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 17, 31])
def test_roots_have_their_order(order: int) -> None:
    assert squared(root(order), order) == (1, 0)
    if order:
        assert squared(root(order), order - 1) == (P - 1, 0)


@pytest.mark.parametrize("order", [-1, 32])
def test_there_are_no_other_roots(order: int) -> None:
    with pytest.raises(ValueError, match="no point of order"):
        root(order)


def test_powers_are_powers() -> None:
    x, y = powers(7, 100)
    point: Point = (1, 0)
    for found in zip(x.tolist(), y.tolist(), strict=True):
        assert found == point
        point = product(point, root(7))


@pytest.mark.parametrize("log_n", [2, 3, 5, 9, 10, 11])
def test_the_domain_is_every_point_of_order_2n(log_n: int) -> None:
    found = points(log_n)
    odd = [(x, y) for k, (x, y) in enumerate(zip(*powers(log_n + 1, 2 << log_n), strict=True)) if k % 2]
    assert sorted(found) == sorted((int(x), int(y)) for x, y in odd)
    assert len(set(found)) == 1 << log_n
    assert all(0 <= c < P for point in found for c in point)


@pytest.mark.parametrize("log_n", [2, 5, 10])
def test_every_block_of_a_layer_is_split_by_its_twiddle(log_n: int) -> None:
    x, y = (swap_tiles(coordinate).astype(object) for coordinate in domain(log_n))
    table = twiddles(log_n)
    for layer in reversed(range(log_n)):
        function = y if layer == log_n - 1 else x
        for _ in range(log_n - 2 - layer):
            function = (2 * function * function - 1) % P
        for place, value in enumerate(function.tolist()):
            block = place >> (log_n - layer)
            upper = place >> (log_n - layer - 1) & 1
            assert value == (P - int(table[(1 << layer) + block]) if upper else int(table[(1 << layer) + block]))


def test_tables_are_shared_and_cannot_be_written_to() -> None:
    for table in (*domain(6), twiddles(6), *powers(7, 64)):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 1
