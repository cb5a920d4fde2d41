"""Convolutions, dense layers among them: their accumulators at a point, reduced to weights, biases and input.

    acc~(o, y, x, b) = b~(o) I(y, x, b) + sum_{c, i, j} W(c, i, j) Z(c, i, j)

with I the indicator of real output positions, W the weights of all channels folded by eq(o, .), and Z the input folded
by its windows (sums.py). b~(o) is sent; a sum-check over (c, i, j), real extents only, ends at a point, where W~ and
Z~ are sent and their product is checked. The first and the second become claims about biases and weights. The third is

    Z~(r_c, r_i, r_j) = sum_{c, y', x', b'} eq(r_c, c) A(y') B(x') eq(b, b') X[c, y', x', b']

a product of four vectors that the verifier knows (windows.py): the claim about the input, whatever the kernel.

*Soundness*: 2 / (|F| - 1) a round of the sum-check; no other message is followed by a challenge.
*Source*: Thaler 2013, section 5 (matrix products in linear time); Liu, Xie, Zhang 2021 (zkCNN) for convolutions, by a
Fourier transform where windows are folded here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proofs.networks.network import Convolution
from proofs.sumcheck.claims import Point
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Ext, Field, Integers
from proofs.sumcheck.layout.functional import Product
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.mle import indicator
from proofs.sumcheck.product import prove_product, verify_product
from proofs.sumcheck.reductions.claim import Claim
from proofs.sumcheck.reductions.sums import batch_sums, window_sums
from proofs.sumcheck.reductions.weights import fold_outputs, weight_functionals
from proofs.sumcheck.reductions.windows import (
    convolution_readings,
    is_whole,
    ones,
    read_at_offsets,
    read_combined,
)


@dataclass(frozen=True, slots=True)
class ConvolutionPlaces:
    """Where a convolution's weights (O, C / groups, kh, kw), biases (O, 1, 1, 1) and input (C, H, W, B) lie."""

    weight: Segment
    bias: Segment
    source: Segment


def prove_convolution(
    field: Field,
    label: str,
    node: Convolution,
    places: ConvolutionPlaces,
    weight: Integers,
    bias: Integers,
    x: Integers,
    point: Point,
) -> Prover[list[Claim]]:
    """Prove the accumulators at a point of (outputs, height, width, batch).

    Args:
        weight: (O, C / groups, kh, kw) and bias: (O,), secret, below 2^31 in size.
        x: the input (C, H, W, B); read fastest if int32 and contiguous.

    Returns:
        The claims a verifier of this proof is left with, on weights, biases and input in this order.
    """
    layer = _Layer(field, node, places, point)
    bias_value = field.element(field.combine_rows(bias.reshape(-1, 1), layer.outputs), 0)
    yield Send(f"{label}/bias", (bias_value,), challenges=0)
    folded = fold_outputs(field, weight, node.groups, layer.outputs)
    read = layer.read(x)
    end = yield from prove_product(field, label, _flat(folded), _flat(read), layer.shape)
    yield Send(f"{label}/end", (end.a_value, end.b_value), challenges=0)
    return layer.claims(end.point, bias_value, end.a_value, end.b_value)


def verify_convolution(
    field: Field, label: str, node: Convolution, places: ConvolutionPlaces, point: Point, value: Scalar
) -> Verifier[list[Claim]]:
    """Reduce "the accumulators at ``point`` are ``value``" to claims on weights, biases and input, in this order.

    Raises:
        RejectedProof: the values sent last do not multiply to the sum-check's.
    """
    scalars, layer = field.scalars, _Layer(field, node, places, point)
    (bias_value,) = (yield Receive(f"{label}/bias", 1, challenges=0)).elements
    linear = scalars.sub(value, scalars.mul(bias_value, layer.positions()))
    end = yield from verify_product(scalars, label, linear, layer.shape)
    weight_value, read_value = (yield Receive(f"{label}/end", 2, challenges=0, products=((0, 1),))).elements
    detail = "the weights' value times the input's is not what the sum-check ended in"
    scalars.require_equal(scalars.mul(weight_value, read_value), end.value, label, detail)
    return layer.claims(end.point, bias_value, weight_value, read_value)


class _Layer:
    """A convolution at a point of its output: what both sides compute.

    Attributes:
        shape: of the sum-check: input channels, rows and columns of the kernel.
        outputs: eq(o, .) over real outputs, (4, O).
    """

    def __init__(self, field: Field, node: Convolution, places: ConvolutionPlaces, point: Point) -> None:
        channels, *_ = places.source.shape
        expected = (node.outputs, channels // node.groups, *node.kernel)
        if places.weight.shape != expected or places.bias.shape != (node.outputs, 1, 1, 1):
            raise ValueError(f"weights of shape {expected} have no place in {places.weight} with {places.bias}")
        self._field, self._node, self._places, self._point = field, node, places, point
        self._readings = convolution_readings(node, places.source.shape)
        self.shape = (channels, *node.kernel)
        self.outputs = field.eq_table(point[0], node.outputs)

    def positions(self) -> Scalar:
        """I: the multilinear extension of "is a real output position"."""
        scalars, (down, across) = self._field.scalars, self._readings
        product = scalars.one
        for axis, extent in zip(self._point[1:], (down.out, across.out, self._places.source.shape[3]), strict=True):
            product = scalars.mul(product, indicator(scalars, axis, extent))
        return product

    def read(self, x: Integers) -> Ext:
        """Z, of the prover: (4, C, kh, kw)."""
        if x.shape != self._places.source.shape:
            raise ValueError(f"an input of shape {x.shape} is not the tensor of shape {self._places.source.shape}")
        (_, height, width, _), batch = x.shape, self._batch()
        down, across = self._readings
        rows, columns = self._seen()
        if is_whole(down, height) and is_whole(across, width):
            return batch_sums(self._field, x, batch)
        at_rows, at_columns = read_at_offsets(down, height, rows), read_at_offsets(across, width, columns)
        return window_sums(self._field, x, at_rows, at_columns, batch)

    def claims(self, end: Point, bias_value: Scalar, weight_value: Scalar, read_value: Scalar) -> list[Claim]:
        """What is left where the sum-check ended."""
        field, places, one = self._field, self._places, ones(self._field, 1)
        channels, i, j = (field.eq_table(axis, extent) for axis, extent in zip(end, self.shape, strict=True))
        weights = weight_functionals(field, places.weight, self._node.groups, self.outputs, (channels, i, j))
        biases = Product(places.bias, (self.outputs, one, one, one))
        (_, height, width, _), (down, across), (rows, columns) = places.source.shape, self._readings, self._seen()
        at_rows = read_combined(field, down, height, rows, i)
        at_columns = read_combined(field, across, width, columns, j)
        source = Product(places.source, (channels, at_rows, at_columns, self._batch()))
        return [Claim(weights, weight_value), Claim((biases,), bias_value), Claim((source,), read_value)]

    def _seen(self) -> tuple[Ext, Ext]:
        """eq tables over real output rows and columns."""
        down, across = self._readings
        return self._field.eq_table(self._point[1], down.out), self._field.eq_table(self._point[2], across.out)

    def _batch(self) -> Ext:
        return self._field.eq_table(self._point[3], self._places.source.shape[3])


def _flat(table: Ext) -> Ext:
    return np.ascontiguousarray(table).reshape(len(table), -1)
