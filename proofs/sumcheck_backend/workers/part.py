"""All a worker is given to prove about: a model, and a chunk of examples, each with its own salts.

Workers import this file, so it imports little: a committed model with its receipt brings the importers of ONNX along.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.networks.network import Network
from proofs.networks.weights import Weights
from proofs.sumcheck.committed.instance import Matrix
from proofs.sumcheck_backend.chunks import Span
from proofs.sumcheck_backend.matrices import commit_examples, commit_weights

if TYPE_CHECKING:
    from proofs.sumcheck.ligero.commit import Committed
    from proofs.sumcheck_backend.data_commitment import DataCommitment
    from proofs.sumcheck_backend.examples import Examples
    from proofs.sumcheck_backend.secret_network import SecretNetwork


@dataclass(frozen=True, slots=True, eq=False)
class ModelPart:
    """Secret.

    Args:
        public: the weights' matrix as everybody knows it.
        seed: of its salts and random blocks.
    """

    network: Network
    public: Matrix
    log_columns: int
    weights: Weights = field(repr=False)
    seed: bytes = field(repr=False)

    def matrix(self) -> Committed:
        """The weights' matrix, computed anew. Raises InvalidInput: it is not the committed one."""
        found = commit_weights(self.network, self.weights, self.seed, self.log_columns, self.public.block)
        if found.root != self.public.root:
            raise InvalidInput("the secret part of the model commitment is not of this commitment: commit it again")
        return found


@dataclass(frozen=True, slots=True, eq=False)
class ChunkPart:
    """Secret, unless the examples are public.

    Args:
        index: of the chunk. root: of its matrix.
        x: int16 (n, channels, height, width). labels: int64 (n,), or None.
        seed: of this chunk's salts and random blocks; other chunks' do not follow from it.
        block: random entries behind each row.
    """

    index: int
    root: bytes
    x: NDArray[np.int16] = field(repr=False)
    labels: NDArray[np.int64] | None = field(repr=False)
    seed: bytes = field(repr=False)
    log_columns: int
    block: int = 0

    @property
    def whole(self) -> Span:
        """All its examples."""
        return Span(0, len(self.x))

    def arrays(self, within: Span) -> tuple[NDArray[np.int32], NDArray[np.int64] | None]:
        """Some of its examples as the network takes them, (C, H, W, count), and their labels."""
        x = np.ascontiguousarray(self.x[within.slice].astype(np.int32).transpose(1, 2, 3, 0))
        return x, None if self.labels is None else self.labels[within.slice]

    def matrix(self) -> Committed:
        """Its matrix, computed anew. Raises InvalidInput: it is not the committed one."""
        found = commit_examples(*self.arrays(self.whole), self.seed, self.log_columns, self.block)
        if found.root != self.root:
            raise InvalidInput("the secret part of the data commitment is not of this commitment: commit it again")
        return found


def model_part(model: SecretNetwork) -> ModelPart:
    """What a worker needs of a committed model."""
    public = model.commitment
    matrix = Matrix(public.weights_commitment, public.rows, public.block)
    return ModelPart(public.network, matrix, public.log_columns, model.weights, model.seed)


def chunk_part(examples: Examples, data: DataCommitment, index: int) -> ChunkPart:
    """What a worker needs of a chunk of committed examples."""
    places = data.chunks[index].slice
    labels = None if examples.labels is None else examples.labels[places]
    seed = examples.chunk_seed(index)
    return ChunkPart(index, data.roots[index], examples.x[places], labels, seed, data.log_columns, data.block)
