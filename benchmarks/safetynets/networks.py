"""The paper's two shapes: the trained CNN-2-Quad, and FcNN-3-Quad with weights drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.network import Layer, Network, Node
from proofs.sumcheck.safetynets.onnx_import import import_network

_MODELS = Path(__file__).resolve().parents[2] / "examples/models/safetynets"
WIDTHS = (1845, 2000, 2000, 2000, 10)
NONZERO = (0.01, 0.02, 0.05, 0.2)
"""Share of weights that are not zero, a layer: sparse enough that the static bound fits two primes. Times depend on
neither: no product is skipped for a weight of zero."""


def cnn_2_quad() -> Network:
    """The committed MNIST network."""
    return import_network((_MODELS / "cnn-2-quad-mnist.onnx").read_bytes())


def fcnn_3_quad(seed: int = 1) -> Network:
    """The speech network's shape with ternary weights; its trained weights are too large a file to commit."""
    rng = np.random.default_rng(seed)
    layers: list[Layer] = []
    for before, width, share in zip(WIDTHS[:-1], WIDTHS[1:], NONZERO, strict=True):
        weight = rng.choice([-1, 0, 1], (width, before), p=[share / 2, 1 - share, share / 2])
        layers += [Dense(weight, tuple(int(b) for b in rng.integers(-1, 2, width)), (before,)), Square((width,))]
    nodes = tuple(Node(layer, (index,)) for index, layer in enumerate(layers[:-1]))
    return Network((WIDTHS[0],), -1, 1, Fraction(1), (Fraction(1),) * 4, nodes)


NETWORKS: dict[str, Callable[[], Network]] = {"CNN-2-Quad": cnn_2_quad, "FcNN-3-Quad": fcnn_3_quad}
