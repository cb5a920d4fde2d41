"""The float constants of an integer network's graph: exact, each told apart from every other.

The circuit compiler merges constants with equal numbers and drops tensors that are all alike, and either would make the
circuit depend on the values of hidden weights. So a hidden tensor that equals another has its first element moved by
single-precision steps too small to change any integer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.errors import UnsupportedModel
from proofs.halo2.circuits.graph import Graph
from proofs.halo2.circuits.model_part import kept

Floats = NDArray[np.float32]
Key = tuple[tuple[int, ...], bytes]
HALVES = 1 << 23
"""Single precision holds every half-integer below this size."""
SLACK = 0.25
"""Of one unit at the largest scale: how far moved elements may be from theirs. Half of one would round elsewhere."""


class Constants:
    """Stored tensors of a graph under fresh names.

    Args:
        scale: the largest at which any of them is rounded.
    """

    def __init__(self, graph: Graph, scale: int) -> None:
        self.graph, self.scale = graph, scale
        self._public: dict[Key, str] = {}
        self._taken: set[Key] = set()

    def public(self, values: list[float], shape: tuple[int, ...]) -> str:
        """A constant everybody may know, stored once."""
        array = np.array(values, dtype=np.float64).reshape(shape)
        key = _key(array.astype(np.float32))
        if key not in self._public:
            self._public[key] = self.hidden(array)
        return self._public[key]

    def scalar(self, value: float) -> str:
        """One number for a whole tensor (N, C, H, W)."""
        return self.public([value], (1, 1, 1, 1))

    def hidden(self, values: NDArray[np.float64]) -> str:
        """A constant of the model's owner. Raises UnsupportedModel where single precision cannot hold its integers."""
        largest = float(np.abs(values).max(initial=0))
        if largest >= HALVES:
            raise UnsupportedModel(
                f"a constant of {largest:.0f}: single precision, which the circuit compiler takes, holds halves below "
                f"{HALVES}; use a smaller shift or smaller biases"
            )
        array = values.astype(np.float32)
        while _key(array) in self._taken:
            array.flat[0] = _next(array.flat[0])
        self._taken.add(_key(array))
        moved = float(kept(array).flat[0]) - float(values.flat[0])
        if moved * 2.0**self.scale > SLACK:
            raise UnsupportedModel(
                f"a tensor of equal constants, or one like another, that begins with {values.flat[0]:.1f}: too large "
                "to be told apart in single precision; use a smaller shift"
            )
        return self.graph.constant(f"k{len(self.graph.initialisers)}", array)


def _next(value: np.float32) -> np.float32:
    return np.nextafter(value, np.float32(np.inf)) if value else np.float32(2.0**-60)


def _key(array: Floats) -> Key:
    shape = array.shape
    while shape[:1] == (1,):
        shape = shape[1:]
    return shape, array.tobytes()
