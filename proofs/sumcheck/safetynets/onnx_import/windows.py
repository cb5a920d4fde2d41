"""Attributes of sliding windows: strides, pads per side, dilations."""

from __future__ import annotations

from proofs.onnx_check.view import Node
from proofs.sumcheck.safetynets.onnx_import.builder import Refusal

Pads = tuple[int, int, int, int]
Pair = tuple[int, int]
BROKEN = "export the model again"


def pair(node: Node, name: str, default: Pair | None) -> Pair:
    """Two positive integers (down, across)."""
    values = node.integers(name) or default
    if values is None or len(values) != 2 or min(values) < 1:
        raise Refusal(f"its attribute {name} is not two positive integers", "use a two-dimensional window")
    return values[0], values[1]


def strides_of(node: Node) -> Pair:
    """Steps between windows."""
    return pair(node, "strides", (1, 1))


def refuse_dilations(node: Node) -> None:
    """Windows with gaps."""
    if any(step != 1 for step in node.integers("dilations")):
        raise Refusal("it is dilated", "write the zeros between its weights into a larger kernel")


def pads_of(node: Node, extents: tuple[int, ...], kernel: Pair, stride: Pair) -> Pads:
    """Zeros (top, left, bottom, right), from ``pads`` or ``auto_pad``."""
    mode = str(node.attributes.get("auto_pad", "NOTSET"))
    if mode in ("NOTSET", ""):
        pads = node.integers("pads") or (0, 0, 0, 0)
        if len(pads) != 4 or min(pads) < 0:
            raise Refusal("its pads are not four integers that are not negative", "use Slice to crop before the model")
        return pads[0], pads[1], pads[2], pads[3]
    if mode == "VALID":
        return 0, 0, 0, 0
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise Refusal(f"auto_pad '{mode}' is unknown", BROKEN)
    sides = [_same(*axis) for axis in zip(extents, kernel, stride, strict=True)]
    (top, bottom), (left, right) = sides if mode == "SAME_UPPER" else [(after, before) for before, after in sides]
    return top, left, bottom, right


def _same(extent: int, kernel: int, stride: int) -> tuple[int, int]:
    """Pads for ceil(extent / stride) outputs, the odd one at the end."""
    total = max(0, (-(-extent // stride) - 1) * stride + kernel - extent)
    return total // 2, total - total // 2
