"""What a proof of equality shows can be made without any entries, given the challenges; and nothing is used twice."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pytest
from renewal_kit import BLOCK, FAST, LOG_COLUMNS, ROWS, SCALARS, P, Table, case_of, converse, drawn, entries, equal_case

from proofs.errors import RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.ligero.hashes import leaf_digest, to_words
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.plain import parents
from proofs.sumcheck.ligero.queries import queried, write_entries
from proofs.sumcheck.renewal.messages import side_weights
from proofs.sumcheck.renewal.pair import Pair, Side

WIDTH = 1 << LOG_COLUMNS


def uniform(*shape: int) -> Table:
    return np.random.default_rng().integers(0, P, shape, dtype=np.uint32)


def tree_with(columns: Table, asked: Sequence[int]) -> tuple[bytes, bytes]:
    """A root over leaves nobody knows but for the columns asked, and what is shown of it."""
    leaves, raw = [os.urandom(32) for _ in range(4 * WIDTH)], b""
    for place, column in zip(asked, columns.T, strict=True):
        salt = os.urandom(16)
        leaves[place] = leaf_digest(salt, write_entries(column))
        raw += salt + write_entries(column)
    tree = Tree.over(to_words(b"".join(leaves)), parents)
    return tree.root, raw + tree.siblings(asked)


def simulated(seed: int) -> tuple[Pair, Prover[None]]:
    """A pair and a conversation about it, from challenges and uniform elements alone. There are no entries at all."""
    challenges = drawn(seed)
    code = Pair(LOG_COLUMNS, ROWS, Side(b"", BLOCK), Side(b"", BLOCK)).code()
    *point, factor = challenges("mask", 2 + LOG_COLUMNS + 1)
    (s,) = challenges("value", 1)
    asked = queried(challenges("combination", code.challenges), code)
    old, new, u = uniform(ROWS, len(asked)), uniform(ROWS, len(asked)), uniform(4, code.dimension)
    value = FAST.dot(np.ascontiguousarray(u[:, :WIDTH]), FAST.eq_table(point[2:], WIDTH))
    word = encode(FAST, np.ascontiguousarray(u[:, :WIDTH]), np.ascontiguousarray(u[:, WIDTH:]))[:, asked]
    for columns, weights in zip((old, new), side_weights(FAST, FAST.eq_table(point[:2], ROWS), factor, s), strict=True):
        word = FAST.sub(word, FAST.combine_columns(np.ascontiguousarray(columns.T), weights))
    trees = [tree_with(columns, asked) for columns in (old, new, word)]
    roots, shown = [root for root, _ in trees], b"".join(raw for _, raw in trees)

    def prover() -> Prover[None]:
        yield Send("mask", (), 2 + LOG_COLUMNS + 1, roots[2])
        yield Send("value", (value,), 1)
        yield Send("combination", (), code.challenges, write_entries(u.T))
        yield Send("columns", (), 0, shown)

    return Pair(LOG_COLUMNS, ROWS, Side(roots[0], BLOCK), Side(roots[1], BLOCK)), prover()


def sizes(messages: Sequence[Send]) -> list[tuple[str, int, int]]:
    return [(message.label, len(message.elements), len(message.raw)) for message in messages]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_proof_is_made_without_entries_once_challenges_are_known(seed: int) -> None:
    pair, prover = simulated(seed)
    made = converse(pair, prover, drawn(seed))
    case = equal_case()
    real = converse(case.pair, case.prover(), drawn(seed))
    assert sizes(made) == sizes(real)


def test_a_simulated_proof_is_refused_under_other_challenges() -> None:
    """It rests on the challenges: with others it proves nothing, or anybody could prove anything."""
    pair, prover = simulated(1)

    def other(label: str, count: int) -> Sequence[tuple[int, ...]]:
        return drawn(2 if label == "value" else 1)(label, count)

    with pytest.raises(RejectedProof):
        converse(pair, prover, other)


def test_what_is_sent_of_extreme_entries_looks_like_that_of_any() -> None:
    """All entries zero, all entries p - 1: the row sent, and its value, are spread evenly, as a mask is."""
    for table in (np.zeros((ROWS, WIDTH), dtype=np.uint32), np.full((ROWS, WIDTH), P - 1, dtype=np.uint32)):
        case = case_of(table, table)
        for seed in (b"a", b"b"):
            sent = converse(case.pair, case.prover(case.mask(seed * 32)), drawn(1))[2].raw
            halves = np.frombuffer(sent, dtype="<u4") >> 28
            assert np.bincount(halves, minlength=8).min() > halves.size / 8 * 0.8


def test_masks_are_of_one_proof() -> None:
    case, table = equal_case(), entries(seed=9)
    mask, again, other = case.mask(b"a" * 32), case.mask(b"a" * 32), case.mask(b"b" * 32)
    assert np.array_equal(mask.row, again.row) and mask.matrix.root == again.matrix.root
    assert not (mask.row == other.row).mean() > 0.01 and mask.matrix.root != other.matrix.root
    assert mask.row.shape == (SCALARS.degree, WIDTH + BLOCK) and mask.matrix.row_count == SCALARS.degree
    assert not np.isin(mask.row[0, :8], table).any()
