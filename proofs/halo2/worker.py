"""One ezkl job in a process of its own: ``python -m proofs.halo2.worker REQUEST.json PARENT-PID``.

ezkl holds the interpreter lock while it works, can hang instead of raising, and may crash Python at exit (all measured
on 23.0.5). So each job runs here, announces its stages on standard output, leaves its answer in a file, and ends by
``os._exit``; the parent (runner.py) watches time and memory and kills it if need be, and lifeline.py ends it when the
parent itself is killed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import ezkl

from proofs.halo2 import felts, lifeline

Request = dict[str, Any]


def main() -> None:
    """Run the job named in the request file; exit status 0 with an answer file, 1 with ``{"error": ...}``."""
    lifeline.tie_to_parent(int(sys.argv[2]))
    request: Request = json.loads(Path(sys.argv[1]).read_text())
    os.chdir(request["folder"])
    try:
        answer, status = JOBS[request["job"]](request), 0
    except (RuntimeError, ValueError, OSError, KeyError, IndexError) as error:
        answer, status = {"error": str(error)[:2000]}, 1
    except BaseException as error:  # noqa: BLE001 - pyo3 panics derive from BaseException
        answer, status = {"error": f"{type(error).__name__}: {error}"[:2000]}, 1
    Path(request["answer"]).write_text(json.dumps(answer))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def stage(name: str) -> None:
    """Tell the parent which stage has begun."""
    sys.stdout.write(f"@stage {name}\n")
    sys.stdout.flush()


def ceremony(request: Request) -> dict[str, Any]:
    """Draw a structured reference string with a trapdoor only this process has known."""
    stage("srs")
    ezkl.gen_srs(request["srs"], request["logrows"])
    return {}


def hash_rows(request: Request) -> dict[str, Any]:
    """Poseidon of each row of integers, as the circuit hashes an example."""
    stage("hash")
    return {"hashes": [ezkl.poseidon_hash([felts.to_hex(v) for v in row])[0] for row in request["rows"]]}


def settings(request: Request) -> dict[str, Any]:
    """Derive settings.json from the graph; calibrate first when sample inputs are given."""
    stage("settings")
    arguments = ezkl.PyRunArgs()
    for name, value in request["run_args"].items():
        setattr(arguments, name, tuple(value) if isinstance(value, list) else value)
    ezkl.gen_settings(request["model"], "settings.json", arguments)
    if request.get("calibrate"):
        stage("calibrate")
        scale = request["run_args"]["input_scale"]
        ezkl.calibrate_settings(request["calibrate"], request["model"], "settings.json", "resources", scales=[scale])
    table = ezkl.table(request["model"], arguments).splitlines()
    operations = [line.split("│")[2].strip() for line in table if line.startswith("│")]
    return {"settings": json.loads(Path("settings.json").read_text()), "operations": operations[1:]}


def setup(request: Request) -> dict[str, Any]:
    """Compile, derive the keys, and write the Solidity verifier's source."""
    stage("compile")
    ezkl.compile_circuit(request["model"], "circuit", request["settings"])
    stage("keys")
    ezkl.setup("circuit", "vk", "pk", request["srs"])
    stage("verifier source")
    asyncio.run(_verifier_source(request))
    return {"vk_sha256": hashlib.sha256(Path("vk").read_bytes()).hexdigest()}


async def _verifier_source(request: Request) -> None:
    try:
        await ezkl.create_evm_verifier("vk", request["settings"], "verifier.sol", "verifier.abi", request["srs"])
    except RuntimeError:
        # The source is written before ezkl looks for a Solidity compiler of its own, which it need not find.
        if not Path("verifier.sol").exists():
            raise


def reusable(request: Request) -> dict[str, Any]:
    """A verifying key as the words the verifier of all circuits takes, and that verifier's Solidity source."""
    stage("verifying key artifact")
    asyncio.run(_reusable(request))
    return {"vka": Path("vka").read_bytes().hex(), "source": Path("reusable.sol").read_text()}


async def _reusable(request: Request) -> None:
    key, settings, reference = request["vk"], request["settings"], request["srs"]
    await ezkl.create_evm_vka(key, settings, "vka", reference)
    try:
        await ezkl.create_evm_verifier(key, settings, "reusable.sol", "reusable.abi", reference, reusable=True)
    except RuntimeError:
        # As above: the source is there before the compiler is missed.
        if not Path("reusable.sol").exists():
            raise


def compile_model(request: Request) -> dict[str, Any]:
    """Compile the circuit around the real weights (the result is secret) and commit to them."""
    stage("compile")
    ezkl.compile_circuit(request["model"], request["circuit"], request["settings"])
    if not request.get("vk"):
        return {}
    stage("commit")
    ezkl.gen_witness(request["inputs"], request["circuit"], "witness.json", request["vk"], request["srs"])
    witness = json.loads(Path("witness.json").read_text())
    Path("witness.json").unlink()
    return {"params": witness["processed_params"]}


def parameters(request: Request) -> dict[str, Any]:
    """Poseidon hash of a circuit's parameters in column order (settings with hashed parameters)."""
    stage("parameters")
    ezkl.compile_circuit(request["model"], "circuit", request["settings"])
    witness = ezkl.gen_witness(request["inputs"], "circuit", "witness.json")
    Path("witness.json").unlink(missing_ok=True)
    return {"hash": witness["processed_params"]["poseidon_hash"][0]}


def infer(request: Request) -> dict[str, Any]:
    """Run the integer model on many inputs; the raw integer outputs of each."""
    outputs = []
    for path in request["inputs"]:
        stage("infer")
        witness = ezkl.gen_witness(path, request["circuit"], "witness.json")
        outputs.append([felts.signed(value) for value in witness["outputs"][0]])
    Path("witness.json").unlink(missing_ok=True)
    return {"outputs": outputs}


def prove(request: Request) -> dict[str, Any]:
    """Witness, mock, prove, verify: a proof leaves only after it has been checked."""
    stage("witness")
    ezkl.gen_witness(request["inputs"], request["circuit"], "witness.json", request["vk"], request["srs"])
    stage("mock")
    ezkl.mock("witness.json", request["circuit"])
    stage("prove")
    ezkl.prove("witness.json", request["circuit"], request["pk"], "proof.json", request["srs"])
    stage("verify")
    ezkl.verify("proof.json", request["settings"], request["vk"], request["srs"])
    proof = json.loads(Path("proof.json").read_text())
    return {"instances": proof["instances"][0], "proof": bytes(proof["proof"]).hex()}


def verify(request: Request) -> dict[str, Any]:
    """Check proofs against instances the parent built; answers one verdict per proof (None is acceptance)."""
    verdicts: list[str | None] = []
    for item in request["proofs"]:
        stage("verify")
        proof = bytes.fromhex(item["proof"])
        document = {
            "protocol": None,
            "instances": [[felts.to_hex(value) for value in item["instances"]]],
            "proof": list(proof),
            "hex_proof": "0x" + proof.hex(),
            "split": None,
            "pretty_public_inputs": None,
            "timestamp": None,
            "version": None,
        }
        Path("proof.json").write_text(json.dumps(document))
        verdicts.append(_verdict(request))
    return {"verdicts": verdicts}


def _verdict(request: Request) -> str | None:
    try:
        accepted = ezkl.verify("proof.json", request["settings"], request["vk"], request["srs"])
    except RuntimeError as error:
        return str(error)[:300]
    return None if accepted is True else "the verifier did not accept"


JOBS = {
    "ceremony": ceremony,
    "hash": hash_rows,
    "settings": settings,
    "setup": setup,
    "reusable": reusable,
    "compile": compile_model,
    "parameters": parameters,
    "infer": infer,
    "prove": prove,
    "verify": verify,
}

if __name__ == "__main__":
    main()
