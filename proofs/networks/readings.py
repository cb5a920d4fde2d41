"""Which input index an output index reads along one axis, real extents only; convolutions' axes in the same terms."""

from __future__ import annotations

from proofs.networks.network import Convolution, Reading, Shape3


def convolution_axes(node: Convolution, shape: Shape3) -> tuple[Reading, Reading]:
    """How a convolution reads (height, width) of a tensor of that shape; ``out`` is below 1 where no window fits."""
    top, left, bottom, right = node.pads
    down = _sliding(shape[1], node.kernel[0], node.stride[0], top, bottom)
    return down, _sliding(shape[2], node.kernel[1], node.stride[1], left, right)


def reads_beyond(reading: Reading, extent: int) -> bool:
    """Whether any window reads a zero beyond the edges of an axis."""
    return reading.before > 0 or last_read(reading) >= extent


def last_read(reading: Reading) -> int:
    """The last index the last window reads."""
    return (reading.out - 1) * reading.stride + reading.kernel - 1 - reading.before


def reach(reading: Reading, extent: int, offset: int, outputs: slice | None = None) -> tuple[slice, slice]:
    """The outputs that read a real input at ``offset`` of their window, and those inputs; slices of equal length.

    Args:
        extent: of the input axis. outputs: only these outputs; all of them if not given.
    """
    start, stop = (0, reading.out) if outputs is None else (outputs.start, outputs.stop)
    shift, stride = offset - reading.before, reading.stride
    first = max(start, -(shift // stride))
    last = min(stop - 1, (extent - 1 - shift) // stride)
    if last < first:
        return slice(start, start), slice(0, 0)
    read = stride * first + shift
    return slice(first, last + 1), slice(read, read + stride * (last - first) + 1, stride)


def _sliding(extent: int, kernel: int, stride: int, before: int, after: int) -> Reading:
    return Reading(kernel, stride, before, (extent + before + after - kernel) // stride + 1)
