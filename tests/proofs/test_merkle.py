"""The test-set tree against a slow implementation written from its definition alone."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.commitment.merkle import Tree, fold_batch, leaf_digest, node_digest, tree_depth
from proofs.encoding import keccak256

EMPTY = keccak256(b"assay/empty-leaf/v1")


def slow_node(left: bytes, right: bytes) -> bytes:
    return keccak256(encode(["bytes32"] * 3, [keccak256(b"assay/node/v1"), left, right]))


def slow_root(leaves: list[bytes], depth: int, first: int = 0) -> bytes:
    """Root of the subtree of ``depth`` that starts at leaf ``first``, recursively."""
    if depth == 0:
        return leaves[first] if first < len(leaves) else EMPTY
    half = 1 << (depth - 1)
    return slow_node(slow_root(leaves, depth - 1, first), slow_root(leaves, depth - 1, first + half))


def slow_depth(total: int, batch: int) -> int:
    depth = 0
    while (1 << depth) < max(total, batch):
        depth += 1
    return depth


def some_leaves(total: int) -> list[bytes]:
    return [leaf_digest(i, 1000 + i, bytes([i % 256]) * 32) for i in range(total)]


@pytest.mark.parametrize("batch", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("total", [1, 2, 3, 5, 8, 16, 17, 32, 33])
def test_root_and_every_batch(total: int, batch: int) -> None:
    leaves = some_leaves(total)
    tree, depth = Tree.over(leaves, batch), slow_depth(total, batch)
    assert tree_depth(total, batch) == depth
    assert tree.root == slow_root(leaves, depth)
    if total % batch:
        return
    for index in range(total // batch):
        path = tree.batch_path(index, batch)
        group = leaves[index * batch : (index + 1) * batch]
        assert len(path) == depth - (batch.bit_length() - 1)
        assert fold_batch(group, index, path) == tree.root


@settings(max_examples=60)
@given(st.integers(1, 6), st.sampled_from([1, 2, 4]), st.data())
def test_any_change_leads_elsewhere(batches: int, batch: int, data: st.DataObject) -> None:
    leaves = some_leaves(batches * batch)
    tree = Tree.over(leaves, batch)
    index = data.draw(st.integers(0, batches - 1))
    group, path = leaves[index * batch : (index + 1) * batch], list(tree.batch_path(index, batch))
    where = data.draw(st.integers(0, len(group) + len(path) - 1))
    target = group if where < len(group) else path
    place = where if where < len(group) else where - len(group)
    flipped = bytearray(target[place])
    flipped[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
    target[place] = bytes(flipped)
    assert fold_batch(group, index, path) != tree.root


def test_position_is_bound() -> None:
    tree = Tree.over(some_leaves(4), 1)
    for index in range(4):
        for claimed in range(4):
            reached = fold_batch([some_leaves(4)[index]], claimed, tree.batch_path(claimed, 1))
            assert (reached == tree.root) == (index == claimed)


def test_leaf_binds_index_hash_and_payload_and_is_no_node() -> None:
    leaf = leaf_digest(1, 2, b"\3" * 32)
    assert leaf == keccak256(
        encode(["bytes32", "uint256", "uint256", "bytes32"], [keccak256(b"assay/leaf/v1"), 1, 2, b"\3" * 32])
    )
    assert len({leaf, leaf_digest(0, 2, b"\3" * 32), leaf_digest(1, 3, b"\3" * 32), leaf_digest(1, 2, b"\4" * 32)}) == 4
    assert node_digest(b"\1" * 32, b"\2" * 32) != node_digest(b"\2" * 32, b"\1" * 32)
