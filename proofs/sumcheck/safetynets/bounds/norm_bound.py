"""A tighter bound for fully connected networks, from the norms of the tensors their outputs are made of.

The values z of a tensor are polynomials of the inputs: z_o = <M_o, y^(x)d>, y the inputs with a constant t appended,
y^(x)d its d-fold tensor power. By Cauchy and Schwarz |z_o| <= ||M_o|| ||y||^d. The Gram matrix G = [<M_o, M_o'>] needs
no tensor: a linear layer makes it W G W^T, a square G * G entry by entry, because <a (x) a, b (x) b> = <a, b>^2. A bias
b is a weight b / t^d on the constant's power t^d, which every layer hands on.

G is computed in float64 with a bound on its error that rounding cannot break: |computed - G|[o, o'] <= error m_o m_o',
where m dominates every sum of absolute products: a linear layer makes it |W| m (for the first, the norms of W's rows
do), a square m * m. A product of n terms errs by at most n u / (1 - n u) of that sum, u = 2^-53 (Higham, Accuracy and
Stability of Numerical Algorithms, 3.1); m is rounded up. What underflow adds, below 2^-990, is covered by a constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.reshape import Reshape
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.network import Network

Matrix = NDArray[np.float64]
UNIT = Fraction(1, 1 << 53)
MAX_ERROR = Fraction(1, 8)
"""Beyond this share of m the computed matrix says too little; intervals alone are used then."""
MAX_MAJORANT = 2.0**200
"""Entries of G, up to m^2, are squared and multiplied by weights on both sides: that cannot overflow from here."""
TINY = 2.0**-200
"""Added to m at every step; u times its square is far above anything underflow can add up to."""
ROUND_UP = 1 + 2.0**-20
"""Times this, a sum of up to 2^24 rounded terms that are not negative is no less than the exact one."""
MAX_WIDTH = 4096
"""Values of a layer whose Gram matrix is computed: 128 MiB."""
CONSTANT = 8
"""The constant t is about ||x|| / 8: larger ones weigh down the norm (by 0.1 bits here), smaller ones the biases."""


@dataclass(frozen=True, slots=True, eq=False)
class Gram:
    """G within ``error`` times the products of ``majorant``, for values of degree ``degree``.

    The last row and column belong to the constant.
    """

    values: Matrix
    majorant: Matrix
    error: Fraction
    degree: int


def is_chain(network: Network) -> bool:
    """Whether the network is fully connected: layers in a row, each dense, square or reshape."""
    return all(
        isinstance(node.layer, Dense | Square | Reshape) and node.inputs == (index,)
        for index, node in enumerate(network.nodes)
    )


def norm_limits(network: Network) -> list[NDArray[np.object_] | None]:
    """The largest size of each value of each tensor after the input; None where nothing is known.

    Args:
        network: for which ``is_chain`` holds.
    """
    square_norm = _input_square_norm(network)
    has_bias = any(any(node.layer.bias) for node in network.nodes if isinstance(node.layer, Dense))
    t = Fraction(2) ** math.floor(math.log2(max(1, math.isqrt(square_norm)) / CONSTANT)) if has_bias else Fraction(0)
    return _limits(network, t, square_norm + t * t)


def _limits(network: Network, t: Fraction, square_norm: Fraction) -> list[NDArray[np.object_] | None]:
    """Limits of every tensor after the input, for one constant t; ``square_norm`` is ||y||^2."""
    gram: Gram | None = None
    limits: list[NDArray[np.object_] | None] = []
    for node in network.nodes:
        if isinstance(node.layer, Dense):
            gram = _dense(gram, node.layer, t)
        elif isinstance(node.layer, Square):
            gram = _square(gram, node.layer)
        if gram is None and not isinstance(node.layer, Reshape):
            break
        limits.append(None if gram is None else _from_gram(gram, square_norm))
    return limits + [None] * (len(network.nodes) - len(limits))


def _dense(gram: Gram | None, layer: Dense, t: Fraction) -> Gram | None:
    """W G W^T, with the constant's row appended to W; None where floats cannot hold it."""
    degree = 1 if gram is None else gram.degree
    outputs, inputs = layer.weight.shape
    biases = [Fraction(value) / t**degree for value in layer.bias] if t else []
    if outputs > MAX_WIDTH or not all(b == 0 or TINY <= abs(b) <= MAX_MAJORANT for b in biases):
        return None
    weight = np.zeros((outputs + 1, inputs + 1))
    weight[:-1, :-1] = layer.weight
    if biases:
        weight[:-1, -1] = [float(bias) for bias in biases]
        weight[-1, -1] = 1
    sizes = np.abs(weight)
    if gram is None:
        majorant = np.sqrt((weight * weight).sum(axis=1))
    else:
        majorant = sizes @ gram.majorant
    # Rounding of the bias entries, of the inner product, and of the outer one.
    grown = (1 + UNIT) ** 2 * (1 + _gamma(inputs + 1)) ** 2
    if gram is None:
        return _bounded(weight @ weight.T, majorant, grown - 1, degree)
    return _bounded(weight @ gram.values @ weight.T, majorant, (1 + gram.error) * grown - 1, degree)


def _square(gram: Gram | None, layer: Square) -> Gram | None:
    """G * G entry by entry."""
    if gram is None:  # the input itself: its Gram matrix is the identity
        size = math.prod(layer.shape) + 1
        if size > MAX_WIDTH:
            return None
        gram = Gram(np.eye(size), np.ones(size), Fraction(0), 1)
    error = (1 + gram.error) ** 2 * (1 + UNIT) - 1
    return _bounded(gram.values**2, gram.majorant**2, error, 2 * gram.degree)


def _bounded(values: Matrix, majorant: Matrix, error: Fraction, degree: int) -> Gram | None:
    """With m rounded up and an error of few digits; None where nothing is left of the precision."""
    if not majorant.max() < MAX_MAJORANT or error > MAX_ERROR:
        return None
    return Gram(values, majorant * ROUND_UP + TINY, Fraction(math.ceil(error * (1 << 60)), 1 << 60), degree)


def _from_gram(gram: Gram, square_norm: Fraction) -> NDArray[np.object_]:
    """floor(sqrt(G_oo ||y||^2d)), never less; the values are integers."""
    power = square_norm**gram.degree
    limits = []
    for value, majorant in zip(np.diag(gram.values)[:-1], gram.majorant[:-1], strict=True):
        most = Fraction(float(value)) + gram.error * Fraction(float(majorant)) ** 2
        limits.append(math.isqrt(math.floor(max(most, Fraction(0)) * power)))
    return np.array(limits, object)


def _gamma(terms: int) -> Fraction:
    """The relative error of a sum of so many products, in units of the sum of their sizes."""
    return terms * UNIT / (1 - terms * UNIT)


def _input_square_norm(network: Network) -> int:
    """The largest sum of squares of one example's inputs."""
    size = max(abs(network.input_low), abs(network.input_high))
    from_box = math.prod(network.input_shape) * size * size
    return from_box if network.input_square_norm is None else min(from_box, network.input_square_norm)
