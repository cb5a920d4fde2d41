"""What a proof gives away although it should not: as measured on the pinned ezkl (attacks/)."""

from __future__ import annotations

from proofs.bundle import AccuracyBundle
from proofs.halo2.description import CircuitDescription
from proofs.halo2.mask import BLIND_LIMBS
from proofs.halo2.task import TaskCircuit
from proofs.read_bundle import Bundle
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.statements.outputs import Retrieval

COUNTS = (
    "Sign counts: ezkl 23.0.5 does not blind the multiplicities of look-ups, so a reader can compute how many "
    "intermediate values of a batch are positive, zero and negative, per column of the circuit, up to a few dozen."
)
GUESSES = (
    f"Guesses: {BLIND_LIMBS} blinding values a proof keep the other multiplicities from confirming a guess of all "
    "weights by somebody who knows the examples; heuristic, as are the mask units."
)
NOTHING_HIDDEN = ("Everything is in the open, so nothing is left to leak.",)
EVALUATION = "One linear equation in weights and mask per proof; the mask's budget counts them."


def leaks(binding: str) -> tuple[str, ...]:
    """The leaks of an accuracy proof."""
    return {"polycommit": (EVALUATION, COUNTS, GUESSES), "hashed": (COUNTS, GUESSES), "fixed": (COUNTS,)}[binding]


def leaks_of_outputs(binding: str, retrieval: bool) -> tuple[str, ...]:
    """The leaks of a proof of inference or retrieval: here the inputs, too, are hidden from somebody."""
    noun = "documents" if retrieval else "inputs"
    about = (
        f"{COUNTS} They depend on all {noun} of a batch together"
        + (", unselected ones included, and on how their logits compare with the predicate." if retrieval else ".")
        + " A larger batch blurs them."
    )
    known = f"the hidden {noun} of a batch" + ("" if binding == "fixed" else ", or of all weights,")
    guesses = (
        f"Guesses: {BLIND_LIMBS} blinding values a proof keep the other multiplicities from confirming a guess of "
        f"{known} by somebody who knows the rest; heuristic."
    )
    return ((EVALUATION,) if binding == "polycommit" else ()) + (about, guesses)


def leaks_of(bundle: Bundle) -> tuple[str, ...]:
    """The leaks of a bundle of any kind. Raises MalformedProof for a bundle whose circuit does not parse."""
    if isinstance(bundle, SafetyNetsBundle):
        return NOTHING_HIDDEN
    if isinstance(bundle, AccuracyBundle):
        return leaks(CircuitDescription.from_json(bundle.circuit).binding)
    binding = TaskCircuit.from_json(bundle.circuit).binding
    return leaks_of_outputs(binding, isinstance(bundle.statement, Retrieval))
