"""Saying, wherever a proof is shown, who made the reference string it rests on."""

from __future__ import annotations

from assay.output import Output
from proofs.bundle import AccuracyBundle
from proofs.errors import MissingArtifact
from proofs.halo2 import srs
from proofs.halo2.description import CircuitDescription
from proofs.halo2.task import TaskCircuit
from proofs.outputs_bundle import OutputsBundle
from proofs.read_bundle import Bundle
from proofs.safetynets_bundle import SafetyNetsBundle

UNKNOWN = "unknown"
NONE = "none"
"""The proof rests on no reference string."""


def origin_of(bundle: Bundle) -> str:
    """``insecure``, ``ceremony``, ``unknown`` (not on this machine) or ``none`` (needs none). Raises MalformedProof."""
    if isinstance(bundle, SafetyNetsBundle):
        return NONE
    description = description_of(bundle)
    try:
        return srs.find(description.parameters.logrows, description.srs_digest).origin
    except MissingArtifact:
        return UNKNOWN


def description_of(bundle: AccuracyBundle | OutputsBundle) -> CircuitDescription:
    """The committed model's circuit as a bundle of any kind names it. Raises MalformedProof."""
    if isinstance(bundle, AccuracyBundle):
        return CircuitDescription.from_json(bundle.circuit)
    return TaskCircuit.from_json(bundle.circuit).base


def warn(output: Output, origin: str) -> None:
    """Tell a person when a proof rests on a string that one machine made alone."""
    if origin == srs.INSECURE:
        output.say(
            "INSECURE reference string: whoever made it on that machine can forge this proof; for tests only", "red"
        )
