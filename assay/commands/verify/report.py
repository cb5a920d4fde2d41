"""Saying what an accepted bundle proves."""

from __future__ import annotations

from pathlib import Path

from assay.output import Output
from assay.predictions import Fields, say_predictions, say_selection
from assay.reference_string import origin_of, warn
from proofs.accuracy import Verdict
from proofs.bundle import AccuracyBundle
from proofs.halo2.backend import Halo2Backend
from proofs.outputs import InferenceVerdict, RetrievalVerdict
from proofs.outputs_bundle import OutputsBundle
from proofs.sheets import leaks_of
from proofs.statements.outputs import Retrieval

ACCEPTED = "ACCEPTED"


def report(
    output: Output,
    proof: Path,
    bundle: AccuracyBundle | OutputsBundle,
    verdict: Verdict | RetrievalVerdict | InferenceVerdict,
    scale_bits: int,
) -> None:
    """Tell a person what was accepted, and write the JSON document.

    Args:
        scale_bits: of the committed model, at which a threshold is an integer.
    """
    proven = _proven(output, bundle, verdict, scale_bits)
    origin = origin_of(bundle)
    warn(output, origin)
    output.say("`assay explain` says in plain words what this binds, what it hides and who could still lie")
    output.document(
        {
            **proven,
            "verdict": "accepted",
            "statement": bundle.statement.to_json(),
            "verify_s": verdict.verify_s,
            "proof_bytes": proof.stat().st_size,
            "zero_knowledge": bundle.statement.zero_knowledge,
            "soundness_bits": Halo2Backend.soundness_bits,
            "backend": bundle.statement.backend,
            "leaks": leaks_of(bundle),
            "srs": origin,
        }
    )


def _proven(
    output: Output,
    bundle: AccuracyBundle | OutputsBundle,
    verdict: Verdict | RetrievalVerdict | InferenceVerdict,
    scale_bits: int,
) -> Fields:
    if isinstance(verdict, InferenceVerdict):
        return say_predictions(output, ACCEPTED, verdict)
    if isinstance(verdict, RetrievalVerdict) and isinstance(bundle.statement, Retrieval):
        return say_selection(output, ACCEPTED, bundle.statement.predicate, verdict.selected, verdict.total, scale_bits)
    if isinstance(verdict, Verdict):
        return _say_score(output, verdict)
    return {}


def _say_score(output: Output, verdict: Verdict) -> Fields:
    low, high = verdict.interval
    output.say(
        f"{ACCEPTED}: at least {verdict.at_least} of {verdict.total} correct; {verdict.correct} proven "
        f"({verdict.correct / verdict.total:.1%}, 95% interval {low:.1%} to {high:.1%})",
        "green",
    )
    return {
        "correct": verdict.correct,
        "total": verdict.total,
        "at_least": verdict.at_least,
        "interval": [low, high],
    }
