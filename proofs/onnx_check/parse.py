"""From untrusted bytes to an ONNX message whose sizes are sane. Nothing here runs or infers anything."""

from __future__ import annotations

import math
from collections.abc import Iterator

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto

from proofs.errors import InvalidInput
from proofs.onnx_check import limits

# Bytes an element takes in ``raw_data``; types missing here are refused.
ELEMENT_BYTES: dict[int, int] = {
    TensorProto.FLOAT: 4, TensorProto.DOUBLE: 8, TensorProto.FLOAT16: 2, TensorProto.BFLOAT16: 2,
    TensorProto.INT8: 1, TensorProto.UINT8: 1, TensorProto.INT16: 2, TensorProto.UINT16: 2,
    TensorProto.INT32: 4, TensorProto.UINT32: 4, TensorProto.INT64: 8, TensorProto.UINT64: 8, TensorProto.BOOL: 1,
}  # fmt: skip
TYPED_FIELDS: dict[int, str] = {
    TensorProto.FLOAT: "float_data", TensorProto.DOUBLE: "double_data", TensorProto.INT64: "int64_data",
    TensorProto.UINT32: "uint64_data", TensorProto.UINT64: "uint64_data",
}  # fmt: skip


def parse_model(onnx_bytes: bytes, max_bytes: int = limits.MAX_MODEL_BYTES) -> onnx.ModelProto:
    """Decode and bound a model of at most ``max_bytes``.

    Raises:
        InvalidInput: not bytes, empty, too large, not an ONNX message, no graph, or a tensor whose stated shape is
            absurd or does not fit its data.
    """
    if not isinstance(onnx_bytes, bytes):
        found = type(onnx_bytes).__name__
        raise InvalidInput(f"the model must be the bytes of an .onnx file, got {found}: read the file first")
    if len(onnx_bytes) > max_bytes:
        raise InvalidInput(
            f"the model file has {len(onnx_bytes)} bytes, more than the {max_bytes} this check reads: "
            "prove a smaller model"
        )
    model = onnx.ModelProto()
    try:
        model.ParseFromString(onnx_bytes)
    except (DecodeError, RecursionError, ValueError) as error:
        raise InvalidInput(f"not a readable ONNX file ({error}): it is truncated or damaged, export it again") from None
    if not model.graph.node or not model.graph.output:
        raise InvalidInput("the file holds no ONNX graph with nodes and outputs: export the model again")
    if len(model.graph.node) > limits.MAX_NODES or len(model.graph.initializer) > limits.MAX_TENSORS:
        raise InvalidInput(
            f"the graph has {len(model.graph.node)} nodes and {len(model.graph.initializer)} weights; at most "
            f"{limits.MAX_NODES} and {limits.MAX_TENSORS} are read: simplify the model (for example with onnxsim)"
        )
    for tensor in tensors(model):
        check_tensor(tensor)
    return model


def tensors(model: onnx.ModelProto) -> Iterator[TensorProto]:
    """Every stored tensor of the main graph: initialisers and the values of Constant nodes."""
    yield from model.graph.initializer
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def is_external(tensor: TensorProto) -> bool:
    """Whether the tensor's values live in another file, named by the model."""
    return tensor.data_location == TensorProto.EXTERNAL or bool(tensor.external_data)


def check_tensor(tensor: TensorProto) -> None:
    """Raise InvalidInput unless the stated shape is sane and the stored data has exactly that many elements."""
    name, dims = tensor.name or "(unnamed constant)", tuple(tensor.dims)
    if len(dims) > limits.MAX_RANK or any(not 0 <= d <= limits.MAX_TENSOR_ELEMENTS for d in dims):
        raise InvalidInput(f"weight '{name}' states the absurd shape {dims[: limits.MAX_RANK]}: the file is damaged")
    elements = math.prod(dims)
    if elements > limits.MAX_TENSOR_ELEMENTS:
        raise InvalidInput(f"weight '{name}' states {elements} elements; at most {limits.MAX_TENSOR_ELEMENTS} are read")
    if is_external(tensor) or tensor.data_type not in ELEMENT_BYTES:
        return  # refused by name later, without looking at the data
    if tensor.HasField("raw_data"):
        stored, expected = len(tensor.raw_data), elements * ELEMENT_BYTES[tensor.data_type]
    else:
        stored, expected = len(getattr(tensor, TYPED_FIELDS.get(tensor.data_type, "int32_data"))), elements
    if stored != expected:
        raise InvalidInput(
            f"weight '{name}' of shape {dims} stores {stored} {'bytes' if tensor.HasField('raw_data') else 'values'} "
            f"instead of {expected}: the file is damaged, export it again"
        )
