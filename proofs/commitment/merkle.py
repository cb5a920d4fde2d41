"""The Merkle tree of a committed test set, as the contracts fold it (contracts/src, batch folding).

A perfect binary tree of depth ``max(ceil(log2 N), log2 batch)``; leaf i binds its index, its in-circuit hash h_i and
the digest of its plaintext. Leaves past N are a fixed empty leaf. A batch of b examples is an aligned subtree, so its
opening is b leaves and one path of ``depth - log2 b`` siblings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.encoding import domain, keccak256

LEAF_DOMAIN = domain("assay/leaf/v1")
NODE_DOMAIN = domain("assay/node/v1")
EMPTY_LEAF = domain("assay/empty-leaf/v1")
MAX_DEPTH = 32


def leaf_digest(index: int, example_hash: int, payload_root: bytes) -> bytes:
    """The leaf of example ``index``: domain, index, h_i (a BN254 scalar), digest of the plaintext."""
    return keccak256(LEAF_DOMAIN + index.to_bytes(32, "big") + example_hash.to_bytes(32, "big") + payload_root)


def node_digest(left: bytes, right: bytes) -> bytes:
    """The parent of two nodes."""
    return keccak256(NODE_DOMAIN + left + right)


def tree_depth(total: int, batch: int) -> int:
    """Depth of the tree over ``total`` examples opened ``batch`` (a power of two) at a time."""
    return max((total - 1).bit_length(), batch.bit_length() - 1)


@dataclass(frozen=True, slots=True)
class Tree:
    """All levels of a tree, leaves first. Public once its leaves are."""

    levels: tuple[tuple[bytes, ...], ...]

    @classmethod
    def over(cls, leaves: Sequence[bytes], batch: int) -> Tree:
        """Build the tree over ``leaves`` (at least one)."""
        depth = tree_depth(len(leaves), batch)
        level = tuple(leaves) + (EMPTY_LEAF,) * ((1 << depth) - len(leaves))
        levels = [level]
        while len(level) > 1:
            level = tuple(node_digest(level[i], level[i + 1]) for i in range(0, len(level), 2))
            levels.append(level)
        return cls(tuple(levels))

    @property
    def root(self) -> bytes:
        """The 32-byte root."""
        return self.levels[-1][0]

    def batch_path(self, batch_index: int, batch: int) -> tuple[bytes, ...]:
        """The siblings that lead from the subtree of batch ``batch_index`` to the root, lowest first."""
        height = batch.bit_length() - 1
        position = batch_index
        path = []
        for level in self.levels[height:-1]:
            path.append(level[position ^ 1])
            position >>= 1
        return tuple(path)


def fold_batch(leaves: Sequence[bytes], batch_index: int, path: Sequence[bytes]) -> bytes:
    """The root reached from the leaves of one aligned batch (a power of two of them) and its sibling path."""
    level = list(leaves)
    while len(level) > 1:
        level = [node_digest(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    node, position = level[0], batch_index
    for sibling in path:
        node = node_digest(sibling, node) if position & 1 else node_digest(node, sibling)
        position >>= 1
    return node
