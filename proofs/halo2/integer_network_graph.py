"""An integer network as an ONNX graph on which ezkl computes the same integers.

Tensors are (n, C, H, W) floats that hold the integers themselves. All operators are among those whose constraints leave
a prover no choice (``settings.ALLOWED_OPERATIONS``).
"""

from __future__ import annotations

from functools import partial

import numpy as np
from onnx import TensorProto, helper

from proofs.errors import UnsupportedModel
from proofs.halo2.circuits.graph import Graph
from proofs.halo2.integer_network_constants import Constants
from proofs.halo2.integer_network_rounding import Rounding
from proofs.halo2.integer_network_size import SCALE_BITS, sites
from proofs.networks.network import Combination, Convolution, Maximum, Network, Node, Reading, Shape3, Term
from proofs.networks.readings import convolution_axes
from proofs.networks.weights import NodeWeights, Weights

OPSET = 17
ROWS, COLUMNS = 2, 3
MAX_WINDOW = 1 << 6


def read_tensors(network: Network) -> set[int]:
    """The tensors the logits depend on; what nothing reads has no constants in a circuit."""
    wanted = {len(network.nodes)}
    for index in reversed(range(len(network.nodes))):
        if index + 1 in wanted:
            wanted.update(sources(network.nodes[index]))
    return wanted


def sources(node: Node) -> list[int]:
    """The tensors a node reads."""
    return [node.source] if isinstance(node, Convolution) else [term.source for term in terms(node)]


def terms(node: Combination | Maximum) -> tuple[Term, ...]:
    """What a node without weights reads."""
    return (node.first, node.second) if isinstance(node, Maximum) else node.terms


class NetworkGraph:
    """Emits nodes one after the other."""

    def __init__(self, network: Network, weights: Weights) -> None:
        self.network, self.weights = network, weights
        self.graph = Graph()
        self.constants = Constants(self.graph, max(site.scale for site in sites(network)) + SCALE_BITS)
        self.rounding = Rounding(self.graph, self.constants)
        self.tensors = ["x"]

    def serialise(self) -> bytes:
        """The model's bytes: input x (n, C, H, W), output (n, classes). Secret."""
        wanted = read_tensors(self.network)
        for index in range(len(self.network.nodes)):
            self.tensors.append(self._node(index) if index + 1 in wanted else "")
        logits = self.graph.node("Flatten", [self.tensors[-1]], axis=1)
        for name, shape, into in (
            ("x", self.network.tensors[0].shape, self.graph.inputs),
            (logits, (self.network.classes,), self.graph.outputs),
        ):
            into.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape]))
        return self.graph.serialise("same_function", OPSET)

    def _node(self, index: int) -> str:
        node = self.network.nodes[index]
        if isinstance(node, Maximum):
            first, second = self._read(node.first), self._read(node.second)
            over = self.graph.node("Relu", [self.graph.node("Sub", [first, second])])
            return self.graph.node("Add", [second, over])
        table, last = self.network.tables[node.table], index == len(self.network.nodes) - 1
        if isinstance(node, Convolution):
            hidden = self.weights[index]
            return self.rounding.apply(partial(self._convolution, node, hidden), table, node.shift, last)
        summed = partial(self._combination, node)
        return self.rounding.apply(lambda offset: self.rounding.plus(summed(), offset), table, node.shift, True)

    def _convolution(self, node: Convolution, hidden: NodeWeights, offset: float) -> str:
        """Accumulators plus a constant; an axis read at single places is thinned out first.

        (The circuit compiler turns such a stride into an operation of its own, and fails where there are pads.)
        """
        tensor, strides, pads = self.tensors[node.source], list(node.stride), list(node.pads)
        channels, *shape = self.network.tensors[node.source].shape
        axes = convolution_axes(node, (channels, shape[0], shape[1]))
        for axis, reading in zip((ROWS, COLUMNS), axes, strict=True):
            if reading.kernel == 1 and reading.stride > 1:
                tensor = self._windows(tensor, axis, reading, (channels, shape[0], shape[1]))
                strides[axis - 2], pads[axis - 2], pads[axis] = 1, 0, 0
                shape[axis - 2] = reading.out
        bias = hidden.bias.astype(np.float64) + offset
        kernel = self.constants.hidden(hidden.weight.astype(np.float64))
        return self.graph.node(
            "Conv",
            [tensor, kernel, self.constants.hidden(bias)],
            group=node.groups,
            kernel_shape=list(node.kernel),
            pads=pads,
            strides=strides,
        )

    def _combination(self, node: Combination) -> str:
        parts = [self._scaled(term) for term in node.terms]
        widths = [self.network.tensors[term.source].shape[0] for term in node.terms]
        ends = [term.channel + width for term, width in zip(node.terms, widths, strict=True)]
        if len(parts) > 1 and [term.channel for term in node.terms] == [0, *ends[:-1]] and ends[-1] == node.channels:
            return self.graph.node("Concat", parts, axis=1)
        placed = [
            self._pad(part, 1, term.channel, node.channels - end)
            for part, term, end in zip(parts, node.terms, ends, strict=True)
        ]
        total = placed[0]
        for part in placed[1:]:
            total = self.graph.node("Add", [total, part])
        return total

    def _scaled(self, term: Term) -> str:
        read = self._read(term)
        if abs(term.multiplier) != 1:
            return self.graph.node("Mul", [read, self.constants.scalar(term.multiplier)])
        return read if term.multiplier == 1 else self.graph.node("Neg", [read])

    def _read(self, term: Term) -> str:
        """The windows' sums of a term, without its multiplier."""
        channels, height, width = self.network.tensors[term.source].shape
        tensor = self._windows(self.tensors[term.source], ROWS, term.down, (channels, height, width))
        return self._windows(tensor, COLUMNS, term.across, (channels, term.down.out, width))

    def _windows(self, tensor: str, axis: int, reading: Reading, shape: Shape3) -> str:
        """Sums over one axis of a tensor of that shape."""
        extent = shape[axis - 1]
        if reading == Reading.whole(extent):
            return tensor
        if (reading.out, reading.before, reading.kernel) == (1, 0, extent):
            return self.graph.node("ReduceSum", [tensor, self.graph.integers([axis])], keepdims=1)
        if reading.kernel > MAX_WINDOW:
            raise UnsupportedModel(f"a window of {reading.kernel}; at most {MAX_WINDOW} are added one by one")
        before, start = max(reading.before, 0), max(-reading.before, 0)
        stop = start + reading.kernel - 1 + reading.out * reading.stride
        padded = self._pad(tensor, axis, before, max(stop - before - extent, 0))
        parts = [self._every(padded, axis, start + i, reading, shape) for i in range(reading.kernel)]
        total = parts[0]
        for part in parts[1:]:
            total = self.graph.node("Add", [total, part])
        return total

    def _every(self, tensor: str, axis: int, start: int, reading: Reading, shape: Shape3) -> str:
        """Every ``stride``-th row from ``start`` on, by way of a tensor whose rows of a stride lie side by side."""
        part = self._slice(tensor, axis, start, reading.out * reading.stride)
        if reading.stride == 1:
            return part
        apart, together = list(shape), list(shape)
        apart[axis - 1 : axis] = [reading.out, reading.stride]
        together[axis - 1] = reading.out
        apart_name = self.graph.node("Reshape", [part, self.graph.integers([0, *apart])])
        first = self._slice(apart_name, axis + 1, 0, 1)
        return self.graph.node("Reshape", [first, self.graph.integers([0, *together])])

    def _slice(self, tensor: str, axis: int, start: int, length: int) -> str:
        bounds = [self.graph.integers([number]) for number in (start, start + length, axis)]
        return self.graph.node("Slice", [tensor, *bounds])

    def _pad(self, tensor: str, axis: int, before: int, after: int) -> str:
        if not before and not after:
            return tensor
        amounts = [0] * 8
        amounts[axis], amounts[axis + 4] = before, after
        return self.graph.node("Pad", [tensor, self.graph.integers(amounts)])
