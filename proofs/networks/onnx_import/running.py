"""A float network run in NumPy: the reference the integer network is calibrated on and compared with."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.networks.graph import FloatCombination, FloatConvolution, FloatMaxPool, FloatNetwork, FloatTerm, Grid
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.builder import sources
from proofs.networks.onnx_import.functions import Real, apply

CHUNK_BYTES = 256 << 20
Observe = Callable[[int, Real, Real], None]
"""observe(tensor, linear, output): for a chunk of examples, (n, C, H, W) each, the values before the activation and
after it (and after rounding to the file's grid); for tensor 0, the input, both are the input."""


def run_float(
    network: FloatNetwork,
    x: NDArray[np.generic],
    *,
    observe: Observe | None = None,
    on_grids: bool = True,
    chunk_bytes: int = CHUNK_BYTES,
) -> Real:
    """Logits (N, classes) of inputs (N, *model_shape), in float64.

    Args:
        x: real inputs in the file's own layout.
        observe: told of every tensor's values, chunk by chunk.
        on_grids: whether tensors are rounded to the grids the file states, as its QuantizeLinear does.
        chunk_bytes: about how much memory a chunk's largest node takes.

    Raises:
        InvalidInput: x does not fit the model, or is not finite.
    """
    if x.ndim != 1 + len(network.model_shape) or x.shape[1:] != network.model_shape or x.dtype.kind not in "fiub":
        raise InvalidInput(f"inputs of shape {x.shape} do not fit the model's (N, {network.model_shape})")
    if not np.isfinite(x).all():
        raise InvalidInput("the inputs hold NaN or infinity: leave those examples out")
    count = max(1, chunk_bytes // (8 * _largest(network)))
    parts = [_run(network, x[i : i + count], observe, on_grids) for i in range(0, len(x), count)]
    return np.concatenate(parts) if parts else np.zeros((0, network.nodes[-1].shape[0]))


def as_images(network: FloatNetwork, x: NDArray[np.generic]) -> Real:
    """Inputs (N, *model_shape) as (N, C, H, W)."""
    channels, height, width = network.input_shape
    reals = x.astype(np.float64)
    if network.channels_last:
        return np.ascontiguousarray(reals.reshape(-1, height, width, channels).transpose(0, 3, 1, 2))
    return reals.reshape(-1, channels, height, width)


def _largest(network: FloatNetwork) -> int:
    """Entries of one example that its largest node holds at once."""
    shapes = [network.input_shape, *(node.shape for node in network.nodes)]
    sizes = [math.prod(shape) for shape in shapes]
    return max(
        3 * size + sum(sizes[source] for source in sources(node.op))
        for size, node in zip(sizes[1:], network.nodes, strict=True)
    )


def _run(network: FloatNetwork, x: NDArray[np.generic], observe: Observe | None, on_grids: bool) -> Real:
    last = {source: i for i, node in enumerate(network.nodes) for source in sources(node.op)}
    tensors = {0: _rounded(as_images(network, x), network.input_grid if on_grids else None)}
    if observe is not None:
        observe(0, tensors[0], tensors[0])
    for i, node in enumerate(network.nodes):
        op = node.op
        if isinstance(op, FloatConvolution):
            linear = convolved(op, tensors[op.source], node.shape)
        elif isinstance(op, FloatMaxPool):
            linear = largest(op, tensors[op.source], node.shape)
        else:
            linear = combined(op, tensors)
        tensors[i + 1] = _rounded(apply(node.activation, linear), node.grid if on_grids else None)
        if observe is not None:
            observe(i + 1, linear, tensors[i + 1])
        for source in sources(op):
            if last[source] == i:
                tensors.pop(source, None)
    return tensors[len(network.nodes)].reshape(len(x), -1)


def _rounded(values: Real, grid: Grid | None) -> Real:
    """The nearest levels, halves to even as in QuantizeLinear."""
    if grid is None:
        return values
    return np.clip(np.rint(values / grid.scale), grid.low, grid.high) * grid.scale


def convolved(op: FloatConvolution, x: Real, shape: Shape3) -> Real:
    """acc of a convolution: (N, C, H, W) to (N, O, H', W')."""
    outputs, per_group, down, across = op.weight.shape
    top, left, bottom, right = op.pads
    if not any(op.pads) and (down, across) == x.shape[2:] and op.groups == 1:
        return (x.reshape(len(x), -1) @ op.weight.reshape(outputs, -1).T + op.bias).reshape(-1, *shape)
    padded = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right))) if any(op.pads) else x
    weight = op.weight.reshape(op.groups, outputs // op.groups, per_group, down, across)
    weight = np.ascontiguousarray(weight.transpose(3, 4, 0, 1, 2))  # BLAS takes whole matrices only
    acc = np.zeros((len(x), op.groups, outputs // op.groups, shape[1] * shape[2]))
    for i in range(down):
        for j in range(across):
            part = _strided(padded, i, j, op.stride, shape).reshape(len(x), op.groups, per_group, -1)
            if per_group == 1:
                acc += weight[i, j] * part
            else:
                acc += weight[i, j] @ part
    return acc.reshape(-1, *shape) + op.bias[:, None, None]


def _strided(x: Real, i: int, j: int, stride: tuple[int, int], shape: Shape3) -> Real:
    rows = slice(i, i + (shape[1] - 1) * stride[0] + 1, stride[0])
    return x[:, :, rows, j : j + (shape[2] - 1) * stride[1] + 1 : stride[1]]


def largest(op: FloatMaxPool, x: Real, shape: Shape3) -> Real:
    """The largest of each window."""
    top, left, bottom, right = op.pads
    padded = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=-np.inf)
    found = np.full((len(x), *shape), -np.inf)
    for i in range(op.kernel[0]):
        for j in range(op.kernel[1]):
            np.maximum(found, _strided(padded, i, j, op.stride, shape), out=found)
    return found


def combined(op: FloatCombination, tensors: dict[int, Real]) -> Real:
    """The sum of a combination's terms."""
    count = len(next(iter(tensors.values())))
    acc = np.zeros((count, *op.shape))
    for term in op.terms:
        part = _window_sums(_window_sums(tensors[term.source], term, op.shape, 0), term, op.shape, 1)
        acc[:, term.channel : term.channel + part.shape[1]] += term.multiplier * part
    return acc


def _window_sums(x: Real, term: FloatTerm, shape: Shape3, axis: int) -> Real:
    """Sums of windows along the height (0) or the width (1), zeros beyond the edges."""
    kernel, stride, before, out = term.kernel[axis], term.stride[axis], term.before[axis], shape[1 + axis]
    extent = x.shape[2 + axis]
    if (kernel, stride, before, out) == (1, 1, 0, extent):
        return x
    starts = np.arange(out) * stride - before
    if kernel == 1:
        inside = (starts >= 0) & (starts < extent)
        taken = np.take(x, np.clip(starts, 0, extent - 1), axis=2 + axis)
        return np.asarray(taken * inside.reshape((-1, 1) if axis == 0 else (-1,)))
    sums = np.cumsum(x, axis=2 + axis)
    zeros = np.zeros_like(np.take(sums, [0], axis=2 + axis))
    sums = np.concatenate([zeros, sums], axis=2 + axis)
    first, beyond = np.clip(starts, 0, extent), np.clip(starts + kernel, 0, extent)
    return np.take(sums, beyond, axis=2 + axis) - np.take(sums, first, axis=2 + axis)
