"""One node of a model file, its attributes read and their types checked as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import AttributeProto, numpy_helper

from proofs.networks.onnx_import.refusal import Refusal
from proofs.onnx_check.parse import ELEMENT_BYTES, is_external
from proofs.onnx_check.structure import DEFAULT_DOMAINS, node_name

Stored = NDArray[np.generic]
Attribute = int | float | str | tuple[int, ...] | tuple[float, ...] | tuple[str, ...] | Stored | None
ML_DOMAIN = "ai.onnx.ml"


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A node. ``attributes``: None for those of a type that is never read (graphs, sparse tensors)."""

    name: str
    op: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]

    @property
    def kind(self) -> str:
        """The operator, with its domain where that is not ONNX's own."""
        return self.op if self.domain in DEFAULT_DOMAINS else f"{self.domain}.{self.op}"

    def has(self, position: int) -> bool:
        """Whether the optional input is there."""
        return position < len(self.inputs) and self.inputs[position] != ""

    def integer(self, name: str, default: int) -> int:
        """An integer attribute or its default."""
        value = self.attributes.get(name, default)
        if not isinstance(value, int):
            raise self._strange(name)
        return value

    def number(self, name: str, default: float) -> float:
        """A finite float attribute or its default."""
        value = self.attributes.get(name, default)
        if not isinstance(value, float) or not np.isfinite(value):
            raise self._strange(name)
        return value

    def text(self, name: str, default: str) -> str:
        """A string attribute or its default."""
        value = self.attributes.get(name, default)
        if not isinstance(value, str):
            raise self._strange(name)
        return value

    def integers(self, name: str) -> tuple[int, ...]:
        """An integer-list attribute, empty if absent."""
        return tuple(value for value in self._list(name) if isinstance(value, int))

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A float-list attribute, empty if absent."""
        return np.array([value for value in self._list(name) if isinstance(value, int | float)], np.float64)

    def count(self, name: str) -> int:
        """Length of a list attribute, 0 if absent."""
        return len(self._list(name))

    def _list(self, name: str) -> tuple[object, ...]:
        value = self.attributes.get(name, ())
        if not isinstance(value, tuple):
            raise self._strange(name)
        return value

    def _strange(self, name: str) -> Refusal:
        return Refusal(f"its attribute '{name}' is not of the type ONNX gives it, or not finite")


def read_step(position: int, proto: onnx.NodeProto) -> Step:
    """One protobuf node as a Step."""
    attributes = {attribute.name: _read(attribute) for attribute in proto.attribute}
    name = node_name(position, proto)
    return Step(name, proto.op_type, proto.domain, tuple(proto.input), tuple(proto.output), attributes)


def _read(attribute: AttributeProto) -> Attribute:
    reader = READ.get(attribute.type)
    return None if reader is None else reader(attribute)


def _text(stored: bytes) -> str:
    return bytes(stored).decode("utf-8", errors="replace")


def _tensor(attribute: AttributeProto) -> Attribute:
    if attribute.t.data_type not in ELEMENT_BYTES or is_external(attribute.t):
        return None
    return np.asarray(numpy_helper.to_array(attribute.t))


READ: dict[int, Callable[[AttributeProto], Attribute]] = {
    AttributeProto.INT: lambda attribute: int(attribute.i),
    AttributeProto.FLOAT: lambda attribute: float(attribute.f),
    AttributeProto.STRING: lambda attribute: _text(attribute.s),
    AttributeProto.INTS: lambda attribute: tuple(int(value) for value in attribute.ints),
    AttributeProto.FLOATS: lambda attribute: tuple(float(value) for value in attribute.floats),
    AttributeProto.STRINGS: lambda attribute: tuple(_text(value) for value in attribute.strings),
    AttributeProto.TENSOR: _tensor,
}
