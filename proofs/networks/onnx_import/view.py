"""How an ONNX tensor lies in a tensor of the network: layout operators only change this, and cost nothing.

A view is one integer for every entry of the ONNX tensor (batch axis left out): its place in the network's tensor, read
in channel, height, width order. Reshape, Transpose, Slice, Split and Gather act on these integers as on any array.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from proofs.networks.network import Shape3

Positions = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Levels:
    """The view's entries are the integers of a QuantizeLinear: real value = scale * (integer - zero)."""

    scale: float
    zero: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """A function that keeps the order of the classes was left out; ``label`` if it is the first largest itself."""

    what: str
    label: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """An ONNX tensor.

    Args:
        tensor: of the network. shape: ONNX axes without the batch.
        index: place of each entry; None where they lie in order and none is left out.
    """

    tensor: int
    shape: tuple[int, ...]
    index: Positions | None = None
    mark: Levels | Ranking | None = None

    def positions(self) -> Positions:
        """The place of each entry, as an array of the view's shape."""
        if self.index is not None:
            return self.index
        return np.arange(math.prod(self.shape), dtype=np.int32).reshape(self.shape)

    def moved(self, index: Positions, total: int) -> View:
        """The same tensor, of ``total`` entries, seen through other positions."""
        return replace(self, shape=index.shape, index=None if in_order(index, total) else index)

    def reshaped(self, shape: tuple[int, ...]) -> View:
        """The same entries with other axes."""
        return replace(self, shape=shape, index=None if self.index is None else self.index.reshape(shape))


def in_order(index: Positions, total: int) -> bool:
    """Whether positions are 0, 1, 2, ... and none is left out."""
    return index.size == total and bool((index.reshape(-1) == np.arange(total, dtype=np.int32)).all())


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """channels[c], first + step * y, ...: an image that is part of a tensor."""

    channels: Positions
    first: tuple[int, int]
    step: tuple[int, int]


def separate(index: Positions, shape: Shape3) -> Crop | None:
    """An index (C', H', W') as channels, rows and columns of a tensor, if that is what it is."""
    _, height, width = shape
    if index.size == 0:
        return None
    channels, rows, columns = (
        index[:, 0, 0] // (height * width),
        index[0, :, 0] % (height * width) // width,
        index[0, 0] % width,
    )
    rebuilt = channels[:, None, None] * (height * width) + rows[:, None] * width + columns
    down, across = _progression(rows), _progression(columns)
    if down is None or across is None or not (rebuilt == index).all():
        return None
    return Crop(channels, (down[0], across[0]), (down[1], across[1]))


def _progression(values: Positions) -> tuple[int, int] | None:
    """first, step of values that rise by a constant step."""
    if len(values) == 1:
        return int(values[0]), 1
    steps = np.diff(values)
    if steps[0] < 1 or (steps != steps[0]).any():
        return None
    return int(values[0]), int(steps[0])
