"""The golden search: real proofs over three committed documents, two of which match, under a fresh anvil's tag."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from proofs.commitment.corpus import Corpus, Document, commit_corpus
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.view_format import ViewFormat
from proofs.encoding import keccak256

RETRIEVAL_ADDRESS = "0x700b6A60ce7EaaEA56F065753d8dcB9653dbAD35"  # first contract of account 9
NONCE = 1
FEATURES, BATCH, SCALE_BITS, TOTAL = 8, 2, 7, 3
VIEW = ViewFormat((FEATURES,), "fixed", unit_bits=SCALE_BITS, scale_bits=SCALE_BITS, batch=BATCH)
PAYLOADS = (b"first " * 250, b"second", b"third " * 200)
ROWS = (
    (78, 79, 4, -55, -114, -30, -23, -116),
    (-116, 128, 39, -68, -17, 121, 102, 88),
    (60, 70, 10, -50, -100, -20, -30, -110),
)
"""The views times 2^7, of classes 2, 1 and 2 under the golden network."""
FOUND, ABSENT = 2, 0
"""A class documents 0 and 2 are of, and the blank one as well; and a class that none is of."""


@dataclass(frozen=True, slots=True)
class ProvenBatch:
    """What ``submitBatch`` takes besides the corpus' opening."""

    bits: int
    tag_hash: int
    proof: bytes


@dataclass(frozen=True, slots=True)
class GoldenSearch:
    """Everything a search with real proofs needs besides the chain; ``searches`` by selected class."""

    source: str
    binding: str
    points: int
    outputs: int
    model_id: bytes
    weights_commitment: bytes
    srs_digest: bytes
    verifier_codehash: bytes
    searches: dict[int, tuple[ProvenBatch, ...]]


@cache
def golden_corpus() -> Corpus:
    """The committed documents, under salts that are the same in every run."""
    views = np.array(ROWS, dtype=np.float64) / (1 << SCALE_BITS)
    documents = [Document(payload, view) for payload, view in zip(PAYLOADS, views, strict=True)]
    return commit_corpus(documents, VIEW, Salts(bytes(range(32))))


def note_of(selected: int) -> bytes:
    """The note of a golden search, 32 bytes: another predicate, another note."""
    return keccak256(b"golden %d" % selected)


def golden_file(name: str) -> Path:
    """Where a golden file is kept."""
    return Path(__file__).resolve().parent / "golden" / "retrieval" / name


def load_search() -> GoldenSearch:
    """The committed golden search."""
    stored = json.loads(golden_file("search.json").read_text())
    searches = {
        int(selected): tuple(
            ProvenBatch(batch["bits"], int(batch["tag_hash"], 16), bytes.fromhex(batch["proof"])) for batch in batches
        )
        for selected, batches in stored.pop("searches").items()
    }
    names = ("model_id", "weights_commitment", "srs_digest", "verifier_codehash")
    digests = {name: bytes.fromhex(stored.pop(name)) for name in names}
    return GoldenSearch(source=golden_file("Halo2Verifier.sol").read_text(), searches=searches, **digests, **stored)
