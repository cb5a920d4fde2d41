"""A client who chooses the columns: any it likes, the same ones again, or by what it has seen. Uniform in budget."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from committed_kit import FAST, every_kind
from numpy.typing import NDArray
from zk_distinguishers import CLASSIFIERS, told_apart
from zk_kit import (
    BLOCK,
    LOG_COLUMNS,
    QUERIES,
    TINY,
    Challenges,
    P,
    Programmed,
    accepts,
    drawn_challenges,
    prove_to,
    prove_under,
    tiny_sizes,
)
from zk_leaks import relation, words_of
from zk_samples import Samples, seed_of
from zk_views import View, opened_columns

from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.ligero.commit import commit_hiding
from proofs.sumcheck.ligero.parameters import openings

ROWS = {"A": np.arange(16, dtype=np.uint32), "B": np.full(16, 5, dtype=np.uint32)}
"""Two secrets, a row each."""


def columns_seen(secret: str, block: int, asked: list[int], count: int) -> View:
    """What all openings of one commitment together show of it, for so many commitments: (count, positions)."""
    found = []
    for index in range(count):
        committed = commit_hiding(TINY, ROWS[secret], seed_of(secret, block, index), LOG_COLUMNS, block)
        found.append(committed.columns(TINY, asked)[0].astype(np.int64))
    return np.stack(found)


def masks(block: int) -> NDArray[np.uint32]:
    """What each block entry adds to each position."""
    return words_of(LOG_COLUMNS, 1 << LOG_COLUMNS, block)


def test_the_budget_of_tiny_blocks() -> None:
    with tiny_sizes():
        assert openings(LOG_COLUMNS, BLOCK) == (BLOCK - 1) // QUERIES == 5
        assert openings(LOG_COLUMNS, 4) == 1


@pytest.mark.parametrize(
    "asked", [list(range(15)), list(range(0, 60, 4)), list(range(49, 64))], ids=["first", "apart", "last"]
)
def test_all_openings_of_a_budget_together_show_nothing(asked: list[int]) -> None:
    """Five openings of three columns each; exactly uniform, as their masks are independent, and to classifiers."""
    assert not relation(masks(BLOCK)[:, asked])
    one, other = (columns_seen(secret, BLOCK, asked, 300) for secret in "AB")
    for kind in CLASSIFIERS.values():
        low, high = told_apart(kind, one, other).interval
        assert low <= 0 <= high


def test_one_opening_beyond_the_budget_shows_something() -> None:
    """Blocks of four entries hide three columns; a client who may ask for four combines them, and knows."""
    found = ((list(asked), relation(masks(4)[:, asked])) for asked in combinations(range(64), 4))
    asked, factors = next((places, factors) for places, factors in found if factors)
    one, other = (columns_seen(secret, 4, asked, 5) @ np.array(factors) % P for secret in "AB")
    assert len(set(one)) == len(set(other)) == 1 and one[0] != other[0]
    within = [columns_seen(secret, 4, asked[:3], 300) for secret in "AB"]
    low, high = told_apart(CLASSIFIERS["pairs of entries"], *within).interval
    assert low <= 0 <= high


def test_the_same_columns_again_show_nothing_new() -> None:
    """Of model and examples the same entries each time, of the witness others; four columns or one, as is asked."""
    case = every_kind(FAST).hidden()
    instance = case.instance()
    plan, prime = make_plan(instance), FAST.scalars.p
    for asked in ([7], [0, 1, 2, 2047]):
        challenges = drawn_challenges(FAST, plan, 1, asked)
        proofs = [prove_under(case, instance, challenges, seed_of("again", k)) for k in range(2)]
        assert all(accepts(FAST, instance, proof, challenges) for proof in proofs)
        (model, chunk, witness), (again, chunk_again, other) = (
            opened_columns(plan, prime, challenges, proof[-1]) for proof in proofs
        )
        assert len(model) == len(asked)
        assert np.array_equal(model, again) and np.array_equal(chunk, chunk_again)
        assert not (witness == other).any()


class Adaptive(Programmed):
    """A client who asks for the columns that what it has seen names."""

    asked: Challenges

    def exchange(self, label: str, payload: bytes, challenges: int, extension: Extension) -> tuple[Scalar, ...]:
        """As foreseen, but for columns: those are made of the row sent last."""
        drawn = super().exchange(label, payload, challenges, extension)
        if label == "opening/combination":
            places = np.frombuffer(payload, dtype="<u4")[: 4 * challenges] % 64 + 1
            drawn = tuple(tuple(row) for row in places.reshape(-1, 4).tolist())
            self.asked = [drawn]
        return drawn


def test_columns_chosen_by_what_was_sent_are_uniform(samples: Samples) -> None:
    """The witness' entries at the first position asked for; of uniform ones, characters have a mean near zero."""
    entries: list[View] = []
    with tiny_sizes():
        for index in range(60):
            client = Adaptive(samples.reader.challenges)
            messages = prove_to(client, samples.cases["A"], samples.instance, seed_of("adaptive", index))
            entries.append(opened_columns(samples.reader.plan, P, client.asked, messages[-1])[2][0])
    means = np.abs(np.exp(2j * np.pi * np.stack(entries) / P).mean(axis=0))
    assert means.max() < np.sqrt(np.log(len(means) / 1e-3) / len(entries))
