"""Shape inference in a child process: the onnx library's C++ code never meets a hostile graph in ours.

python -m proofs.onnx_check.shapes < model.onnx > shapes.json
"""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
from dataclasses import dataclass

import onnx

from proofs.errors import InvalidInput

TIMEOUT_S = 60
MEMORY_BYTES = 4 << 30


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """Element type (onnx.TensorProto number) and shape; shape None where unknown, -1 for an axis without a number."""

    element_type: int
    shape: tuple[int, ...] | None


def infer_shapes(model: onnx.ModelProto) -> dict[str, TensorInfo]:
    """Element type and shape of every tensor that can be found out with one example in the batch.

    Raises:
        InvalidInput: the graph contradicts itself (wrong arity, types or ranks), or inference crashed or hung.
    """
    command = [sys.executable, "-m", "proofs.onnx_check.shapes"]
    try:
        child = subprocess.run(
            command, input=model.SerializeToString(), capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise InvalidInput(f"shape inference did not end in {TIMEOUT_S} s: export the model again") from None
    if child.returncode != 0:
        detail = child.stderr.decode(errors="replace").strip().splitlines()
        raise InvalidInput(f"the graph is not valid ONNX ({detail[-1][:400] if detail else 'crash'}): export it again")
    found = json.loads(child.stdout)
    return {name: TensorInfo(kind, None if shape is None else tuple(shape)) for name, (kind, shape) in found.items()}


def describe(value: onnx.ValueInfoProto) -> tuple[int, list[int] | None]:
    """Element type and shape of one declared value; -1 for an axis without a number."""
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return tensor.elem_type, None
    return tensor.elem_type, [d.dim_value if d.HasField("dim_value") else -1 for d in tensor.shape.dim]


def open_batch_axis_to_one(model: onnx.ModelProto) -> None:
    """Give a nameless or symbolic first input axis the size 1, and drop stated shapes, which are only claims."""
    constants = {tensor.name for tensor in model.graph.initializer}
    for value in model.graph.input:
        dims = value.type.tensor_type.shape.dim
        if value.name not in constants and len(dims) > 0 and not dims[0].HasField("dim_value"):
            dims[0].Clear()
            dims[0].dim_value = 1
    del model.graph.value_info[:]
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")


def infer_here(model: onnx.ModelProto) -> dict[str, tuple[int, list[int] | None]]:
    """Check and infer in this process: element type and shape by tensor name. Raises InvalidInput."""
    try:
        onnx.checker.check_model(model)
        open_batch_axis_to_one(model)
        inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError, RuntimeError, ValueError) as error:
        raise InvalidInput(" ".join(str(error).split())) from None
    graph = inferred.graph
    return {value.name: describe(value) for value in [*graph.input, *graph.value_info, *graph.output]}


def main() -> None:
    """Child process: model on standard input, JSON on standard output; one line of reason and exit 1 on failure."""
    with contextlib.suppress(ValueError, OSError):  # some systems refuse the limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    model = onnx.ModelProto()
    model.ParseFromString(sys.stdin.buffer.read())
    try:
        print(json.dumps(infer_here(model)))
    except InvalidInput as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
