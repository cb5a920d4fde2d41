"""From real weights to an integer network, at given scales."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.layers.add import Add
from proofs.sumcheck.layers.checks import MAX_WEIGHT
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.execution.inputs import rounded_half_up
from proofs.sumcheck.safetynets.network import Layer, Network, Node
from proofs.sumcheck.safetynets.scales.float_network import (
    AveragePool,
    FloatConvolution,
    FloatDense,
    FloatLayer,
    FloatLinear,
    FloatNetwork,
    Real,
    Scales,
)


def rounded(network: FloatNetwork, scales: Scales) -> Network:
    """The integer network at these scales: weights floor(beta w + 1/2), biases likewise at their outputs' scale.

    Raises:
        InvalidInput: another number of betas than linear layers, or weights of 2^31 and more.
        UnsupportedModel: an Add of tensors whose scales are too far apart.
    """
    if len(scales.betas) != len(network.linear):
        raise InvalidInput(f"{len(scales.betas)} betas for {len(network.linear)} linear layers; give one for each")
    found = [scales.alpha]
    nodes: list[Node] = []
    betas = iter(scales.betas)
    for node in network.nodes:
        layer, scale = _rounded(node.layer, [found[i] for i in node.inputs], betas)
        nodes.append(Node(layer, node.inputs))
        found.append(scale)
    return Network(
        network.input_shape,
        scales.input_low,
        scales.input_high,
        scales.alpha,
        scales.betas,
        tuple(nodes),
        scales.input_square_norm,
    )


def _rounded(layer: FloatLayer, scales: Sequence[Fraction], betas: Iterator[Fraction]) -> tuple[Layer, Fraction]:
    """An integer layer and the scale of its output, from the scales of its inputs."""
    if isinstance(layer, FloatDense | FloatConvolution):
        beta = next(betas)
        return _linear(layer, scales[0], beta), scales[0] * beta
    if isinstance(layer, Square):
        return layer, scales[0] ** 2
    if isinstance(layer, AveragePool):
        return layer.sums, scales[0] * math.prod(layer.sums.kernel)
    if isinstance(layer, Add):
        ratio = scales[1] / scales[0]
        first, second = layer.multipliers[0] * ratio.numerator, layer.multipliers[1] * ratio.denominator
        if max(abs(first), abs(second)) > MAX_WEIGHT:
            raise UnsupportedModel(
                f"an Add brings tensors together whose scales differ by {float(ratio):.3g}: use powers of two for "
                "alpha and the betas, or leave squares out of one branch"
            )
        return Add(layer.shape, (first, second)), scales[0] * abs(first)
    return layer, scales[0]


def _linear(layer: FloatLinear, scale: Fraction, beta: Fraction) -> Dense | Convolution:
    weight = integer_weight(layer.weight, beta)
    bias = tuple(math.floor(Fraction(float(value)) * scale * beta + Fraction(1, 2)) for value in layer.bias)
    if isinstance(layer, FloatDense):
        return Dense(weight, bias, layer.in_shape)
    return Convolution(weight, bias, layer.in_shape, layer.stride, layer.pads, layer.groups)


def integer_weight(weight: Real, beta: Fraction) -> Integers:
    """floor(beta w + 1/2), the product in double precision. Raises InvalidInput: one reaches 2^31."""
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows to infinity is refused below
        scaled = rounded_half_up(weight * (beta.numerator / beta.denominator))
    if np.abs(scaled).max(initial=0) > MAX_WEIGHT:
        raise InvalidInput(f"a weight times beta = {float(beta):.6g} reaches 2^31 in size; use a smaller beta")
    return scaled.astype(np.int64)
