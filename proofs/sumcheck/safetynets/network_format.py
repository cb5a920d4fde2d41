"""The bytes of an integer network: one description in canonical JSON, then each linear layer's weights.

    section  payload
    HEAD     canonical JSON: input box, scales, layers with their biases
    WGTS     one a linear layer, in order: weights little-endian, row-major, in the fewest of 1, 2 or 4 bytes that hold
             the largest of them

Every network has exactly one encoding; bytes that are not it are refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical
from proofs.container import Sections, pack, unpack
from proofs.errors import InvalidInput, MalformedProof
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.checks import MAX_ROWS, MAX_WEIGHT
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.network import MAX_INPUT, Layer, Network, Node

MAGIC = b"ASSAYNET"
VERSION = 1
HEAD, WEIGHTS = b"HEAD", b"WGTS"
WHAT = "integer network"
WIDTHS = (1, 2, 4)
MAX_AXES = 8
MAX_NODES = 4096
MAX_BIAS = 1 << 1024
MAX_NORM = 1 << 128
_RATIONAL = re.compile(r"[1-9][0-9]{0,39}(/[1-9][0-9]{0,39})?")


def to_bytes(network: Network) -> bytes:
    """The canonical encoding. Raises InvalidInput for scales too long to be written."""
    linear = [node.layer for node in network.nodes if isinstance(node.layer, Dense | Convolution)]
    head = {
        "alpha": _rational_text(network.alpha),
        "betas": [_rational_text(beta) for beta in network.betas],
        "input_shape": list(network.input_shape),
        "input_low": network.input_low,
        "input_high": network.input_high,
        "input_square_norm": network.input_square_norm,
        "nodes": [{"inputs": list(node.inputs), "kind": node.kind, **_describe(node.layer)} for node in network.nodes],
    }
    sections = [(HEAD, canonical_bytes(head)), *((WEIGHTS, _weight_bytes(layer.weight)) for layer in linear)]
    return pack(MAGIC, VERSION, sections)


def from_bytes(raw: bytes) -> Network:
    """Parse an untrusted network. Raises MalformedProof."""
    sections = unpack(raw, MAGIC, VERSION, WHAT)
    if not sections or sections[0][0] != HEAD or any(name != WEIGHTS for name, _ in sections[1:]):
        raise MalformedProof(f"{WHAT}: sections must be HEAD and then WGTS, one a linear layer")
    keys = {"alpha", "betas", "input_shape", "input_low", "input_high", "input_square_norm", "nodes"}
    head = expect_keys(parse_canonical(sections[0][1], WHAT), keys, WHAT)
    norm = head["input_square_norm"]
    try:
        return Network(
            input_shape=_shape(head["input_shape"]),
            input_low=expect_int(head["input_low"], -MAX_INPUT, MAX_INPUT, f"{WHAT}: input_low"),
            input_high=expect_int(head["input_high"], -MAX_INPUT, MAX_INPUT, f"{WHAT}: input_high"),
            alpha=_rational(head["alpha"]),
            betas=tuple(_rational(beta) for beta in _list(head["betas"], MAX_NODES, "betas")),
            nodes=tuple(_nodes(head["nodes"], sections[1:])),
            input_square_norm=None if norm is None else expect_int(norm, 0, MAX_NORM, f"{WHAT}: input_square_norm"),
        )
    except InvalidInput as error:
        raise MalformedProof(f"{WHAT}: {error}") from None


def _describe(layer: Layer) -> dict[str, object]:
    """Everything about a layer but its weights."""
    if isinstance(layer, Dense):
        return {"in_shape": list(layer.in_shape), "bias": list(layer.bias)}
    if isinstance(layer, Convolution):
        return {
            "in_shape": list(layer.in_shape), "bias": list(layer.bias), "kernel": list(layer.weight.shape[2:]),
            "stride": list(layer.stride), "pads": list(layer.pads), "groups": layer.groups,
        }  # fmt: skip
    if isinstance(layer, SumPool):
        return {
            "in_shape": list(layer.in_shape), "kernel": list(layer.kernel), "stride": list(layer.stride),
            "pads": list(layer.pads),
        }  # fmt: skip
    if isinstance(layer, Reshape):
        return {"in_shape": list(layer.in_shape), "out_shape": list(layer.out_shape)}
    if isinstance(layer, Add):
        return {"shape": list(layer.shape), "multipliers": list(layer.multipliers)}
    return {"shape": list(layer.shape)}


def _nodes(value: object, weights: Sections) -> Iterator[Node]:
    """Nodes from their descriptions, each linear one with the next section of weights."""
    remaining = iter([payload for _, payload in weights])
    for place, item in enumerate(_list(value, MAX_NODES, "nodes"), 1):
        what = f"{WHAT}: layer {place}"
        kind = item.get("kind") if isinstance(item, dict) else None
        if not isinstance(kind, str) or kind not in _READERS:
            raise MalformedProof(f"{what} must be an object whose kind is one of {', '.join(sorted(_READERS))}")
        names, read = _READERS[kind]
        found = expect_keys(item, {"inputs", "kind", *names}, what)
        inputs = _integers(found["inputs"], None, 0, MAX_NODES, "inputs")
        if kind in ("dense", "convolution"):
            payload = next(remaining, None)
            if payload is None:
                raise MalformedProof(f"{what} has no section of weights")
            found["payload"] = payload
        yield Node(read(found), inputs)
    if next(remaining, None) is not None:
        raise MalformedProof(f"{WHAT} has more sections of weights than linear layers")


def _dense(found: dict[str, Any]) -> Layer:
    in_shape, bias = _shape(found["in_shape"]), _bias(found["bias"])
    return Dense(_weight(found["payload"], (len(bias), math.prod(in_shape))), bias, in_shape)


def _convolution(found: dict[str, Any]) -> Layer:
    in_shape, bias = _shape(found["in_shape"]), _bias(found["bias"])
    kernel = _integers(found["kernel"], 2, 1, MAX_ROWS, "kernel")
    groups = expect_int(found["groups"], 1, MAX_ROWS, f"{WHAT}: groups")
    weight = _weight(found["payload"], (len(bias), in_shape[0] // groups, *kernel))
    stride, pads = _pair(found["stride"], "stride"), _pads(found["pads"])
    return Convolution(weight, bias, in_shape, stride, pads, groups)


def _sum_pool(found: dict[str, Any]) -> Layer:
    kernel, stride = _pair(found["kernel"], "kernel"), _pair(found["stride"], "stride")
    return SumPool(_shape(found["in_shape"]), kernel, stride, _pads(found["pads"]))


def _reshape(found: dict[str, Any]) -> Layer:
    return Reshape(_shape(found["in_shape"]), _shape(found["out_shape"]))


def _add(found: dict[str, Any]) -> Layer:
    first, second = _integers(found["multipliers"], 2, -MAX_WEIGHT, MAX_WEIGHT, "multipliers")
    return Add(_shape(found["shape"]), (first, second))


def _square(found: dict[str, Any]) -> Layer:
    return Square(_shape(found["shape"]))


_READERS: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], Layer]]] = {
    "dense": (("in_shape", "bias"), _dense),
    "convolution": (("in_shape", "bias", "kernel", "stride", "pads", "groups"), _convolution),
    "sum pool": (("in_shape", "kernel", "stride", "pads"), _sum_pool),
    "reshape": (("in_shape", "out_shape"), _reshape),
    "add": (("shape", "multipliers"), _add),
    "square": (("shape",), _square),
}


def _width(weight: Integers) -> int:
    """The fewest bytes that hold every entry."""
    least, most = int(weight.min()), int(weight.max())
    return next(width for width in WIDTHS if -(1 << (8 * width - 1)) <= least and most < 1 << (8 * width - 1))


def _weight_bytes(weight: Integers) -> bytes:
    return weight.astype(f"<i{_width(weight)}").tobytes()


def _weight(payload: bytes, shape: Shape) -> Integers:
    size = math.prod(shape)
    width = next((width for width in WIDTHS if size and width * size == len(payload)), None)
    if width is None:
        raise MalformedProof(f"{WHAT}: {len(payload)} bytes of weights are not {size} of 1, 2 or 4 bytes each")
    weight = np.frombuffer(payload, f"<i{width}").astype(np.int64).reshape(shape)
    if _width(weight) != width:
        raise MalformedProof(f"{WHAT}: weights of {width} bytes each would fit in fewer")
    return weight


def _list(value: object, most: int, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise MalformedProof(f"{WHAT}: {name} must be a list of at most {most} entries")
    return value


def _integers(value: object, count: int | None, low: int, high: int, name: str) -> tuple[int, ...]:
    items = _list(value, MAX_ROWS, name)
    if count is not None and len(items) != count:
        raise MalformedProof(f"{WHAT}: {name} must have {count} entries")
    return tuple(expect_int(item, low, high, f"{WHAT}: {name}") for item in items)


def _pair(value: object, name: str) -> tuple[int, int]:
    first, second = _integers(value, 2, 0, MAX_ROWS, name)
    return first, second


def _pads(value: object) -> tuple[int, int, int, int]:
    top, left, bottom, right = _integers(value, 4, 0, MAX_ROWS, "pads")
    return top, left, bottom, right


def _bias(value: object) -> tuple[int, ...]:
    return _integers(value, None, -MAX_BIAS, MAX_BIAS, "bias")


def _shape(value: object) -> Shape:
    shape = _integers(value, None, 1, MAX_ROWS, "a shape")
    if not 1 <= len(shape) <= MAX_AXES:
        raise MalformedProof(f"{WHAT}: a shape has 1 to {MAX_AXES} axes, not {len(shape)}")
    return shape


def _rational_text(value: Fraction) -> str:
    text = str(value)
    if not _RATIONAL.fullmatch(text):
        raise InvalidInput(f"the scale {text[:60]} takes more than 40 digits; round it")
    return text


def _rational(value: object) -> Fraction:
    """A positive rational as "3" or "7/2", in lowest terms."""
    if isinstance(value, str) and _RATIONAL.fullmatch(value) and str(Fraction(value)) == value:
        return Fraction(value)
    raise MalformedProof(f"{WHAT}: alpha and betas are positive, as 3 or 7/2 in lowest terms with at most 40 digits")
