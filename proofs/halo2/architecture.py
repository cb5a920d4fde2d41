"""Splitting an ONNX classifier into its public architecture and its secret weights.

The architecture is the graph with every tensor renamed in order of appearance, float constants reduced to their shape
and everything that is not computation (names, documentation, producer) dropped. It has one canonical JSON form, so both
parties hash the same bytes, and a verifier can rebuild the circuit without ever seeing a weight.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from proofs.canonical import canonical_bytes, expect_int, expect_keys
from proofs.errors import InvalidInput, MalformedProof, UnsupportedModel
from proofs.halo2 import attributes
from proofs.onnx_check.parse import is_external, parse_model

Weights = Mapping[str, NDArray[np.float32]]
MAX_NODES = 4096
MAX_WEIGHTS = 1 << 24
OPSET = 17


@dataclass(frozen=True, slots=True)
class Node:
    """One operator: its name, tensor names in and out, and canonical attributes."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Architecture:
    """The public part of a model.

    Args:
        opset: ONNX operator-set version the nodes are read in.
        nodes: operators in execution order; the input tensor is ``x``, the last output ``output``.
        weights: (name, shape) of every float constant, all of them secret.
        constants: (name, shape, values) of every integer constant (axes, target shapes), all of them public.
        output: name of the logits tensor.
    """

    opset: int
    nodes: tuple[Node, ...]
    weights: tuple[tuple[str, tuple[int, ...]], ...]
    constants: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    output: str

    @property
    def parameters(self) -> int:
        """Number of secret float parameters."""
        return sum(math.prod(shape) for _, shape in self.weights)

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "opset": self.opset,
            "nodes": [[n.op, list(n.inputs), list(n.outputs), [list(a) for a in n.attributes]] for n in self.nodes],
            "weights": [[name, list(shape)] for name, shape in self.weights],
            "constants": [[name, list(shape), list(values)] for name, shape, values in self.constants],
            "output": self.output,
        }

    @classmethod
    def from_json(cls, value: object) -> Architecture:
        """Parse untrusted JSON. Raises MalformedProof; whether the graph compiles is found out by rebuilding it."""
        fields = expect_keys(value, {"opset", "nodes", "weights", "constants", "output"}, "architecture")
        try:
            architecture = cls(
                opset=expect_int(fields["opset"], 1, 64, "architecture: opset"),
                nodes=tuple(_node(item) for item in fields["nodes"][:MAX_NODES]),
                weights=tuple((str(name), _shape(shape)) for name, shape in fields["weights"]),
                constants=tuple(
                    (str(name), _shape(shape), _int64s(values)) for name, shape, values in fields["constants"]
                ),
                output=str(fields["output"]),
            )
        except (TypeError, ValueError, KeyError) as error:
            raise MalformedProof(f"architecture is malformed: {error}") from None
        if canonical_bytes(architecture.to_json()) != canonical_bytes(value) or architecture.parameters > MAX_WEIGHTS:
            raise MalformedProof("architecture is not canonical, or has too many nodes or weights")
        return architecture

    def random_weights(self, seed: int = 0) -> dict[str, NDArray[np.float32]]:
        """Stand-in weights for rebuilding the circuit without the real ones; small, never zero."""
        generator = np.random.default_rng(seed)
        return {
            name: (generator.uniform(0.25, 0.5, shape) * generator.choice([-1.0, 1.0], shape)).astype(np.float32)
            for name, shape in self.weights
        }


def split_model(raw: bytes) -> tuple[Architecture, dict[str, NDArray[np.float32]]]:
    """The architecture and the weights of an ONNX classifier already accepted by ``check_model``.

    Raises:
        InvalidInput: not an ONNX model at all.
        UnsupportedModel: more than one input or output, or an initialiser of a type that cannot be a weight.
    """
    return _Splitter(parse_model(raw)).split()


class _Splitter:
    """Renames tensors in order of appearance while walking the graph once."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.initialisers = {t.name: _stored(t) for t in model.graph.initializer}
        self.names: dict[str, str] = {"": ""}
        self.weights: dict[str, NDArray[np.float32]] = {}
        self.constants: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []

    def split(self) -> tuple[Architecture, dict[str, NDArray[np.float32]]]:
        inputs = [i.name for i in self.model.graph.input if i.name not in self.initialisers]
        outputs = [o.name for o in self.model.graph.output]
        if len(inputs) != 1 or len(outputs) != 1:
            raise UnsupportedModel(
                f"the model has inputs {inputs} and outputs {outputs}; one of each is needed: export "
                "the classifier with a single input tensor and its logits as the only output"
            )
        self.names[inputs[0]] = "x"
        nodes = []
        for node in self.model.graph.node:
            if node.op_type == "Constant":
                self.initialisers[node.output[0]] = attributes.constant_value(node)
                continue
            nodes.append(self._node(node))
        if outputs[0] not in self.names:
            raise UnsupportedModel(f"nothing computes the output '{outputs[0]}': export the whole model")
        opset = max((o.version for o in self.model.opset_import if o.domain in ("", "ai.onnx")), default=OPSET)
        shapes = tuple((name, tuple(array.shape)) for name, array in self.weights.items())
        return (
            Architecture(opset, tuple(nodes), shapes, tuple(self.constants), self.names[outputs[0]]),
            self.weights,
        )

    def _node(self, node: onnx.NodeProto) -> Node:
        inputs = tuple(self._tensor(name, node) for name in node.input)
        outputs = []
        for name in node.output:
            if name:
                self.names[name] = f"t{len(self.names)}"
            outputs.append(self.names[name])
        return Node(node.op_type, inputs, tuple(outputs), attributes.canonical(node))

    def _tensor(self, name: str, node: onnx.NodeProto) -> str:
        if name not in self.names:
            if name not in self.initialisers:
                raise UnsupportedModel(
                    f"node '{node.name or node.op_type}' reads tensor '{name}', which nothing "
                    "before it computes: the graph is not in execution order; export it again"
                )
            self._constant(name, node)
        return self.names[name]

    def _constant(self, name: str, node: onnx.NodeProto) -> None:
        array = self.initialisers[name]
        if array.dtype.kind == "f":
            self.names[name] = f"w{len(self.weights)}"
            self.weights[self.names[name]] = array.astype(np.float32)
        elif array.dtype.kind in "iu":
            self.names[name] = f"c{len(self.constants)}"
            values = tuple(int(v) for v in array.reshape(-1))
            self.constants.append((self.names[name], tuple(array.shape), values))
        else:
            raise UnsupportedModel(
                f"node '{node.name or node.op_type}' uses a constant of type {array.dtype}; weights "
                "must be floating-point, shapes and axes integers"
            )


def _stored(tensor: onnx.TensorProto) -> NDArray[np.generic]:
    """The values of a tensor that is in the file itself. Raises InvalidInput."""
    name = tensor.name or "(unnamed)"
    if is_external(tensor):  # ONNX would read whatever file the model names
        raise InvalidInput(f"the values of '{name}' are in another file: export the model with its weights inside")
    try:
        return np.asarray(numpy_helper.to_array(tensor))
    except (ValueError, TypeError, LookupError, RuntimeError, onnx.checker.ValidationError) as error:
        raise InvalidInput(f"the values of '{name}' cannot be read ({error}): export the model again") from None


def _node(item: object) -> Node:
    if not isinstance(item, list) or len(item) != 4:
        raise MalformedProof("architecture: a node must be [operator, inputs, outputs, attributes]")
    op, inputs, outputs, attribute_list = item
    if not all(isinstance(name, str) for name in [op, *inputs, *outputs]):
        raise MalformedProof("architecture: operator and tensor names must be strings")
    return Node(op, tuple(inputs), tuple(outputs), attributes.parse(attribute_list))


def _shape(value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise MalformedProof("architecture: a shape must be a list of integers")
    return tuple(expect_int(side, 0, MAX_WEIGHTS, "architecture: axis") for side in value)


def _int64s(values: object) -> tuple[int, ...]:
    if not isinstance(values, list):
        raise MalformedProof("architecture: a constant's values must be a list of integers")
    return tuple(expect_int(value, -(1 << 63), (1 << 63) - 1, "architecture: constant") for value in values)
