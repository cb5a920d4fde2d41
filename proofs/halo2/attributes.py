"""ONNX node attributes as canonical JSON values: integers, strings, lists; floats as their exact hexadecimal form."""

from __future__ import annotations

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
    return tuple(sorted(pairs))


def parse(value: object) -> Attributes:
    """Parse untrusted (``name:kind``, value) pairs. Raises MalformedProof."""
    if not isinstance(value, list):
        raise MalformedProof("architecture: attributes must be a list")
    pairs = []
    for item in value:
        if not isinstance(item, list) or len(item) != 2 or not isinstance(item[0], str):
            raise MalformedProof("architecture: an attribute must be a [name:kind, value] pair")
        name, _, kind = item[0].partition(":")
        if not name or kind not in "iIfFs":
            raise MalformedProof(f"architecture: attribute {item[0]!r} has an unknown kind")
        read(kind, item[1])
        pairs.append((item[0], item[1]))
    return tuple(pairs)


def as_keywords(attributes: Attributes) -> dict[str, Any]:
    """The attributes as keyword arguments of ``onnx.helper.make_node``."""
    return {key.partition(":")[0]: read(key.partition(":")[2], value) for key, value in attributes}


def read(kind: str, value: Any) -> Any:
    """The Python value of a canonical attribute. Raises MalformedProof."""
    try:
        if kind == "f":
            return float.fromhex(value)
        if kind == "F":
            return [float.fromhex(item) for item in value]
        if kind in "iI":
            items = value if kind == "I" else [value]
            if not all(isinstance(item, int) and abs(item) < 1 << 62 for item in items):
                raise MalformedProof("architecture: an attribute must be an integer below 2^62")
            return value
        if not isinstance(value, str):
            raise MalformedProof("architecture: an attribute must be a string")
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
        return bytes(value).decode("utf-8")
    return list(value) if kind == "I" else int(value)
