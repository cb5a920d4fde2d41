"""Operators that only move elements about; each is exact on any number type, and folds stored tensors as well."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from proofs.integer.operands import Array, Call, Run


def reshape(call: Call) -> Run:
    """The target's first axis is the batch wherever the tensor varies."""
    target = call.integers(1)
    if target is None or (call.attributes.get("allowzero") and 0 in target):
        raise call.refusal("has no target shape, or one with an empty axis")
    sides: list[int] = target

    def run(arrays: Sequence[Array]) -> list[Array]:
        given = arrays[0].shape
        shape = [given[i] if side == 0 else side for i, side in enumerate(sides)]
        return [arrays[0].reshape([len(arrays[0]), *shape[1:]] if call.live else shape)]

    return run


def flatten(call: Call) -> Run:
    """Axes before ``axis`` become one, the others another."""
    axis = call.attributes.get("axis", 1)
    return lambda arrays: [arrays[0].reshape(math.prod(arrays[0].shape[:axis]), -1)]


def identity(_: Call) -> Run:
    """Identity, and Dropout as it is after training."""
    return lambda arrays: [arrays[0]]


def transpose(call: Call) -> Run:
    """Axes in the order ``perm``, reversed without it."""
    order = call.attributes.get("perm")
    return lambda arrays: [arrays[0].transpose(order)]


def concat(call: Call) -> Run:
    """Tensors side by side; a stored one is repeated for every example."""
    axis = call.attributes["axis"]

    def run(arrays: Sequence[Array]) -> list[Array]:
        rows = max(len(array) for array in arrays)
        if call.live:
            arrays = [np.broadcast_to(a, (rows, *a.shape[1:])) if len(a) == 1 else a for a in arrays]
        return [np.concatenate(list(arrays), axis=axis)]

    return run


def split(call: Call) -> Run:
    """Parts of the given sizes, or of equal ones with a smaller last."""
    axis, sizes, parts = call.attributes.get("axis", 0), call.integers(1), len(call.outputs)

    def run(arrays: Sequence[Array]) -> list[Array]:
        side = -(-arrays[0].shape[axis] // parts)
        cuts = np.cumsum(sizes)[:-1] if sizes is not None else np.arange(1, parts) * side
        return list(np.split(arrays[0], cuts, axis=axis))

    return run


def slice_(call: Call) -> Run:
    """Ranges along axes; numpy clamps them as ONNX does."""
    starts, ends, axes, steps = (call.integers(position) for position in range(1, 5))
    if starts is None or ends is None:
        raise call.refusal("has no stored starts and ends")
    where = axes if axes is not None else list(range(len(starts)))
    ranges = [slice(*three) for three in zip(starts, ends, steps or [1] * len(starts), strict=True)]

    def run(arrays: Sequence[Array]) -> list[Array]:
        index: list[slice] = [slice(None)] * arrays[0].ndim
        for axis, chosen in zip(where, ranges, strict=True):
            index[axis] = chosen
        return [arrays[0][tuple(index)]]

    return run


def squeeze(call: Call) -> Run:
    """Without the axes named."""
    axes = call.integers(1)
    return lambda arrays: [np.squeeze(arrays[0], None if axes is None else tuple(axes))]


def unsqueeze(call: Call) -> Run:
    """With new axes of one."""
    axes = tuple(call.integers(1) or ())
    return lambda arrays: [np.expand_dims(arrays[0], axes)]


def pad(call: Call) -> Run:
    """Zeros around; amounts are all the beginnings, then all the ends, of ``axes`` or of every axis."""
    amounts, axes = call.integers(1) or [], call.integers(3)
    half = len(amounts) // 2

    def run(arrays: Sequence[Array]) -> list[Array]:
        widths = [(0, 0)] * arrays[0].ndim
        for place, axis in enumerate(axes if axes is not None else range(half)):
            widths[axis] = (amounts[place], amounts[place + half])
        return [np.pad(arrays[0], widths)]

    return run


LAYOUT: dict[str, Callable[[Call], Run]] = {
    "Concat": concat,
    "Dropout": identity,
    "Flatten": flatten,
    "Identity": identity,
    "Pad": pad,
    "Reshape": reshape,
    "Slice": slice_,
    "Split": split,
    "Squeeze": squeeze,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}
