"""Integer networks put together node by node, tables and ranges following from the weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from proofs.networks.bounds import node_bound, rescaled
from proofs.networks.network import (
    PRIME,
    Clamp,
    Combination,
    Convolution,
    Listed,
    Maximum,
    Network,
    Node,
    Reading,
    Shape3,
    Table,
    Tensor,
    Term,
)
from proofs.networks.ranges import difference_range, output_range
from proofs.networks.readings import convolution_axes
from proofs.networks.weights import NodeWeights, Weights

Function = tuple[int, int] | Callable[[int], int]
"""What a node's table holds: a clamp to (least, greatest), or any function of q as a listed table."""
SIGNED, RELU = (-128, 127), (0, 255)


@dataclass
class Builder:
    """A network that grows; every method returns the index of the tensor it adds."""

    shape: Shape3
    low: int = -128
    high: int = 127
    slack: int = 0
    tensors: list[Tensor] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    weights: Weights = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tensors.append(Tensor(self.shape, self.low, self.high))

    @property
    def last(self) -> int:
        """The newest tensor."""
        return len(self.tensors) - 1

    def build(self, input_scale: str = "0.0078125", output_scale: str = "1") -> tuple[Network, Weights]:
        """What was put together so far."""
        network = Network(tuple(self.tensors), tuple(self.nodes), tuple(self.tables), input_scale, output_scale)
        return network, dict(self.weights)

    def convolution(
        self,
        weight: NDArray[np.generic],
        bias: NDArray[np.generic] | None = None,
        stride: tuple[int, int] = (1, 1),
        pads: tuple[int, int, int, int] = (0, 0, 0, 0),
        groups: int = 1,
        shift: int = 0,
        function: Function = SIGNED,
        source: int | None = None,
    ) -> int:
        """Reads the newest tensor if not told otherwise."""
        outputs, _, *kernel = weight.shape
        start = np.zeros(outputs) if bias is None else bias
        hidden = NodeWeights(weight.astype(np.int32), start.astype(np.int32))
        place = self.last if source is None else source
        node = Convolution(place, outputs, (kernel[0], kernel[1]), stride, pads, groups, shift, len(self.tables))
        down, across = convolution_axes(node, self.tensors[place].shape)
        self.weights[len(self.nodes)] = hidden
        return self._add(node, (outputs, down.out, across.out), function, hidden)

    def dense(
        self, weight: NDArray[np.generic], bias: NDArray[np.generic] | None = None, shift: int = 0,
        function: Function = SIGNED,
    ) -> int:  # fmt: skip
        """A fully connected layer: weights (outputs, inputs)."""
        return self.convolution(
            weight.reshape(len(weight), *self.tensors[-1].shape), bias, shift=shift, function=function
        )

    def combination(self, terms: list[Term], channels: int, shift: int = 0, function: Function = SIGNED) -> int:
        """A sum of terms."""
        node = Combination(tuple(terms), channels, shift, len(self.tables))
        return self._add(node, (channels, terms[0].down.out, terms[0].across.out), function, None)

    def maximum(self, first: Term, second: Term) -> int:
        """The larger of two."""
        node = Maximum(first, second, len(self.tables))
        low, high = difference_range(self.tensors, node)
        self.tables.append(Clamp(low, high + self.slack, 0, max(0, high + self.slack)))
        channels = self.tensors[first.source].shape[0]
        return self._place(node, (channels, first.down.out, first.across.out))

    def max_pool(self, kernel: int, stride: int) -> int:
        """Windows that fit, as maxima along one axis and then along the other."""
        for axis in (1, 2):
            source = self.last
            extents = self.tensors[source].shape
            out = (extents[axis] - kernel) // stride + 1

            def take(place: int, offset: int, step: int, axis: int = axis, out: int = out) -> Term:
                whole = [Reading.whole(extent) for extent in self.tensors[place].shape[1:]]
                whole[axis - 1] = Reading(1, step, -offset, out)
                return Term(place, 1, whole[0], whole[1])

            newest = self.maximum(take(source, 0, stride), take(source, 1, stride))
            for offset in range(2, kernel):
                newest = self.maximum(take(newest, 0, 1), take(source, offset, stride))
        return self.last

    def sum_pool(self, shift: int = 0, function: Function = SIGNED) -> int:
        """The sum over a whole channel."""
        channels, height, width = self.tensors[-1].shape
        term = Term(self.last, 1, Reading(height, 1, 0, 1), Reading(width, 1, 0, 1))
        return self.combination([term], channels, shift, function)

    def add(self, first: int, second: int, shift: int = 0, function: Function = SIGNED) -> int:
        """The sum of two tensors of one shape."""
        channels, height, width = self.tensors[first].shape
        down, across = Reading.whole(height), Reading.whole(width)
        return self.combination(
            [Term(first, 1, down, across), Term(second, 1, down, across)], channels, shift, function
        )

    def _add(
        self, node: Convolution | Combination, shape: Shape3, function: Function, hidden: NodeWeights | None
    ) -> int:
        bound = node_bound(node, self.tensors, hidden)
        low, high = rescaled(bound.low, node.shift), rescaled(bound.high, node.shift)
        if (high + self.slack - low + 1) << node.shift <= PRIME:
            high += self.slack
        if callable(function):
            self.tables.append(Listed(low, tuple(function(q) for q in range(low, high + 1))))
        else:
            self.tables.append(Clamp(low, high, *function))
        return self._place(node, shape)

    def _place(self, node: Node, shape: Shape3) -> int:
        self.nodes.append(node)
        so_far = Network((*self.tensors, Tensor(shape, 0, 0)), tuple(self.nodes), tuple(self.tables), "1", "1")
        self.tensors.append(Tensor(shape, *output_range(so_far, len(self.nodes) - 1)))
        return self.last
