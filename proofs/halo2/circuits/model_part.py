"""What every circuit is made of: the committed model itself, and the dead units that hide its weights."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from proofs.halo2 import attributes
from proofs.halo2.architecture import Architecture, Node, Weights
from proofs.halo2.circuits.graph import Graph
from proofs.halo2.mask import BLIND_LIMBS, Mask


class Batched(Protocol):
    """What a circuit needs to know of an input format."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one input, without the batch axis."""

    @property
    def batch(self) -> int:
        """Inputs per proof."""


def apply_model(graph: Graph, architecture: Architecture, weights: Weights, x: str, shape: Batched) -> str:
    """Copy the model's nodes under the prefix ``m_``, fixing the batch axis; returns the logits' name."""
    for name, values in weights.items():
        graph.constant(f"m_{name}", kept(values))
    targets = {node.inputs[1] for node in architecture.nodes if node.op == "Reshape" and len(node.inputs) > 1}
    for name, sides, integers in architecture.constants:
        array = np.array(integers, dtype=np.int64).reshape(sides)
        graph.constant(f"m_{name}", _batched(array, shape.batch) if name in targets else array)
    if len(shape.shape) > 1:
        x = graph.node("Reshape", [x, graph.integers([shape.batch, *shape.shape])])
    for node in architecture.nodes:
        graph.nodes.append(_copy(node, x))
    return f"m_{architecture.output}"


def _copy(node: Node, x: str) -> onnx.NodeProto:
    def rename(name: str) -> str:
        return x if name == "x" else f"m_{name}" if name else ""

    proto = helper.make_node(node.op, [rename(name) for name in node.inputs], [rename(name) for name in node.outputs])
    proto.attribute.extend(attributes.protos(node.attributes))
    return proto


def kept(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """``values``, no tensor of them all alike: the compiler drops "+ 0" and "* 1", and with them a committed weight.

    The first element of such a tensor moves to the next single-precision number (2^-60 from zero), far below half a
    step of any scale used, so the integers are the same ones; the circuit then is, too, for every choice of weights.
    """
    if values.size == 0 or (values != values.flat[0]).any():
        return values
    moved = np.array(values, dtype=np.float32)
    moved.flat[0] = np.nextafter(moved.flat[0], np.float32(np.inf)) if moved.flat[0] else np.float32(2.0**-60)
    return moved


def _batched(target: NDArray[np.int64], batch: int) -> NDArray[np.int64]:
    """A Reshape target whose first axis is the batch: exported as 1, 0 or -1 when the model takes one example."""
    if target.ndim == 1 and len(target) >= 2 and target[0] in (-1, 0, 1):
        return np.concatenate([[batch], target[1:]]).astype(np.int64)
    return target


def blind_units(graph: Graph, blinds: str) -> str:
    """(1, 1): what the blinds add up to through a Relu and a committed column that is zero for an honest prover."""
    return _dead(graph, graph.node("Relu", [blinds]), "blind_outer", BLIND_LIMBS)


def mask_units(graph: Graph, tag: str, mask: Mask, scale_bits: int) -> str:
    """(1, 1): what the mask units, fed by the tag limbs, add up to; zero for an honest prover."""
    inner = (mask.inner / (1 << scale_bits)).astype(np.float32)
    units = graph.node("MatMul", [tag, graph.constant("mask_inner", inner)])
    return _dead(graph, units, "mask_outer", mask.units)


def _dead(graph: Graph, row: str, name: str, width: int) -> str:
    return graph.node("MatMul", [row, graph.constant(name, np.zeros((width, 1), dtype=np.float32))])
