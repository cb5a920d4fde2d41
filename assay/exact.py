"""Telling a person, and a script, what a proof of exact outputs says and how sound it is."""

from __future__ import annotations

from assay.output import Output
from assay.predictions import ROWS, Fields, say_table
from assay.reference_string import NONE
from proofs.safetynets import ExactPredictions
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.sheets import leaks_of
from proofs.sumcheck.soundness import tally_bits


def say_exact(output: Output, word: str, predictions: ExactPredictions, clipped: int) -> Fields:
    """Predicted classes and logits, a table for a person; returns them for the JSON document.

    Args:
        clipped: values of the inputs that were clipped to the network's box.
    """
    if clipped:
        output.say(
            f"{clipped} input values lie outside the range this network was rounded for and were clipped to it: are "
            "they in the unit the model takes?",
            "yellow",
        )
    shown = ExactPredictions(predictions.logits[:ROWS], predictions.scale)
    say_table(output, word, predictions.classes, shown.values)
    return {
        "classes": list(predictions.classes),
        "logits": [list(row) for row in predictions.logits],
        "logit_scale": str(predictions.scale),
        "total": len(predictions.logits),
        "clipped": clipped,
    }


def exact_facts(bundle: SafetyNetsBundle) -> Fields:
    """What every JSON document about such a proof holds."""
    statement = bundle.statement
    total_bits, worst_bits = tally_bits(statement.rounds, statement.extension)
    return {
        "statement": statement.to_json(),
        "backend": statement.backend,
        "zero_knowledge": statement.zero_knowledge,
        "soundness_bits": total_bits,
        "worst_round_bits": worst_bits,
        "rounds": sum(number for _, number in statement.rounds),
        "message_bytes": len(bundle.proof),
        "leaks": leaks_of(bundle),
        "srs": NONE,
    }
