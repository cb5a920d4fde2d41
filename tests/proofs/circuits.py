"""Running accuracy circuits at witness level: no keys, no reference string, many inputs in one child process."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from proofs.commitment.input_format import InputFormat
from proofs.halo2.architecture import split_model
from proofs.halo2.circuits.accuracy import accuracy_circuit
from proofs.halo2.description import RunParameters
from proofs.halo2.inputs import witness_inputs
from proofs.halo2.mask import fresh
from proofs.halo2.runner import run_job
from proofs.halo2.settings import canonical_settings, run_args
from proofs.halo2.tag import TAG_LIMBS

PARAMETERS = RunParameters(1024, 6, 15, (0, 0))
RNG = np.random.default_rng(7)


def circuit_of(model: bytes, shape: InputFormat, mask_units: int = 2) -> bytes:
    architecture, weights = split_model(model)
    return accuracy_circuit(architecture, weights, shape, fresh(mask_units) if mask_units else None)


def with_constants(circuit: bytes, **changes: object) -> bytes:
    """The circuit's ONNX with committed constants overwritten, as a malicious committer would."""
    model = onnx.load_model_from_string(circuit)
    for tensor in model.graph.initializer:
        if tensor.name in changes:
            old = numpy_helper.to_array(tensor)
            value = np.broadcast_to(np.asarray(changes[tensor.name], old.dtype), old.shape)
            tensor.CopyFrom(numpy_helper.from_array(np.array(value), tensor.name))
    return bytes(model.SerializeToString(deterministic=True))


def counts(circuit: bytes, shape: InputFormat, batches: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[int]:
    """The circuit's count for each (raw integers (b, features), labels (b,)); salts, tag and blinds are random."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(circuit)
        arguments = run_args(shape.scale_bits, "polycommit", PARAMETERS)
        settings = run_job("settings", {"model": "model.onnx", "run_args": arguments}, folder=folder).answer["settings"]
        (folder / "settings.json").write_bytes(canonical_settings(settings))
        run_job("compile", {"model": "model.onnx", "circuit": "circuit", "settings": "settings.json"}, folder=folder)
        paths = []
        for i, (raw, labels) in enumerate(batches):
            salts = RNG.integers(0, 1 << 16, (shape.batch, shape.salt_limbs))
            limbs = [int(limb) for limb in RNG.integers(0, 1 << 16, TAG_LIMBS)]
            document = witness_inputs(shape.rows(raw, labels, salts), limbs, shape.scale_bits)
            (folder / f"{i}.json").write_text(json.dumps(document))
            paths.append(f"{i}.json")
        outputs = run_job("infer", {"inputs": paths, "circuit": "circuit"}, folder=folder).answer["outputs"]
    one = 1 << shape.scale_bits
    assert all(len(output) == 1 and output[0] % one == 0 for output in outputs)
    return [output[0] // one for output in outputs]
