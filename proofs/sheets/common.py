"""What all sheets share: their form, and the sentences about weights, arithmetic and the reference string."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proofs.canonical import to_hex
from proofs.halo2.description import CircuitDescription
from proofs.halo2.mask import MARGIN_BITS
from proofs.wording import counted

SECTIONS = ("Stated", "Public", "Bound", "Hidden", "Leaks", "Rests on", "Who could still lie, and how")
Lines = tuple[str, ...]
SHOWN = 40
"""Numbers of a long list that a sheet names."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Titled lists of sentences, in the order of ``SECTIONS``."""

    title: str
    sections: tuple[tuple[str, Lines], ...]

    @classmethod
    def of(cls, title: str, lines: Iterable[Lines]) -> Sheet:
        """A sheet from the lines of each section, in order."""
        return cls(title, tuple(zip(SECTIONS, lines, strict=True)))

    def to_json(self) -> dict[str, object]:
        """For ``--json`` and reports."""
        return {"title": self.title, "sections": {name: list(lines) for name, lines in self.sections}}

    def to_text(self) -> str:
        """For a terminal or a letter."""
        parts = [self.title, "=" * len(self.title)]
        for name, lines in self.sections:
            parts += ["", name, *(f"  - {line}" for line in lines)]
        return "\n".join(parts)


def listed(values: Iterable[object]) -> str:
    """``values`` with commas, the first ``SHOWN`` of them."""
    items = [str(value) for value in values]
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return (", ".join(items[:SHOWN]) or "none") + more


def architecture_line(description: CircuitDescription) -> str:
    """What everybody learns of the model."""
    shape = description.format
    return (
        f"The architecture: {len(description.architecture.nodes)} operators, {description.architecture.parameters} "
        f"parameters, inputs of shape {shape.shape}, {shape.classes} classes."
    )


SIZES = "Sizes, fixed-point parameters, the number of proofs made in this bundle, and how long proving took."
CIRCUIT = "The circuit: the verifier rebuilds it from the public architecture and uses its own settings and key."
VOID = (
    "The mask: its units end in an output of their own, the void, which the verifier takes to be zero; whatever is "
    "committed there cannot move a logit."
)


def bound_weights(binding: str) -> str:
    """How the weights are bound."""
    return {
        "polycommit": "The weights: the polynomial commitment at the head of each proof is the committed one.",
        "hashed": "The weights: their Poseidon hash is a public instance of each proof and is the committed one.",
        "fixed": "The weights: they are public and part of the verifying key.",
    }[binding]


def hidden_weights(description: CircuitDescription) -> str:
    """How the weights are hidden."""
    return {
        "polycommit": f"The weights, heuristically: {description.mask_units} mask units hide them for "
        f"{counted(description.budget, 'proof')}, with {MARGIN_BITS} bits to spare. Each proof gives away one "
        "evaluation of the committed polynomial; the argument is a leftover-hash heuristic, not a theorem.",
        "hashed": "The weights: halo2's blinding (but see Leaks), and a salted Poseidon hash of them.",
        "fixed": "Nothing about the model: its weights are public.",
    }[description.binding]


def rests_on(description: CircuitDescription, srs_origin: str) -> Lines:
    """The assumptions, the reference string first."""
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


def string_makers(binding: str) -> str:
    """Who could forge everything."""
    if binding != "fixed":
        return "The makers of the reference string, together."
    return "The makers of the reference string, together, and nobody about the weights, which are public."
