"""Why a letter is not taken: a stable kind, and a sentence that tells a stranger nothing."""

from __future__ import annotations

from enum import StrEnum

from proofs.errors import ProtocolViolation


class Kind(StrEnum):
    """What is wrong, from the least that is known of the sender to the most."""

    MALFORMED = "malformed"
    NO_VISIT = "no-visit"
    REPLAYED = "replayed"
    REFUSED = "refused"
    OUT_OF_ORDER = "out-of-order"
    CONFLICT = "conflict"
    TOO_EARLY = "too-early"
    FULL = "full"


SENTENCES = {
    Kind.MALFORMED: "these bytes are no letter to this office",
    Kind.NO_VISIT: "introduce yourself first",
    Kind.REPLAYED: "this letter was read before, or a later one was",
    Kind.REFUSED: "nothing is taken from you for this job",
    Kind.OUT_OF_ORDER: "messages before this one are missing; ask how many arrived",
    Kind.CONFLICT: "another message was taken under this number",
    Kind.TOO_EARLY: "no more is taken before the offer is answered",
    Kind.FULL: "there is no room for this now",
}


class PostRefused(ProtocolViolation):
    """A letter that is not taken. ``detail`` is for this side's own eyes; the sender is told ``SENTENCES[kind]``."""

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__(detail or SENTENCES[kind])
        self.kind = kind
