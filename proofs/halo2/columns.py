"""Whether a task's circuit reads the committed weights as the accuracy circuit does.

A commitment says which numbers stand in the parameter column, not what they are for: a circuit that took them in
another order would run another model under the same commitment. So both circuits are compiled around the same stand-in
weights, and the Poseidon hash of their parameters, which is taken in column order, must be equal.
"""

from __future__ import annotations

import json
import math
import secrets
import tempfile
from pathlib import Path

import numpy as np
import onnx

from proofs.errors import RejectedProof
from proofs.halo2.architecture import Weights
from proofs.halo2.description import Circuit
from proofs.halo2.mask import fresh
from proofs.halo2.runner import Progress, run_job
from proofs.halo2.settings import MAX_LOGROWS, run_args
from proofs.halo2.task import TaskCircuit

ROUNDS, COARSE_ROUNDS = 2, 6
FINE_BITS = 7
"""Scale bits from which stand-ins take more than a hundred values a sign."""


def check_columns(circuit: TaskCircuit, progress: Progress | None = None) -> None:
    """Check the parameter order of ``circuit`` against its base. Raises RejectedProof('parameter-order').

    *Soundness*: two parameters that changed places go unseen only if their stand-ins agree in every round: for two
    scalars with probability below 2^-15 from 7 scale bits on. The stand-ins are nobody's to foresee.
    """
    for _ in range(ROUNDS if circuit.scale_bits >= FINE_BITS else COARSE_ROUNDS):
        weights = _stand_ins(circuit)
        mask = fresh(circuit.mask_units) if circuit.mask_units else None
        hashes = {_parameter_hash(each, each.onnx(weights, mask), progress) for each in _both(circuit)}
        if len(hashes) != 1:
            raise RejectedProof(
                "parameter-order",
                "the compiler orders the weights differently for this task, so the commitment does not cover it",
            )


def _stand_ins(circuit: TaskCircuit) -> Weights:
    """Weights between 1/8 and 1 in magnitude, from the operating system's randomness."""
    generator = np.random.default_rng(secrets.randbits(128))
    return {
        name: (generator.uniform(0.125, 1, shape) * generator.choice([-1.0, 1.0], shape)).astype(np.float32)
        for name, shape in circuit.architecture.weights
    }


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
