"""Small models, and the integers ezkl itself computes for them: many models in one child process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from proofs.commitment.input_format import InputFormat
from proofs.halo2.architecture import split_model
from proofs.halo2.circuits.accuracy import logits_circuit
from proofs.halo2.description import RunParameters
from proofs.halo2.settings import run_args
from proofs.integer import IntegerModel

PARAMETERS = RunParameters(1024, 9, 15, (0, 0))
LIMIT = PARAMETERS.base**PARAMETERS.legs


@dataclass
class Graph:
    """A model under construction: x of ``shape`` after the batch axis; floats are weights, integers are shapes."""

    shape: tuple[int, ...]
    opset: int = 17
    nodes: list[Any] = field(default_factory=list)
    stored: dict[str, NDArray[Any]] = field(default_factory=dict)

    def put(self, values: Any) -> str:
        name = f"s{len(self.stored)}"
        array = np.asarray(values)
        self.stored[name] = array.astype(np.float32) if array.dtype.kind == "f" else array.astype(np.int64)
        return name

    def add(self, op: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [f"n{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def onnx(self, output: str, classes: int) -> bytes:
        nodes = [*self.nodes, helper.make_node("Identity", [output], ["logits"])]
        graph = helper.make_graph(
            nodes,
            "small",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *self.shape])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", classes])],
            [numpy_helper.from_array(array, name) for name, array in self.stored.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        return bytes(model.SerializeToString())


@dataclass(frozen=True)
class Case:
    """A model with raw inputs (N, features) at ``scale_bits``."""

    name: str
    model: bytes
    shape: tuple[int, ...]
    classes: int
    raw: NDArray[np.int64]
    scale_bits: int = 4
    parameters: RunParameters = PARAMETERS

    @property
    def integer_model(self) -> IntegerModel:
        architecture, weights = split_model(self.model)
        limit = self.parameters.base**self.parameters.legs
        return IntegerModel.compile(architecture, weights, self.shape, self.scale_bits, limit)


def ezkl_outputs(cases: Sequence[Case]) -> list[tuple[list[list[int] | None], int]]:
    """(outputs of each input, None where the circuit refuses it; output scale) of each case, by ezkl."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        jobs = [_job(case, folder / f"{i}.onnx") for i, case in enumerate(cases)]
        (folder / "jobs.json").write_text(json.dumps(jobs))
        child = [sys.executable, str(Path(__file__).with_name("ezkl_child.py")), "jobs.json", "answers.json"]
        done = subprocess.run(child, cwd=folder, capture_output=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        answers = json.loads((folder / "answers.json").read_text())
    for case, answer in zip(cases, answers, strict=True):
        assert "error" not in answer, f"{case.name}: {answer['error']}"
    return [
        ([None if row is None else [int(value) for value in row] for row in answer["outputs"]], answer["scale"])
        for answer in answers
    ]


def _job(case: Case, path: Path) -> dict[str, Any]:
    architecture, weights = split_model(case.model)
    shape = InputFormat(case.shape, case.scale_bits, case.classes, 1)
    path.write_bytes(logits_circuit(architecture, weights, shape))
    arguments = {**run_args(case.scale_bits, "fixed", case.parameters), "input_visibility": "private"}
    inputs = [(row / (1 << case.scale_bits)).tolist() for row in case.raw]
    return {"model": path.name, "run_args": arguments, "inputs": inputs}
