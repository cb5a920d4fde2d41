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
        shape: shape of what a payload holds, where the view has been given another; else empty.
    """

    kind: str
    columns: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidInput(f"payloads of kind '{self.kind}' are unknown; there are {', '.join(KINDS)}")
        if (self.kind == "csv") != bool(self.columns) or len(self.columns) > MAX_COLUMNS:
            raise InvalidInput("columns are named for kind 'csv', and only there")
        if len(self.shape) > 8 or any(side < 1 for side in self.shape):
            raise InvalidInput(f"payload shape {self.shape} must have at most 8 positive axes")

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {"kind": self.kind, "columns": list(self.columns), "shape": list(self.shape)}

    @classmethod
    def from_json(cls, value: object) -> Recipe:
        """Parse untrusted JSON. Raises MalformedProof."""
        fields = expect_keys(value, {"kind", "columns", "shape"}, "recipe")
        if not isinstance(fields["kind"], str):
            raise MalformedProof("recipe: kind must be a string")
        if not isinstance(fields["columns"], list) or not isinstance(fields["shape"], list):
            raise MalformedProof("recipe: columns and shape must be lists of integers")
        columns = tuple(expect_int(column, 0, MAX_COLUMNS, "recipe: column") for column in fields["columns"])
        shape = tuple(expect_int(side, 1, 1 << 20, "recipe: axis") for side in fields["shape"])
        try:
            return cls(fields["kind"], columns, shape)
        except InvalidInput as error:
            raise MalformedProof(f"recipe: {error}") from None
