"""Instances of small networks, ready to be proven."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.networks.execution import execute
from proofs.networks.network import Network
from proofs.networks.weights import Weights
from proofs.sumcheck.committed.instance import Chunk, Correct, Head, Instance, Matrix, OfClass, Outputs, Reaching
from proofs.sumcheck.committed.prove import prove
from proofs.sumcheck.committed.segments import chunk_vector, model_vector
from proofs.sumcheck.committed.verify import verify
from proofs.sumcheck.committed.witness import Secret
from proofs.sumcheck.fields import Field, field
from proofs.sumcheck.ligero.commit import Committed, commit, commit_hiding
from proofs.sumcheck.soundness import Round

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "networks"))
from network_builder import RELU, SIGNED, Builder
from network_strategies import random_network

LOG_COLUMNS = 8
HIDING_LOG = 9
"""The shortest rows that hide anything."""
STATEMENT = b"what else was agreed on"
MODES = ("open", "hidden")
PLAIN, FAST = field("m31", "plain"), field("m31", "fast")


@dataclass
class Case:
    """A network, the examples of a chunk, and what its prover holds."""

    field: Field
    network: Network
    weights: Weights
    x: NDArray[np.int32]
    labels: NDArray[np.int64] | None
    log_columns: int = LOG_COLUMNS
    block: int = 0

    def __post_init__(self) -> None:
        model = model_vector(self.field, self.network, self.weights)
        self.model = self.commit(model, b"model")
        chunk = chunk_vector(self.field, self.network.tensors[0].shape, self.x, self.labels)
        self.chunk = self.commit(chunk, b"chunk")
        self.execution = execute(self.network, self.weights, self.x)

    def commit(self, values: NDArray[np.uint32], seed: bytes) -> Committed:
        """A matrix as the model's and the chunk's are."""
        if self.block:
            return commit_hiding(self.field, values, seed, self.log_columns, self.block)
        return commit(self.field, values, seed, self.log_columns)

    def hidden(self) -> Case:
        """The same, proven in zero-knowledge mode."""
        return replace(self, log_columns=max(self.log_columns, HIDING_LOG), block=1 << HIDING_LOG)

    def in_mode(self, mode: str) -> Case:
        """The same, in one of ``MODES``."""
        return self.hidden() if mode == "hidden" else self

    @property
    def logits(self) -> NDArray[np.int64]:
        return self.execution.logits

    def instance(self, head: Head | None = None, first: int = 0, count: int | None = None) -> Instance:
        count = self.x.shape[3] - first if count is None else count
        head = Outputs(self.logits[first : first + count]) if head is None else head
        chunk = Chunk(matrix_of(self.chunk), self.x.shape[3], self.labels is not None)
        return Instance(self.network, self.log_columns, matrix_of(self.model), chunk, first, count, head)

    def secret(self, instance: Instance) -> Secret:
        part = slice(instance.first, instance.first + instance.count)
        labels = None if self.labels is None else self.labels[part]
        x = np.ascontiguousarray(self.x[..., part])
        return Secret(self.weights, x, labels, self.model, self.chunk, b"witness")

    def right(self, top_k: int, first: int = 0, count: int | None = None) -> Correct:
        """As many as are right."""
        part = slice(first, None if count is None else first + count)
        logits, labels = self.logits[part], self.labels[part]
        chosen = np.take_along_axis(logits, labels[:, None], 1)
        earlier = (logits > chosen) | ((logits == chosen) & (np.arange(logits.shape[1]) < labels[:, None]))
        return Correct(top_k, int((earlier.sum(axis=1) < top_k).sum()))


def matrix_of(committed: Committed) -> Matrix:
    """What is public of a commitment."""
    block = committed.parts[0].block
    return Matrix(committed.root, len(committed.rows), 0 if block is None else block.shape[1])


def proven(case: Case, instance: Instance, f: Field | None = None) -> bytes:
    """The honest proof of a true instance."""
    return prove(f or case.field, instance, STATEMENT, case.secret(instance))


def checked(case: Case, instance: Instance, proof: bytes, f: Field | None = None) -> list[Round]:
    """The verifier's rounds."""
    return verify(f or case.field, instance, STATEMENT, proof)


def every_kind(f: Field, count: int = 3, seed: int = 0) -> Case:
    """A small network with every kind of node and table, and labelled examples; of three two are right."""
    rng = np.random.default_rng(seed)
    builder = Builder((2, 5, 5))
    weight = rng.integers(-9, 10, (4, 2, 3, 3))
    first = builder.convolution(weight, rng.integers(-50, 51, 4), (2, 2), (1, 1, 1, 1), shift=3, function=RELU)
    other = builder.convolution(rng.integers(-5, 6, (4, 1, 3, 3)), None, (1, 1), (1, 1, 1, 1), 4, 4, SIGNED)
    builder.add(first, other, 1)
    builder.convolution(rng.integers(-5, 6, (4, 2, 1, 1)), groups=2, shift=2, function=lambda q: min(abs(q), 99))
    builder.max_pool(2, 1)
    builder.dense(rng.integers(-3, 4, (5, 16)), rng.integers(-9, 10, 5), 4)
    network, weights = builder.build()
    x = rng.integers(-128, 128, (2, 5, 5, count), dtype=np.int32)
    found = execute(network, weights, x).logits.argmax(axis=1)
    return Case(f, network, weights, x, np.where(np.arange(count) % 3 == 2, (found + 1) % 5, found))


def least(f: Field, count: int = 2) -> Case:
    """A network of one layer, for proofs of few messages."""
    rng = np.random.default_rng(3)
    builder = Builder((2, 1, 1), -4, 3)
    builder.dense(rng.integers(-3, 4, (2, 2)), rng.integers(-3, 4, 2), 1)
    network, weights = builder.build()
    x = rng.integers(-4, 4, (2, 1, 1, count), dtype=np.int32)
    return Case(f, network, weights, x, execute(network, weights, x).logits.argmax(axis=1))


def drawn_case(f: Field, seed: int, count: int, log_columns: int = LOG_COLUMNS) -> Case:
    """A random network of any kind on ``count`` examples; half of the cases have labels that are right."""
    network, weights, _ = random_network(seed)
    rng, tensor = np.random.default_rng(seed), network.tensors[0]
    x = rng.integers(tensor.low, tensor.high + 1, (*tensor.shape, count), dtype=np.int32)
    labels = rng.integers(0, network.classes, count)
    if seed % 2:
        labels = execute(network, weights, x).logits.argmax(axis=1)
    return Case(f, network, weights, x, labels, log_columns)


def of_class(case: Case, wanted: int, first: int = 0, count: int | None = None) -> OfClass:
    """The examples that are of a class."""
    logits = case.logits[first : None if count is None else first + count]
    return OfClass(wanted, tuple((logits.argmax(axis=1) == wanted).tolist()))


def reaching(case: Case, scored: int, threshold: int, first: int = 0, count: int | None = None) -> Reaching:
    """The examples whose score reaches a threshold."""
    logits = case.logits[first : None if count is None else first + count]
    return Reaching(scored, threshold, tuple((logits[:, scored] >= threshold).tolist()))


def every_head(case: Case, first: int = 0, count: int | None = None) -> dict[str, Head]:
    """One true claim of each kind."""
    classes = case.network.classes
    part = case.logits[first : None if count is None else first + count]
    threshold = int(np.sort(part[:, 0])[len(part) // 2])
    return {
        "outputs": Outputs(part),
        "top 1": case.right(1, first, count),
        "top k": case.right(min(3, classes), first, count),
        "of class": of_class(case, int(part[0].argmax()), first, count),
        "reaching": reaching(case, 0, threshold, first, count),
    }
