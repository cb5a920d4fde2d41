"""The three claims the sumcheck backend proves: a score, all logits, or which examples satisfy a predicate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from proofs.canonical import expect_hex, expect_int, to_hex
from proofs.errors import MalformedProof
from proofs.predicate import Predicate
from proofs.statements.accuracy import ACCURACY
from proofs.statements.outputs import INFERENCE, RETRIEVAL
from proofs.sumcheck_backend.chunks import MAX_EXAMPLES, MAX_SHARDS

MAX_CLASSES = 1 << 17


@dataclass(frozen=True, slots=True)
class Score:
    """ "At least ``at_least`` of the examples have their label among the first ``top_k`` logits."

    An equal logit of a lower class comes first.

    Args:
        correct: how many do, as proven: at least ``at_least``, and the sum of ``counts``.
        counts: how many of each shard's examples do.
    """

    PROTOCOL: ClassVar[str] = ACCURACY
    KEYS: ClassVar[frozenset[str]] = frozenset({"top_k", "at_least", "correct", "counts"})

    top_k: int
    at_least: int
    correct: int
    counts: tuple[int, ...]

    def to_json(self) -> dict[str, object]:
        """The claim's keys of the statement."""
        return {
            "top_k": self.top_k,
            "at_least": self.at_least,
            "correct": self.correct,
            "counts": list(self.counts),
        }

    @classmethod
    def from_json(cls, fields: dict[str, Any], total: int) -> Score:
        """Parse the untrusted keys. Raises MalformedProof."""
        counts = fields["counts"]
        if not isinstance(counts, list) or not 1 <= len(counts) <= MAX_SHARDS:
            raise MalformedProof(f"statement: counts must be a list of 1 to {MAX_SHARDS} integers")
        found = tuple(expect_int(count, 0, MAX_EXAMPLES, "statement: counts") for count in counts)
        correct = expect_int(fields["correct"], 0, total, "statement: correct")
        if sum(found) != correct:
            raise MalformedProof(f"statement: counts must sum to correct, which is {correct}; they sum to {sum(found)}")
        return cls(
            expect_int(fields["top_k"], 1, MAX_CLASSES, "statement: top_k"),
            expect_int(fields["at_least"], 0, correct, "statement: at_least"),
            correct,
            found,
        )


@dataclass(frozen=True, slots=True)
class Logits:
    """ "On each example the network's integer logits are those in the proof."

    Args:
        classes: logits of an example. outputs: digest of all of them.
    """

    PROTOCOL: ClassVar[str] = INFERENCE
    KEYS: ClassVar[frozenset[str]] = frozenset({"classes", "outputs"})

    classes: int
    outputs: bytes

    def to_json(self) -> dict[str, object]:
        """The claim's keys of the statement."""
        return {"classes": self.classes, "outputs": to_hex(self.outputs)}

    @classmethod
    def from_json(cls, fields: dict[str, Any], total: int) -> Logits:
        """Parse the untrusted keys. Raises MalformedProof."""
        return cls(
            expect_int(fields["classes"], 1, MAX_CLASSES, "statement: classes"),
            expect_hex(fields["outputs"], 32, "statement: outputs"),
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """ "For every example the bit in the proof says whether it satisfies ``predicate``."

    Args:
        predicate: a threshold is in integer logits.
        selected: digest of the bits.
    """

    PROTOCOL: ClassVar[str] = RETRIEVAL
    KEYS: ClassVar[frozenset[str]] = frozenset({"predicate", "selected"})

    predicate: Predicate
    selected: bytes

    def to_json(self) -> dict[str, object]:
        """The claim's keys of the statement."""
        return {"predicate": self.predicate.to_json(), "selected": to_hex(self.selected)}

    @classmethod
    def from_json(cls, fields: dict[str, Any], total: int) -> Selection:
        """Parse the untrusted keys. Raises MalformedProof."""
        selected = expect_hex(fields["selected"], 32, "statement: selected")
        return cls(Predicate.from_json(fields["predicate"]), selected)


Claim = Score | Logits | Selection
PROTOCOLS: dict[str, type[Score] | type[Logits] | type[Selection]] = {
    kind.PROTOCOL: kind for kind in (Score, Logits, Selection)
}


def claim_from_json(kind: type[Score] | type[Logits] | type[Selection], fields: dict[str, Any], total: int) -> Claim:
    """Parse a claim of one kind from a statement's keys. Raises MalformedProof."""
    return kind.from_json(fields, total)
