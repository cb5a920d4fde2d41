"""Why a node cannot be read, as its reader says it; the walk adds the node."""

from __future__ import annotations

EXPORT_AGAIN = "export the model again"


class Refusal(Exception):
    """A node that cannot be read: why, and what to do about it."""

    def __init__(self, reason: str, way_round: str = EXPORT_AGAIN) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_round = way_round


class UnknownInput(Exception):
    """A node that reads what an earlier refused one should have written."""
