"""Finished proofs of retrieval and inference on the tiny circuit: three documents in two batches, the last one blank.

The documents are of classes 0, 2 and 0; the blank one would be of class 0, and its output 0 above LIMIT, if it counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from helpers.tiny_audit import BACKEND, CONTEXT
from helpers.tiny_models import mlp
from proofs.commitment.corpus import Corpus, Document, commit_corpus, corpus_of_arrays
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.model import ModelCommitment
from proofs.commitment.view_format import ViewFormat
from proofs.halo2.secret_model import SecretModel
from proofs.outputs import OutputsOutcome
from proofs.outputs_bundle import OutputsBundle
from proofs.predicate import CLASS, Predicate
from proofs.statements.outputs import Retrieval

FORMAT = ViewFormat((8,), "fixed", unit_bits=7, scale_bits=7, batch=2)
CLASS_0 = Predicate(CLASS, 0)
LIMIT = Predicate.at_least(0, 0.2, FORMAT.scale_bits)
IN_CLASS_0, OVER_LIMIT = (0, 2), (1, 2)
SEED = bytes(range(32))


@dataclass(frozen=True)
class ProvenOutputs:
    """A finished proof: what each side holds, and the onnx a verifier of a public model is given."""

    model: SecretModel
    corpus: Corpus
    outcome: OutputsOutcome
    onnx: bytes | None = field(default=None)

    @property
    def bundle(self) -> OutputsBundle:
        return self.outcome.bundle

    @property
    def commitment(self) -> ModelCommitment:
        return self.model.commitment

    @property
    def data(self) -> CorpusCommitment:
        return self.corpus.commitment

    def verify(self, bundle: OutputsBundle | None = None) -> tuple[object, ...]:
        """What ``bundle`` proves (the honest one by default): selected documents, or rows of logits."""
        bundle = bundle or self.bundle
        if isinstance(bundle.statement, Retrieval):
            return BACKEND.verify_retrieval(bundle, self.commitment, self.data, self.onnx).selected
        return BACKEND.verify_inference(bundle, self.commitment, self.data, self.onnx).logits


def views(count: int = 3) -> np.ndarray:
    """(count, 8): rows of classes 0, 2, 0, 1 under ``mlp(0)``, multiples of 2^-7."""
    x = np.random.default_rng(1).normal(0, 2, (8, 8)).astype("f4")[[4, 0, 6, 1]]
    return np.round(x * 128)[:count] / 128


def secret_corpus(x: np.ndarray, view_format: ViewFormat = FORMAT) -> Corpus:
    """``x`` as documents with payloads, under salts that are the same in every run."""
    documents = [Document(b"payload %d" % index, view) for index, view in enumerate(x)]
    return commit_corpus(documents, view_format, Salts(SEED))


def public_corpus(x: np.ndarray, view_format: ViewFormat = FORMAT) -> Corpus:
    """``x`` as public inputs."""
    return corpus_of_arrays(x, view_format, public=True)


def prove_outputs(model: SecretModel, corpus: Corpus, predicate: Predicate | None) -> ProvenOutputs:
    """A proof under CONTEXT: of retrieval when there is a predicate, else of inference."""
    if predicate is None:
        outcome = BACKEND.prove_inference(model, corpus, CONTEXT)
    else:
        outcome = BACKEND.prove_retrieval(model, corpus, predicate, CONTEXT)
    return ProvenOutputs(model, corpus, outcome, mlp(0) if model.description.binding == "fixed" else None)


def restated(bundle: OutputsBundle, **changes: object) -> OutputsBundle:
    """The bundle with fields of its statement changed."""
    return replace(bundle, statement=replace(bundle.statement, **changes))
