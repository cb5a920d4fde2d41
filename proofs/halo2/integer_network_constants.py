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

Floats = NDArray[np.float32]
Key = tuple[tuple[int, ...], bytes]
HALVES = 1 << 23
"""Single precision holds every half-integer below this size."""
ALIKE = 1 << 20
"""Below this size two single-precision steps are less than a quarter: what a tensor of equal numbers may reach."""


class Constants:
    """Stored tensors of a graph under fresh names."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._public: dict[Key, str] = {}
        self._taken: set[Key] = set()

    def public(self, values: list[float], shape: tuple[int, ...]) -> str:
        """A constant everybody may know, stored once."""
        array = exact(np.array(values, dtype=np.float64).reshape(shape))
        key = _key(array)
        if key not in self._public:
            self._public[key] = self._add(array)
        return self._public[key]

    def scalar(self, value: float) -> str:
        """One number for a whole tensor (N, C, H, W)."""
        return self.public([value], (1, 1, 1, 1))

    def hidden(self, values: NDArray[np.float64]) -> str:
        """A constant of the model's owner."""
        return self._add(exact(values))

    def _add(self, array: Floats) -> str:
        while _key(array) in self._taken:
            first = array.flat[0]
            array.flat[0] = np.nextafter(first, np.float32(np.inf)) if first else np.float32(2.0**-60)
        self._taken.add(_key(array))
        return self.graph.constant(f"k{len(self.graph.initialisers)}", array)


def exact(values: NDArray[np.float64]) -> Floats:
    """Half-integers in single precision. Raises UnsupportedModel where that does not hold them."""
    limit = ALIKE if values.size and (values == values.flat[0]).all() else HALVES
    largest = float(np.abs(values).max(initial=0))
    if largest >= limit:
        raise UnsupportedModel(
            f"a constant of {largest:.0f}: the circuit compiler takes single precision, exact below {limit} here"
        )
    return values.astype(np.float32)


def _key(array: Floats) -> Key:
    shape = array.shape
    while shape[:1] == (1,):
        shape = shape[1:]
    return shape, array.tobytes()
