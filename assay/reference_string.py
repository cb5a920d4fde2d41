"""Saying, wherever a proof is shown, who made the reference string it rests on."""

from __future__ import annotations

from assay.output import Output
from proofs.errors import MissingArtifact
from proofs.halo2 import srs
from proofs.halo2.description import CircuitDescription

UNKNOWN = "unknown"


def origin_of(circuit: object) -> str:
    """``insecure``, ``ceremony``, or ``unknown`` where the string is not on this machine. ``circuit`` is JSON."""
    description = CircuitDescription.from_json(circuit)
    try:
        return srs.find(description.parameters.logrows, description.srs_digest).origin
    except MissingArtifact:
        return UNKNOWN


def warn(output: Output, origin: str) -> None:
    """Tell a person when a proof rests on a string that one machine made alone."""
    if origin == srs.INSECURE:
        output.say(
            "INSECURE reference string: whoever made it on that machine can forge this proof; for tests only", "red"
        )
