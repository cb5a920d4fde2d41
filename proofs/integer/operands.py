"""What a node of the integer graph reads: tensors that vary with the input, and stored ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.errors import UnsupportedModel
from proofs.halo2 import attributes
from proofs.halo2.architecture import Node

Array = NDArray[Any]
Run = Callable[[Sequence[Array]], list[Array]]
"""From the arrays a node reads to those it writes; works on int64, on Python integers and on float64 magnitudes."""


@dataclass(frozen=True, slots=True)
class Varying:
    """A tensor computed from the input: integers that stand for value * 2^scale."""

    name: str
    scale: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A float constant not yet rounded (secret), or an integer one (axes, shapes)."""

    values: Array

    @property
    def is_float(self) -> bool:
        """Whether it is a weight rather than a shape."""
        return self.values.dtype.kind == "f"

    @property
    def key(self) -> tuple[tuple[int, ...], bytes]:
        """Equal for constants the circuit compiler merges into one: same numbers, same shape but for leading ones."""
        shape = self.values.shape
        while shape[:1] == (1,):
            shape = shape[1:]
        return shape, self.values.tobytes()


Operand = Varying | Stored


@dataclass(frozen=True, slots=True)
class Call:
    """One node with its operands resolved; None stands for an input left out."""

    op: str
    operands: tuple[Operand | None, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]

    @classmethod
    def of(cls, node: Node, operands: Sequence[Operand | None]) -> Call:
        """A node of an architecture."""
        read = {key.partition(":")[0]: attributes.read(key.partition(":")[2], value) for key, value in node.attributes}
        return cls(node.op, tuple(operands), node.outputs, read)

    def operand(self, position: int) -> Operand:
        """An operand that must be there."""
        found = self.optional(position)
        if found is None:
            raise self.refusal(f"lacks its input {position}")
        return found

    def optional(self, position: int) -> Operand | None:
        """An operand, None where the node leaves it out."""
        return self.operands[position] if position < len(self.operands) else None

    def integers(self, position: int, name: str = "") -> list[int] | None:
        """Stored integers at an input, or else in the attribute ``name``; None where there are neither."""
        found = self.optional(position)
        if found is None:
            value = self.attributes.get(name)
            return None if value is None else [int(item) for item in value]
        if isinstance(found, Varying) or found.is_float:
            raise self.refusal(f"computes its input {position}, which must be stored integers")
        return [int(item) for item in found.values.reshape(-1)]

    @property
    def live(self) -> bool:
        """Whether anything it reads varies with the input."""
        return any(isinstance(operand, Varying) for operand in self.operands)

    def refusal(self, why: str) -> UnsupportedModel:
        """The error for a node whose integers are not known here."""
        return UnsupportedModel(f"{self.op} '{self.outputs[0]}' {why}; simplify the exported graph and commit it again")


def quantise(values: Array, scale: int) -> Array:
    """Floats times 2^scale, rounded half away from zero: int64 where that holds them, else Python integers."""
    scaled = np.asarray(values, dtype=np.float64) * 2.0**scale
    whole = np.trunc(scaled)
    rounded = whole + np.where(np.abs(scaled - whole) >= 0.5, np.sign(scaled), 0.0)
    if rounded.size == 0 or np.abs(rounded).max() < 2.0**62:
        return rounded.astype(np.int64)
    flat = np.array([int(value) for value in rounded.reshape(-1)], dtype=object)
    return flat.reshape(rounded.shape)
