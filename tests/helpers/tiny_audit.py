"""A finished audit on the tiny circuit: 8 features, 3 classes, batch 2, 2^12 rows (2^13 with hashed weights)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from helpers.tiny_models import examples, mlp
from proofs.accuracy import ProveOutcome
from proofs.bundle import AccuracyBundle
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSet, TestSetCommitment, commit_test_set
from proofs.errors import MissingArtifact
from proofs.fidelity import float_logits
from proofs.halo2 import srs
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel

SHAPE = InputFormat((8,), scale_bits=7, classes=3, batch=2)
TOTAL = 6
BACKEND = Halo2Backend()
CONTEXT = bytes(range(32))


COUNTS = (2, 1, 0)


@dataclass(frozen=True)
class Proven:
    """A finished audit: what each side holds, and the onnx a verifier of a public model is given."""

    model: SecretModel
    test_set: TestSet
    outcome: ProveOutcome
    onnx: bytes | None = field(default=None)

    @property
    def bundle(self) -> AccuracyBundle:
        return self.outcome.bundle

    @property
    def commitment(self) -> ModelCommitment:
        return self.model.commitment

    @property
    def data(self) -> TestSetCommitment:
        return self.test_set.commitment

    def verify(self, bundle: AccuracyBundle | None = None) -> int:
        """Count proven by ``bundle`` (the honest one by default)."""
        return BACKEND.verify_accuracy(bundle or self.bundle, self.commitment, self.data, self.onnx).correct


def reference_string(logrows: int) -> srs.Srs:
    """A session-wide insecure reference string."""
    try:
        return srs.find(logrows)
    except MissingArtifact:
        return srs.make_insecure(logrows)


def labelled_set() -> TestSet:
    """Six examples of which the honest model gets the first three right: batch counts (2, 1, 0)."""
    x, _ = examples(TOTAL)
    y = float_logits(mlp(0), x.astype(np.float32)).argmax(axis=1)
    y[3:] = (y[3:] + 1) % 3
    return commit_test_set(x, y, SHAPE, BACKEND.hash_examples)


def prove(binding: str, test_set: TestSet, seed: int = 0, proofs: int = 16) -> Proven:
    onnx = mlp(seed)
    model = BACKEND.commit_model(onnx, SHAPE, CommitOptions(binding=binding, proofs=proofs))
    outcome = BACKEND.prove_accuracy(model, test_set, context=CONTEXT)
    return Proven(model, test_set, outcome, onnx if binding == "fixed" else None)
