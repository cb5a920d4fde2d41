"""Random small integer networks of every kind of node, with weights and inputs, for hypothesis or from a seed.

    @given(networks())
    def test(sample): network, weights, x = sample

Structure is drawn, so that failures shrink; weights and inputs come from a drawn seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from hypothesis import strategies as st
from network_builder import Builder, Function
from numpy.typing import NDArray

from proofs.networks.bounds import node_bound
from proofs.networks.limits import ACCUMULATOR
from proofs.networks.network import Combination, Convolution, Maximum, Network, Reading, Term
from proofs.networks.ranges import difference_range
from proofs.networks.weights import NodeWeights, Weights

Sample = tuple[Network, Weights, NDArray[np.int32]]
KINDS = ("convolution", "dense", "depthwise", "sum", "concat", "pool", "crop", "maximum", "max pool")
MAX_SHIFT = 12


class Choice(Protocol):
    """A source of choices; 0 and first entries are the simplest."""

    def number(self, low: int, high: int) -> int: ...


class Drawn:
    """By hypothesis."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))


class Seeded:
    """By a random generator."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def number(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high + 1))


@st.composite
def networks(
    draw: Any, kinds: Sequence[str] = KINDS, max_nodes: int = 5, max_batch: int = 4, max_rows: int = 1 << 10
) -> Sample:
    """A network, its weights and inputs (C, H, W, B).

    Args:
        kinds: of nodes before the last, which is always dense. max_rows: entries of any table.
    """
    return _Growing(Drawn(draw), kinds, max_rows).sample(max_nodes, max_batch)


def random_network(
    seed: int, kinds: Sequence[str] = KINDS, max_nodes: int = 5, max_batch: int = 4, max_rows: int = 1 << 10
) -> Sample:
    """The same without hypothesis: one sample a seed."""
    return _Growing(Seeded(seed), kinds, max_rows).sample(max_nodes, max_batch)


class _Growing:
    def __init__(self, choice: Choice, kinds: Sequence[str], max_rows: int) -> None:
        self.choice, self.kinds, self.max_rows = choice, kinds, max_rows
        low, high = self.pick(((-8, 7), (0, 255), (-128, 127), (3, 20), (-1500, 1500), (0, 0)))
        shape = (self.number(1, 3), self.number(1, 6), self.number(1, 6))
        self.builder = Builder(shape, low, high, self.number(0, 2))
        self.rng = np.random.default_rng(self.number(0, 2**32 - 1))

    def number(self, low: int, high: int) -> int:
        return self.choice.number(low, high)

    def pick(self, options: Sequence[Any]) -> Any:
        return options[self.number(0, len(options) - 1)]

    def sample(self, max_nodes: int, max_batch: int) -> Sample:
        for _ in range(self.number(0, max_nodes - 1)):
            getattr(self, "_" + str(self.pick(self.kinds)).replace(" ", "_"))()
        self._dense()
        network, weights = self.builder.build()
        tensor = network.tensors[0]
        shape = (*tensor.shape, self.number(1, max_batch))
        values = self.rng.integers(tensor.low, tensor.high + 1, shape, dtype=np.int32)
        if self.number(0, 3) == 3:  # the extremes alone
            values = np.where(values > (tensor.low + tensor.high) // 2, tensor.high, tensor.low).astype(np.int32)
        return network, weights, values

    # -- one method a kind ---------------------------------------------------------------------------------------------
    def _convolution(self) -> None:
        source = self._some_tensor()
        channels, height, width = self.builder.tensors[source].shape
        groups = self.pick([g for g in range(1, channels + 1) if channels % g == 0])
        self._convolve(source, groups * self.number(1, 3 if groups < 4 else 1), (min(3, height), min(3, width)), groups)

    def _depthwise(self) -> None:
        source = self._some_tensor()
        channels, height, width = self.builder.tensors[source].shape
        self._convolve(
            source, channels * self.number(1, 2 if channels < 4 else 1), (min(3, height), min(3, width)), channels
        )

    def _dense(self) -> None:
        shape = self.builder.tensors[-1].shape
        self._add_convolution(self.builder.last, (self.number(1, 4), *shape), (1, 1), (0, 0, 0, 0), 1)

    def _convolve(self, source: int, outputs: int, most: tuple[int, int], groups: int) -> None:
        kernel = self.number(1, most[0]), self.number(1, most[1])
        stride = self.number(1, 3), self.number(1, 3)
        pads = tuple(self.number(0, 2) for _ in range(4))
        depth = self.builder.tensors[source].shape[0] // groups
        self._add_convolution(source, (outputs, depth, *kernel), stride, pads, groups)

    def _add_convolution(self, source: int, shape: Any, stride: Any, pads: Any, groups: int) -> None:
        """Weights as large as drawn, halved until the accumulators fit."""
        size, shift = self.pick((1, 7, 127, 5000)), self.number(0, MAX_SHIFT)
        node = Convolution(source, shape[0], shape[2:], stride, pads, groups, shift, 0)
        weight = self.rng.integers(-size, size + 1, shape)
        bias = self.rng.integers(-3 * size, 3 * size + 1, shape[0])
        while True:
            hidden = NodeWeights(weight.astype(np.int32), bias.astype(np.int32))
            if self._fits(node, hidden, shift):
                break
            shift, weight, bias = min(shift + 1, MAX_SHIFT), weight // 2, bias // 2
        self.builder.convolution(weight, bias, stride, pads, groups, shift, self._function(), source)

    def _sum(self) -> None:
        source = self._some_tensor()
        channels, height, width = self.builder.tensors[source].shape
        alike = [i for i, t in enumerate(self.builder.tensors) if t.shape == (channels, height, width)]
        whole = Reading.whole(height), Reading.whole(width)
        places = [source, *(self.pick(alike) for _ in range(self.number(0, 2)))]
        self._combine([Term(place, self._multiplier(), *whole) for place in places], channels)

    def _concat(self) -> None:
        """Terms of any channels, beside each other, over each other or apart, all read at one size."""
        sources = [self._some_tensor() for _ in range(self.number(1, 3))]
        shapes = [self.builder.tensors[source].shape for source in sources]
        out = self.number(1, 4), self.number(1, 4)
        widest = max(shape[0] for shape in shapes)
        channels = self.number(widest, max(widest, min(8, sum(shape[0] for shape in shapes) + 1)))
        terms = []
        for source, shape in zip(sources, shapes, strict=True):
            down, across = (self._reading(extent, o) for extent, o in zip(shape[1:], out, strict=True))
            terms.append(Term(source, self._multiplier(), down, across, self.number(0, channels - shape[0])))
        self._combine(terms, channels)

    def _pool(self) -> None:
        source = self._some_tensor()
        channels, height, width = self.builder.tensors[source].shape
        readings = []
        for extent in (height, width):
            kernel = self.number(1, extent)
            before, after, stride = self.number(0, kernel - 1), self.number(0, kernel - 1), self.number(1, 3)
            readings.append(Reading(kernel, stride, before, (extent + before + after - kernel) // stride + 1))
        self._combine([Term(source, self._multiplier(), *readings)], channels)

    def _crop(self) -> None:
        """Single values from anywhere: negative ``before``, strides, zeros around."""
        source = self._some_tensor()
        channels, height, width = self.builder.tensors[source].shape
        readings = [self._single(extent) for extent in (height, width)]
        self._combine([Term(source, self._multiplier(), *readings)], channels)

    def _maximum(self) -> None:
        source = self._some_tensor()
        channels, height, width = self.builder.tensors[source].shape
        other = self.pick([i for i, t in enumerate(self.builder.tensors) if t.shape[0] == channels])
        down, across = self._single(height), self._single(width)
        _, other_height, other_width = self.builder.tensors[other].shape
        readings = self._reading(other_height, down.out, 1), self._reading(other_width, across.out, 1)
        self._compare(Term(source, 1, down, across), Term(other, 1, *readings))

    def _max_pool(self) -> None:
        _, height, width = self.builder.tensors[-1].shape
        tensor = self.builder.tensors[-1]
        if min(height, width) >= 2 and tensor.high - tensor.low < self.max_rows // 2:
            self.builder.max_pool(self.number(2, min(3, height, width)), self.number(1, 2))

    # -- parts ---------------------------------------------------------------------------------------------------------
    def _some_tensor(self) -> int:
        """The newest most often."""
        return self.builder.last - min(self.builder.last, self.pick((0, 0, 1, 2)))

    def _multiplier(self) -> int:
        return int(self.pick((1, -1, 2, 5, -37)))

    def _single(self, extent: int) -> Reading:
        stride, before = self.number(1, 2), self.number(-(extent - 1), 2)
        return Reading(1, stride, before, self.number(1, (extent + 1 + before) // stride + 1))

    def _reading(self, extent: int, out: int, kernel: int | None = None) -> Reading:
        return Reading(kernel or self.number(1, 3), self.number(1, 2), self.number(-(extent - 1), 2), out)

    def _combine(self, terms: list[Term], channels: int) -> None:
        for shift in range(self.number(0, MAX_SHIFT), MAX_SHIFT + 1):
            if self._fits(Combination(tuple(terms), channels, shift, 0), None, shift):
                self.builder.combination(terms, channels, shift, self._function())
                return

    def _compare(self, first: Term, second: Term) -> None:
        low, high = difference_range(self.builder.tensors, Maximum(first, second, 0))
        if high - low < self.max_rows - 2:
            self.builder.maximum(first, second)

    def _fits(self, node: Convolution | Combination, hidden: NodeWeights | None, shift: int) -> bool:
        bound = node_bound(node, self.builder.tensors, hidden)
        return (bound.high - bound.low >> shift) + 4 < self.max_rows and max(bound.high, -bound.low) < ACCUMULATOR

    def _function(self) -> Function:
        """Clamps, and listed tables: the absolute value, a step, anything."""
        values = self.rng.integers(-300, 300, 64).tolist()
        functions: list[Function] = [
            (0, 255), (-128, 127), (-(2**15), 2**15 - 1), (0, 6), (-3, -3),
            lambda q: min(abs(q), 2**15 - 1), lambda q: int(q > 0), lambda q: int(values[q % 64]),
        ]  # fmt: skip
        return self.pick(functions)
