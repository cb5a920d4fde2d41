"""The golden job of protocol A': six examples with their openings, two of them drawn, and proofs of any two others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from helpers.dishonest_corpus import with_element

from proofs.commitment.chunks import chunk_digest, chunk_tree, document_root
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.input_format import InputFormat
from proofs.commitment.merkle import Tree, leaf_digest
from proofs.commitment.test_set import TestSet, data_root

BATCH = 2
FORMAT = InputFormat(shape=(8,), scale_bits=7, classes=3, batch=BATCH)
FOLDER = Path(__file__).resolve().parent / "golden_sampled"
SAMPLE = (1, 4)
REST = (0, 2, 3, 5)
FALSE_VIEW = REST[-1]
PAIRS = tuple(combinations(REST, BATCH))


@dataclass(frozen=True, slots=True)
class GoldenPair:
    """A proof on two examples."""

    tag_hash: int
    count: int
    proof: bytes


@dataclass(frozen=True)
class GoldenSampled:
    """Everything a job of protocol A' with real proofs needs besides the chain."""

    source: str
    stored: dict[str, Any]
    test_set: OpenableTestSet

    @property
    def digests(self) -> dict[str, bytes]:
        """Model, format, SRS and job digests by name."""
        return {name: bytes.fromhex(value) for name, value in self.stored["digests"].items()}

    @cached_property
    def pairs(self) -> dict[tuple[int, ...], GoldenPair]:
        """By the examples proven on."""
        return {
            tuple(pair["indices"]): GoldenPair(int(pair["tag_hash"], 16), pair["count"], bytes.fromhex(pair["proof"]))
            for pair in self.stored["pairs"]
        }

    @property
    def right(self) -> tuple[bool, ...]:
        """Which examples the model classifies as labelled; whole pairs of right ones tell."""
        wrong = {index for index in REST if all(p.count < BATCH for pair, p in self.pairs.items() if index in pair)}
        return tuple(index not in wrong for index in range(len(self.test_set.hashes)))

    def chunks(self, false_view: bool) -> list[tuple[bytes, ...]]:
        """View steps of every example, on request with one that does not lead to its hash."""
        own = list(self.test_set.chunks)
        if false_view:
            first, *others = own[FALSE_VIEW]
            own[FALSE_VIEW] = (with_element(first, 0, 1), *others)
        return own

    def tree(self, false_view: bool) -> Tree:
        """The tree over the leaves that bind these view steps."""
        leaves = [
            leaf_digest(index, h, root)
            for index, (h, root) in enumerate(zip(self.test_set.hashes, self.roots(false_view), strict=True))
        ]
        return Tree.over(leaves, BATCH)

    def roots(self, false_view: bool) -> list[bytes]:
        """The document root of each example."""
        own = self.chunks(false_view)
        return [
            document_root(0, len(chunks), 0, chunk_tree([chunk_digest(chunk) for chunk in chunks]).root)
            for chunks in own
        ]

    def data_root(self, false_view: bool) -> bytes:
        """What the job's terms commit to."""
        return data_root(self.test_set.total, FORMAT.digest, self.tree(false_view).root)


def load_sampled() -> GoldenSampled:
    """The committed golden job."""
    stored = json.loads((FOLDER / "job.json").read_text())
    raw, labels, salts = (np.array(stored[name], dtype=np.int64) for name in ("raw", "labels", "salts"))
    plain = TestSet(FORMAT, raw, labels, salts, tuple(int(value, 16) for value in stored["hashes"]))
    test_set = OpenableTestSet.of(plain, Salts(bytes(32)))
    return GoldenSampled((FOLDER / "Halo2Verifier.sol").read_text(), stored, test_set)
