"""Malicious provers with real proofs: the faults seen in this field, one named test each.

Instance or model not bound, cross-use, bounds from the proof, skipped activation, count done outside, weights bound to
nothing, test set chosen late, replay, a verifier that takes all, the attacker's circuit, drift, equal commitments.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_audit import BACKEND, SHAPE, TOTAL, Proven
from helpers.tiny_models import classifier, examples, mlp
from onnx import helper

from proofs.bundle import AccuracyBundle, BatchProof, note_of
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.errors import AssayError, InvalidInput, RejectedProof
from proofs.fidelity import FidelityReceipt
from proofs.halo2 import tag
from proofs.halo2.artefacts import build
from proofs.halo2.backend import accuracy_statement
from proofs.halo2.commit import CommitOptions
from proofs.halo2.description import CircuitDescription
from proofs.halo2.inputs import instances
from proofs.halo2.prover import measure_fidelity, proving
from proofs.halo2.runner import run_job
from proofs.halo2.secret_model import SecretModel
from proofs.statements.accuracy import Accuracy


@pytest.fixture(scope="module")
def other(proven: Proven) -> SecretModel:
    """Another model of the same architecture, committed with the same options."""
    return BACKEND.commit_model(mlp(5), SHAPE, CommitOptions(proofs=16))


@pytest.fixture(scope="module")
def other_set(strings: object) -> TestSet:
    x, y = examples(TOTAL, seed=2)
    return commit_test_set(x, y, SHAPE, BACKEND.hash_examples)


def check_of(bundle: AccuracyBundle, model: ModelCommitment, data, onnx: bytes | None = None) -> str:
    with pytest.raises(RejectedProof) as rejection:
        BACKEND.verify_accuracy(bundle, model, data, onnx)
    return rejection.value.check


def forge(
    model: SecretModel,
    test_set: TestSet,
    statement: Accuracy,
    receipt: FidelityReceipt,
    indices: tuple[int, ...] = (0,),
) -> list[BatchProof]:
    """Real proofs with ``model``'s weights, bound to a statement and a receipt of the adversary's choice."""
    bound = tag.bound_tag(statement.context, note_of(statement, receipt))
    with proving(model, test_set) as session:
        return [session.prove_batch(index, bound)[0] for index in indices]


def bundle_of(
    proven: Proven, statement: Accuracy, receipt: FidelityReceipt, batches: list[BatchProof]
) -> AccuracyBundle:
    return AccuracyBundle(statement, proven.bundle.circuit, receipt, tuple(batches))


def test_f01_every_public_value_is_bound(proven: Proven) -> None:
    bundle, description = proven.bundle, proven.model.description
    batch, limbs = bundle.batches[0], tag.limbs(tag.bound_tag(bundle.statement.context, bundle.note))
    honest = instances(
        description, proven.commitment.weights_commitment, batch.opening.hashes, batch.tag_hash, batch.count, limbs
    )
    changed = [[*honest[:i], value + 1, *honest[i + 1 :]] for i, value in enumerate(honest)]
    tried = [honest, *changed, honest[:-1], [*honest, 0], []]
    artefacts = build(description)
    request = {"settings": str(artefacts.settings), "vk": str(artefacts.vk), "srs": str(artefacts.srs)}
    proofs = [{"proof": batch.proof.hex(), "instances": values} for values in tried]
    verdicts = run_job("verify", {**request, "proofs": proofs}).answer["verdicts"]
    assert [verdict is None for verdict in verdicts] == [True] + [False] * (len(tried) - 1)


def test_f02_proof_for_another_model_of_equal_shape(proven: Proven, other: SecretModel) -> None:
    assert other.commitment.architecture_digest == proven.commitment.architecture_digest
    assert check_of(proven.bundle, other.commitment, proven.data) == "statement-model"
    statement = accuracy_statement(other.commitment, proven.data, 0, proven.bundle.statement.context)
    assert check_of(replace(proven.bundle, statement=statement), other.commitment, proven.data) == "model-commitment"


def test_f02_worse_model_and_splice(proven: Proven, other: SecretModel, test_set: TestSet) -> None:
    """A lazy seller proves with another model under the registered id, then also splices the honest commitment in."""
    claim = replace(proven.bundle.statement, at_least=0)
    lazy = measure_fidelity(other, test_set)
    batches = forge(other, test_set, claim, lazy)
    assert check_of(bundle_of(proven, claim, lazy, batches), proven.commitment, proven.data) == "model-commitment"
    head = proven.bundle.batches[0].proof[:64]
    assert all(batch.proof[:64] != head for batch in batches)
    spliced = [replace(batch, proof=head + batch.proof[64:]) for batch in batches]
    assert check_of(bundle_of(proven, claim, lazy, spliced), proven.commitment, proven.data) == "proof"


def test_f05_f14_replay_under_another_occasion(proven: Proven) -> None:
    for change in ({"context": bytes(32)}, {"at_least": 0}):
        bundle = replace(proven.bundle, statement=replace(proven.bundle.statement, **change))
        assert check_of(bundle, proven.commitment, proven.data) == "proof"
    stolen = proven.commitment.owned_by(b"\1" * 20)
    assert check_of(proven.bundle, stolen, proven.data) == "statement-model"
    statement = replace(proven.bundle.statement, model=stolen.model_id)
    assert check_of(replace(proven.bundle, statement=statement), stolen, proven.data) == "proof"


def recommitted(commitment: ModelCommitment, description: CircuitDescription) -> ModelCommitment:
    """The same weights commitment claimed for another circuit, all digests made to fit."""
    return replace(
        commitment,
        architecture_digest=description.digest,
        quantisation_digest=description.quantisation_digest,
        details=description.to_json(),
    )


def test_f06_f10_f17_proof_of_one_circuit_under_another(proven: Proven) -> None:
    """An honest proof sold as one of a network without its activation, or of a smaller mask."""
    description = proven.model.description
    nodes = tuple(replace(n, op="Identity") if n.op == "Relu" else n for n in description.architecture.nodes)
    skipped = replace(description, architecture=replace(description.architecture, nodes=nodes))
    for forged in (skipped, replace(description, budget=1)):
        commitment = recommitted(proven.commitment, forged)
        statement = replace(proven.bundle.statement, circuit=commitment.architecture_digest, model=commitment.model_id)
        bundle = replace(proven.bundle, statement=statement, circuit=commitment.details)
        assert check_of(bundle, commitment, proven.data) in ("proof", "proof-length")
        assert (
            check_of(proven.bundle, replace(commitment, architecture_digest=bytes(32)), proven.data) == "circuit-digest"
        )


def test_f17_committed_circuit_that_looks_across_the_batch(proven: Proven) -> None:
    description = proven.model.description
    spread = tuple(
        replace(node, op="Concat", attributes=(("axis:i", 0),)) if node.op == "Relu" else node
        for node in description.architecture.nodes
    )
    forged = replace(description, architecture=replace(description.architecture, nodes=spread))
    commitment = recommitted(proven.commitment, forged)
    statement = replace(proven.bundle.statement, circuit=commitment.architecture_digest, model=commitment.model_id)
    bundle = replace(proven.bundle, statement=statement, circuit=commitment.details)
    assert check_of(bundle, commitment, proven.data) == "architecture"


def test_f11_inflated_count_with_a_note_that_says_so(proven: Proven, test_set: TestSet) -> None:
    """The prover binds an inflated receipt before proving, so that only the circuit's own count is in the way."""
    claim = replace(proven.bundle.statement, at_least=4)
    inflated = replace(proven.bundle.receipt, integer_correct=4)
    batches = forge(proven.model, test_set, claim, inflated, (0, 1))
    honest = bundle_of(proven, claim, inflated, batches)
    assert check_of(honest, proven.commitment, proven.data) == "total"
    raised = [batches[0], replace(batches[1], count=2)]
    assert check_of(bundle_of(proven, claim, inflated, raised), proven.commitment, proven.data) == "proof"


def test_f12_weights_that_bind_nothing_are_not_offered(strings: object) -> None:
    with pytest.raises(InvalidInput, match="private"):
        BACKEND.commit_model(mlp(), SHAPE, CommitOptions(binding="private"))


def test_f12_hashed_proof_with_other_weights(proven_hashed: Proven, test_set: TestSet) -> None:
    other = BACKEND.commit_model(mlp(5), SHAPE, CommitOptions(binding="hashed"))
    assert other.commitment.architecture_digest == proven_hashed.commitment.architecture_digest
    theirs = measure_fidelity(other, test_set)
    claim = replace(proven_hashed.bundle.statement, at_least=0)
    batches = forge(other, test_set, claim, theirs)
    assert (
        check_of(bundle_of(proven_hashed, claim, theirs, batches), proven_hashed.commitment, proven_hashed.data)
        == "proof"
    )


def test_f12_fixed_model_is_the_one_given(proven_fixed: Proven) -> None:
    assert check_of(proven_fixed.bundle, proven_fixed.commitment, proven_fixed.data, mlp(5)) == "model-commitment"
    with pytest.raises(InvalidInput, match="--model"):
        BACKEND.verify_accuracy(proven_fixed.bundle, proven_fixed.commitment, proven_fixed.data)


def test_f13_another_test_set(proven: Proven, other_set: TestSet) -> None:
    data = other_set.commitment
    assert check_of(proven.bundle, proven.commitment, data) == "statement-data"
    statement = replace(proven.bundle.statement, data=data.root)
    assert check_of(replace(proven.bundle, statement=statement), proven.commitment, data) == "data-root"
    openings = [replace(b, opening=other_set.opening(b.index)) for b in proven.bundle.batches]
    bundle = bundle_of(proven, statement, proven.bundle.receipt, openings)
    assert check_of(bundle, proven.commitment, data) == "proof"


def test_f13_batches_repeated_or_missing_in_memory(proven: Proven) -> None:
    first, second, third = proven.bundle.batches
    for batches in ((first, first, first), (second, first, third), (first, first, second), ()):
        assert check_of(replace(proven.bundle, batches=batches), proven.commitment, proven.data) == "batch-order"
    assert check_of(replace(proven.bundle, batches=(second, third)), proven.commitment, proven.data) == "total"


def test_f13_prefix_of_the_batches_proves_what_it_holds(proven: Proven, test_set: TestSet) -> None:
    """Missing batches count as wrong, so a shorter bundle is a valid proof of less."""
    assert proven.verify(replace(proven.bundle, batches=proven.bundle.batches[:2])) == 3


@pytest.mark.parametrize("binding", ["proven", "proven_hashed", "proven_fixed"])
def test_f16_rubbish_of_the_right_length(binding: str, request: pytest.FixtureRequest) -> None:
    proven = request.getfixturevalue(binding)
    batches = [replace(b, proof=b.proof[:64] + os.urandom(len(b.proof) - 64)) for b in proven.bundle.batches]
    bundle = bundle_of(proven, proven.bundle.statement, proven.bundle.receipt, batches)
    assert check_of(bundle, proven.commitment, proven.data, proven.onnx) == "proof"


def test_f18_drift_between_float_and_integer_model_is_reported(test_set: TestSet) -> None:
    """A network whose weights fixed point loses: the receipt cannot hide it without breaking the proof (manifest)."""
    weights = np.random.default_rng(3).uniform(size=(8, 3)).astype("f4") / 1000
    weights[:, 0] *= -1
    onnx = classifier([helper.make_node("MatMul", ["x", "w"], ["y"])], {"w": weights})
    model = BACKEND.commit_model(onnx, SHAPE, CommitOptions())
    receipt = measure_fidelity(model, test_set)
    assert receipt.agree == 0
    assert receipt.integer_correct == int((test_set.labels == 0).sum())  # all logits 0: the lowest class wins


def test_f20_commitments_differ(proven: Proven, other: SecretModel) -> None:
    again = BACKEND.commit_model(proven.model.onnx, SHAPE, CommitOptions(proofs=16))
    commitments = {m.weights_commitment for m in (proven.commitment, other.commitment, again.commitment)}
    assert len(commitments) == 3  # another mask is another commitment, also of the same weights


def test_commitments_that_do_not_fit_one_another(proven: Proven) -> None:
    other_format = replace(proven.data, format=replace(SHAPE, salt_limbs=9))
    assert check_of(proven.bundle, proven.commitment, other_format) == "input-format"
    other_backend = replace(proven.commitment, backend="sumcheck")
    assert check_of(proven.bundle, other_backend, proven.data) == "backend"
    assert (
        check_of(
            replace(proven.bundle, statement=replace(proven.bundle.statement, top_k=2)), proven.commitment, proven.data
        )
        == "statement-top_k"
    )


def test_hostile_commitments_raise_the_projects_errors(proven: Proven) -> None:
    for details in (None, [], {}, {"binding": "fixed"}, 1, "x", {**proven.bundle.circuit, "format": []}):
        commitment = replace(proven.commitment, details=details)
        with pytest.raises(AssayError):
            BACKEND.verify_accuracy(proven.bundle, commitment, proven.data, b"not onnx")
