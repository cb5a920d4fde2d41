"""Which machine numbers hold a tensor exactly, found from its static bound alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.safetynets.network import Layer, Network

Numbers = NDArray[Any]
"""Exact integers in an array of float32, float64 or int64."""
SINGLE_LIMIT, DOUBLE_LIMIT, INTEGER_LIMIT = 1 << 24, 1 << 53, (1 << 60) - 23
"""Largest sizes: floats hold every integer up to these; the last is below half of either 61-bit prime, so that int64
holds a number and one comparison makes it a residue."""

MAX_WEIGHTS = 1 << 48
"""A row of weights of this size leaves a limb of an input too few bits of a double."""


class Kind(Enum):
    """How the values of a tensor are held while a network runs."""

    SINGLE = "single"
    DOUBLE = "double"
    INTEGER = "integer"
    RESIDUE = "residue"

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of exact integers of this kind; residues have their field's."""
        return _DTYPES[self]


_DTYPES: dict[Kind, np.dtype[Any]] = {
    Kind.SINGLE: np.dtype(np.float32),
    Kind.DOUBLE: np.dtype(np.float64),
    Kind.INTEGER: np.dtype(np.int64),
}


@dataclass(frozen=True, slots=True)
class Span:
    """What a layer's arithmetic must hold.

    Args:
        largest: size of any value of its output. reach: size of any partial sum on the way there.
        weights: largest sum of sizes of one output's weights; 0 for layers without.
    """

    largest: int
    reach: int
    weights: int = 0

    @property
    def kind(self) -> Kind:
        """Floats only where every partial sum is exact; int64 may wrap on the way, its result is right all the same."""
        if max(self.largest, self.reach) <= SINGLE_LIMIT:
            return Kind.SINGLE
        if max(self.largest, self.reach) <= DOUBLE_LIMIT:
            return Kind.DOUBLE
        limbed = self.weights < MAX_WEIGHTS
        return Kind.INTEGER if limbed and self.largest <= INTEGER_LIMIT else Kind.RESIDUE


def spans(network: Network) -> tuple[Span, ...]:
    """What every tensor's arithmetic must hold, the input's first."""
    magnitudes = network.bounds.magnitudes
    found = [Span(magnitudes[0], magnitudes[0])]
    for largest, node in zip(magnitudes[1:], network.nodes, strict=True):
        found.append(_span(node.layer, [magnitudes[i] for i in node.inputs], largest))
    return tuple(found)


def kinds(network: Network, spans: Sequence[Span]) -> tuple[Kind, ...]:
    """How every tensor is held: what is computed from residues is residues, too."""
    found = [spans[0].kind]
    for span, node in zip(spans[1:], network.nodes, strict=True):
        residue = any(found[i] is Kind.RESIDUE for i in node.inputs)
        found.append(Kind.RESIDUE if residue else span.kind)
    return tuple(found)


def _span(layer: Layer, sources: Sequence[int], largest: int) -> Span:
    if isinstance(layer, Dense | Convolution):
        weights = int(np.abs(layer.weight).reshape(len(layer.weight), -1).sum(axis=1).max())
        return Span(largest, weights * sources[0] + max(abs(value) for value in layer.bias), weights)
    if isinstance(layer, Add):
        return Span(largest, sum(abs(m) * source for m, source in zip(layer.multipliers, sources, strict=True)))
    return Span(largest, largest)
