"""Whether a task's circuit reads the committed weights as the accuracy circuit does.

A commitment says which numbers stand in the parameter column, not what they are for: a circuit that took them in
another order would run another model under the same commitment. So both circuits are compiled around the same stand-in
weights, and the Poseidon hash of their parameters, which is taken in column order, must be equal.
"""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path

import onnx

from proofs.errors import RejectedProof
from proofs.halo2.description import Circuit
from proofs.halo2.mask import fresh
from proofs.halo2.runner import Progress, run_job
from proofs.halo2.settings import MAX_LOGROWS, run_args
from proofs.halo2.task import TaskCircuit


def check_columns(circuit: TaskCircuit, progress: Progress | None = None) -> None:
    """Check the parameter order of ``circuit`` against its base. Raises RejectedProof('parameter-order')."""
    weights = circuit.architecture.random_weights()
    mask = fresh(circuit.mask_units) if circuit.mask_units else None
    graphs = [description.onnx(weights, mask) for description in _both(circuit)]
    hashes = [
        _parameter_hash(description, graph, progress) for description, graph in zip(_both(circuit), graphs, strict=True)
    ]
    if hashes[0] != hashes[1]:
        raise RejectedProof(
            "parameter-order",
            "the compiler orders this model's weights differently for this task, so the commitment does not cover it",
        )


def _both(circuit: TaskCircuit) -> tuple[Circuit, Circuit]:
    return circuit.base, circuit


def _parameter_hash(description: Circuit, graph: bytes, progress: Progress | None) -> str:
    """Poseidon hash over the compiled circuit's parameters, in column order."""
    arguments = {**run_args(description.scale_bits, "hashed", description.parameters), "logrows": MAX_LOGROWS}
    with tempfile.TemporaryDirectory(prefix="assay-") as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(graph)
        request: dict[str, object] = {"model": "model.onnx", "run_args": arguments}
        settings = run_job("settings", request, folder=folder, progress=progress).answer["settings"]
        (folder / "settings.json").write_text(json.dumps(settings))
        (folder / "inputs.json").write_text(json.dumps({"input_data": _zeros(graph)}))
        request = {"model": "model.onnx", "settings": "settings.json", "inputs": "inputs.json"}
        return str(run_job("parameters", request, folder=folder, progress=progress).answer["hash"])


def _zeros(graph: bytes) -> list[list[float]]:
    shapes = [
        [d.dim_value for d in item.type.tensor_type.shape.dim] for item in onnx.load_from_string(graph).graph.input
    ]
    return [[0.0] * math.prod(shape) for shape in shapes]
