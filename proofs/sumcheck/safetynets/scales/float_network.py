"""A network with real weights, as read from a model file: what integers are rounded from, and held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.patches import blocks, patches
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.layers.window import Window
from proofs.sumcheck.safetynets.execution.exact_steps import sum_windows

Real = NDArray[np.float64]
CHUNK = 64


@dataclass(frozen=True, slots=True)
class Scales:
    """What real numbers are multiplied by before they are rounded, and the box of the integer inputs.

    Args:
        alpha: of the inputs. betas: of each linear layer's weights, in order.
        input_low, input_high: integer inputs are clipped to these.
        input_square_norm: if given, the squares of one example's integer inputs sum to at most this.
    """

    alpha: Fraction
    betas: tuple[Fraction, ...]
    input_low: int
    input_high: int
    input_square_norm: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FloatDense:
    """y = W x + b: weight (O, C), bias (O,)."""

    weight: Real
    bias: Real
    in_shape: Shape

    @property
    def out_shape(self) -> Shape:
        """One axis: the outputs."""
        return (len(self.weight),)


@dataclass(frozen=True, slots=True, eq=False)
class FloatConvolution:
    """A convolution (layers/convolution.py) with real weights (O, C / groups, kh, kw) and bias (O,)."""

    weight: Real
    bias: Real
    in_shape: Shape
    stride: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    groups: int = 1

    @property
    def down(self) -> Window:
        """The window along the height."""
        return Window(self.in_shape[1], self.weight.shape[2], self.stride[0], self.pads[0], self.pads[2])

    @property
    def across(self) -> Window:
        """The window along the width."""
        return Window(self.in_shape[2], self.weight.shape[3], self.stride[1], self.pads[1], self.pads[3])

    @property
    def out_shape(self) -> Shape:
        """(O, height, width)."""
        return (len(self.weight), self.down.out, self.across.out)


@dataclass(frozen=True, slots=True)
class AveragePool:
    """Window sums over the windows' area."""

    sums: SumPool

    @property
    def in_shape(self) -> Shape:
        """(C, H, W)."""
        return self.sums.in_shape

    @property
    def out_shape(self) -> Shape:
        """(C, height, width)."""
        return self.sums.out_shape


FloatLinear = FloatDense | FloatConvolution
FloatLayer = FloatLinear | AveragePool | Reshape | Add | Square


@dataclass(frozen=True, slots=True)
class FloatNode:
    """A layer and the tensors it reads, numbered as in ``Network``; an Add's multipliers are 1 or -1."""

    layer: FloatLayer
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FloatNetwork:
    """Layers over reals in an order in which each reads only tensors before it; the last one's output is the network's.

    Args:
        hint: the scales the file itself names, if any.
    """

    input_shape: Shape
    nodes: tuple[FloatNode, ...]
    hint: Scales | None = None

    @property
    def linear(self) -> tuple[FloatLinear, ...]:
        """The linear layers, in order: those that have betas."""
        return tuple(node.layer for node in self.nodes if isinstance(node.layer, FloatDense | FloatConvolution))

    @property
    def output_shape(self) -> Shape:
        """Axes of one output."""
        return self.nodes[-1].layer.out_shape

    def run(self, x: NDArray[np.floating]) -> Real:
        """The real outputs (N, K) of real inputs (N, *input_shape), in double precision.

        Raises:
            InvalidInput: inputs of another shape.
        """
        if x.shape[1:] != self.input_shape or len(x) == 0:
            raise InvalidInput(f"inputs of shape {x.shape}: the network takes (N, *{self.input_shape})")
        found = [self._columns(x[start : start + CHUNK]) for start in range(0, len(x), CHUNK)]
        return np.concatenate(found)

    def _columns(self, x: NDArray[np.floating]) -> Real:
        tensors = [np.ascontiguousarray(x.astype(np.float64).reshape(len(x), -1).T)]
        for node in self.nodes:
            tensors.append(_forward(node.layer, [tensors[i] for i in node.inputs]))
        return tensors[-1].T


def tidied(nodes: Sequence[FloatNode]) -> tuple[FloatNode, ...]:
    """Without layers nothing reads, and without a flatten before a dense layer, which reads any shape in that order."""
    return _without_unread(_without_flattens(_without_unread(nodes)))


def _without_unread(nodes: Sequence[FloatNode]) -> tuple[FloatNode, ...]:
    """Only what the last layer depends on, renumbered."""
    wanted = {len(nodes)}
    for index in range(len(nodes), 0, -1):
        if index in wanted:
            wanted.update(nodes[index - 1].inputs)
    kept = sorted(wanted - {0})
    places = {0: 0, **{old: new for new, old in enumerate(kept, 1)}}
    return tuple(FloatNode(nodes[i - 1].layer, tuple(places[j] for j in nodes[i - 1].inputs)) for i in kept)


def _without_flattens(nodes: Sequence[FloatNode]) -> tuple[FloatNode, ...]:
    """Dense layers read what the reshapes before them read; those are left behind unread."""
    found: list[FloatNode] = []
    for node in nodes:
        new = node
        while isinstance(new.layer, FloatDense) and new.inputs[0] > 0:
            before = found[new.inputs[0] - 1]
            if not isinstance(before.layer, Reshape):
                break
            new = FloatNode(replace(new.layer, in_shape=before.layer.in_shape), before.inputs)
        found.append(new)
    return tuple(found)


def _forward(layer: FloatLayer, inputs: Sequence[Real]) -> Real:
    """One layer on columns (R, n)."""
    x = inputs[0]
    if isinstance(layer, FloatDense):
        return np.asarray(layer.weight @ x + layer.bias[:, None])
    if isinstance(layer, FloatConvolution):
        return _convolve(layer, x)
    if isinstance(layer, AveragePool):
        return np.asarray(sum_windows(layer.sums, x) / math.prod(layer.sums.kernel))
    if isinstance(layer, Add):
        return np.asarray(layer.multipliers[0] * x + layer.multipliers[1] * inputs[1])
    return x if isinstance(layer, Reshape) else np.square(x)


def _convolve(layer: FloatConvolution, x: Real) -> Real:
    images = x.reshape(*layer.in_shape, -1)
    out = np.empty((*layer.out_shape, images.shape[3]))
    depth = layer.in_shape[0] * layer.down.kernel * layer.across.kernel
    weight = layer.weight.reshape(layer.groups, len(out) // layer.groups, -1)
    for block in blocks(layer.down, layer.across, depth, images.shape[3]):
        windows = patches(images, layer.down, layer.across, block)
        values = weight @ windows.reshape(layer.groups, weight.shape[2], -1)
        out[:, block.rows, :, block.examples] = values.reshape(-1, *windows.shape[3:])
    out += layer.bias[:, None, None, None]
    return out.reshape(-1, images.shape[3])
