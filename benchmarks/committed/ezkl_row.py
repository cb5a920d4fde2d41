"""``--ezkl``: the small LeNet's one image in ezkl, on the same machine in the same run.

Each step in a process of its own (ezkl may hang or crash at exit). The reference string is drawn here and not counted.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.committed.float_models import lenet_44k

LIMIT_S = 3600
Figures = dict[str, Any]


def ezkl_row(onnx: bytes | None = None, shape: tuple[int, ...] = (1, 28, 28)) -> Figures:
    """Seconds and memory of each step; ``onnx`` of the small LeNet where none is given."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        place = Path(folder)
        (place / "model.onnx").write_bytes(_one_image(onnx or lenet_44k()))
        image = np.random.default_rng(2).random(int(np.prod(shape)), dtype=np.float32)
        (place / "input.json").write_text(json.dumps({"input_data": [image.tolist()]}))
        found: Figures = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "model": "LeNet-44k", "examples": 1}
        for name, step in STEPS.items():
            seconds, peak_mb = _apart(step, place)
            found[f"{name}_s"], found[f"{name}_mb"] = seconds, peak_mb
        found["proof_bytes"] = len(json.loads((place / "proof.json").read_text())["proof"])
        found["logrows"] = _logrows(place)
    return found


def _one_image(onnx: bytes) -> bytes:
    """The model with a batch of one, which ezkl wants in the file."""
    import onnx as files

    model = files.load_from_string(onnx)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].ClearField("dim_param")
        value.type.tensor_type.shape.dim[0].dim_value = 1
    found: bytes = model.SerializeToString()
    return found


def _logrows(place: Path) -> int:
    return int(json.loads((place / "settings.json").read_text())["run_args"]["logrows"])


def _settings(place: Path) -> None:
    import ezkl

    os.chdir(place)
    arguments = ezkl.PyRunArgs()
    arguments.input_visibility, arguments.param_visibility, arguments.output_visibility = (
        "public",
        "polycommit",
        "public",
    )
    ezkl.gen_settings("model.onnx", "settings.json", arguments)
    ezkl.calibrate_settings("input.json", "model.onnx", "settings.json", "resources")
    ezkl.compile_circuit("model.onnx", "circuit", "settings.json")


def _reference(place: Path) -> None:
    import ezkl

    os.chdir(place)
    ezkl.gen_srs("srs", _logrows(place))


def _setup(place: Path) -> None:
    import ezkl

    os.chdir(place)
    ezkl.setup("circuit", "vk", "pk", "srs")


def _prove(place: Path) -> None:
    import ezkl

    os.chdir(place)
    ezkl.gen_witness("input.json", "circuit", "witness.json", "vk", "srs")
    ezkl.mock("witness.json", "circuit")  # prove would hang where this raises
    start = time.perf_counter()
    ezkl.prove("witness.json", "circuit", "pk", "proof.json", "srs")
    (place / "prove_s").write_text(str(time.perf_counter() - start))


def _verify(place: Path) -> None:
    import ezkl

    os.chdir(place)
    if not ezkl.verify("proof.json", "settings.json", "vk", "srs"):
        raise RuntimeError("ezkl refuses its own proof")


STEPS = {"settings": _settings, "reference": _reference, "setup": _setup, "prove": _prove, "verify": _verify}


def _apart(step: Any, place: Path) -> tuple[float, float]:
    """Seconds of a step, those of proving alone where it says so, and its peak memory."""
    context = multiprocessing.get_context("spawn")
    start = time.perf_counter()
    child = context.Process(target=_child, args=(step, place))
    child.start()
    child.join(LIMIT_S)
    seconds = time.perf_counter() - start
    if child.is_alive():
        child.kill()
    ended = place / "ended"
    if not ended.exists():
        raise RuntimeError(f"ezkl's {step.__name__.strip('_')} did not finish")
    peak_mb = float(ended.read_text())
    ended.unlink()
    own = place / f"{step.__name__.strip('_')}_s"
    return (float(own.read_text()) if own.exists() else seconds), peak_mb


def _child(step: Any, place: Path) -> None:
    step(place)
    (place / "ended").write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    os._exit(0)
