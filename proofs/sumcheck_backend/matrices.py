"""Weights and examples as committed matrices: what stands between this package and the commitment scheme."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from proofs.networks.network import Network, Shape3
from proofs.networks.weights import Weights
from proofs.sumcheck.committed.segments import chunk_segments, chunk_vector, model_size, model_vector
from proofs.sumcheck.fields import Field
from proofs.sumcheck.fields import field as field_of
from proofs.sumcheck.fields.field import Base

if TYPE_CHECKING:
    from proofs.sumcheck.ligero.commit import Committed

PRODUCT_LOG_COLUMNS = 15
"""Rows of 2^15 entries: the smallest proofs for 10 to 30 million committed values."""


@cache
def proof_field() -> Field:
    """The field of all proofs: 2^31 - 1 with challenges of 124 bits."""
    return field_of("m31")


def rows_of(size: int, log_columns: int) -> int:
    """Rows a vector of ``size`` entries fills."""
    return -(-size // (1 << log_columns))


def model_rows(network: Network, log_columns: int) -> int:
    """Rows of the matrix of a network's weights."""
    return rows_of(model_size(network), log_columns)


def chunk_rows(shape: Shape3, examples: int, labelled: bool, log_columns: int) -> int:
    """Rows of the matrix of a chunk of examples."""
    return rows_of(chunk_segments(shape, examples, labelled).end, log_columns)


def commit_weights(network: Network, weights: Weights, seed: bytes, log_columns: int, block: int = 0) -> Committed:
    """The matrix of a network's weights, salted and, with a block, masked from ``seed``. Secret, but its root."""
    return _commit(model_vector(proof_field(), network, weights), seed, log_columns, block)


def commit_examples(
    x: NDArray[np.int32], labels: NDArray[np.int64] | None, seed: bytes, log_columns: int, block: int = 0
) -> Committed:
    """The matrix of a chunk: x (C, H, W, N) integers and labels (N,); see ``commit_weights``. Secret, but its root."""
    shape = (x.shape[0], x.shape[1], x.shape[2])
    return _commit(chunk_vector(proof_field(), shape, x, labels), seed, log_columns, block)


def _commit(vector: Base, seed: bytes, log_columns: int, block: int) -> Committed:
    """Rows of 2^log_columns entries with random blocks behind them, or with none."""
    if block:
        from proofs.sumcheck.ligero.commit import commit_hiding

        return commit_hiding(proof_field(), vector, seed, log_columns, block)
    from proofs.sumcheck.ligero.commit import commit

    return commit(proof_field(), vector, seed, log_columns)
