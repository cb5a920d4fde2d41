"""What the terms of every protocol share: a table of Solidity fields, their canonical JSON, and the strict way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from proofs.errors import InvalidInput
from protocols.canonical import encode_canonical
from protocols.errors import MessageRejected
from protocols.solidity import SolidityValue, checked, from_json, to_json

FieldTable = tuple[tuple[str, str], ...]
"""Field names and Solidity types, in the order of the contract's struct."""
MAX_WINDOW_S = 365 * 86_400
"""Longest window an escrow takes, seconds: no deposit is locked for good in effect, and no deadline overflows."""
T = TypeVar("T")


class TermsFields:
    """Mixin of a frozen terms dataclass whose fields are exactly those of its ``FIELDS`` table; all of it is public."""

    __slots__ = ()
    FIELDS: ClassVar[FieldTable]

    def check_fields(self) -> None:
        """Check and normalise each field by its Solidity type; InvalidInput names the field."""
        for name, solidity_type in self.FIELDS:
            object.__setattr__(self, name, checked(getattr(self, name), solidity_type, name))

    def as_abi_tuple(self) -> tuple[SolidityValue, ...]:
        """The field values in struct order, for ABI encoding and contract calls."""
        return tuple(getattr(self, name) for name, _ in self.FIELDS)

    def to_fields(self) -> dict[str, str]:
        """JSON-ready strings by field name."""
        return {name: to_json(getattr(self, name), solidity_type) for name, solidity_type in self.FIELDS}

    def to_json(self) -> bytes:
        """Canonical JSON bytes."""
        return encode_canonical({**self.to_fields()})


def abi_type(table: FieldTable) -> str:
    """The ABI tuple type of a field table."""
    return "(" + ",".join(solidity_type for _, solidity_type in table) + ")"


def parse_fields(make: Callable[..., T], table: FieldTable, content: object, what: str) -> T:
    """Parse untrusted JSON fields as ``to_fields`` writes them: exactly these keys, canonical values.

    Args:
        make: the terms class. table: its fields. content: parsed JSON. what: for error messages.

    Raises:
        MessageRejected: missing or extra keys, or values that are not canonical or contradict each other.
    """
    expected = {name for name, _ in table}
    if not isinstance(content, dict) or set(content) != expected:
        found = set(content) if isinstance(content, dict) else set()
        raise MessageRejected("keys", f"{what}: missing {sorted(expected - found)}, unknown {sorted(found - expected)}")
    values: dict[str, Any] = {name: from_json(content[name], kind, f"{what}.{name}") for name, kind in table}
    try:
        return make(**values)
    except InvalidInput as error:
        raise MessageRejected("terms", f"{what}: {error}") from error


def check_windows(terms: object, names: tuple[str, ...], shortest: int = 1) -> None:
    """Each window of ``terms`` (seconds) lies between ``shortest`` and a year; InvalidInput names the first other."""
    for name in names:
        if not shortest <= getattr(terms, name) <= MAX_WINDOW_S:
            found = getattr(terms, name)
            raise InvalidInput(f"{name} is {found} s; choose {shortest} to {MAX_WINDOW_S} s")
