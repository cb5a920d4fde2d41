"""Completeness: honest bundles of every binding verify, in memory and through their bytes."""

from __future__ import annotations

import pytest

from proofs.bundle import AccuracyBundle
from proofs.fidelity import float_logits


@pytest.mark.parametrize("name", ["proven", "proven_hashed", "proven_fixed"])
def test_honest_bundle_is_accepted(name: str, request: pytest.FixtureRequest) -> None:
    proven = request.getfixturevalue(name)
    again = AccuracyBundle.from_bytes(proven.bundle.to_bytes())
    assert again == proven.bundle
    assert proven.verify(again) == proven.bundle.correct == proven.bundle.receipt.integer_correct
    assert proven.bundle.statement.at_least == proven.bundle.correct


def test_count_is_the_models(proven, test_set) -> None:
    logits = float_logits(proven.model.onnx, test_set.x)
    receipt = proven.bundle.receipt
    assert receipt.float_correct == int((logits.argmax(axis=1) == test_set.labels).sum())
    assert receipt.total == len(logits)
    assert receipt.max_logit_error_ppm < 100_000
