"""The sheet of an accuracy proof."""

from __future__ import annotations

from proofs.bundle import AccuracyBundle
from proofs.canonical import to_hex
from proofs.halo2.description import CircuitDescription
from proofs.intervals import proven_interval
from proofs.sheets.common import (
    CIRCUIT,
    SIZES,
    Lines,
    Sheet,
    architecture_line,
    bound_weights,
    hidden_weights,
    rests_on,
    string_makers,
)
from proofs.sheets.leaks import leaks
from proofs.wording import counted


def accuracy_sheet(bundle: AccuracyBundle, srs_origin: str = "unknown") -> Sheet:
    """The sheet of an accuracy bundle; says what the bundle claims, which holds only once it has been verified.

    Args:
        srs_origin: ``insecure`` or ``ceremony`` where this machine knows the reference string, else ``unknown``.
    """
    description = CircuitDescription.from_json(bundle.circuit)
    lines = (
        _stated(bundle),
        _public(bundle, description),
        _bound(bundle, description),
        _hidden(description),
        leaks(description.binding),
        rests_on(description, srs_origin),
        _liars(bundle, description),
    )
    return Sheet.of("Accuracy audit: statement sheet", lines)


def _stated(bundle: AccuracyBundle) -> Lines:
    statement = bundle.statement
    complete = len(bundle.batches) * statement.batch == statement.total
    low, high = proven_interval(bundle.correct, statement.total, complete)
    return (
        f"The model committed as {to_hex(statement.model)} classifies at least {statement.at_least} of the "
        f"{counted(statement.total, 'example')} committed as {to_hex(statement.data)} correctly.",
        f"The batches in this bundle prove {bundle.correct} correct; an example outside them counts as wrong.",
        "Correct means: the first largest logit of the integer model is at the committed label (ties go to the lowest "
        "class, as in argmax).",
        f"If the examples are an independent sample, the accuracy on their population lies between {low:.1%} and "
        f"{high:.1%} with 95% confidence" + ("." if complete else ": from below only, since batches are missing."),
    )


def _public(bundle: AccuracyBundle, description: CircuitDescription) -> Lines:
    return (
        architecture_line(description),
        f"How many of each batch of {description.format.batch} are correct: "
        + ", ".join(f"{batch.count}" for batch in bundle.batches)
        + ".",
        SIZES,
    )


def _bound(bundle: AccuracyBundle, description: CircuitDescription) -> Lines:
    return (
        bound_weights(description.binding),
        "The examples and labels: their hashes are public instances and lead to the committed root; each is used at "
        "most once.",
        CIRCUIT,
        f"The occasion: context {to_hex(bundle.statement.context)}, this statement and the fidelity receipt are hashed "
        "into a tag that every proof carries.",
    )


def _hidden(description: CircuitDescription) -> Lines:
    return (
        hidden_weights(description),
        "The examples and labels: a salted hash of each is public, with 128 bits of salt.",
        "Intermediate values and logits, but for the counts under Leaks; which examples of a batch are wrong, but not "
        "how many.",
    )


def _liars(bundle: AccuracyBundle, description: CircuitDescription) -> Lines:
    receipt = bundle.receipt
    return (
        f"The prover about the float model: the receipt ({receipt.agree}/{receipt.total} same class, largest logit "
        f"error {receipt.max_logit_error_ppm / 1e6:.6f}, float model {receipt.float_correct} correct) is bound but not "
        "proven. What is proven is the integer model.",
        "Whoever chose the examples: wrong labels, an unrepresentative sample, or examples the model was trained on.",
        "The seller about the future: the proof says which model was scored, not that it is the one served later.",
        string_makers(description.binding),
    )
