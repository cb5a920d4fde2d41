"""From a subject to an instance and what its prover holds, set-up timed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.committed.subjects import Subject
from proofs.networks.fidelity import ranks
from proofs.sumcheck.committed.instance import Chunk, Correct, Head, Instance, Matrix, Outputs
from proofs.sumcheck.committed.segments import chunk_vector, model_vector
from proofs.sumcheck.committed.witness import Secret
from proofs.sumcheck.fields import Field
from proofs.sumcheck.ligero.commit import Committed, commit
from proofs.sumcheck.ligero.parameters import LOG_COLUMNS

STATEMENT = b"benchmark"


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Ready to be proven. setup_s, chunk_s: of two runs the second."""

    instance: Instance
    secret: Secret
    setup_s: float
    chunk_s: float


def prepare(field: Field, subject: Subject, logits: NDArray[np.int64]) -> Prepared:
    """Commit to model and examples; the claim is the logits of one example, or how many of several are right."""
    labels = _labels(subject, logits)
    model, setup_s = _committed(field, lambda: model_vector(field, subject.network, subject.weights), b"model")
    shape = subject.network.tensors[0].shape
    chunk, chunk_s = _committed(field, lambda: chunk_vector(field, shape, subject.x, labels), b"chunk")
    count = subject.x.shape[3]
    head: Head = Outputs(logits)
    if labels is not None:
        head = Correct(1, int((ranks(logits, labels) == 0).sum()))
    held = Chunk(_matrix(chunk), count, labels is not None)
    instance = Instance(subject.network, LOG_COLUMNS, _matrix(model), held, 0, count, head)
    secret = Secret(subject.weights, subject.x, labels, model, chunk, b"witness")
    return Prepared(instance, secret, setup_s, chunk_s)


def _labels(subject: Subject, logits: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """None for one example, whose logits are shown; made up where the examples are."""
    if subject.x.shape[3] == 1:
        return None
    return logits.argmax(axis=1) if subject.labels is None else subject.labels


def _committed(field: Field, vector: object, seed: bytes) -> tuple[Committed, float]:
    for _ in range(2):
        start = time.perf_counter()
        found = commit(field, vector(), seed, LOG_COLUMNS)  # type: ignore[operator]
        seconds = time.perf_counter() - start
    return found, seconds


def _matrix(committed: Committed) -> Matrix:
    return Matrix(committed.root, len(committed.rows))
