"""The stored numbers: inside the file, finite, float32, and in range of the fixed-point circuit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from proofs.onnx_check import limits
from proofs.onnx_check.parse import ELEMENT_BYTES, is_external
from proofs.onnx_check.report import Finding
from proofs.onnx_check.view import FLOAT_TYPES, Graph

NOT_WEIGHTS = (TensorProto.BOOL,)


def weight_limit(scale_bits: int) -> float:
    """Largest weight whose product with an activation of 1 still fits the circuit's digits (scale taken twice)."""
    return float(2.0 ** (limits.DECOMPOSITION_BITS - 2 * scale_bits))


def weight_findings(graph: Graph, scale_bits: int) -> Iterator[Finding]:
    """Problems with stored tensors, in the order of the file."""
    for name, tensor in graph.constants.items():
        shape = tuple(tensor.dims)
        for reason, way_round in _reasons(graph, name, tensor, scale_bits):
            yield Finding(name, "weight", graph.opset, shape, reason, way_round)


def _reasons(graph: Graph, name: str, tensor: TensorProto, scale_bits: int) -> Iterator[tuple[str, str]]:
    kind = tensor.data_type
    if is_external(tensor):
        yield "its values are in another file, which is never opened", "save the model with its weights inside one file"
        return
    if kind not in ELEMENT_BYTES or kind in NOT_WEIGHTS:
        label = TensorProto.DataType.Name(kind) if kind in TensorProto.DataType.values() else f"type {kind}"
        yield f"constants of {label} are not taken", "store float32 weights, int64 shapes, 0/1 floats for booleans"
        return
    if kind not in FLOAT_TYPES:
        return
    if kind != TensorProto.FLOAT:
        yield f"it is stored as {TensorProto.DataType.Name(kind)}, only FLOAT is taken", "convert the model to float32"
        return
    yield from _range_reasons(_floats(graph, name), scale_bits)


def _range_reasons(values: NDArray[np.float32], scale_bits: int) -> Iterator[tuple[str, str]]:
    if values.size == 0:
        return
    if not np.isfinite(values).all():
        bad = int((~np.isfinite(values)).sum())
        yield f"{bad} of its values are NaN or infinite", "retrain, or repair the export"
    elif (largest := float(np.abs(values).max())) >= weight_limit(scale_bits):
        limit = weight_limit(scale_bits)
        yield (
            f"its largest value {largest:.6g} overflows fixed point at {scale_bits} fractional bits (limit {limit:g})",
            "train with weight decay, fold in normalisation, or use fewer bits",
        )


def weight_warnings(graph: Graph, scale_bits: int) -> Iterator[Finding]:
    """Weights that fixed point loses."""
    half = 2.0 ** -(scale_bits + 1)
    for name, tensor in graph.constants.items():
        if tensor.data_type != TensorProto.FLOAT or is_external(tensor):
            continue
        values = np.abs(_floats(graph, name))
        if values.size == 0 or not values.any():
            continue
        lost = int(((values > 0) & (values < half)).sum())
        if lost * 2 > np.count_nonzero(values):
            yield Finding(
                name, "weight", graph.opset, tuple(tensor.dims),
                f"{lost} of {values.size} values round to 0 at {scale_bits} fractional bits",
                "rescale the layer, or use more bits",
            )  # fmt: skip


def _floats(graph: Graph, name: str) -> NDArray[np.float32]:
    values = graph.values(name)
    return np.zeros(0, np.float32) if values is None else values.astype(np.float32)
