"""Sliding windows: kernel, strides, dilations, pads per side, and how many fit. One axis is read as two."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.networks.limits import MAX_SIDE
from proofs.networks.network import Shape3
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step

Pair = tuple[int, int]
Pads = tuple[int, int, int, int]
TWO_AXES = "use windows over one or two axes"


@dataclass(frozen=True, slots=True)
class Windows:
    """pads: (top, left, bottom, right); kernel: with the gaps of a dilation counted in."""

    kernel: Pair
    stride: Pair
    dilation: Pair
    pads: Pads
    out: Pair


def read_windows(step: Step, shape: Shape3, axes: int, kernel: tuple[int, ...]) -> Windows:
    """The windows of a Conv or a pool over (C, H, W).

    Args:
        axes: how many the operator knows, 1 or 2; a single one lies along the height if the width is 1 (and the height
            is not), else along the width.
        kernel: sides as the operator has them.
    """
    if axes not in (1, 2) or len(kernel) != axes:
        raise Refusal(f"its windows have {len(kernel)} sides over {axes} axes", TWO_AXES)
    down = axes == 2 or shape[2] == 1
    sides = _pair(kernel, down, 1, "kernel")
    stride = _pair(step.integers("strides") or (1,) * axes, down, 1, "strides")
    dilation = _pair(step.integers("dilations") or (1,) * axes, down, 1, "dilations")
    full = ((sides[0] - 1) * dilation[0] + 1, (sides[1] - 1) * dilation[1] + 1)
    pads = _pads(step, shape[1:], full, stride, axes, down)
    top, left, bottom, right = pads
    spans = (shape[1] + top + bottom - full[0], shape[2] + left + right - full[1])
    if min(spans) < 0:
        raise Refusal(f"windows of {full} are larger than the padded image", "use smaller kernels")
    if step.integer("ceil_mode", 0):
        last = (shape[1] + top, shape[2] + left)
        counts = [_ceil(*axis) for axis in zip(spans, stride, last, strict=True)]
    else:
        counts = [span // side + 1 for span, side in zip(spans, stride, strict=True)]
    return Windows(full, stride, dilation, pads, (counts[0], counts[1]))


def _ceil(span: int, stride: int, last: int) -> int:
    """Windows with the last one cut off; one must start inside the image or the pads before it."""
    count = -(-span // stride) + 1
    return count - 1 if (count - 1) * stride >= last else count


def _pair(values: tuple[int, ...], down: bool, other: int, what: str) -> Pair:
    if len(values) not in (1, 2) or not all(1 <= value <= MAX_SIDE for value in values):
        raise Refusal(f"its {what} are not one or two positive numbers up to {MAX_SIDE}", TWO_AXES)
    if len(values) == 2:
        return values[0], values[1]
    return (values[0], other) if down else (other, values[0])


def _pads(step: Step, extents: Pair, kernel: Pair, stride: Pair, axes: int, down: bool) -> Pads:
    mode = step.text("auto_pad", "NOTSET")
    if mode in ("NOTSET", ""):
        pads = step.integers("pads") or (0,) * (2 * axes)
        if len(pads) != 2 * axes or not all(0 <= pad <= MAX_SIDE for pad in pads):
            raise Refusal("its pads are negative or not two for each axis", "crop with Slice instead")
        if axes == 2:
            return pads[0], pads[1], pads[2], pads[3]
        return (pads[0], 0, pads[1], 0) if down else (0, pads[0], 0, pads[1])
    if mode == "VALID":
        return 0, 0, 0, 0
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise Refusal(f"auto_pad '{mode}' is unknown")
    sides = [_same(*axis) for axis in zip(extents, kernel, stride, strict=True)]
    (top, bottom), (left, right) = sides if mode == "SAME_UPPER" else [(after, before) for before, after in sides]
    return top, left, bottom, right


def _same(extent: int, kernel: int, stride: int) -> Pair:
    """Pads for ceil(extent / stride) windows, the odd one at the end."""
    total = max(0, (-(-extent // stride) - 1) * stride + kernel - extent)
    return total // 2, total - total // 2
