"""Columns of integrity proofs give every weight away."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from attacks.columns.basis import functionals
from attacks.columns.modular import P, echelon, inverse, rank, solve, times
from attacks.columns.recover import equations, recover
from attacks.columns.replay import Shown, shown
from attacks.columns.study import columns_attack, combinations_attack, same_answers, score, seen
from attacks.columns.victim import FIELD, Seller
from proofs.errors import RejectedProof

LOG_COLUMNS = 9
PROOFS = 4


@cache
def seller() -> Seller:
    return Seller(LOG_COLUMNS)


@cache
def different() -> list[Shown]:
    return seen(seller(), PROOFS)


def test_products_and_echelon_forms() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(P - 9, P, (30, 200)), rng.integers(0, P, (200, 150))
    exact = a.astype(object) @ b.astype(object) % P
    assert np.array_equal(times(a, b), exact.astype(np.int64))
    form = echelon(exact.astype(np.int64))
    assert form.rank == rank(b[:, :30]) == 30
    assert np.array_equal(form.rows[:, form.pivots], np.eye(30, dtype=np.int64))
    square = rng.integers(0, P, (70, 70))
    assert np.array_equal(times(inverse(square), square), np.eye(70, dtype=np.int64))
    with pytest.raises(ValueError, match="singular"):
        inverse(np.ones((2, 2), dtype=np.int64))


def test_solving_says_what_is_determined() -> None:
    matrix = np.array([[1, 1, 0, 0], [2, 2, 0, 0], [0, 0, 5, 0]], dtype=np.int64)
    solution, sure = solve(matrix, np.array([[3], [6], [10]], dtype=np.int64))
    assert sure.tolist() == [False, False, True, False]
    assert solution[2, 0] == 2
    assert np.array_equal(times(matrix, solution)[:, 0], [3, 6, 10])
    with pytest.raises(ValueError, match="contradict"):
        solve(matrix, np.array([[3], [7], [10]], dtype=np.int64))


def test_what_a_proof_shows_is_of_the_committed_words() -> None:
    one = different()[0]
    assert 120 < len(one.asked) <= 151
    assert np.array_equal(one.columns[0], seller().columns(one.asked))
    with pytest.raises(RejectedProof):
        public = seller().score(0)
        shown(FIELD, type(public)(public.instance, b"another statement", public.proof))


def test_what_a_proof_combines_is_read_rightly() -> None:
    one = different()[0]
    words = times(functionals(one.asked, LOG_COLUMNS), one.combination.T)
    assert np.array_equal(words, times(np.concatenate(one.columns, axis=1), one.weights.T))


def test_one_proof_determines_nothing() -> None:
    columns, found = columns_attack(seller(), different()[:1])
    assert columns < 1 << LOG_COLUMNS
    assert not found.sure.any()


def test_a_short_last_row_falls_first() -> None:
    """The last row holds 362 entries: hidden biases and the whole output layer."""
    columns, found = columns_attack(seller(), different()[:3])
    assert 362 <= columns < 512
    assert np.flatnonzero(found.sure)[0] == 4 * 512
    assert found.sure[4 * 512 :].all()
    assert np.array_equal(found.entries[4 * 512 :] % P, seller().truth[4 * 512 :])


def test_four_proofs_give_every_weight_and_the_network() -> None:
    columns, found = columns_attack(seller(), different())
    assert columns >= 1 << LOG_COLUMNS
    measured = score(seller(), found)
    assert measured.determined == measured.right == 1.0
    assert same_answers(seller(), found) == 1.0


def test_a_damaged_column_is_noticed() -> None:
    system = equations(different(), LOG_COLUMNS)
    system.values[0] += 1
    with pytest.raises(ValueError, match="contradict"):
        recover(system, seller().victim.network)


def test_combinations_of_one_claim_give_every_weight() -> None:
    """Rows of any length: a quarter of a proof for each row there is, fewer than their columns would take."""
    wide = Seller(11)
    repeated = seen(wide, 3, same=True)
    rows = repeated[0].weights.shape[1]
    assert 8 < rows <= 12
    assert not combinations_attack(wide, repeated[:2]).sure.any()
    assert score(wide, combinations_attack(wide, repeated)).right == 1.0
