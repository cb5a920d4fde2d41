"""The games played on chain: the golden proofs' own counts against targets in, at and out of their reach."""

from __future__ import annotations

from golden_stage import MIN_WINDOW_S, Stage

from protocols.accuracy.paths import Scenario

START = 2_000_000_000
"""Chain time of every opening, Unix seconds: after any block that deployment can have made."""

TARGETS = {
    "reached by one batch": 2,
    "reached by two batches": 3,
    "reached by all batches exactly": 5,
    "missed by one example": 6,
}


def scenarios(table: Stage) -> list[Scenario]:
    """One scenario for each target. Made-up labels differ from a missed target off chain only."""
    counts = tuple(batch.count for batch in table.golden.batches)
    return [
        Scenario(
            name=name,
            terms=table.terms(target=target),
            stranger=table.stranger.address,
            counts=counts,
            start=START,
            min_window=MIN_WINDOW_S,
        )
        for name, target in TARGETS.items()
    ]
