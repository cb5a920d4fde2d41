"""The attributes that are read, and of which type each is: any other is no ONNX, and is not guessed at."""

from __future__ import annotations

from proofs.onnx_check.view import Node
from proofs.sumcheck.safetynets.onnx_import.builder import Refusal

_INTEGERS = "axes dilations kernel_shape pads strides"
_INTEGER = "allowzero axis ceil_mode count_include_pad group training_mode transA transB"
_NUMBER = "alpha beta epsilon"
_TEXT = "auto_pad"
_WITHOUT_EFFECT = "momentum seed ratio"
TYPES: dict[str, type] = {
    **dict.fromkeys(_INTEGERS.split(), tuple),
    **dict.fromkeys(_INTEGER.split(), int),
    **dict.fromkeys(_NUMBER.split(), float),
    **dict.fromkeys(_TEXT.split(), str),
    **dict.fromkeys(_WITHOUT_EFFECT.split(), object),
}


def check_attributes(node: Node) -> None:
    """Raise Refusal for an attribute that is not known, or of another type than ONNX gives it."""
    for name in (*node.attributes, *node.other):
        if name not in TYPES or not isinstance(node.attributes.get(name), TYPES[name]):
            raise Refusal(
                f"its attribute {name[:40]!r} is not known, or not of the type ONNX gives it", "export it again"
            )
