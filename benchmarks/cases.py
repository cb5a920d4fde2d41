"""The models measured: real digits where they can be, small random networks for the shapes in between."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from proofs.halo2.task import INFERENCE, RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Case:
    """One measurement: a model, one batch of examples, how its weights are bound, and what is proven."""

    name: str
    onnx: bytes
    x: NDArray[np.float32]
    y: NDArray[np.int64]
    classes: int
    scale_bits: int
    binding: str
    task: str = "accuracy"

    @property
    def batch(self) -> int:
        """Examples in the one batch."""
        return len(self.x)


def cases() -> list[Case]:
    """Every case, cheapest first."""
    tiny, digits = _mlp((8, 4, 3)), (_ROOT / "examples/models/digits_mlp.onnx").read_bytes()
    small = _mlp((64, 8, 10))
    rows = [_random(f"8-4-3 MLP, {binding}", tiny, 8, 3, 2, binding) for binding in ("polycommit", "hashed", "fixed")]
    with np.load(_ROOT / "datasets/digits_audit.npz") as data:
        x, y = data["x"], data["y"]
    for batch in (1, 4, 8):
        rows.append(Case("64-32-10 digits MLP, polycommit", digits, x[:batch], y[:batch], 10, 10, "polycommit"))
    for task, batch in ((INFERENCE, 1), (INFERENCE, 8), (RETRIEVAL_CLASS, 8), (RETRIEVAL_THRESHOLD, 8)):
        rows.append(Case(f"digits MLP, {task}", digits, x[:batch], y[:batch], 10, 10, "polycommit", task))
    rows.append(Case("64-32-10 digits MLP, fixed", digits, x[:8], y[:8], 10, 10, "fixed"))
    rows.append(Case("64-8-10 MLP, hashed", small, x[:8], y[:8], 10, 10, "hashed"))
    return rows


def _random(name: str, model: bytes, features: int, classes: int, batch: int, binding: str) -> Case:
    generator = np.random.default_rng(1)
    x = generator.uniform(0, 1, (batch, features)).astype(np.float32)
    return Case(name, model, x, generator.integers(0, classes, batch), classes, 7, binding)


def _mlp(sizes: tuple[int, ...]) -> bytes:
    """A ReLU network with random weights."""
    generator, nodes, weights, current = np.random.default_rng(0), [], [], "input"
    for layer, (wide, high) in enumerate(pairwise(sizes)):
        values = {
            f"w{layer}": generator.normal(size=(high, wide)) / wide**0.5,
            f"b{layer}": generator.normal(size=high) / 8,
        }
        weights += [numpy_helper.from_array(array.astype(np.float32), name) for name, array in values.items()]
        last = layer == len(sizes) - 2
        nodes.append(helper.make_node("Gemm", [current, *values], ["logits" if last else f"g{layer}"], transB=1))
        if not last:
            current = f"r{layer}"
            nodes.append(helper.make_node("Relu", [f"g{layer}"], [current]))
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size])
        for name, size in (("input", sizes[0]), ("logits", sizes[-1]))
    ]
    graph = helper.make_graph(nodes, "mlp", ends[:1], ends[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def macs_and_parameters(case: Case) -> tuple[int, int]:
    """Multiply-adds an example, and parameters."""
    sizes = [
        array.shape for array in map(numpy_helper.to_array, onnx.load_model_from_string(case.onnx).graph.initializer)
    ]
    return sum(int(np.prod(s)) for s in sizes if len(s) == 2), sum(int(np.prod(s)) for s in sizes)
