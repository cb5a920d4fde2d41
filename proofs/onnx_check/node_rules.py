"""Per-operator conditions: the operator is taken, but not in every shape and setting.

Each rule yields (reason, way round). Those marked *wrong value* compile and then prove another function than ONNX
defines; the others stop with an error inside the prover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from onnx import TensorProto

from proofs.onnx_check.view import FLOAT_TYPES, Graph, Node

Said = Iterator[tuple[str, str]]
Rule = Callable[[Graph, Node], Said]
INTEGER_TYPES = (TensorProto.INT64, TensorProto.INT32, TensorProto.INT16, TensorProto.INT8, TensorProto.UINT8)


def strides(_: Graph, node: Node) -> Said:
    """Defaults for strides are not filled in by the circuit compiler."""
    if not node.integers("strides"):
        yield (
            "it leaves 'strides' to the default, which the circuit compiler does not know",
            "state strides, e.g. [1, 1]",
        )


def dilations(_: Graph, node: Node) -> Said:
    """Dilation fails in Conv and gives a wrong value in MaxPool."""
    if any(value != 1 for value in node.integers("dilations")):
        yield "dilations other than 1 are not supported", "use a larger kernel with zeros between the taps"


def groups(graph: Graph, node: Node) -> Said:
    """The kernel's channels times the groups are the input's channels; the onnx library does not insist."""
    source, kernel = graph.shape(node.inputs[0]), graph.shape(node.inputs[1])
    if source and kernel and source[1] != kernel[1] * node.integer("group", 1):
        yield "its kernel, groups and input channels do not fit together", "export the model again"


def rounding_up(_: Graph, node: Node) -> Said:
    """ceil_mode gives a shape the compiler does not expect."""
    if node.integer("ceil_mode", 0):
        yield "ceil_mode is not supported", "pad the input so that the windows fit exactly, with ceil_mode=0"


def average_padding(_: Graph, node: Node) -> Said:
    """Wrong value: padding is always counted in the mean."""
    padded = any(node.integers("pads")) or str(node.attributes.get("auto_pad", "NOTSET")) not in ("NOTSET", "VALID")
    if padded and not node.integer("count_include_pad", 0):
        yield "padding would be counted in the mean, against the model", "set count_include_pad=1, or do not pad"


def equal(graph: Graph, node: Node) -> Said:
    """Wrong value: on scaled numbers the result 1 reads as 2^-scale."""
    if not all(graph.element_type(name) in INTEGER_TYPES for name in node.inputs):
        yield "Equal on floats gives 1 at the wrong scale", "compare integers, or use GreaterOrEqual and LessOrEqual"


def cast(graph: Graph, node: Node) -> Said:
    """Wrong value: casts of negative or fractional numbers round down instead of towards zero."""
    target, source = node.integer("to", 0), graph.element_type(node.inputs[0]) if node.inputs else 0
    if source in FLOAT_TYPES and target not in FLOAT_TYPES and node.inputs[0] in graph.varying:
        yield "a cast from float to integers or booleans rounds down, also below zero", "use Floor, Round or Greater"
    if target in (TensorProto.STRING, TensorProto.COMPLEX64, TensorProto.COMPLEX128):
        yield "the target type is not a number a circuit has", "drop the cast"


def extremum(graph: Graph, node: Node) -> Said:
    """Max and Min work against one scalar; between tensors Max fails."""
    if len(node.inputs) != 2 or not any(_is_scalar(graph, name) for name in node.inputs):
        yield (f"{node.op} between tensors is not supported, only against one number",
               "write max(a, b) as b + Relu(a - b), min(a, b) as a - Relu(a - b)")  # fmt: skip


def pad(graph: Graph, node: Node) -> Said:
    """Only zero padding to the outside."""
    if str(node.attributes.get("mode", "constant")) != "constant":
        yield f"padding mode '{node.attributes['mode']}' is not supported", "pad with zeros"
    amounts = graph.values(node.inputs[1]) if len(node.inputs) > 1 else None
    if amounts is None or (amounts.astype(np.int64) < 0).any():
        yield "paddings must be stored numbers, none below zero", "use Slice to crop"
    if len(node.inputs) > 2 and node.inputs[2]:
        fill = graph.values(node.inputs[2])
        if fill is None or fill.any():
            yield "padding with anything but 0 is not supported", "pad with zeros and shift by Add before and after"


def resize(graph: Graph, node: Node) -> Said:
    """Only nearest-neighbour enlargement by whole factors."""
    if str(node.attributes.get("mode", "nearest")) != "nearest":
        yield f"interpolation '{node.attributes['mode']}' is not supported", "use mode 'nearest', or a ConvTranspose"
    before, after = graph.shape(node.inputs[0]) if node.inputs else None, graph.shape(node.outputs[0])
    if not before or not after or any(b <= 0 or a % b for b, a in zip(before, after, strict=True)):
        yield "only enlarging by whole factors is supported", "use AveragePool or a strided Conv to shrink"


def power(graph: Graph, node: Node) -> Said:
    """The exponent is part of the circuit."""
    exponent = graph.values(node.inputs[1]) if len(node.inputs) > 1 else None
    if exponent is None or exponent.size != 1:
        yield "the exponent must be one stored number", "use Mul, Sqrt or Exp and Log"


def gather(graph: Graph, node: Node) -> Said:
    """Indices must be stored; looking up by a computed index costs a dynamic table the estimate does not know."""
    if len(node.inputs) > 1 and node.inputs[1] in graph.varying:
        yield "the index is computed from the input", "multiply by a one-hot vector (MatMul) instead"


def top_k(graph: Graph, node: Node) -> Said:
    """Only the values come out."""
    used = {name for other in graph.nodes for name in other.inputs} | {o.name for o in graph.model.graph.output}
    if len(node.outputs) > 1 and node.outputs[1] in used:
        yield "only TopK's values are available, not its indices", "use ArgMax for the index of the largest"


def normalisation_mode(_: Graph, node: Node) -> Said:
    """Training mode would use the batch's own statistics."""
    if node.integer("training_mode", 0):
        yield "it is in training mode, which mixes the examples of a batch", "export for inference (model.eval())"


def einsum(_: Graph, node: Node) -> Said:
    """Plain index strings only."""
    if "..." in str(node.attributes.get("equation", "")):
        yield "an ellipsis in the equation is not supported", "write every index out"


def _is_scalar(graph: Graph, tensor: str) -> bool:
    values = graph.values(tensor)
    return values is not None and values.size == 1


RULES: dict[str, tuple[Rule, ...]] = {
    "Conv": (strides, dilations, groups),
    "ConvTranspose": (strides, dilations),
    "AveragePool": (strides, dilations, rounding_up, average_padding),
    "MaxPool": (strides, dilations, rounding_up),
    "Equal": (equal,),
    "Cast": (cast,),
    "Max": (extremum,),
    "Min": (extremum,),
    "Pad": (pad,),
    "Resize": (resize,),
    "Pow": (power,),
    "Gather": (gather,),
    "TopK": (top_k,),
    "BatchNormalization": (normalisation_mode,),
    "Dropout": (normalisation_mode,),
    "Einsum": (einsum,),
}
