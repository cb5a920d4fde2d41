"""Conv as one product of windows and kernels, over any number of spatial axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from proofs.integer.operands import Array, Call, Run, Stored


def convolution(call: Call) -> Run:
    """x (N, C, *sides) and kernel (O, C / group, *window) to (N, O, *out), without a bias."""
    kernel = call.operand(1)
    if not isinstance(kernel, Stored):
        raise call.refusal("has a computed kernel")
    window, groups = kernel.values.shape[2:], int(call.attributes.get("group", 1))
    strides = list(call.attributes.get("strides") or [1] * len(window))

    def run(arrays: Sequence[Array]) -> list[Array]:
        x, kernels = arrays[0], arrays[1]
        x = np.pad(x, [(0, 0), (0, 0), *_padding(call, x.shape[2:], window, strides)])
        views = sliding_window_view(x, window, axis=tuple(range(2, x.ndim)))
        views = views[(slice(None), slice(None), *(slice(None, None, step) for step in strides))]
        sides = views.shape[2 : 2 + len(window)]
        rows = np.moveaxis(views, 1, 1 + len(window))  # (N, *out, C, *window)
        rows = rows.reshape(len(x), math.prod(sides), groups, -1).swapaxes(1, 2)
        weights = kernels.reshape(groups, len(kernels) // groups, -1).swapaxes(1, 2)
        found = np.matmul(rows, weights)  # (N, groups, out, O / groups)
        return [found.swapaxes(2, 3).reshape(len(x), len(kernels), *sides)]

    return run


def is_pointwise(call: Call) -> bool:
    """A 1x1 Conv without padding or groups, which the circuit compiler turns into a matrix product."""
    kernel = call.operand(1)
    unpadded = not any(call.attributes.get("pads") or []) and call.attributes.get("group", 1) == 1
    return isinstance(kernel, Stored) and set(kernel.values.shape[2:]) == {1} and unpadded


def _padding(call: Call, sides: Sequence[int], window: Sequence[int], strides: Sequence[int]) -> list[tuple[int, int]]:
    """(before, after) zeros for each spatial axis."""
    mode = str(call.attributes.get("auto_pad", "NOTSET"))
    if mode == "VALID":
        return [(0, 0)] * len(window)
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        totals = [
            max(0, (-(-side // step) - 1) * step + wide - side)
            for side, step, wide in zip(sides, strides, window, strict=True)
        ]
        smaller_first = [(total // 2, total - total // 2) for total in totals]
        return smaller_first if mode == "SAME_UPPER" else [(after, before) for before, after in smaller_first]
    pads = list(call.attributes.get("pads") or [0] * 2 * len(window))
    return list(zip(pads[: len(window)], pads[len(window) :], strict=True))
