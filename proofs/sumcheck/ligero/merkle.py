"""A perfect Merkle tree over 2^d leaves, and the one proof that several of them belong to it.

The siblings of such a proof are those a reader of the opened leaves cannot compute, level by level from the leaves up,
each level from left to right. Which these are follows from the positions alone, so the proof is nothing but digests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from proofs.sumcheck.ligero.hashes import Words, node_digest, to_bytes
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """All levels of a tree, leaves first: arrays (8, n), (8, n / 2), ... (8, 1)."""

    levels: tuple[Words, ...]

    @classmethod
    def over(cls, leaves: Words, parents: Callable[[Words], Words]) -> Tree:
        """Build the tree above leaves, a power of two of them."""
        levels = [leaves]
        while levels[-1].shape[1] > 1:
            levels.append(parents(levels[-1]))
        return cls(tuple(levels))

    @property
    def root(self) -> bytes:
        """The 32-byte root."""
        return to_bytes(self.levels[-1])

    def siblings(self, positions: Sequence[int]) -> bytes:
        """The proof for leaves at ascending, distinct positions."""
        wanted = missing(positions, len(self.levels) - 1)
        return b"".join(to_bytes(level[:, places]) for level, places in zip(self.levels, wanted, strict=False))


def missing(positions: Sequence[int], depth: int) -> Iterator[list[int]]:
    """For each level from the leaves on, the places of siblings that the leaves at ``positions`` do not lead to."""
    known = list(positions)
    for _ in range(depth):
        here = set(known)
        yield [place ^ 1 for place in known if place ^ 1 not in here]
        known = sorted({place >> 1 for place in known})


def proof_bytes(positions: Sequence[int], depth: int) -> int:
    """The length of a proof."""
    return DIGEST_BYTES * sum(map(len, missing(positions, depth)))


def root_of_proof(leaves: Mapping[int, bytes], siblings: bytes, depth: int) -> bytes:
    """The root that opened leaves, by position, and a proof of exactly ``proof_bytes`` lead to."""
    nodes, start = dict(leaves), 0
    for places in missing(sorted(leaves), depth):
        for place in places:
            nodes[place] = siblings[start : start + DIGEST_BYTES]
            start += DIGEST_BYTES
        nodes = {place >> 1: node_digest(nodes[place], nodes[place + 1]) for place in nodes if place % 2 == 0}
    return nodes[0]
