"""AveragePool and GlobalAveragePool: sums of windows in integers, the division goes into the scale."""

from __future__ import annotations

from proofs.onnx_check.view import Node
from proofs.sumcheck.claims import Shape
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.safetynets.onnx_import.builder import Builder, Refusal
from proofs.sumcheck.safetynets.onnx_import.windows import pads_of, pair, refuse_dilations, strides_of
from proofs.sumcheck.safetynets.scales.float_network import AveragePool


def average_pool(builder: Builder, node: Node) -> None:
    """Windows of one area: pads count, and no window is cut off at the end."""
    shape = _image(builder, node)
    kernel, stride = pair(node, "kernel_shape", None), strides_of(node)
    pads = pads_of(node, shape[1:], kernel, stride)
    if node.integer("ceil_mode", 0):
        raise Refusal("its last windows are rounded up, so they are smaller", "export with ceil_mode=0")
    if any(pads) and not node.integer("count_include_pad", 0):
        raise Refusal("its windows at the edge are divided by fewer values", "export with count_include_pad=1")
    refuse_dilations(node)
    builder.emit(node, AveragePool(SumPool(shape, kernel, stride, pads)), builder.tensor(node))


def global_average_pool(builder: Builder, node: Node) -> None:
    """One window over the whole image."""
    shape = _image(builder, node)
    whole = (shape[1], shape[2])
    builder.emit(node, AveragePool(SumPool(shape, whole, whole)), builder.tensor(node))


def _image(builder: Builder, node: Node) -> Shape:
    shape = builder.shape(node)
    if len(shape) != 3:
        raise Refusal(f"it reads {1 + len(shape)} axes", "reshape to [batch, channels, height, width]")
    return shape
