"""Linear layers on exact integers by floating-point matrix products: as few of them as the static bounds allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.patches import blocks, patches
from proofs.sumcheck.safetynets.execution.numbers import DOUBLE_LIMIT, Kind, Numbers, Span


@dataclass(frozen=True, slots=True, eq=False)
class ExactLinear:
    """A linear layer ready to run.

    Args:
        layer: what it computes. weight: its matrix (O, C) in the dtype of its products.
        bias: column (O, 1) in the dtype of its results.
        source_bits: inputs are below 2^source_bits in size. limb_bits: bits of an input multiplied at a time.
    """

    layer: Dense | Convolution
    weight: Numbers
    bias: Numbers
    source_bits: int
    limb_bits: int

    @classmethod
    def prepare(cls, layer: Dense | Convolution, source: int, span: Span) -> ExactLinear:
        """For inputs of size up to ``source``; ``span`` as numbers.py found it, not of residues."""
        products = np.float32 if span.kind is Kind.SINGLE else np.float64
        whole = max(1, source.bit_length())
        # A limb is below 2^limb in size, so every sum of products is at most weights 2^limb <= 2^53.
        limb = whole if span.reach <= DOUBLE_LIMIT else DOUBLE_LIMIT.bit_length() - 1 - span.weights.bit_length()
        weight = layer.weight.reshape(len(layer.weight), -1).astype(products)
        bias = [_wrapped(value) for value in layer.bias] if span.kind is Kind.INTEGER else layer.bias
        return cls(layer, weight, np.array(bias, span.kind.dtype)[:, None], whole, limb)

    def run(self, x: Numbers) -> Numbers:
        """M x + bias for columns (R_in, n), exactly: (R_out, n)."""
        if isinstance(self.layer, Dense):
            return self._product(x, self.weight, self.bias)
        return self._convolve(self.layer, x)

    def _convolve(self, layer: Convolution, x: Numbers) -> Numbers:
        images = x.reshape(*layer.in_shape, -1)
        out = np.empty((*layer.out_shape, images.shape[3]), self.bias.dtype)
        kernel = layer.down.kernel * layer.across.kernel
        for block in blocks(layer.down, layer.across, layer.in_shape[0] * kernel, images.shape[3], x.dtype.itemsize):
            windows = patches(images, layer.down, layer.across, block)
            columns = windows.reshape(layer.groups, self.weight.shape[1], -1)
            outputs = len(out) // layer.groups
            for group, values in enumerate(columns):
                part = slice(group * outputs, (group + 1) * outputs)
                found = self._product(values, self.weight[part], self.bias[part])
                out[part, block.rows, :, block.examples] = found.reshape(-1, *windows.shape[3:])
        return out.reshape(-1, images.shape[3])

    def _product(self, x: Numbers, weight: Numbers, bias: Numbers) -> Numbers:
        """weight x + bias: one product, or one a limb of x."""
        if self.source_bits <= self.limb_bits:
            out: Numbers = (weight @ x.astype(weight.dtype, copy=False)).astype(bias.dtype, copy=False)
        else:
            out = self._limbed(x.astype(np.int64, copy=False), weight)
        out += bias
        return out

    def _limbed(self, x: NDArray[np.int64], weight: Numbers) -> NDArray[np.int64]:
        """The sum of limb products, shifted into place; modulo 2^64, of which the result is a small representative."""
        total = np.zeros((len(weight), x.shape[1]), np.int64)
        for shift in range(0, self.source_bits, self.limb_bits):
            rest = x >> shift
            if shift + self.limb_bits < self.source_bits:
                rest &= (1 << self.limb_bits) - 1
            total += (weight @ rest.astype(np.float64)).astype(np.int64) << shift
        return total


def _wrapped(value: int) -> int:
    """The representative modulo 2^64 that int64 holds."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)
