"""ONNX node attributes as canonical JSON values: integers, strings, lists; floats as their exact hexadecimal form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import AttributeProto, helper, numpy_helper

from proofs.errors import MalformedProof, UnsupportedModel

_KINDS = {
    AttributeProto.INT: "i",
    AttributeProto.INTS: "I",
    AttributeProto.FLOAT: "f",
    AttributeProto.FLOATS: "F",
    AttributeProto.STRING: "s",
}

_TYPES = {kind: number for number, kind in _KINDS.items()}
Attributes = tuple[tuple[str, object], ...]


def canonical(node: onnx.NodeProto) -> Attributes:
    """The attributes of ``node`` as sorted (``name:kind``, value) pairs. Refuses graphs and tensors."""
    pairs = []
    for attribute in node.attribute:
        kind = _KINDS.get(attribute.type)
        if kind is None:
            raise UnsupportedModel(
                f"node '{node.name or node.op_type}' has attribute '{attribute.name}' of a kind that "
                "cannot be proven (sub-graph or tensor): export the model without control flow"
            )
        pairs.append((f"{attribute.name}:{kind}", _write(kind, helper.get_attribute_value(attribute))))
    return tuple(sorted(pairs, key=lambda pair: pair[0].partition(":")[0]))


def parse(value: object) -> Attributes:
    """Parse untrusted (``name:kind``, value) pairs, sorted by name, each at most once. Raises MalformedProof."""
    if not isinstance(value, list):
        raise MalformedProof("architecture: attributes must be a list")
    pairs = []
    for item in value:
        if not isinstance(item, list) or len(item) != 2 or not isinstance(item[0], str):
            raise MalformedProof("architecture: an attribute must be a [name:kind, value] pair")
        name, _, kind = item[0].partition(":")
        if not (name.isascii() and name.isidentifier()) or kind not in _KINDS.values():
            raise MalformedProof(f"architecture: attribute {item[0][:40]!r} has an unknown name or kind")
        if _write(kind, read(kind, item[1])) != item[1]:
            raise MalformedProof(f"architecture: attribute {item[0][:40]!r} is not in canonical form")
        pairs.append((item[0], item[1]))
    names = [key.partition(":")[0] for key, _ in pairs]
    if names != sorted(set(names)):
        raise MalformedProof("architecture: attributes must be sorted by name, each at most once")
    return tuple(pairs)


def protos(attributes: Attributes) -> list[AttributeProto]:
    """The attributes as ONNX has them."""
    found = []
    for key, value in attributes:
        name, _, kind = key.partition(":")
        found.append(helper.make_attribute(name, read(kind, value), attr_type=_TYPES[kind]))
    return found


def read(kind: str, value: Any) -> Any:
    """The Python value of a canonical attribute. Raises MalformedProof."""
    try:
        if kind == "f":
            return _finite(value)
        if kind == "F":
            return [_finite(item) for item in value]
        if kind in ("i", "I"):
            items = value if kind == "I" else [value]
            if not all(type(item) is int and -(1 << 63) <= item < 1 << 63 for item in items):
                raise MalformedProof("architecture: an attribute must be a 64-bit integer")
            return value
        if not isinstance(value, str):
            raise MalformedProof("architecture: an attribute must be a string")
        value.encode()
        return value
    except (TypeError, ValueError, OverflowError):
        raise MalformedProof("architecture: an attribute has a value of the wrong kind") from None


def constant_value(node: onnx.NodeProto) -> NDArray[np.generic]:
    """The array of a Constant node. Raises UnsupportedModel for sparse and string constants."""
    for attribute in node.attribute:
        value = helper.get_attribute_value(attribute)
        if attribute.name == "value":
            return numpy_helper.to_array(value)
        if attribute.name in ("value_float", "value_floats"):
            return np.asarray(value, dtype=np.float32)
        if attribute.name in ("value_int", "value_ints"):
            return np.asarray(value, dtype=np.int64)
    raise UnsupportedModel(f"Constant node '{node.name}' holds a sparse or string value, which cannot be proven")


def _write(kind: str, value: Any) -> object:
    if kind == "f":
        return float(value).hex()
    if kind == "F":
        return [float(item).hex() for item in value]
    if kind == "s":
        return value if isinstance(value, str) else bytes(value).decode("utf-8")
    return list(value) if kind == "I" else int(value)


def _finite(text: str) -> float:
    number = float.fromhex(text)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number
