"""Verifying bundles about outputs: trusts the two commitments it is given and nothing it reads from the proof."""

from __future__ import annotations

from collections.abc import Sequence

from proofs.canonical import canonical_bytes
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.model import ModelCommitment
from proofs.encoding import keccak256
from proofs.errors import RejectedProof
from proofs.halo2 import tag
from proofs.halo2.architecture import Weights
from proofs.halo2.artefacts import Artefacts, build
from proofs.halo2.felts import R
from proofs.halo2.inputs import task_instances
from proofs.halo2.points import POINT_BYTES
from proofs.halo2.runner import Progress, run_job
from proofs.halo2.task import INFERENCE, RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD, TaskCircuit
from proofs.halo2.verifier import check_commitment, check_fixed
from proofs.outputs_bundle import OutputsBundle, OutputsProof
from proofs.predicate import CLASS
from proofs.statements.outputs import Inference, Retrieval


def circuit_for(statement: Inference | Retrieval, model: ModelCommitment, data: CorpusCommitment) -> TaskCircuit:
    """The circuit a statement must have been proven in. Raises RejectedProof or InvalidInput (formats differ)."""
    task = INFERENCE
    if isinstance(statement, Retrieval):
        task = RETRIEVAL_CLASS if statement.predicate.kind == CLASS else RETRIEVAL_THRESHOLD
    return TaskCircuit(check_commitment(model), task, data.format)


def verify_outputs(
    bundle: OutputsBundle,
    model: ModelCommitment,
    data: CorpusCommitment,
    weights: Weights | None = None,
    progress: Progress | None = None,
) -> tuple[tuple[int, ...], ...]:
    """Verify a bundle; returns each batch's secret-dependent words, in order: logits row by row, or bits.

    Every committed input is covered exactly once: a bundle that leaves a batch out is rejected.

    Raises:
        RejectedProof: with the name of the check that failed.
    """
    circuit = circuit_for(bundle.statement, model, data)
    _check_statement(bundle.statement, circuit, model, data)
    if canonical_bytes(bundle.circuit) != canonical_bytes(circuit.to_json()):
        raise RejectedProof("circuit", "the bundle's circuit is not the one its statement needs")
    check_fixed(circuit.base, model, weights)
    indices = [batch.opening.index for batch in bundle.batches]
    if indices != list(range(data.batches)):
        raise RejectedProof("coverage", f"batches {indices[:8]} must be 0 to {data.batches - 1}, each exactly once")
    artefacts = build(circuit, weights, progress)
    words = tuple(_check_batch(batch, bundle.statement, circuit, model, data, artefacts) for batch in bundle.batches)
    bound = tag.bound_tag(bundle.statement.context, bundle.note)
    check_proofs(bundle.batches, circuit, model.weights_commitment, bound, artefacts, progress)
    return words


def check_proofs(
    proofs: Sequence[OutputsProof],
    circuit: TaskCircuit,
    weights_commitment: bytes,
    bound_tag: bytes,
    artefacts: Artefacts,
    progress: Progress | None = None,
) -> None:
    """Check proofs, their lengths and the weights they were made with. Raises RejectedProof."""
    for proof in proofs:
        if len(proof.proof) != artefacts.proof_bytes:
            detail = f"{len(proof.proof)} bytes, the circuit's proofs have {artefacts.proof_bytes}"
            raise RejectedProof("proof-length", detail, proof.opening.index)
        head = proof.proof[: POINT_BYTES * circuit.points]
        if circuit.binding == "polycommit" and keccak256(head) != weights_commitment:
            detail = "the proof was made with other weights than the committed ones"
            raise RejectedProof("model-commitment", detail, proof.opening.index)
    limbs = tag.limbs(bound_tag)
    request = {
        "proofs": [
            {"proof": proof.proof.hex(), "instances": task_instances(circuit, weights_commitment, proof, limbs)}
            for proof in proofs
        ],
        "settings": str(artefacts.settings),
        "vk": str(artefacts.vk),
        "srs": str(artefacts.srs),
    }
    report = run_job("verify", request, progress=progress)
    for proof, verdict in zip(proofs, report.answer["verdicts"], strict=True):
        if verdict is not None:
            detail = f"the proof does not verify for these public values: {verdict}"
            raise RejectedProof("proof", detail, proof.opening.index)


def _check_statement(
    statement: Inference | Retrieval, circuit: TaskCircuit, model: ModelCommitment, data: CorpusCommitment
) -> None:
    expected = {
        "backend": model.backend,
        "zero_knowledge": circuit.binding != "fixed",
        "circuit": circuit.digest,
        "model": model.model_id,
        "weights": model.weights_commitment,
        "data": data.root,
        "format": data.format.digest,
        "total": data.total,
        "batch": data.format.batch,
    }
    for name, value in expected.items():
        if getattr(statement, name) != value:
            raise RejectedProof(
                f"statement-{name}", "the statement is about something other than the given commitments"
            )


def _check_batch(
    batch: OutputsProof,
    statement: Inference | Retrieval,
    circuit: TaskCircuit,
    model: ModelCommitment,
    data: CorpusCommitment,
    artefacts: Artefacts,
) -> tuple[int, ...]:
    """Check one batch's opening and the shape of its words; returns those that depend on the secret inputs."""
    data.check_opening(batch.opening)
    public: tuple[int, ...] = ()
    free = circuit.batch * circuit.outputs
    if isinstance(statement, Retrieval):
        if statement.predicate.selected >= circuit.outputs:
            raise RejectedProof("predicate", f"the model has {circuit.outputs} outputs", batch.opening.index)
        public, free = statement.predicate.words(circuit.outputs, circuit.scale_bits), circuit.batch
    if len(batch.words) != free + len(public) or any(not -R < 2 * word < R for word in batch.words):
        detail = f"there must be {free + len(public)} words, each the signed integer of a field element"
        raise RejectedProof("outputs", detail, batch.opening.index)
    words, rest = batch.words[:free], batch.words[free:]
    if rest != public:
        raise RejectedProof("predicate", "the batch was proven for another predicate", batch.opening.index)
    one = 1 << circuit.scale_bits
    if isinstance(statement, Retrieval) and any(word not in (0, one) for word in words):
        raise RejectedProof("bit", "a document's bit is neither 0 nor 1", batch.opening.index)
    return words
