"""Reverts in the contract's own words: the custom error's name and arguments, decoded from its ABI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address

from proofs.encoding import keccak256
from proofs.errors import ChainError

_ERROR_STRING = keccak256(b"Error(string)")[:4]
_PANIC = keccak256(b"Panic(uint256)")[:4]


@dataclass(frozen=True, slots=True)
class RevertReason:
    """What a contract said when it refused.

    Attributes:
        name: the custom error's name; ``Error``, ``Panic``, ``Empty`` or ``Unknown`` for the forms without one.
        arguments: its decoded arguments by name, or by position where the ABI names none.
        raw: the return data as it came.
    """

    name: str
    arguments: Mapping[str, object]
    raw: bytes

    def __str__(self) -> str:
        if not self.arguments:
            return self.name
        shown = ", ".join(f"{key}={_readable(value)}" for key, value in self.arguments.items())
        return f"{self.name}({shown})"


class Reverted(ChainError):
    """A contract refused a call. ``reason`` says how, ``gas_used`` is set if the refusal was mined."""

    def __init__(self, step: str, reason: RevertReason, gas_used: int | None = None) -> None:
        super().__init__(f"{step} was refused by the contract: {reason}")
        self.step = step
        self.reason = reason
        self.gas_used = gas_used

    @property
    def name(self) -> str:
        """The custom error's name."""
        return self.reason.name


class ErrorTable:
    """Custom errors by their 4-byte selector, gathered from every ABI in use: errors of inner calls bubble up."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[str, tuple[str, ...], tuple[str, ...]]] = {}

    def learn(self, abi: Iterable[Mapping[str, Any]]) -> None:
        """Remember the custom errors of one contract."""
        for entry in abi:
            if entry.get("type") == "error":
                types = tuple(_canonical_type(item) for item in entry["inputs"])
                names = tuple(item["name"] or str(place) for place, item in enumerate(entry["inputs"]))
                selector = keccak256(f"{entry['name']}({','.join(types)})".encode())[:4]
                self._known[selector] = (entry["name"], types, names)

    def decode(self, raw: bytes) -> RevertReason:
        """The reason carried by a revert's return data; never raises, whatever the bytes."""
        if not raw:
            return RevertReason("Empty", {}, raw)
        selector, body = raw[:4], raw[4:]
        if selector == _ERROR_STRING:
            return _decoded("Error", ("string",), ("message",), raw, body)
        if selector == _PANIC:
            return _decoded("Panic", ("uint256",), ("code",), raw, body)
        known = self._known.get(selector)
        if known is None:
            return RevertReason("Unknown", {"data": raw[:68]}, raw)
        return _decoded(*known, raw, body)


def _decoded(name: str, types: tuple[str, ...], names: tuple[str, ...], raw: bytes, body: bytes) -> RevertReason:
    try:
        values = decode(types, body)
    except (DecodingError, OverflowError, UnicodeDecodeError):
        return RevertReason(name, {"data": body[:64]}, raw)
    shown = (
        to_checksum_address(value) if kind == "address" else value for kind, value in zip(types, values, strict=True)
    )
    return RevertReason(name, dict(zip(names, shown, strict=True)), raw)


def _canonical_type(item: Mapping[str, Any]) -> str:
    declared = str(item["type"])
    if not declared.startswith("tuple"):
        return declared
    return f"({','.join(_canonical_type(part) for part in item['components'])}){declared[len('tuple') :]}"


def _readable(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
