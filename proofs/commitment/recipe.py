"""How a document's view follows from its payload: what a buyer needs to run the check the contracts do not make."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.canonical import expect_int, expect_keys
from proofs.errors import InvalidInput, MalformedProof

KINDS = ("images", "csv", "npy", "array")
MAX_COLUMNS = 1 << 16


@dataclass(frozen=True, slots=True)
class Recipe:
    """Public, part of ``corpus.commit``; the corpus root does not bind it, since no contract reads payloads.

    Args:
        kind: ``images`` (an image file), ``csv`` (a row of text), ``npy`` (a NumPy file) or ``array`` (the view's raw
            integers as big-endian int32).
        columns: for ``csv``, the places of the view's columns in a row, counted from 0.
    """

    kind: str
    columns: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidInput(f"payloads of kind '{self.kind}' are unknown; there are {', '.join(KINDS)}")
        if (self.kind == "csv") != bool(self.columns) or len(self.columns) > MAX_COLUMNS:
            raise InvalidInput("columns are named for kind 'csv', and only there")

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {"kind": self.kind, "columns": list(self.columns)}

    @classmethod
    def from_json(cls, value: object) -> Recipe:
        """Parse untrusted JSON. Raises MalformedProof."""
        fields = expect_keys(value, {"kind", "columns"}, "recipe")
        if not isinstance(fields["kind"], str) or not isinstance(fields["columns"], list):
            raise MalformedProof("recipe: kind must be a string and columns a list")
        columns = tuple(expect_int(column, 0, MAX_COLUMNS, "recipe: column") for column in fields["columns"])
        try:
            return cls(fields["kind"], columns)
        except InvalidInput as error:
            raise MalformedProof(f"recipe: {error}") from None
