"""The halo2 backend behind the common interface: hides all but ``sheets.leaks``; settles on chain; small models."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from proofs.accuracy import NO_CONTEXT, ProveOutcome, Verdict
from proofs.bundle import MAX_BATCHES, AccuracyBundle, BatchProof, note_of
from proofs.commitment.corpus import Corpus
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSet, TestSetCommitment
from proofs.errors import InvalidInput
from proofs.fidelity import FidelityReceipt
from proofs.halo2 import commit, felts, tag, task_backend, verifier
from proofs.halo2.architecture import Weights, split_model
from proofs.halo2.costs import require_proving
from proofs.halo2.prover import Proving, measure_fidelity, proving
from proofs.halo2.runner import Progress, Report, run_job
from proofs.halo2.secret_model import SecretModel
from proofs.outputs import InferenceVerdict, OutputsOutcome, Predictions, RetrievalVerdict
from proofs.outputs_bundle import OutputsBundle
from proofs.predicate import Predicate
from proofs.statements.accuracy import Accuracy

BatchProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Halo2Backend:
    """Accuracy proofs through ezkl.

    Args:
        progress: called with the name of each stage of each child process.
        on_batch: called with (batches done, batches in all) after each batch.
    """

    progress: Progress | None = None
    on_batch: BatchProgress | None = None
    name: str = "halo2"
    # BN254 after the tower number-field sieve (Kim-Barbulescu 2016; Barbulescu-Duquesne 2019), minus the Fiat-Shamir
    # union bound, which is far smaller: the group is the weakest part.
    soundness_bits: ClassVar[int] = 100

    def hash_examples(self, rows: NDArray[np.int64]) -> list[int]:
        """In-circuit Poseidon hash h_i of each row of raw integers (N, width)."""
        report = run_job("hash", {"rows": rows.tolist()}, progress=self.progress)
        return [felts.from_hex(text) for text in report.answer["hashes"]]

    def commit_model(self, onnx: bytes, shape: InputFormat, options: commit.CommitOptions) -> SecretModel:
        """Commit to a model; see ``commit.commit_model``."""
        return commit.commit_model(onnx, shape, options, self.progress)

    def rehearse(self, model: SecretModel, x: NDArray[np.generic], y: NDArray[np.generic]) -> FidelityReceipt:
        """Run the integer model on sample inputs: raises ProverFailed where an intermediate value would overflow."""
        shape = model.commitment.format
        usable = len(x) - len(x) % shape.batch
        if usable == 0:
            raise InvalidInput(f"{len(x)} calibration examples; at least one batch of {shape.batch} is needed")
        rows = shape.quantise(x[:usable])
        blank = np.zeros((usable, shape.salt_limbs), dtype=np.int64)
        labels = y[:usable].astype(np.int64)
        return measure_fidelity(model, TestSet(shape, rows, labels, blank, (0,) * usable), self.progress)

    def prove_accuracy(
        self, model: SecretModel, test_set: TestSet, at_least: int | None = None, context: bytes = NO_CONTEXT
    ) -> ProveOutcome:
        """Prove that ``model`` gets at least ``at_least`` of ``test_set`` right (all it does get right by default).

        Raises:
            InvalidInput: the model's true count is below ``at_least``, or the formats differ.
            BudgetSpent: fewer proofs are left than batches remain to be made; nothing has been proven then.
            ResourceExceeded: no memory to prove a batch in.
        """
        if model.commitment.format != test_set.format:
            raise InvalidInput(
                f"the model takes {model.commitment.format}, the test set is {test_set.format}: commit the "
                "data again with --format taken from the model's commitment"
            )
        if test_set.commitment.batches > MAX_BATCHES:
            raise InvalidInput(
                f"{test_set.commitment.batches} batches do not fit into one proof bundle, {MAX_BATCHES} do: commit "
                "model and data with a larger batch, or prove the test set in parts"
            )
        require_proving(model.description)
        receipt = measure_fidelity(model, test_set, self.progress)
        claimed = receipt.integer_correct if at_least is None else at_least
        if claimed > receipt.integer_correct:
            raise InvalidInput(
                f"the integer model gets {receipt.integer_correct} of {receipt.total} right, so 'at least "
                f"{claimed}' is false and has no proof"
            )
        statement = accuracy_statement(model.commitment, test_set.commitment, claimed, context)
        bound_tag = tag.bound_tag(context, note_of(statement, receipt))
        began = time.monotonic()
        with proving(model, test_set, self.progress) as session:
            if model.description.binding == "polycommit":
                session.budget.require(session.left_to_prove(bound_tag))
            pairs = [self._batch(session, index, bound_tag) for index in range(test_set.commitment.batches)]
            setup_s = session.artefacts.setup_s
        batches = tuple(proof for proof, _ in pairs)
        bundle = AccuracyBundle(statement, model.commitment.details, receipt, batches)
        return _outcome(bundle, [report for _, report in pairs], time.monotonic() - began, setup_s)

    def verify_accuracy(
        self, bundle: AccuracyBundle, model: ModelCommitment, data: TestSetCommitment, onnx: bytes | None = None
    ) -> Verdict:
        """Verify ``bundle``; ``onnx`` only for ``fixed`` models, whose weights are public. Raises RejectedProof."""
        began = time.monotonic()
        weights = self._public_weights(model, onnx)
        complete = len(bundle.batches) == data.batches
        correct = verifier.verify_accuracy(bundle, model, data, weights, self.progress)
        return Verdict(correct, data.total, bundle.statement.at_least, time.monotonic() - began, complete)

    def prove_retrieval(
        self, model: SecretModel, corpus: Corpus, predicate: Predicate, context: bytes = NO_CONTEXT
    ) -> OutputsOutcome:
        """Prove, for every document of ``corpus``, whether it satisfies ``predicate``; see ``prove_outputs``."""
        return task_backend.prove_outputs(model, corpus, predicate, context, self.progress, self.on_batch)

    def prove_inference(self, model: SecretModel, inputs: Corpus, context: bytes = NO_CONTEXT) -> OutputsOutcome:
        """Prove the model's logits on every committed input; see ``prove_outputs``."""
        return task_backend.prove_outputs(model, inputs, None, context, self.progress, self.on_batch)

    def predictions_of(self, bundle: OutputsBundle, model: SecretModel) -> Predictions:
        """What an inference bundle just proven with ``model`` says; the verifier's is ``verify_inference``."""
        weights = model.weights if model.description.binding == "fixed" else None
        return task_backend.claimed_predictions(bundle, weights, self.progress)

    def verify_retrieval(
        self, bundle: OutputsBundle, model: ModelCommitment, data: CorpusCommitment, onnx: bytes | None = None
    ) -> RetrievalVerdict:
        """Verify a retrieval; ``onnx`` only for ``fixed`` models. Raises RejectedProof."""
        return task_backend.verify_retrieval(bundle, model, data, self._public_weights(model, onnx), self.progress)

    def verify_inference(
        self, bundle: OutputsBundle, model: ModelCommitment, data: CorpusCommitment, onnx: bytes | None = None
    ) -> InferenceVerdict:
        """Verify predictions; ``onnx`` only for ``fixed`` models. Raises RejectedProof."""
        return task_backend.verify_inference(bundle, model, data, self._public_weights(model, onnx), self.progress)

    @staticmethod
    def _public_weights(model: ModelCommitment, onnx: bytes | None) -> Weights | None:
        public = onnx is not None and verifier.check_commitment(model).binding == "fixed"
        return split_model(onnx)[1] if onnx is not None and public else None

    def _batch(self, session: Proving, index: int, bound_tag: bytes) -> tuple[BatchProof, Report | None]:
        result = session.prove_batch(index, bound_tag, self.progress)
        if self.on_batch is not None:
            self.on_batch(index + 1, session.test_set.commitment.batches)
        return result


def accuracy_statement(model: ModelCommitment, data: TestSetCommitment, at_least: int, context: bytes) -> Accuracy:
    """The statement of an accuracy proof by this backend."""
    binding = verifier.check_commitment(model).binding
    return Accuracy(
        backend="halo2",
        zero_knowledge=binding != "fixed",
        circuit=model.architecture_digest,
        model=model.model_id,
        weights=model.weights_commitment,
        data=data.root,
        format=data.format.digest,
        total=data.total,
        batch=data.format.batch,
        at_least=at_least,
        context=context,
    )


def _outcome(bundle: AccuracyBundle, reports: list[Report | None], prove_s: float, setup_s: float) -> ProveOutcome:
    made = [report for report in reports if report is not None]
    stages: dict[str, float] = {}
    for report in made:
        for name, seconds in report.stages.items():
            stages[name] = stages.get(name, 0.0) + seconds
    return ProveOutcome(
        bundle=bundle,
        prove_s=prove_s,
        setup_s=setup_s,
        peak_memory_mb=max((report.peak_memory_mb for report in made), default=0.0),
        reused=len(reports) - len(made),
        stages=stages,
    )
