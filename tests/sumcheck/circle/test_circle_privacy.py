"""What a block hides, counted on small circles: any B - 1 columns, whatever the message; and what else does not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from circle_kit import P7, Table, dependent, ranks, words_of
from numpy.typing import NDArray

from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.fields import PlainField
from proofs.sumcheck.fields.primes import SmallPrime


def all_sets(places: int, size: int) -> NDArray[np.int64]:
    return np.array(list(combinations(range(places), size)), dtype=np.int64)


def some_sets(places: int, size: int, count: int) -> NDArray[np.int64]:
    rng = np.random.default_rng(size)
    return np.argsort(rng.random((count, places)), axis=1)[:, :size]


def test_ranks_are_ranks() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, P7, (200, 4, 2)), rng.integers(0, P7, (200, 2, 3))
    full = rng.integers(0, P7, (200, 4, 3))
    assert ranks(np.zeros((1, 3, 2), dtype=np.int64)).tolist() == [0]
    assert ranks(np.eye(3, dtype=np.int64)[None]).tolist() == [3]
    assert ranks(left @ right % P7).max() == 2
    assert (ranks(full) == ranks(np.swapaxes(full, 1, 2))).all() and (ranks(full) == 3).sum() > 190


@pytest.mark.parametrize(("log_columns", "block"), [(3, 2), (3, 4), (2, 4), (4, 2), (4, 4)])
def test_every_set_of_fewer_columns_than_the_block_is_masked(log_columns: int, block: int) -> None:
    masks = words_of(log_columns, 1 << log_columns, block)
    assert dependent(masks, all_sets(4 << log_columns, block - 1)) == 0


@pytest.mark.parametrize(("log_columns", "block", "count"), [(3, 8, 20000), (4, 8, 20000), (4, 16, 3000)])
def test_no_set_is_found_that_is_not_masked(log_columns: int, block: int, count: int) -> None:
    masks = words_of(log_columns, 1 << log_columns, block)
    assert dependent(masks, some_sets(4 << log_columns, block - 1, count)) == 0


def test_as_many_columns_as_the_block_are_not_always_masked() -> None:
    """So an opening may show one column fewer."""
    assert dependent(words_of(3, 8, 2), all_sets(32, 2)) == 16
    assert dependent(words_of(3, 8, 4), all_sets(32, 4)) == 1128
    assert dependent(words_of(4, 16, 8), some_sets(64, 8, 20000)) > 100


@pytest.mark.parametrize(
    ("first", "count", "columns", "found"),
    [(6, 2, 2, 16), (7, 2, 2, 112), (4, 4, 4, 1128), (3, 5, 4, 16), (2, 4, 3, 8), (10, 4, 3, 8)],
)
def test_random_coefficients_at_any_other_place_would_show_something(
    first: int, count: int, columns: int, found: int
) -> None:
    """As many random top coefficients as columns are too few, one more is too few where they are not aligned, and a
    block of the right length at a place that is no multiple of it masks fewer columns than it should."""
    assert dependent(words_of(3, first, count), all_sets(32, columns)) == found


TINIER = PlainField("m5", SmallPrime(31), 2)
BLOCKS = np.array(np.meshgrid(*[np.arange(31)] * 4, indexing="ij"), dtype=np.uint32).reshape(4, -1).T
"""All blocks of four coefficients modulo 31."""


def seen(message: Table, asked: tuple[int, ...]) -> NDArray[np.int64]:
    """How many blocks show each view of the columns asked for."""
    word = encode(TINIER, message)[list(asked)].astype(np.int64)
    masks = encode(TINIER, np.zeros((4, 4), np.uint32), np.eye(4, dtype=np.uint32))[:, list(asked)].astype(np.int64)
    views = (BLOCKS.astype(np.int64) @ masks + word) % 31
    return np.bincount(views @ 31 ** np.arange(len(asked)), minlength=31 ** len(asked))


@pytest.mark.parametrize("asked", [(0, 1, 2), (3, 4, 15), (0, 7, 8), (13, 14, 15)])
def test_the_columns_of_any_message_have_the_same_distribution(asked: tuple[int, ...]) -> None:
    for message in ([0, 0, 0, 0], [1, 2, 3, 4], [30, 0, 17, 5]):
        assert (seen(np.array(message, dtype=np.uint32), asked) == 31).all()


def test_four_columns_of_two_messages_have_not() -> None:
    masks = encode(TINIER, np.zeros((4, 4), np.uint32), np.eye(4, dtype=np.uint32))
    sets = all_sets(16, 4)
    singular = [tuple(s) for s in sets.tolist() if round(np.linalg.det(masks[:, s].astype(float))) % 31 == 0]
    assert singular
    asked = singular[0]
    zero, *others = (seen(message, asked) > 0 for message in np.eye(5, 4, -1, dtype=np.uint32))
    assert not zero.all()
    assert any(not np.any(zero & other) for other in others)  # one look tells them apart
