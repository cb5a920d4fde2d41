"""Many small graphs through ezkl in one process: ``python ezkl_child.py JOBS.json ANSWERS.json``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import ezkl

from proofs.halo2 import felts


def outputs_of(job: dict) -> dict:
    arguments = ezkl.PyRunArgs()
    for name, value in job["run_args"].items():
        setattr(arguments, name, tuple(value) if isinstance(value, list) else value)
    ezkl.gen_settings(job["model"], "settings.json", arguments)
    settings = json.loads(Path("settings.json").read_text())
    ezkl.compile_circuit(job["model"], "circuit", "settings.json")
    outputs: list[list[str] | None] = []
    for values in job["inputs"]:
        Path("input.json").write_text(json.dumps({"input_data": [values]}))
        try:
            witness = ezkl.gen_witness("input.json", "circuit", "witness.json")
            outputs.append([str(felts.signed(value)) for value in witness["outputs"][0]])
        except RuntimeError:
            outputs.append(None)
    return {"outputs": outputs, "scale": settings["model_output_scales"][0]}


def main() -> None:
    answers = []
    for job in json.loads(Path(sys.argv[1]).read_text()):
        try:
            answers.append(outputs_of(job))
        except RuntimeError as error:
            answers.append({"error": str(error)})
    Path(sys.argv[2]).write_text(json.dumps(answers))
    sys.stdout.flush()
    os._exit(0)


main()
