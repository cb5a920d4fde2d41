"""The statement sheet: in plain words, what a proof says, what it hides, what it rests on, and who could still lie."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.bundle import AccuracyBundle
from proofs.canonical import to_hex
from proofs.halo2.description import CircuitDescription
from proofs.halo2.mask import BLIND_LIMBS, MARGIN_BITS
from proofs.intervals import proven_interval

SECTIONS = ("Stated", "Public", "Bound", "Hidden", "Leaks", "Rests on", "Who could still lie, and how")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Titled lists of sentences, in the order of ``SECTIONS``."""

    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    def to_json(self) -> dict[str, object]:
        """For ``--json`` and reports."""
        return {"title": self.title, "sections": {name: list(lines) for name, lines in self.sections}}

    def to_text(self) -> str:
        """For a terminal or a letter."""
        parts = [self.title, "=" * len(self.title)]
        for name, lines in self.sections:
            parts += ["", name, *(f"  - {line}" for line in lines)]
        return "\n".join(parts)


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
        _rests_on(description, srs_origin),
        _liars(bundle, description),
    )
    return Sheet("Accuracy audit: statement sheet", tuple(zip(SECTIONS, lines, strict=True)))


def _stated(bundle: AccuracyBundle) -> tuple[str, ...]:
    statement = bundle.statement
    complete = len(bundle.batches) * statement.batch == statement.total
    low, high = proven_interval(bundle.correct, statement.total, complete)
    return (
        f"The model committed as {to_hex(statement.model)} classifies at least {statement.at_least} of the "
        f"{statement.total} examples committed as {to_hex(statement.data)} correctly.",
        f"The batches in this bundle prove {bundle.correct} correct; an example outside them counts as wrong.",
        "Correct means: the first largest logit of the integer model is at the committed label (ties go to the lowest "
        "class, as in argmax).",
        f"If the examples are an independent sample, the accuracy on their population lies between {low:.1%} and "
        f"{high:.1%} with 95% confidence" + ("." if complete else ": from below only, since batches are missing."),
    )


def _public(bundle: AccuracyBundle, description: CircuitDescription) -> tuple[str, ...]:
    shape = description.format
    return (
        f"The architecture: {len(description.architecture.nodes)} operators, {description.architecture.parameters} "
        f"parameters, inputs of shape {shape.shape}, {shape.classes} classes.",
        f"How many of each batch of {shape.batch} are correct: "
        + ", ".join(f"{batch.count}" for batch in bundle.batches)
        + ".",
        "Sizes, fixed-point parameters, the number of proofs made in this bundle, and how long proving took.",
    )


def _bound(bundle: AccuracyBundle, description: CircuitDescription) -> tuple[str, ...]:
    weights = {
        "polycommit": "The weights: the polynomial commitment at the head of each proof is the committed one.",
        "hashed": "The weights: their Poseidon hash is a public instance of each proof and is the committed one.",
        "fixed": "The weights: they are public and part of the verifying key.",
    }[description.binding]
    return (
        weights,
        "The examples and labels: their hashes are public instances and lead to the committed root; each is used at "
        "most once.",
        "The circuit: the verifier rebuilds it from the public architecture and uses its own settings and key.",
        f"The occasion: context {to_hex(bundle.statement.context)}, this statement and the fidelity receipt are hashed "
        "into a tag that every proof carries.",
    )


def _hidden(description: CircuitDescription) -> tuple[str, ...]:
    weights = {
        "polycommit": f"The weights, heuristically: {description.mask_units} mask units hide them for "
        f"{description.budget} proofs, with {MARGIN_BITS} bits to spare. Each proof gives away one evaluation of the "
        "committed polynomial; the argument is a leftover-hash heuristic, not a theorem.",
        "hashed": "The weights: halo2's blinding (but see Leaks), and a salted Poseidon hash of them.",
        "fixed": "Nothing about the model: its weights are public.",
    }[description.binding]
    return (
        weights,
        "The examples and labels: a salted hash of each is public, with 128 bits of salt.",
        "Intermediate values and logits, but for the counts under Leaks; which examples of a batch are wrong, but not "
        "how many.",
    )


def leaks(binding: str) -> tuple[str, ...]:
    """What a proof gives away although it should not: as measured on the pinned ezkl (attacks/)."""
    counts = (
        "Sign counts: ezkl 23.0.5 does not blind the multiplicities of look-ups, so a reader can compute how many "
        "intermediate values of a batch are positive, zero and negative, per column of the circuit, up to a few dozen."
    )
    guesses = (
        f"Guesses: {BLIND_LIMBS} blinding values a proof keep the other multiplicities from confirming a guess of all "
        "weights by somebody who knows the examples; heuristic, as are the mask units."
    )
    evaluation = "One linear equation in weights and mask per proof; the mask's budget counts them."
    return {"polycommit": (evaluation, counts, guesses), "hashed": (counts, guesses), "fixed": (counts,)}[binding]


def _rests_on(description: CircuitDescription, srs_origin: str) -> tuple[str, ...]:
    srs = {
        "insecure": "THE REFERENCE STRING WAS MADE ON A MACHINE FOR TESTS: whoever made it can forge this proof.",
        "ceremony": "The reference string comes from a file given as a ceremony's: sound unless all its contributors "
        "colluded.",
    }.get(srs_origin, "The reference string is not on this machine; whoever made it alone could forge this proof.")
    return (
        srs + f" Its sha-256 is {to_hex(description.srs_digest)}.",
        f"halo2 with KZG on BN254 as compiled by ezkl {description.ezkl_version}: knowledge soundness in the algebraic "
        "group model, Fiat-Shamir over keccak-256; BN254 is held to give about 100 bits.",
        "keccak-256 and Poseidon being collision resistant.",
    )


def _liars(bundle: AccuracyBundle, description: CircuitDescription) -> tuple[str, ...]:
    receipt = bundle.receipt
    return (
        f"The prover about the float model: the receipt ({receipt.agree}/{receipt.total} same class, largest logit "
        f"error {receipt.max_logit_error_ppm / 1e6:.6f}, float model {receipt.float_correct} correct) is bound but not "
        "proven. What is proven is the integer model.",
        "Whoever chose the examples: wrong labels, an unrepresentative sample, or examples the model was trained on.",
        "The seller about the future: the proof says which model was scored, not that it is the one served later.",
        "The makers of the reference string, together."
        if description.binding != "fixed"
        else "The makers of the reference string, together, and nobody about the weights, which are public.",
    )
