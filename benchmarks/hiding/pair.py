"""One instance in both modes, ready to be proven."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.committed.proving import Prepared
from benchmarks.committed.subjects import Subject
from proofs.sumcheck.committed.instance import Instance, Matrix
from proofs.sumcheck.committed.segments import chunk_vector, model_vector
from proofs.sumcheck.committed.witness import Secret
from proofs.sumcheck.fields import Field
from proofs.sumcheck.fields.field import Base
from proofs.sumcheck.ligero.commit import Committed, commit_hiding
from proofs.sumcheck.ligero.parameters import LOG_COLUMNS

BLOCK = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Proving:
    """What is proven, and what its prover holds."""

    instance: Instance
    secret: Secret


def both(field: Field, subject: Subject, prepared: Prepared) -> tuple[Proving, Proving]:
    """In integrity mode as it was prepared, and in zero-knowledge mode."""
    instance, secret = prepared.instance, prepared.secret
    labels = secret.labels if instance.chunk.labelled else None
    shape = subject.network.tensors[0].shape
    model = _hidden(field, model_vector(field, subject.network, subject.weights), b"hidden model")
    chunk = _hidden(field, chunk_vector(field, shape, subject.x, labels), b"hidden chunk")
    held = replace(instance.chunk, matrix=_matrix(chunk))
    hidden = Proving(replace(instance, model=_matrix(model), chunk=held), replace(secret, model=model, chunk=chunk))
    return Proving(instance, secret), hidden


def _hidden(field: Field, values: Base, seed: bytes) -> Committed:
    return commit_hiding(field, values, seed.ljust(32), LOG_COLUMNS, BLOCK)


def _matrix(committed: Committed) -> Matrix:
    return Matrix(committed.root, len(committed.rows), BLOCK)
