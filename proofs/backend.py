"""The small interfaces provers meet: ``Backend`` with committed models, ``OpenBackend`` where nothing is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from proofs.accuracy import NO_CONTEXT, ProveOutcome, Verdict
from proofs.bundle import AccuracyBundle
from proofs.commitment.corpus import Corpus
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSet, TestSetCommitment
from proofs.errors import InvalidInput
from proofs.fidelity import FidelityReceipt
from proofs.outputs import InferenceVerdict, OutputsOutcome, Predictions, RetrievalVerdict
from proofs.outputs_bundle import OutputsBundle
from proofs.predicate import Predicate
from proofs.safetynets import ChosenScales, ExactOutcome, ExactVerdict
from proofs.safetynets_bundle import SafetyNetsBundle

if TYPE_CHECKING:
    from proofs.halo2.backend import BatchProgress
    from proofs.halo2.runner import Progress

BACKENDS = ("halo2", "sumcheck", "safetynets")
OPEN_BACKENDS = ("safetynets",)
"""Those that prove inference only, with a model and inputs that the verifier holds."""
SUMCHECK = "sumcheck"
"""Committed like halo2, but with commitments, questions and bundles of its own: ``proofs.sumcheck_backend``."""


class Backend(Protocol):
    """Commit, prove, verify. A secret model carries its public ``commitment``."""

    @property
    def name(self) -> str:
        """The backend's name, as in statements."""

    def hash_examples(self, rows: NDArray[np.int64]) -> list[int]:
        """The backend's example hash of each row of raw integers (N, width)."""

    def commit_model(self, onnx: bytes, shape: InputFormat, options: Any) -> Any:
        """Commit to a model's weights."""

    def rehearse(self, model: Any, x: NDArray[np.generic], y: NDArray[np.generic]) -> FidelityReceipt:
        """Run the integer model on sample inputs and compare it with the float one."""

    def prove_accuracy(
        self, model: Any, test_set: TestSet, at_least: int | None = None, context: bytes = NO_CONTEXT
    ) -> ProveOutcome:
        """Prove a score on a committed test set."""

    def verify_accuracy(
        self, bundle: AccuracyBundle, model: ModelCommitment, data: TestSetCommitment, onnx: bytes | None = None
    ) -> Verdict:
        """Verify a score."""

    def prove_inference(self, model: Any, inputs: Corpus, context: bytes = NO_CONTEXT) -> OutputsOutcome:
        """Prove a model's logits on committed inputs."""

    def predictions_of(self, bundle: OutputsBundle, model: Any) -> Predictions:
        """The predictions in an inference bundle of one's own."""

    def verify_inference(
        self, bundle: OutputsBundle, model: ModelCommitment, data: CorpusCommitment, onnx: bytes | None = None
    ) -> InferenceVerdict:
        """Verify predictions."""

    def prove_retrieval(
        self, model: Any, corpus: Corpus, predicate: Predicate, context: bytes = NO_CONTEXT
    ) -> OutputsOutcome:
        """Prove which documents of a committed corpus satisfy a predicate."""

    def verify_retrieval(
        self, bundle: OutputsBundle, model: ModelCommitment, data: CorpusCommitment, onnx: bytes | None = None
    ) -> RetrievalVerdict:
        """Verify a retrieval."""


class OpenBackend(Protocol):
    """Prove and verify inference where the verifier holds model and inputs; there is nothing to commit to."""

    @property
    def name(self) -> str:
        """The backend's name, as in statements."""

    def prove_inference(
        self, onnx: bytes, x: NDArray[np.generic], scales: ChosenScales, context: bytes = NO_CONTEXT
    ) -> ExactOutcome:
        """Prove a model's exact outputs on inputs (N, ...), in the unit the model takes."""

    def verify_inference(
        self, bundle: SafetyNetsBundle, onnx: bytes, x: NDArray[np.generic], scales: ChosenScales
    ) -> ExactVerdict:
        """Verify outputs against the verifier's own model, inputs and scales."""


def require_committed(name: str) -> str:
    """The name itself. Raises InvalidInput for a backend that commits to nothing."""
    if name in OPEN_BACKENDS:
        raise InvalidInput(
            f"the {name} backend proves inference only ('assay prove inference'), with a model and inputs that the "
            "verifier holds: it commits to nothing; for commitments, accuracy and retrieval use --backend halo2"
        )
    return name


def backend(name: str, progress: Progress | None = None, on_batch: BatchProgress | None = None) -> Backend:
    """The backend with committed models called ``name``. Raises InvalidInput for an unknown one, or an open one."""
    require_committed(name)
    if name == SUMCHECK:
        raise InvalidInput("this works with models committed for halo2; the sumcheck backend's have other commitments")
    if name != "halo2":
        raise InvalidInput(f"backend '{name}' is not available; choose from {', '.join(BACKENDS)}")
    from proofs.halo2.backend import Halo2Backend

    return Halo2Backend(progress, on_batch)


def open_backend(name: str, progress: Progress | None = None) -> OpenBackend:
    """The backend without commitments called ``name``. Raises InvalidInput for any other."""
    if name not in OPEN_BACKENDS:
        raise InvalidInput(f"backend '{name}' works with committed models; without: {', '.join(OPEN_BACKENDS)}")
    from proofs.safetynets_backend import SafetyNetsBackend

    return SafetyNetsBackend(progress)
