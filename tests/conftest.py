"""Shared by every test: a home of its own for the session, so that nothing of the user's is read or written, and
audits of a tiny circuit, proven once in that home and reused.

``ASSAY_TEST_HOME=/some/folder`` keeps that home between sessions (keys and proofs are then reused), for developing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.tiny_audit import BACKEND, SHAPE, Proven, labelled_set, prove, reference_string
from helpers.tiny_models import mlp
from helpers.tiny_outputs import CLASS_0, LIMIT, ProvenOutputs, prove_outputs, public_corpus, secret_corpus, views

from proofs.commitment.test_set import TestSet
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.srs import Srs
from proofs.paths import kernel_dir


@pytest.fixture(scope="session", autouse=True)
def assay_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """``ASSAY_HOME`` for the session: caches, budgets and records live there."""
    kept = os.environ.get("ASSAY_TEST_HOME")
    home = Path(kept) if kept else tmp_path_factory.mktemp("assay-home")
    before = os.environ.get("ASSAY_HOME")
    os.environ.setdefault("ASSAY_KERNELS", str(kernel_dir()))  # machine code is compiled once, for children too
    os.environ["ASSAY_HOME"] = str(home)
    os.environ.setdefault("ASSAY_PROVER_TIMEOUT_S", "300")
    yield home
    if before is None:
        del os.environ["ASSAY_HOME"]
    else:
        os.environ["ASSAY_HOME"] = before


@pytest.fixture(scope="session")
def strings(assay_home: Path) -> dict[int, Srs]:
    """Reference strings of the sizes the tiny circuits need."""
    return {logrows: reference_string(logrows) for logrows in (11, 12, 13)}


@pytest.fixture(scope="session")
def test_set(strings: object) -> TestSet:
    """Six committed examples."""
    return labelled_set()


@pytest.fixture(scope="session")
def proven(test_set: TestSet) -> Proven:
    """Polycommit, the default binding; its batches count (2, 1, 0)."""
    return prove("polycommit", test_set)


@pytest.fixture(scope="session")
def proven_hashed(test_set: TestSet) -> Proven:
    """The same with hashed weights."""
    return prove("hashed", test_set)


@pytest.fixture(scope="session")
def proven_fixed(test_set: TestSet) -> Proven:
    """The same with public weights."""
    return prove("fixed", test_set)


@pytest.fixture(scope="session")
def outputs_model(strings: object) -> SecretModel:
    """The tiny model once more, with a budget of its own for inference and retrieval."""
    return BACKEND.commit_model(mlp(0), SHAPE, CommitOptions())


@pytest.fixture(scope="session")
def proven_class(outputs_model: SecretModel) -> ProvenOutputs:
    """A retrieval of class 0 from a secret corpus."""
    return prove_outputs(outputs_model, secret_corpus(views()), CLASS_0)


@pytest.fixture(scope="session")
def proven_threshold(outputs_model: SecretModel) -> ProvenOutputs:
    """A retrieval by threshold from the same corpus."""
    return prove_outputs(outputs_model, secret_corpus(views()), LIMIT)


@pytest.fixture(scope="session")
def proven_inference(outputs_model: SecretModel) -> ProvenOutputs:
    """Predictions on public inputs."""
    return prove_outputs(outputs_model, public_corpus(views()), None)
