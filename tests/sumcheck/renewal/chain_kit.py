"""A committed model renewed again and again, and the file of its commitment taken apart."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import inputs

from proofs.container import Sections, pack, unpack
from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck_backend.committing import Calibration, commit_network
from proofs.sumcheck_backend.matrices import commit_weights
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.renewal import renew
from proofs.sumcheck_backend.secret_network import SecretNetwork
from proofs.sumcheck_backend.spending import renewal_budget

LOG_COLUMNS, PROOFS = 10, 3
"""Blocks as long as rows: 4 openings, one of them kept for a renewal."""


@cache
def _weights(seed: int, proofs: int, log_columns: int) -> SecretNetwork:
    return commit_network(mlp(seed), Calibration(inputs(64, 9)[0]), log_columns=log_columns, proofs=proofs).secret


def new_model(seed: int = 0, proofs: int = PROOFS, log_columns: int = LOG_COLUMNS) -> SecretNetwork:
    """A commitment nobody has drawn on before: the weights that go with ``seed``, random blocks of its own."""
    made, own = _weights(seed, proofs, log_columns), secrets.token_bytes(32)
    root = commit_weights(made.commitment.network, made.weights, own, log_columns, made.commitment.block).root
    return replace(made, commitment=replace(made.commitment, weights_commitment=root), seed=own)


@cache
def chain(length: int = 3, seed: int = 0) -> tuple[SecretNetwork, ...]:
    """A model, then its renewals; not to be renewed by a test."""
    found = [new_model(seed)]
    for _ in range(length):
        found.append(renew(found[-1]).secret)
    return tuple(found)


def head(model: SecretNetwork) -> Sections:
    """The sections before any renewal."""
    return sections(model)[:2]


def links(model: SecretNetwork) -> Sections:
    """The sections of renewals."""
    return sections(model)[2:]


def sections(model: SecretNetwork) -> Sections:
    """All of them."""
    return unpack(model.commitment.to_bytes(), b"ASSAYMDL", 1, "model")


def read(found: Sequence[tuple[bytes, bytes]]) -> NetworkCommitment:
    """A commitment from sections."""
    return NetworkCommitment.from_bytes(pack(b"ASSAYMDL", 1, list(found)))


def refused(found: Sequence[tuple[bytes, bytes]], check: str, index: int) -> None:
    """The chain is refused, and the renewal at fault named."""
    with pytest.raises(RejectedProof) as error:
        read(found)
    assert (error.value.check, error.value.batch) == (check, index)
    assert f"(renewal {index})" in str(error.value)


def malformed(found: Sequence[tuple[bytes, bytes]], words: str) -> None:
    """It is no file of this kind."""
    with pytest.raises(MalformedProof, match=words):
        read(found)


def flipped(payload: bytes, place: int) -> bytes:
    """One bit of it changed."""
    place %= len(payload)
    return payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1 :]


def spent(model: SecretNetwork) -> int:
    """Openings written down."""
    budget = renewal_budget(model.commitment)
    return 0 if budget is None else budget.spent


def same_weights(one: SecretNetwork, two: SecretNetwork) -> bool:
    """Whether two models have the same matrix, blocks left out."""
    return np.array_equal(one.matrix().rows, two.matrix().rows)
