"""What the operators' readers share: the graph as far as it is read, and the layers it has become."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from proofs.onnx_check.view import Graph, Node
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.safetynets.network import MAX_VALUES
from proofs.sumcheck.safetynets.scales.float_network import FloatConvolution, FloatDense, FloatLayer, FloatNode, Real


class Refusal(Exception):
    """A node that cannot be read: why, and what to do about it."""

    def __init__(self, reason: str, way_round: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_round = way_round


class UnknownInput(Exception):
    """A node that reads what an earlier refused one should have written."""


@dataclass(slots=True)
class Builder:
    """Layers so far, and which of their tensors each ONNX tensor is.

    Args:
        graph: the file. batch: size of its batch axis if fixed, else None.
        shapes: of every tensor of the network, without the batch axis, the input's first.
        tensors: number of each ONNX tensor that depends on the input. uses: how often each of these is read.
    """

    graph: Graph
    batch: int | None
    shapes: list[Shape]
    tensors: dict[str, int]
    nodes: list[FloatNode] = field(default_factory=list)
    uses: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for node in self.graph.nodes:
            self.uses.update(name for name in node.inputs if name)
        self.uses.update(value.name for value in self.graph.model.graph.output)

    def tensor(self, node: Node, position: int = 0) -> int:
        """The network's tensor that a node reads at ``position``."""
        name = node.inputs[position] if position < len(node.inputs) else ""
        if name in self.tensors:
            return self.tensors[name]
        if name in self.graph.varying:
            raise UnknownInput
        raise Refusal(f"its input {position} is stored or missing", "let it read computed values")

    def shape(self, node: Node, position: int = 0) -> Shape:
        """Axes of what a node reads, without the batch axis."""
        return self.shapes[self.tensor(node, position)]

    def is_stored(self, node: Node, position: int) -> bool:
        """Whether a node's input is a constant of the file."""
        return position < len(node.inputs) and node.inputs[position] in self.graph.constants

    def stored(self, node: Node, position: int, what: str) -> Real:
        """A stored tensor of finite numbers, as float64."""
        values = self.graph.values(node.inputs[position]) if position < len(node.inputs) else None
        if values is None or values.dtype.kind not in "fiub":
            raise Refusal(f"its {what} is not stored in the file as numbers", "export the model with stored weights")
        reals = values.astype(np.float64)
        if not np.isfinite(reals).all():
            raise Refusal(f"its {what} holds infinities or not-a-number", "train again: such a model computes nothing")
        return reals

    def integers(self, node: Node, position: int, what: str) -> list[int]:
        """A stored list of integers."""
        values = self.graph.values(node.inputs[position]) if position < len(node.inputs) else None
        if values is None or values.dtype.kind not in "iu":
            raise Refusal(f"its {what} is not stored in the file", "export the model with fixed shapes")
        return [int(value) for value in values.reshape(-1)]

    def emit(self, node: Node, layer: FloatLayer, *inputs: int) -> None:
        """A new layer that writes the node's output."""
        if math.prod(layer.out_shape) > MAX_VALUES:
            raise Refusal(f"it writes more than {MAX_VALUES} values an example", "prove a smaller model")
        _check_finite(layer)
        self.nodes.append(FloatNode(layer, inputs))
        self.shapes.append(layer.out_shape)
        self.tensors[node.outputs[0]] = len(self.nodes)

    def alias(self, node: Node) -> None:
        """The node's output is its input."""
        self.tensors[node.outputs[0]] = self.tensor(node)
        # Another name for the same tensor: it is read as often as both names are.
        self.uses[node.inputs[0]] += self.uses[node.outputs[0]] - 1
        self.uses[node.outputs[0]] = self.uses[node.inputs[0]]

    def affine(self, node: Node, position: int, factors: Real, offsets: Real) -> None:
        """factor x + offset by channel: folded into the linear layer that wrote x if nothing else reads it; else a
        depthwise 1x1 convolution.

        Args:
            position: of x among the node's inputs. factors, offsets: one number a channel (first axis).
        """
        tensor = self.tensor(node, position)
        before = self.nodes[tensor - 1] if tensor else None
        linear = before.layer if before else None
        if isinstance(linear, FloatDense | FloatConvolution) and self.uses[node.inputs[position]] == 1:
            across = factors.reshape(-1, *[1] * (linear.weight.ndim - 1))
            folded = replace(linear, weight=linear.weight * across, bias=linear.bias * factors + offsets)
            _check_finite(folded)
            self.nodes[tensor - 1] = replace(self.nodes[tensor - 1], layer=folded)
            self.tensors[node.outputs[0]] = tensor
            return
        shape = self.shapes[tensor]
        if len(shape) != 3:
            raise Refusal(
                "it scales what no linear layer of its own has written",
                "fold its numbers into the weights of the layer after it",
            )
        self.emit(node, FloatConvolution(factors.reshape(-1, 1, 1, 1), offsets, shape, groups=shape[0]), tensor)

    def by_channel(self, values: Real, shape: Shape) -> Real:
        """Stored numbers that broadcast over (N, *shape) and are constant beyond the channel: one a channel."""
        full = (1, *shape)
        try:
            spread = np.broadcast_to(values, full)
        except ValueError:
            raise Refusal(
                f"stored numbers of shape {values.shape} do not fit values of shape {('N', *shape)}", "export it again"
            ) from None
        channels = spread.reshape(shape[0], math.prod(shape[1:]))
        if (channels != channels[:, :1]).any():
            raise Refusal("its stored numbers differ inside a channel", "use one number a channel")
        return np.ascontiguousarray(channels[:, 0])


def _check_finite(layer: FloatLayer) -> None:
    """Refuse weights that are finite in the file and no longer so once factors are multiplied into them."""
    if isinstance(layer, FloatDense | FloatConvolution):
        if not (np.isfinite(layer.weight).all() and np.isfinite(layer.bias).all()):
            raise Refusal("its numbers, multiplied together, are infinite or not-a-number", "scale them down")
