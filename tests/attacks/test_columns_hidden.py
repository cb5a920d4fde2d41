"""Columns of rows with random blocks give nothing away within the budget, and begin to right behind it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from attacks.columns.basis import functionals
from attacks.columns.hidden import as_rows, explaining_block, leaked
from attacks.columns.modular import P, rank, solve, times
from attacks.columns.positions import some, uncovered
from attacks.columns.recover import Equations, equations, equations_at, recover, signed
from attacks.columns.replay import Shown
from attacks.columns.study import candidates, hidden_attack, seen
from attacks.columns.victim import Seller
from proofs.sumcheck.ligero.parameters import Code, openings

LOG_COLUMNS, BLOCK = 9, 256
N = 1 << LOG_COLUMNS
BY_CHANCE = 5 / np.sqrt(2410)
"""Five standard deviations of a correlation with something independent."""


@cache
def seller() -> Seller:
    return Seller(LOG_COLUMNS, BLOCK)


@cache
def proofs() -> list[Shown]:
    return seen(seller(), openings(LOG_COLUMNS, BLOCK) + 1)


@cache
def system(count: int, seed: int = 1) -> Equations:
    """Columns shown below the proving functions."""
    return at(tuple(some(np.random.default_rng(seed), LOG_COLUMNS, count)))


def at(asked: tuple[int, ...]) -> Equations:
    return equations_at(asked, seller().columns(asked), LOG_COLUMNS, BLOCK)


def test_the_budget_ends_before_the_block_does() -> None:
    for log_columns, block in ((9, 256), (9, 512), (10, 1024), (15, 1 << 14)):
        queries = Code(log_columns, block).queries
        budget = openings(log_columns, block)
        assert budget * queries <= block - 1 < (budget + 1) * queries


def test_columns_within_the_budget_fit_any_weights() -> None:
    found = hidden_attack(seller(), system(BLOCK - 1))
    assert found.leaked == 0
    assert found.explained == dict.fromkeys(found.explained, True)
    assert found.guess.determined == 0
    assert abs(found.guess.correlation) < BY_CHANCE
    assert found.guess.right <= (seller().truth == 0).mean()


def test_the_blocks_that_explain_candidates_are_not_the_sellers() -> None:
    known = seller().model.parts[0].block
    assert known is not None
    vectors = candidates(seller())
    blocks = explaining_block(system(BLOCK - 1), np.stack([as_rows(vector, N) for vector in vectors.values()]))
    for name, block in zip(vectors, blocks, strict=True):
        assert (block == known.T.astype(np.int64)).mean() < 0.01, name


def test_real_proofs_within_the_budget_fit_any_weights() -> None:
    shown = equations(proofs()[:-1], LOG_COLUMNS, BLOCK)
    assert np.array_equal(shown.values, seller().columns(shown.asked))
    found = hidden_attack(seller(), shown)
    assert 150 < found.columns < BLOCK
    assert found.leaked == 0
    assert found.explained == dict.fromkeys(found.explained, True)
    assert found.guess.determined == 0
    assert abs(found.guess.correlation) < BY_CHANCE


def test_a_proof_too_many_begins_to_leak() -> None:
    found = hidden_attack(seller(), equations(proofs(), LOG_COLUMNS, BLOCK))
    assert found.leaked == found.columns - BLOCK > 50
    assert [name for name, fits in found.explained.items() if fits] == ["true"]


def test_combinations_of_hidden_proofs_are_masked() -> None:
    """What a combination says besides its mask is what the columns say."""
    one = proofs()[0]
    found = functionals(one.asked, LOG_COLUMNS, BLOCK)
    words = times(found, one.combination.T)
    rows = np.concatenate(one.columns, axis=1)
    unmasked = times(rows[:, : one.weights.shape[1]], one.weights.T)
    masks = rows[:, one.weights.shape[1] :][:, :4]
    assert np.array_equal(words, (unmasked + masks) % P)
    assert (words != unmasked).all()


def test_the_attack_on_bare_rows_finds_nothing() -> None:
    """As many columns as would do without blocks: contradictions where the row is short, else nonsense."""
    asked = tuple(some(np.random.default_rng(1), LOG_COLUMNS, N))
    bare = equations_at(asked, seller().columns(asked), LOG_COLUMNS)
    with pytest.raises(ValueError, match="contradict"):
        recover(bare, seller().victim.network)
    entries, sure = solve(bare.matrix, bare.values)
    truth = as_rows(signed(seller().truth), N)
    assert sure.all()
    assert (entries == truth).mean() < 0.01
    assert abs(np.corrcoef(signed(entries).reshape(-1), signed(truth).reshape(-1))[0, 1]) < BY_CHANCE


def test_every_set_of_fewer_columns_than_the_block_is_covered() -> None:
    """Also those that become the exceptions with one more."""
    generator = np.random.default_rng(2)
    for _ in range(2):
        asked = uncovered(generator, LOG_COLUMNS, BLOCK)
        assert rank(at(tuple(asked)).matrix[:, N:]) == BLOCK - 1
        for without in generator.choice(BLOCK, 2, replace=False):
            assert rank(at(tuple(np.delete(asked, without).tolist())).matrix[:, N:]) == BLOCK - 1


def test_one_column_more_can_leak_and_then_refutes_wrong_weights() -> None:
    exception = at(tuple(uncovered(np.random.default_rng(3), LOG_COLUMNS, BLOCK)))
    given = leaked(exception)
    assert len(given.values) == 1
    for name, vector in candidates(seller()).items():
        assert given.agree(as_rows(vector, N)) == (name == "true"), name
        if name != "true":
            with pytest.raises(ValueError, match="contradict"):
                explaining_block(exception, as_rows(vector, N))


@pytest.mark.parametrize("more", [1, 9])
def test_columns_beyond_the_block_each_leak_an_equation(more: int) -> None:
    given = leaked(system(BLOCK + more))
    assert len(given.values) == more
    assert given.agree(as_rows(seller().truth, N))
    assert not given.agree(as_rows((seller().truth + 1) % P, N))


def test_with_as_many_columns_as_coefficients_all_is_known() -> None:
    found = hidden_attack(seller(), system(N + BLOCK))
    assert found.guess.determined == found.guess.right == 1.0
