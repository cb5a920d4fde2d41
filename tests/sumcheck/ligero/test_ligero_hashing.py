"""Leaves, nodes and trees: both twins against hashlib, proofs of several leaves at once."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ligero_kit import random_vector

from proofs.sumcheck.ligero import fast, plain
from proofs.sumcheck.ligero.hashes import LEAF_BLOCK, NODE_BLOCK, SALT_BLOCK, salts, to_bytes, to_words
from proofs.sumcheck.ligero.merkle import Tree, missing, proof_bytes, root_of_proof

BOTH = pytest.mark.parametrize("kernels", [plain, fast], ids=["plain", "fast"])


def digests(words: np.ndarray) -> list[bytes]:
    raw = to_bytes(words)
    return [raw[k : k + 32] for k in range(0, len(raw), 32)]


def test_the_three_hashes_begin_differently() -> None:
    assert len({LEAF_BLOCK, NODE_BLOCK, SALT_BLOCK}) == 3
    assert {len(LEAF_BLOCK), len(NODE_BLOCK), len(SALT_BLOCK)} == {64}


@BOTH
@pytest.mark.parametrize("rows", [1, 2, 9, 10, 11, 12, 13, 25, 26, 27, 28, 44])
@pytest.mark.parametrize("n", [4, 64, 320])
def test_a_leaf_is_the_hash_of_salt_and_column(kernels: ModuleType, rows: int, n: int) -> None:
    words, salt = random_vector(rows * n).reshape(rows, n), salts(b"x", n)
    for place, digest in enumerate(digests(kernels.leaf_digests(salt, words))):
        column = salt[:, place].astype("<u4").tobytes() + words[:, place].astype("<u4").tobytes()
        assert digest == sha256(LEAF_BLOCK + column).digest()


@BOTH
def test_words_that_do_not_lie_in_one_piece_hash_alike(kernels: ModuleType) -> None:
    words, salt = random_vector(6 * 200).reshape(6, 200), salts(b"x", 128)
    assert np.array_equal(
        kernels.leaf_digests(salt, words[::2, :128]), plain.leaf_digests(salt, words[::2, :128].copy())
    )


@BOTH
@pytest.mark.parametrize("n", [2, 64, 128, 512])
def test_a_node_is_the_hash_of_its_children(kernels: ModuleType, n: int) -> None:
    below = plain.leaf_digests(salts(b"y", n), random_vector(n).reshape(1, n))
    raw = digests(below)
    wanted = [sha256(NODE_BLOCK + raw[k] + raw[k + 1]).digest() for k in range(0, n, 2)]
    assert digests(kernels.parents(below)) == wanted


def test_digests_survive_being_words() -> None:
    raw = bytes(range(256))
    assert to_bytes(to_words(raw)) == raw


def test_salts_are_of_the_seed_and_all_different() -> None:
    table = salts(b"a", 1000)
    assert table.shape == (4, 1000)
    assert len({column.tobytes() for column in table.T}) == 1000
    assert np.array_equal(salts(b"a", 10), table[:, :10])
    assert not np.any(salts(b"b", 1000) == table)


def tree_of(depth: int) -> Tree:
    n = 1 << depth
    return Tree.over(plain.leaf_digests(salts(b"t", n), random_vector(n).reshape(1, n)), plain.parents)


def opened(tree: Tree, asked: Sequence[int]) -> dict[int, bytes]:
    leaves = digests(tree.levels[0])
    return {place: leaves[place] for place in asked}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 6), st.sets(st.integers(0, 63), min_size=1))
def test_siblings_lead_to_the_root_and_none_is_left_out_or_over(depth: int, drawn: set[int]) -> None:
    tree = tree_of(depth)
    asked = sorted({place % (1 << depth) for place in drawn})
    siblings = tree.siblings(asked)
    assert len(siblings) == proof_bytes(asked, depth)
    assert root_of_proof(opened(tree, asked), siblings, depth) == tree.root
    for at in range(0, len(siblings), 32):
        changed = siblings[:at] + bytes([siblings[at] ^ 1]) + siblings[at + 1 :]
        assert root_of_proof(opened(tree, asked), changed, depth) != tree.root


def test_siblings_come_level_by_level_from_left_to_right() -> None:
    tree = tree_of(3)
    levels = [digests(level) for level in tree.levels]
    assert list(missing([1, 4, 5], 3)) == [[0], [1, 3], []]
    assert tree.siblings([1, 4, 5]) == levels[0][0] + levels[1][1] + levels[1][3]
    assert tree.siblings([6]) == levels[0][7] + levels[1][2] + levels[2][0]


def test_a_leaf_at_another_position_leads_elsewhere() -> None:
    tree = tree_of(4)
    leaf = opened(tree, [6])[6]
    for place in range(16):
        assert (root_of_proof({place: leaf}, tree.siblings([6]), 4) == tree.root) == (place == 6)


def test_a_tree_of_one_leaf_is_its_root() -> None:
    tree = tree_of(0)
    assert tree.siblings([0]) == b""
    assert root_of_proof(opened(tree, [0]), b"", 0) == tree.root
