"""Before a proof is spent: whether every document has one.

A signed decomposition holds magnitudes below ``base ** legs``. What it must hold beyond the model's own values: an
inference's logits; for classes, how far logit ``selected`` lies from each other one; for thresholds, how far it lies
from the threshold; the last two at the logits' scale plus the selector's. Past that the witness cannot be made.
"""

from __future__ import annotations

import numpy as np

from proofs.commitment.corpus import Corpus
from proofs.commitment.input_format import InputFormat
from proofs.errors import InvalidInput, UnsupportedModel
from proofs.halo2.prover import raw_logits
from proofs.halo2.runner import Progress
from proofs.halo2.secret_model import SecretModel
from proofs.integer import IntegerModel, OutOfRange
from proofs.predicate import Predicate

Row = list[int]


def require_provable(
    model: SecretModel, corpus: Corpus, predicate: Predicate | None, progress: Progress | None = None
) -> None:
    """Check with the integer model that every batch has a proof; blank documents are proven, too.

    Args:
        predicate: None for inference.

    Raises:
        InvalidInput: names the first document, or the threshold, for which no proof exists.
    """
    description = model.description
    limit = description.parameters.base**description.parameters.legs
    rows, logit_scale = _logits(model, corpus, limit, progress)
    for index, row in enumerate(rows):
        reach = _reach(row, predicate, logit_scale, description.scale_bits)
        if reach >= limit:
            raise InvalidInput(_refusal(_name(index, corpus), predicate, reach, limit, description.scale_bits))


def _logits(model: SecretModel, corpus: Corpus, limit: int, progress: Progress | None) -> tuple[list[Row], int]:
    """Raw logits of every document, blank ones included, and their scale."""
    description = model.description
    shape, scale_bits = corpus.format.shape, description.scale_bits
    try:
        executor = IntegerModel.compile(description.architecture, model.weights, shape, scale_bits, limit)
    except UnsupportedModel:
        # An operator whose integers only ezkl knows here: slower, and its error names no document.
        given = description.format
        batched = InputFormat(shape, scale_bits, given.classes, corpus.format.batch, given.salt_limbs)
        logits = raw_logits(model, corpus.raw, batched, progress)
        return logits.values.tolist(), logits.scale_bits
    try:
        outputs = executor.run(np.ascontiguousarray(corpus.raw))
    except OutOfRange as error:
        raise InvalidInput(
            f"{_name(error.examples[0], corpus)} drives a value inside the model beyond the circuit's digits, so there "
            "is no proof about it: scale it down, or leave it out of what is committed"
        ) from None
    return outputs.values.tolist(), outputs.scale_bits


def _reach(row: Row, predicate: Predicate | None, logit_scale: int, scale_bits: int) -> int:
    """The largest magnitude the circuit takes apart after the model."""
    if predicate is None:
        return max(abs(logit) for logit in row)
    score = row[predicate.selected]
    if predicate.threshold is None:
        return max(abs(score - logit) for logit in row) << scale_bits
    return abs((score << scale_bits) - (predicate.threshold << logit_scale))


def _refusal(document: str, predicate: Predicate | None, reach: int, limit: int, scale_bits: int) -> str:
    how = f"(2^{(reach).bit_length() - 1} and more, the limit is 2^{limit.bit_length() - 1})"
    if predicate is None:
        return f"a logit of {document} is beyond the circuit's digits {how}, so it has no proof: scale the input down"
    if predicate.threshold is None:
        return (
            f"the logits of {document} lie too far apart for the circuit's digits {how}, so its batch has no proof: "
            "scale the documents down, or commit the model with fewer scale bits"
        )
    return (
        f"the threshold {predicate.threshold / (1 << scale_bits):g} lies too far from the score of {document} for the "
        f"circuit's digits {how}, so there is no proof: choose one nearer to what the model's outputs are"
    )


def _name(index: int, corpus: Corpus) -> str:
    return f"document {index}" if index < corpus.total else "the blank document that fills the last batch"
