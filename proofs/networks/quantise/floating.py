"""A float network evaluated with NumPy, one batch at a time: what calibration looks at.

Arrays are (channels, height, width, batch), as the integer network's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from proofs.networks.graph import FloatCombination, FloatConvolution, FloatMaxPool, FloatNetwork, FloatNode, FloatOp
from proofs.networks.network import Shape3
from proofs.networks.quantise.functions import apply

Real = NDArray[np.float32]


def arrange(network: FloatNetwork, x: NDArray[np.generic]) -> NDArray[np.generic]:
    """Inputs (N, ...) as the model takes them, as a view (C, H, W, N)."""
    if network.channels_last:
        height, width, channels = network.input_shape[1], network.input_shape[2], network.input_shape[0]
        return x.reshape(len(x), height, width, channels).transpose(3, 1, 2, 0)
    return x.reshape(len(x), *network.input_shape).transpose(1, 2, 3, 0)


def sources(op: FloatOp) -> tuple[int, ...]:
    """Indices of the tensors a node reads."""
    if isinstance(op, FloatCombination):
        return tuple(term.source for term in op.terms)
    return (op.source,)


def evaluate(network: FloatNetwork, x: Real) -> Iterator[tuple[int, Real, Real]]:
    """(node, value before its activation, value after) of every node in turn; x is (C, H, W, B).

    Tensors no later node reads are dropped, so take what is needed of each as it comes.
    """
    last = {source: index for index, node in enumerate(network.nodes) for source in sources(node.op)}
    held = {0: np.ascontiguousarray(x)}
    for index, node in enumerate(network.nodes):
        before = linear(node, held)
        after = apply(node.activation, before)
        yield index, before, after
        held[index + 1] = after
        for source in [s for s in held if last.get(s, -1) <= index]:
            del held[source]


def logits(network: FloatNetwork, x: NDArray[np.generic], batch: int = 16) -> Real:
    """Logits (N, classes) of inputs (N, ...), evaluated here and not by another runtime."""
    parts = []
    for start in range(0, len(x), batch):
        inputs = arrange(network, x[start : start + batch]).astype(np.float32)
        for index, _, after in evaluate(network, inputs):
            if index == len(network.nodes) - 1:
                parts.append(after.reshape(-1, after.shape[-1]).T)
    return np.concatenate(parts)


def linear(node: FloatNode, held: dict[int, Real]) -> Real:
    """The node's value before its activation."""
    if isinstance(node.op, FloatConvolution):
        return convolve(held[node.op.source], node.op, node.shape)
    if isinstance(node.op, FloatMaxPool):
        return max_pool(held[node.op.source], node.op, node.shape)
    return combine(held, node.op)


def window(x: Real, at: tuple[int, int], stride: tuple[int, int], out: tuple[int, int]) -> Real:
    """The view x[:, at + stride * y, at + stride * x] of a padded tensor, of ``out`` rows and columns."""
    stops = [first + step * (count - 1) + 1 for first, step, count in zip(at, stride, out, strict=True)]
    return x[:, at[0] : stops[0] : stride[0], at[1] : stops[1] : stride[1]]


def padded(x: Real, pads: tuple[int, int, int, int], value: float = 0.0) -> Real:
    """With (top, left, bottom, right) more rows and columns of ``value``."""
    top, left, bottom, right = pads
    if not any(pads):
        return x
    return np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=value)


def convolve(x: Real, op: FloatConvolution, shape: Shape3) -> Real:
    """A convolution: one matrix product (depthwise: one product) for each place of the kernel, summed."""
    weight, bias = op.weight.astype(x.dtype), op.bias.astype(x.dtype)
    outputs, deep, high, wide = weight.shape
    if op.groups == 1 and shape[1:] == (1, 1) and not any(op.pads) and (high, wide) == x.shape[1:3]:
        return (weight.reshape(outputs, -1) @ x.reshape(-1, x.shape[3]) + bias[:, None])[:, None, None, :]
    x = padded(x, op.pads)
    out = np.empty((outputs, *shape[1:], x.shape[3]), x.dtype)
    out[:] = bias[:, None, None, None]
    per_group = outputs // op.groups
    for i in range(high):
        for j in range(wide):
            piece = window(x, (i, j), op.stride, (shape[1], shape[2]))
            if deep == 1 and per_group == 1:
                out += weight[:, 0, i, j, None, None, None] * piece
                continue
            for group in range(op.groups):
                rows = slice(group * per_group, (group + 1) * per_group)
                columns = piece[group * deep : (group + 1) * deep].reshape(deep, -1)
                out[rows] += (weight[rows, :, i, j] @ columns).reshape(per_group, *out.shape[1:])
    return out


def combine(held: dict[int, Real], op: FloatCombination) -> Real:
    """The sum of a combination's terms; windows read zero beyond a tensor's edges."""
    some = held[op.terms[0].source]
    out = np.zeros((*op.shape, some.shape[3]), some.dtype)
    for term in op.terms:
        x = held[term.source]
        needed = [term.stride[a] * (op.shape[1 + a] - 1) + term.kernel[a] - term.before[a] for a in (0, 1)]
        top, left = (max(b, 0) for b in term.before)
        x = padded(x, (top, left, max(needed[0] - x.shape[1], 0), max(needed[1] - x.shape[2], 0)))
        first = (top - term.before[0], left - term.before[1])
        target = out[term.channel : term.channel + x.shape[0]]
        for i in range(term.kernel[0]):
            for j in range(term.kernel[1]):
                piece = window(x, (first[0] + i, first[1] + j), term.stride, (op.shape[1], op.shape[2]))
                target += some.dtype.type(term.multiplier) * piece
    return out


def max_pool(x: Real, op: FloatMaxPool, shape: Shape3) -> Real:
    """The greatest of each window; pads are minus infinity."""
    x = padded(x, op.pads, -np.inf)
    out = window(x, (0, 0), op.stride, (shape[1], shape[2])).copy()
    for i in range(op.kernel[0]):
        for j in range(op.kernel[1]):
            np.maximum(out, window(x, (i, j), op.stride, (shape[1], shape[2])), out=out)
    return out
