"""Inference and retrieval through ezkl: what the halo2 backend's methods do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from proofs.bundle import MAX_BATCHES
from proofs.commitment.corpus import Corpus
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.model import ModelCommitment
from proofs.errors import InvalidInput
from proofs.halo2 import tag
from proofs.halo2.architecture import Weights
from proofs.halo2.costs import require_proving
from proofs.halo2.logit_scale import logit_scale
from proofs.halo2.preflight import require_provable
from proofs.halo2.runner import Progress, Report
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.task import TaskCircuit
from proofs.halo2.task_prover import TaskProving, proving_task
from proofs.halo2.task_verifier import circuit_for, verify_outputs
from proofs.outputs import InferenceVerdict, OutputsOutcome, Predictions, RetrievalVerdict
from proofs.outputs_bundle import OutputsBundle, OutputsProof, note_of
from proofs.predicate import Predicate
from proofs.statements.outputs import Inference, Retrieval

BatchProgress = Callable[[int, int], None]


def statement_of(
    model: ModelCommitment, data: CorpusCommitment, context: bytes, predicate: Predicate | None
) -> Inference | Retrieval:
    """The statement of a proof by this backend: retrieval when there is a predicate."""
    fields = {
        "backend": "halo2",
        "model": model.model_id,
        "weights": model.weights_commitment,
        "data": data.root,
        "format": data.format.digest,
        "total": data.total,
        "batch": data.format.batch,
        "context": context,
    }
    draft = _statement(fields, predicate, bytes(32), hides=True)
    circuit = circuit_for(draft, model, data)
    return _statement(fields, predicate, circuit.digest, hides=circuit.binding != "fixed")


def prove_outputs(
    model: SecretModel,
    corpus: Corpus,
    predicate: Predicate | None,
    context: bytes,
    progress: Progress | None = None,
    on_batch: BatchProgress | None = None,
) -> OutputsOutcome:
    """Prove the logits of every committed input, or, given a predicate, the bit of every document.

    Raises:
        InvalidInput: formats differ, the predicate does not fit the model, some document has no proof, or there are
            too many batches; nothing has been spent then.
        BudgetSpent: fewer proofs are left than batches remain to be made; nothing has been proven then.
        ResourceExceeded: no memory to prove a batch in.
    """
    commitment = corpus.commitment
    if commitment.batches > MAX_BATCHES:
        raise InvalidInput(f"{commitment.batches} batches do not fit into one bundle, {MAX_BATCHES} do: raise --batch")
    statement = statement_of(model.commitment, commitment, context, predicate)
    circuit = circuit_for(statement, model.commitment, commitment)
    require_proving(circuit)
    public = () if predicate is None else predicate.words(circuit.outputs, circuit.scale_bits)
    require_provable(model, corpus, predicate, progress)
    bound_tag = tag.bound_tag(context, note_of(statement))
    began = time.monotonic()
    with proving_task(model, circuit, public, progress) as session:
        _require_budget(session, corpus, bound_tag)
        pairs = []
        for index in range(commitment.batches):
            pairs.append(prove_batch(session, corpus, index, bound_tag, progress))
            if on_batch is not None:
                on_batch(index + 1, commitment.batches)
        setup_s = session.artefacts.setup_s
    bundle = OutputsBundle(statement, circuit.to_json(), tuple(proof for proof, _ in pairs))
    return _outcome(bundle, [report for _, report in pairs], time.monotonic() - began, setup_s)


def prove_batch(
    session: TaskProving, corpus: Corpus, index: int, bound_tag: bytes, progress: Progress | None = None
) -> tuple[OutputsProof, Report | None]:
    """Prove batch ``index`` of a corpus; see ``TaskProving.prove``."""
    batch = corpus.format.batch
    return session.prove(corpus.rows[index * batch : (index + 1) * batch], corpus.opening(index), bound_tag, progress)


def verify_retrieval(
    bundle: OutputsBundle,
    model: ModelCommitment,
    data: CorpusCommitment,
    weights: Weights | None = None,
    progress: Progress | None = None,
) -> RetrievalVerdict:
    """Verify a retrieval bundle. Raises RejectedProof."""
    began = time.monotonic()
    if not isinstance(bundle.statement, Retrieval):
        raise InvalidInput("this bundle proves predictions, not a retrieval; verify it as inference")
    words = verify_outputs(bundle, model, data, weights, progress)
    bits = [bit for batch in words for bit in batch][: data.total]
    selected = tuple(index for index, bit in enumerate(bits) if bit)
    return RetrievalVerdict(selected, data.total, time.monotonic() - began)


def verify_inference(
    bundle: OutputsBundle,
    model: ModelCommitment,
    data: CorpusCommitment,
    weights: Weights | None = None,
    progress: Progress | None = None,
) -> InferenceVerdict:
    """Verify an inference bundle. Raises RejectedProof."""
    began = time.monotonic()
    if isinstance(bundle.statement, Retrieval):
        raise InvalidInput("this bundle proves a retrieval, not predictions; verify it as a retrieval")
    words = verify_outputs(bundle, model, data, weights, progress)
    circuit = circuit_for(bundle.statement, model, data)
    rows = [batch[i : i + circuit.outputs] for batch in words for i in range(0, len(batch), circuit.outputs)]
    scale_bits = logit_scale(circuit, weights, progress)
    return InferenceVerdict(tuple(rows[: data.total]), scale_bits, time.monotonic() - began)


def claimed_predictions(
    bundle: OutputsBundle, weights: Weights | None = None, progress: Progress | None = None
) -> Predictions:
    """What an inference bundle of one's own says, without verifying it."""
    circuit = TaskCircuit.from_json(bundle.circuit)
    return Predictions(bundle.logits(circuit.outputs), logit_scale(circuit, weights, progress))


def _statement(
    fields: dict[str, object], predicate: Predicate | None, circuit: bytes, hides: bool
) -> Inference | Retrieval:
    every = {**fields, "circuit": circuit, "zero_knowledge": hides}
    return Inference(**every) if predicate is None else Retrieval(**every, predicate=predicate)  # type: ignore[arg-type]


def _require_budget(session: TaskProving, corpus: Corpus, bound_tag: bytes) -> None:
    if session.circuit.binding == "polycommit":
        batches = range(corpus.commitment.batches)
        session.budget.require(sum(not session.is_proven(corpus.opening(i), bound_tag) for i in batches))


def _outcome(bundle: OutputsBundle, reports: Sequence[Report | None], prove_s: float, setup_s: float) -> OutputsOutcome:
    made = [report for report in reports if report is not None]
    stages: dict[str, float] = {}
    for report in made:
        for name, seconds in report.stages.items():
            stages[name] = stages.get(name, 0.0) + seconds
    peak = max((report.peak_memory_mb for report in made), default=0.0)
    return OutputsOutcome(bundle, prove_s, setup_s, peak, len(reports) - len(made), stages)
