"""Convolutions as matrix products in floating point, exact because the static bounds say so.

The input is rearranged so that every window is a column ("im2col"), in blocks small enough for a core's own cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from proofs.networks.bounds import Bound
from proofs.networks.execution.kernels import Floats, Int32, Loops
from proofs.networks.network import Convolution, Reading
from proofs.networks.readings import convolution_axes, reach
from proofs.networks.weights import NodeWeights

BLOCK_BYTES = 1 << 21
"""A block of windows and what is made from it: a core's cache."""

SINGLE = 1 << 24
"""Single precision holds every integer up to this size."""

LEAST_COLUMNS = 64
"""Of a product, however deep: fewer would read the weights too often."""

LEAST_OUTPUTS = 32
"""Rows of a product below which gathering the windows once more costs more than another thread saves."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A convolution's matrix (outputs, C / groups * kh * kw) in the dtype of its products, and biases."""

    node: Convolution
    matrix: Floats
    bias: Int32

    @classmethod
    def of(cls, node: Convolution, hidden: NodeWeights, bound: Bound) -> Prepared:
        """In single precision wherever every partial sum fits it."""
        dtype = np.float32 if bound.reach <= SINGLE else np.float64
        return cls(node, hidden.weight.reshape(node.outputs, -1).astype(dtype), np.ascontiguousarray(hidden.bias))


@dataclass(frozen=True, slots=True)
class Task:
    """Outputs, output rows and examples that one product makes; the outputs are of one group."""

    group: int
    outputs: slice
    rows: slice
    examples: slice


def convolve(loops: Loops, prepared: Prepared, x: Int32, out: Int32) -> None:
    """Accumulators of tensors (C, H, W, B): fills ``out`` (outputs, H_out, W_out, B)."""
    node, matrix = prepared.node, prepared.matrix
    down, across = convolution_axes(node, (x.shape[0], x.shape[1], x.shape[2]))
    if down.out == across.out == 1 and node.pads == (0, 0, 0, 0) and node.groups == 1 and node.kernel == x.shape[1:3]:
        x, down, across = x.reshape(-1, 1, 1, x.shape[3]), Reading.whole(1), Reading.whole(1)
    depth = x.shape[0] // node.groups
    tasks = list(_tasks(node, depth, down, across, x.shape[3], matrix.itemsize, loops.pieces()))

    def work(start: int, stop: int) -> None:
        for task in tasks[start:stop]:
            part = x[task.group * depth : (task.group + 1) * depth, :, :, task.examples]
            columns = _patches(part, down, across, task.rows, matrix.dtype)
            found = matrix[task.outputs] @ columns.reshape(matrix.shape[1], -1)
            _settle(loops, found, prepared.bias[task.outputs], out[task.outputs], task)

    loops.share(work, len(tasks), matrix.size // node.groups * down.out * across.out * x.shape[3] // 16)


def _tasks(
    node: Convolution, depth: int, down: Reading, across: Reading, batch: int, item_bytes: int, pieces: int
) -> Iterator[Task]:
    """Blocks of about ``BLOCK_BYTES``; where these are fewer than ``pieces``, their outputs are shared out as well."""
    outputs = node.outputs // node.groups
    entries = depth * down.kernel * across.kernel + outputs
    columns = max(LEAST_COLUMNS, BLOCK_BYTES // (item_bytes * entries))
    rows = max(1, min(down.out, columns // (across.out * batch)))
    examples = min(batch, max(1, columns // across.out))
    blocks = node.groups * -(-down.out // rows) * -(-batch // examples)
    part = max(LEAST_OUTPUTS, outputs // -(-pieces // blocks))
    for group in range(node.groups):
        for y in range(0, down.out, rows):
            for b in range(0, batch, examples):
                for o in range(group * outputs, (group + 1) * outputs, part):
                    stop = min(o + part, (group + 1) * outputs)
                    yield Task(group, slice(o, stop), slice(y, min(y + rows, down.out)), slice(b, b + examples))


def _patches(x: Int32, down: Reading, across: Reading, rows: slice, dtype: np.dtype[Any]) -> Floats:
    """Every window of output rows: (C, kh, kw, rows, W_out, B) of values (C, H, W, B)."""
    shape = (x.shape[0], down.kernel, across.kernel, rows.stop - rows.start, across.out, x.shape[3])
    columns = np.empty(shape, dtype)
    for i in range(down.kernel):
        to_rows, from_rows = reach(down, x.shape[1], i, rows)
        here = slice(to_rows.start - rows.start, to_rows.stop - rows.start)
        for j in range(across.kernel):
            to_columns, from_columns = reach(across, x.shape[2], j)
            target = columns[:, i, j]
            if here != slice(0, shape[3]) or to_columns != slice(0, across.out):
                target[...] = 0
            target[:, here, to_columns] = x[:, from_rows, from_columns]
    return columns


def _settle(loops: Loops, found: Floats, bias: Int32, out: Int32, task: Task) -> None:
    """Write a product's columns where they belong, in runs as long as they lie together."""
    outputs, height, width, batch = out.shape
    rows = task.rows.stop - task.rows.start
    if found.shape[1] == rows * width * batch:
        flat = out.reshape(outputs, 1, height * width * batch)
        loops.settle(found[:, None, :], bias, flat, 0, task.rows.start * width * batch)
    else:
        block = found.reshape(outputs, rows * width, -1)
        spread = out.reshape(outputs, height * width, batch)
        loops.settle(block, bias, spread, task.rows.start * width, task.examples.start)
