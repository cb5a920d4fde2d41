"""The victim: a seller of the digits classifier in examples/models, who proves scores. Everything here is secret.

The attacks never import it; only demonstration and tests do, to compare what was recovered with the truth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from attacks.columns.public import PublicProof
from proofs.networks.execution import logits
from proofs.networks.network import Network
from proofs.networks.onnx_import import import_float
from proofs.networks.quantise import integer_inputs, quantise
from proofs.networks.weights import Weights
from proofs.sumcheck.committed.instance import Chunk, Correct, Instance, Matrix
from proofs.sumcheck.committed.prove import Secret, prove
from proofs.sumcheck.committed.segments import chunk_vector, model_vector
from proofs.sumcheck.fields import field as field_of
from proofs.sumcheck.ligero.commit import Committed, commit, commit_hiding

ROOT = Path(__file__).resolve().parents[2]
FIELD = field_of("m31", "plain")
"""A small network's proof takes 0.2 s without compiled kernels, less than loading them."""
SHARD = 4
"""Examples a proof."""
MODEL_SEED, CHUNK_SEED = b"model" * 8, b"chunk" * 8
Residues = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """The network, its weights, and test examples: int32 (C, H, W, count) and labels."""

    network: Network
    weights: Weights
    x: NDArray[np.int32]
    labels: NDArray[np.int64]


@cache
def digits() -> Digits:
    """64 pixels, 32 hidden units, 10 classes: 2,410 weights and biases."""
    network = import_float((ROOT / "examples" / "models" / "digits_mlp.onnx").read_bytes())
    with np.load(ROOT / "datasets" / "digits_train.npz") as train:
        integer, weights, _ = quantise(network, train["x"][:500])
    with np.load(ROOT / "datasets" / "digits_test.npz") as test:
        x, labels = integer_inputs(network, integer, test["x"]).x, test["y"]
    return Digits(integer, weights, np.ascontiguousarray(x, dtype=np.int32), labels.astype(np.int64))


@dataclass(frozen=True)
class Seller:
    """Who commits once and proves often.

    Args:
        log_columns: log2 of N. block: random entries behind each row, or 0. examples: of the committed chunk.
    """

    log_columns: int
    block: int = 0
    examples: int = 48
    victim: Digits = field(default_factory=digits)
    model: Committed = field(init=False)
    chunk: Committed = field(init=False)

    def __post_init__(self) -> None:
        own, part = self.victim, slice(self.examples)
        model = self.truth.astype(np.uint32)
        shape = own.network.tensors[0].shape
        chunk = chunk_vector(FIELD, shape, own.x[..., part], own.labels[part])
        object.__setattr__(self, "model", self._committed(model, MODEL_SEED))
        object.__setattr__(self, "chunk", self._committed(chunk, CHUNK_SEED))

    @property
    def truth(self) -> Residues:
        """The model's vector."""
        return model_vector(FIELD, self.victim.network, self.victim.weights).astype(np.int64)

    def columns(self, asked: Sequence[int]) -> Residues:
        """Columns (positions, R) of the model's words, as often as one likes: what no budget would allow."""
        return self.model.columns(FIELD, asked).T.astype(np.int64)

    def _committed(self, vector: NDArray[np.uint32], seed: bytes) -> Committed:
        if not self.block:
            return commit(FIELD, vector, seed, self.log_columns)
        return commit_hiding(FIELD, vector, seed, self.log_columns, self.block)

    def score(self, first: int, statement: bytes = b"") -> PublicProof:
        """ "So many of the examples from ``first`` on are classified rightly", proven."""
        part = slice(first, first + SHARD)
        x, labels = np.ascontiguousarray(self.victim.x[..., part]), self.victim.labels[part]
        answers = logits(self.victim.network, self.victim.weights, x).argmax(axis=1)
        chunk = Chunk(self._matrix(self.chunk), self.examples, labelled=True)
        head = Correct(1, int((answers == labels).sum()))
        own = self.victim.network
        instance = Instance(own, self.log_columns, self._matrix(self.model), chunk, first, SHARD, head)
        seed = hashlib.sha256(b"%d of %d, " % (first, self.block) + statement).digest()
        secret = Secret(self.victim.weights, x, labels, self.model, self.chunk, seed)
        return PublicProof(instance, statement, prove(FIELD, instance, statement, secret))

    def _matrix(self, committed: Committed) -> Matrix:
        """What is public of a commitment."""
        return Matrix(committed.root, len(committed.rows), self.block)
