"""Telling a person, and a script, what a proof about a model's outputs says."""

from __future__ import annotations

from collections.abc import Sequence

from assay.output import Output
from proofs.outputs import Predictions
from proofs.predicate import Predicate
from proofs.sheets.common import listed

ROWS = 20
"""Predictions shown in a table; the JSON document has all of them."""
CLASSES, LARGEST = 20, 5
"""Of more classes than this only the largest logits are shown."""
Fields = dict[str, object]


def say_selection(
    output: Output, word: str, predicate: Predicate, selected: tuple[int, ...], total: int, scale_bits: int
) -> Fields:
    """The documents a retrieval selects, one line for a person; returns them for the JSON document."""
    meaning = predicate.at_scale(scale_bits)
    output.say(
        f"{word}: exactly {len(selected)} of {total} documents satisfy '{meaning}': {listed(selected)}",
        "green" if word == "ACCEPTED" else None,
    )
    return {"selected": list(selected), "matches": len(selected), "total": total}


def say_predictions(output: Output, word: str, predictions: Predictions) -> Fields:
    """Predicted classes and logits, a table for a person; returns them for the JSON document."""
    say_table(output, word, predictions.classes, predictions.values)
    return {
        "classes": list(predictions.classes),
        "logits": [list(row) for row in predictions.logits],
        "scale_bits": predictions.scale_bits,
        "total": len(predictions.logits),
    }


def say_table(output: Output, word: str, classes: Sequence[int], values: Sequence[Sequence[float]]) -> None:
    """The classes and real logits of the first inputs, for a person."""
    total = len(classes)
    rows = [
        [str(index), str(chosen), _logits(row)]
        for index, (chosen, row) in enumerate(zip(classes[:ROWS], values[:ROWS], strict=True))
    ]
    output.say(f"{word}: the predictions on {total} inputs", "green" if word == "ACCEPTED" else None)
    more = f", the first {ROWS} of {total}" if total > ROWS else ""
    shown = "logits" if all(len(row) <= CLASSES for row in values[:1]) else f"the {LARGEST} largest logits"
    output.table(f"predictions{more}", ["input", "class", shown], rows)


def _logits(row: Sequence[float]) -> str:
    """All logits of a few classes; of many, the largest with their classes."""
    if len(row) <= CLASSES:
        return "  ".join(f"{value:.4f}" for value in row)
    largest = sorted(range(len(row)), key=lambda k: (-row[k], k))[:LARGEST]
    return "  ".join(f"{k}: {row[k]:.4f}" for k in largest)
