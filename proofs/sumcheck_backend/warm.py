"""Compiled kernels loaded before the work begins, so that what a proof takes is not mixed with what compiling takes."""

from __future__ import annotations

from functools import cache

import numpy as np

from proofs.networks.network import Clamp, Combination, Convolution, Maximum, Network, Reading, Tensor, Term
from proofs.networks.weights import NodeWeights, Weights
from proofs.sumcheck.committed.instance import Chunk, Correct, Instance, Matrix
from proofs.sumcheck.committed.prove import prove
from proofs.sumcheck.committed.verify import verify
from proofs.sumcheck.committed.witness import Secret
from proofs.sumcheck_backend.matrices import commit_examples, commit_weights, proof_field

LOADING = "loading kernels (compiled once, 20-60 s, then kept)"
"""The stage's name."""
LOG_COLUMNS = 9
BLOCK = 256
BATCHES = (1, 16)
"""A batch innermost and not: kernels of both layouts."""
SIDE = 6


@cache
def load_kernels(hiding: bool = True) -> None:
    """Prove something small of every kind once in this process; 20 to 60 s on a machine's first proof, then about 1.

    Args:
        hiding: which of the two modes the proofs to come have.
    """
    if proof_field().compiled:
        for count in BATCHES:
            _prove_something(count, BLOCK if hiding else 0)


def _network() -> tuple[Network, Weights]:
    """A convolution, one a channel, a pool, a sum and a dense layer."""
    whole, every = Reading.whole(SIDE), Reading(1, 2, 0, SIDE // 2)
    other = Reading(1, 2, -1, SIDE // 2)
    relu, signed = Clamp(-(1 << 12), 1 << 12, 0, 255), Clamp(-(1 << 12), 1 << 12, -128, 127)
    tensors = [Tensor((1, SIDE, SIDE), 0, 255), *(Tensor((2, SIDE, SIDE), 0, 255) for _ in range(3))]
    tensors += [Tensor((2, SIDE, SIDE // 2), 0, 255), Tensor((3, 1, 1), -128, 127)]
    term = Term(2, 1, whole, whole)
    nodes = (
        Convolution(0, 2, (3, 3), (1, 1), (1, 1, 1, 1), 1, 4, 0),
        Convolution(1, 2, (3, 3), (1, 1), (1, 1, 1, 1), 2, 4, 0),
        Combination((Term(1, 3, whole, whole), term), 2, 2, 0),
        Maximum(Term(3, 1, whole, every), Term(3, 1, whole, other), 1),
        Convolution(4, 3, (SIDE, SIDE // 2), (1, 1), (0, 0, 0, 0), 1, 6, 2),
    )
    weights = {
        index: NodeWeights(np.ones(shape, np.int32), np.zeros(shape[0], np.int32))
        for index, shape in ((0, (2, 1, 3, 3)), (1, (2, 1, 3, 3)), (4, (3, 2, SIDE, SIDE // 2)))
    }
    return Network(tuple(tensors), nodes, (relu, Clamp(-255, 255, 0, 255), signed), "1", "1"), weights


def _prove_something(count: int, block: int) -> None:
    field, (network, weights) = proof_field(), _network()
    x = np.zeros((1, SIDE, SIDE, count), np.int32)
    labels = np.zeros(count, np.int64)
    model = commit_weights(network, weights, bytes(32), LOG_COLUMNS, block)
    chunk = commit_examples(x, labels, bytes(range(32)), LOG_COLUMNS, block)
    of_chunk = Chunk(Matrix(chunk.root, len(chunk.rows), block), count, labelled=True)
    of_model = Matrix(model.root, len(model.rows), block)
    instance = Instance(network, LOG_COLUMNS, of_model, of_chunk, 0, count, Correct(1, count))
    secret = Secret(weights, x, labels, model, chunk, bytes(32))
    verify(field, instance, b"", prove(field, instance, b"", secret))
