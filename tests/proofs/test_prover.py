"""The prover: budget before work, nothing proven twice, an interrupted run goes on where it stopped."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny_audit import BACKEND, CONTEXT, COUNTS, SHAPE, Proven
from helpers.tiny_models import classifier, examples, mlp
from onnx import helper

from proofs.budget import Budget
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.errors import BudgetSpent, InvalidInput, MissingArtifact, ProverFailed
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel, read_secret_model, write_secret_model
from proofs.paths import cache_dir


@pytest.fixture
def model(proven: Proven) -> SecretModel:
    """A fresh commitment, hence a fresh budget: 4 proofs, 3 of which a run needs."""
    return BACKEND.commit_model(mlp(0), SHAPE, CommitOptions(proofs=4))


def budget_of(model: SecretModel) -> Budget:
    return Budget(model.commitment.weights_commitment, model.description.budget)


def kept_batches(model: SecretModel) -> list[Path]:
    return sorted((cache_dir() / "proofs").glob(f"{model.commitment.model_id.hex()[:16]}-*/batch-*"))


def test_costs_and_counts_are_reported(proven: Proven) -> None:
    outcome = proven.outcome
    assert tuple(batch.count for batch in outcome.bundle.batches) == COUNTS
    assert {"witness", "mock", "prove", "verify"} <= set(outcome.stages) or outcome.reused == 3
    assert outcome.prove_s > 0


def test_second_run_reads_back_and_spends_nothing(proven: Proven, test_set: TestSet) -> None:
    spent = budget_of(proven.model).spent
    again = BACKEND.prove_accuracy(proven.model, test_set, context=CONTEXT)
    assert (again.reused, again.bundle) == (3, proven.bundle)
    assert budget_of(proven.model).spent == spent


def test_interrupted_damaged_and_exhausted(model: SecretModel, test_set: TestSet) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Halo2Backend(on_batch=interrupt).prove_accuracy(model, test_set)
    assert budget_of(model).spent == len(kept_batches(model)) == 2
    assert stat.S_IMODE(kept_batches(model)[0].stat().st_mode) == 0o600

    damaged = kept_batches(model)[0]
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done: list[tuple[int, int]] = []
    outcome = Halo2Backend(on_batch=lambda *batch: done.append(batch)).prove_accuracy(model, test_set)
    assert (outcome.reused, budget_of(model).spent) == (1, 4)
    assert done == [(1, 3), (2, 3), (3, 3)]
    assert BACKEND.verify_accuracy(outcome.bundle, model.commitment, test_set.commitment).correct == sum(COUNTS)

    with pytest.raises(BudgetSpent, match="3 more are needed"):
        BACKEND.prove_accuracy(model, test_set, context=b"\1" * 32)
    assert BACKEND.prove_accuracy(model, test_set).reused == 3  # what is proven stays provable


def test_budget_too_small_stops_before_any_work(proven: Proven, test_set: TestSet) -> None:
    model = BACKEND.commit_model(mlp(0), SHAPE, CommitOptions(proofs=2))
    with pytest.raises(BudgetSpent):
        BACKEND.prove_accuracy(model, test_set)
    assert budget_of(model).spent == 0
    assert kept_batches(model) == []


def test_false_claims_and_foreign_formats_stop_before_any_work(proven: Proven, test_set: TestSet) -> None:
    spent = budget_of(proven.model).spent
    with pytest.raises(InvalidInput, match="has no proof"):
        BACKEND.prove_accuracy(proven.model, test_set, at_least=4)
    x, y = examples(4)
    foreign = commit_test_set(x, y, replace(SHAPE, batch=4), BACKEND.hash_examples)
    with pytest.raises(InvalidInput, match="commit the data again"):
        BACKEND.prove_accuracy(proven.model, foreign)
    assert budget_of(proven.model).spent == spent


def test_hashes_that_are_not_the_circuits(model: SecretModel, test_set: TestSet) -> None:
    """A buyer who commits wrong hashes: the prover says so; the opening stays spent, since a proof was computed."""
    wrong = replace(test_set, hashes=(test_set.hashes[0] ^ 1, *test_set.hashes[1:]))
    with pytest.raises(ProverFailed, match="public values are not the statement's"):
        BACKEND.prove_accuracy(model, wrong)
    assert budget_of(model).spent == 1


@pytest.mark.parametrize(("weight", "x", "where"), [(1000.0, 65_536.0, "infer"), (100.0, 5.0, "too far apart")])
def test_overflow_is_found_without_spending(weight: float, x: float, where: str, proven: Proven) -> None:
    """Logits beyond the digits, or fitting ones whose difference does not: found by a rehearsal, not in a proof."""
    weights = np.zeros((8, 3), "f4")
    weights[0] = weight, -weight, 1
    onnx = classifier([helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": weights})
    model = BACKEND.commit_model(onnx, SHAPE, CommitOptions(proofs=4))
    with pytest.raises(ProverFailed, match=where):
        BACKEND.rehearse(model, np.full((2, 8), x), np.zeros(2, int))
    assert BACKEND.rehearse(model, np.full((2, 8), 0.125), np.zeros(2, int)).agree == 2
    assert budget_of(model).spent == 0


def test_rehearsal_needs_a_batch(proven: Proven) -> None:
    with pytest.raises(InvalidInput, match="at least one batch"):
        BACKEND.rehearse(proven.model, np.zeros((1, 8)), np.zeros(1, int))


def test_secret_model_files(proven: Proven, tmp_path: Path) -> None:
    path = tmp_path / "model.commit"
    write_secret_model(path, proven.model)
    secret = path.with_name("model.commit.secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    again = read_secret_model(path, proven.model.onnx)
    assert again.circuit == proven.model.circuit
    with pytest.raises(InvalidInput, match="not the one committed"):
        read_secret_model(path, mlp(5))
    with pytest.raises(InvalidInput):
        read_secret_model(path, b"no model")
    other = tmp_path / "other.commit"
    write_secret_model(other, BACKEND.commit_model(mlp(0), SHAPE, CommitOptions(proofs=2)))
    secret.write_bytes(other.with_name("other.commit.secret").read_bytes())
    with pytest.raises(InvalidInput, match="wrong size"):
        read_secret_model(path, proven.model.onnx)
    secret.unlink()
    with pytest.raises(MissingArtifact):
        read_secret_model(path, proven.model.onnx)
