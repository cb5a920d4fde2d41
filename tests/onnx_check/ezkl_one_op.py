"""Child process: run one specimen through the circuit compiler and compare with onnxruntime.

python ezkl_one_op.py NAME DIR      last line of output: ``ok``, ``wrong`` or ``fails``
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import ezkl
import numpy as np
import onnx
import onnxruntime
from one_op_models import Array, Specimen, accepted, build, refused, sample

SCALE_BITS = 10
FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617


def witness_values(witness: dict[str, list[list[str]]], scale: int) -> Array:
    """The circuit's first output as numbers."""
    felts = [int.from_bytes(bytes.fromhex(text), "little") for text in witness["outputs"][0]]
    return np.array([(value if value < FIELD // 2 else value - FIELD) / 2**scale for value in felts])


def circuit_values(specimen_path: Path, values: Array) -> Array:
    """Compile, calibrate, run and mock-prove; the values the circuit gives."""
    args = ezkl.PyRunArgs()
    args.input_visibility, args.param_visibility, args.output_visibility = "hashed/public", "private", "public"
    args.input_scale = args.param_scale = SCALE_BITS
    args.disable_freivalds, args.logrows = True, 15
    model = str(specimen_path)
    Path("in.json").write_text(json.dumps({"input_data": [values.reshape(-1).astype(float).tolist()]}))
    ezkl.gen_settings(model, "settings.json", args)
    ezkl.calibrate_settings("in.json", model, "settings.json", "resources", scales=[SCALE_BITS])
    ezkl.compile_circuit(model, "circuit", "settings.json")
    witness = ezkl.gen_witness("in.json", "circuit", "witness.json")
    ezkl.mock("witness.json", "circuit")
    settings = json.loads(Path("settings.json").read_text())
    return witness_values(witness, settings["model_output_scales"][0])


def verdict(specimen: Specimen) -> str:
    """``ok`` if the circuit gives ONNX's values, ``wrong`` if others, ``fails`` if it cannot be made."""
    path = Path("model.onnx")
    onnx.save(build(specimen), path)
    values = sample(specimen)
    expected = onnxruntime.InferenceSession(str(path)).run(["y"], {"input": values})[0].reshape(-1)
    try:
        found = circuit_values(path, values)
    except BaseException as error:  # noqa: BLE001 - the compiler's panics are no Exceptions
        print(type(error).__name__, str(error)[:300])
        return "fails"
    close = found.size == expected.size and float(np.abs(found - expected).max()) < specimen.tolerance
    return "ok" if close else "wrong"


def main() -> None:
    """Entry point; leaves without interpreter shutdown, which can crash after ezkl."""
    name, folder = sys.argv[1:]
    os.chdir(folder)
    print(verdict(next(s for s in [*accepted(), *refused()] if s.name == name)))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
