"""Verifying accuracy bundles: trusts the two commitments it is given and nothing it reads from the proof.

The circuit is rebuilt from its public description around random weights; settings and verifying key are this side's
own. The public instances are assembled from checked values: committed hashes, the recomputed tag, the claimed count.
"""

from __future__ import annotations

from proofs.bundle import AccuracyBundle, BatchProof
from proofs.canonical import canonical_bytes
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSetCommitment
from proofs.encoding import keccak256
from proofs.errors import RejectedProof
from proofs.halo2 import tag
from proofs.halo2.architecture import Weights
from proofs.halo2.artefacts import Artefacts, build
from proofs.halo2.commit import FIXED_DOMAIN
from proofs.halo2.description import CircuitDescription
from proofs.halo2.inputs import instances
from proofs.halo2.points import POINT_BYTES
from proofs.halo2.runner import Progress, run_job
from proofs.halo2.secret_model import weights_sha256
from proofs.statements.accuracy import Accuracy


def check_commitment(commitment: ModelCommitment) -> CircuitDescription:
    """The circuit description of a model commitment, checked against its digests. Raises RejectedProof."""
    description = CircuitDescription.from_json(commitment.details)
    if commitment.backend != "halo2":
        raise RejectedProof("backend", f"the model is committed for backend '{commitment.backend}', not 'halo2'")
    found = (description.digest, description.quantisation_digest, description.format)
    if found != (commitment.architecture_digest, commitment.quantisation_digest, commitment.format):
        raise RejectedProof("circuit-digest", "the commitment's circuit does not have the digests the commitment names")
    return description


def check_statement(statement: Accuracy, model: ModelCommitment, data: TestSetCommitment, hides: bool) -> None:
    """Check each field of the statement against the trusted commitments. Raises RejectedProof."""
    expected = {
        "backend": model.backend,
        "zero_knowledge": hides,
        "circuit": model.architecture_digest,
        "model": model.model_id,
        "weights": model.weights_commitment,
        "data": data.root,
        "format": data.format.digest,
        "total": data.total,
        "batch": data.format.batch,
        "top_k": 1,
    }
    if model.format != data.format:
        raise RejectedProof(
            "input-format", f"the model takes {model.format}, the test set is committed as {data.format}"
        )
    for name, value in expected.items():
        if getattr(statement, name) != value:
            raise RejectedProof(
                f"statement-{name}", "the statement is about something other than the given commitments"
            )


def verify_accuracy(
    bundle: AccuracyBundle,
    model: ModelCommitment,
    data: TestSetCommitment,
    weights: Weights | None = None,
    progress: Progress | None = None,
) -> int:
    """Verify a bundle against the commitments of model and test set.

    Args:
        weights: the public weights of a ``fixed`` model; None otherwise.

    Returns:
        The proven number of correct examples (at least the statement's ``at_least``).

    Raises:
        RejectedProof: with the name of the check that failed. Nothing else is raised for hostile content.
    """
    description = check_commitment(model)
    check_statement(bundle.statement, model, data, hides=description.binding != "fixed")
    if canonical_bytes(bundle.circuit) != canonical_bytes(model.details):
        raise RejectedProof("circuit", "the bundle's circuit is not the committed model's")
    check_fixed(description, model, weights)
    _check_order(bundle)
    artefacts = build(description, weights, progress)
    for batch in bundle.batches:
        _check_batch(batch, description, model, data, artefacts)
    if bundle.correct < bundle.statement.at_least:
        raise RejectedProof(
            "total",
            f"the batches prove {bundle.correct} correct, the statement claims at least {bundle.statement.at_least}",
        )
    _check_receipt(bundle, data)
    _check_proofs(bundle, description, model, artefacts, progress)
    return bundle.correct


def _check_order(bundle: AccuracyBundle) -> None:
    """Each batch at most once: a bundle made in memory has not been through the parser, which checks the same."""
    indices = [batch.index for batch in bundle.batches]
    if not indices or indices != sorted(set(indices)):
        raise RejectedProof("batch-order", f"batches {indices[:8]} must be increasing, each at most once")


def check_fixed(description: CircuitDescription, model: ModelCommitment, weights: Weights | None) -> None:
    """Check that given public weights are the committed ones. Raises RejectedProof('model-commitment')."""
    if weights is None or description.binding != "fixed":
        return
    if keccak256(FIXED_DOMAIN + weights_sha256(weights)) != model.weights_commitment:
        raise RejectedProof("model-commitment", "the given model is not the committed one")


def _check_batch(
    batch: BatchProof,
    description: CircuitDescription,
    model: ModelCommitment,
    data: TestSetCommitment,
    artefacts: Artefacts,
) -> None:
    data.check_opening(batch.opening)
    if not 0 <= batch.count <= data.format.batch:
        raise RejectedProof("count-range", f"{batch.count} correct out of {data.format.batch}", batch.index)
    if len(batch.proof) != artefacts.proof_bytes:
        raise RejectedProof(
            "proof-length", f"{len(batch.proof)} bytes, the circuit's proofs have {artefacts.proof_bytes}", batch.index
        )
    head = batch.proof[: POINT_BYTES * description.points]
    if description.binding == "polycommit" and keccak256(head) != model.weights_commitment:
        raise RejectedProof(
            "model-commitment", "the proof was made with other weights than the committed ones", batch.index
        )


def _check_receipt(bundle: AccuracyBundle, data: TestSetCommitment) -> None:
    """The receipt is bound, not proven; where it repeats something proven the two must agree."""
    receipt = bundle.receipt
    unproven = data.total - len(bundle.batches) * data.format.batch
    possible = bundle.correct <= receipt.integer_correct <= bundle.correct + unproven
    if receipt.total != data.total or not possible:
        raise RejectedProof("receipt", "the fidelity receipt contradicts the proven count")


def _check_proofs(
    bundle: AccuracyBundle,
    description: CircuitDescription,
    model: ModelCommitment,
    artefacts: Artefacts,
    progress: Progress | None,
) -> None:
    limbs = tag.limbs(tag.bound_tag(bundle.statement.context, bundle.note))
    proofs = [
        {
            "proof": batch.proof.hex(),
            "instances": instances(
                description, model.weights_commitment, batch.opening.hashes, batch.tag_hash, batch.count, limbs
            ),
        }
        for batch in bundle.batches
    ]
    request = {
        "proofs": proofs,
        "settings": str(artefacts.settings),
        "vk": str(artefacts.vk),
        "srs": str(artefacts.srs),
    }
    report = run_job("verify", request, progress=progress)
    for batch, verdict in zip(bundle.batches, report.answer["verdicts"], strict=True):
        if verdict is not None:
            raise RejectedProof("proof", f"the proof does not verify for these public values: {verdict}", batch.index)
