"""Verifying a bundle of any kind against the data its kind is about."""

from __future__ import annotations

from pathlib import Path

from assay.data import load_labelled
from assay.inputs import load_commitment
from proofs.accuracy import Verdict
from proofs.backend import Backend
from proofs.bundle import AccuracyBundle
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import Hasher, TestSetCommitment, commit_test_set
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.outputs import InferenceVerdict, RetrievalVerdict
from proofs.outputs_bundle import OutputsBundle
from proofs.statements.outputs import Retrieval


def verdict_on(
    verifier: Backend,
    bundle: AccuracyBundle | OutputsBundle,
    committed: ModelCommitment,
    data: Path | None,
    data_commit: Path | None,
    onnx: bytes | None,
) -> Verdict | RetrievalVerdict | InferenceVerdict:
    """Verify ``bundle``. Raises RejectedProof with the name of the check that failed."""
    if isinstance(bundle, AccuracyBundle):
        test_set = _test_set(data, data_commit, committed, verifier.hash_examples)
        return verifier.verify_accuracy(bundle, committed, test_set, onnx)
    inputs = load_commitment(data, data_commit, committed.format)
    if isinstance(bundle.statement, Retrieval):
        return verifier.verify_retrieval(bundle, committed, inputs, onnx)
    return verifier.verify_inference(bundle, committed, inputs, onnx)


def _test_set(
    data: Path | None, data_commit: Path | None, committed: ModelCommitment, hasher: Hasher
) -> TestSetCommitment:
    if data_commit is not None:
        return TestSetCommitment.from_bytes(read_file(data_commit, "test-set commitment"))
    if data is None:
        raise InvalidInput("give the test set, either as --data-commit or as public --data")
    x, y = load_labelled(data)
    return commit_test_set(x, y, committed.format, hasher, public=True).commitment
