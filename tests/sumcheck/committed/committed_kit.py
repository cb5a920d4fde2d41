"""Instances of small networks, ready to be proven."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.networks.execution import execute
from proofs.networks.network import Network
from proofs.networks.weights import Weights
from proofs.sumcheck.committed.instance import Chunk, Correct, Head, Instance, Matrix, Outputs
from proofs.sumcheck.committed.segments import chunk_vector, model_vector
from proofs.sumcheck.committed.witness import Secret
from proofs.sumcheck.fields import Field
from proofs.sumcheck.ligero.commit import commit

LOG_COLUMNS = 8
STATEMENT = b"what else was agreed on"


@dataclass
class Case:
    """A network, the examples of a chunk, and what its prover holds."""

    field: Field
    network: Network
    weights: Weights
    x: NDArray[np.int32]
    labels: NDArray[np.int64] | None
    log_columns: int = LOG_COLUMNS

    def __post_init__(self) -> None:
        model = model_vector(self.field, self.network, self.weights)
        self.model = commit(self.field, model, b"model", self.log_columns)
        chunk = chunk_vector(self.field, self.network.tensors[0].shape, self.x, self.labels)
        self.chunk = commit(self.field, chunk, b"chunk", self.log_columns)
        self.execution = execute(self.network, self.weights, self.x)

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


def matrix_of(committed: object) -> Matrix:
    return Matrix(committed.root, len(committed.rows))
