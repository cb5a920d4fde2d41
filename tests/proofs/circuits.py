"""Running circuits at witness level: no keys, no reference string, many inputs in one child process."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from proofs.commitment.input_format import InputFormat
from proofs.commitment.view_format import ViewFormat
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
    tensors = [(shape.rows(raw, labels, salts(shape)), ()) for raw, labels in batches]
    outputs = infer(circuit, shape.scale_bits, tensors)
    one = 1 << shape.scale_bits
    assert all(len(output) == 1 and output[0] % one == 0 for output in outputs)
    return [output[0] // one for output in outputs]


def circuit_outputs(
    circuit: bytes, shape: ViewFormat, batches: Sequence[tuple[np.ndarray, Sequence[int]]]
) -> list[list[int]]:
    """What a task's circuit puts out first for each (raw integers (b, features), predicate words): bits or logits."""
    return infer(circuit, shape.scale_bits, [(shape.rows(raw, salts(shape)), words) for raw, words in batches])


def salts(shape: InputFormat | ViewFormat) -> np.ndarray:
    return RNG.integers(0, 1 << 16, (shape.batch, shape.salt_limbs))


def infer(circuit: bytes, scale_bits: int, batches: Sequence[tuple[np.ndarray, Sequence[int]]]) -> list[list[int]]:
    """The first output tensor for each (rows (b, width), words beside the tag limbs), from one compiled circuit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(circuit)
        arguments = run_args(scale_bits, "polycommit", PARAMETERS)
        settings = run_job("settings", {"model": "model.onnx", "run_args": arguments}, folder=folder).answer["settings"]
        (folder / "settings.json").write_bytes(canonical_settings(settings))
        run_job("compile", {"model": "model.onnx", "circuit": "circuit", "settings": "settings.json"}, folder=folder)
        paths = []
        for i, (rows, words) in enumerate(batches):
            limbs = [int(limb) for limb in RNG.integers(0, 1 << 16, TAG_LIMBS)]
            (folder / f"{i}.json").write_text(json.dumps(witness_inputs(rows, (*limbs, *words), scale_bits)))
            paths.append(f"{i}.json")
        outputs: list[list[int]] = run_job("infer", {"inputs": paths, "circuit": "circuit"}, folder=folder).answer[
            "outputs"
        ]
    return outputs
