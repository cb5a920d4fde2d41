"""Builds the contracts with forge and keeps ``contracts/out`` and ``contracts/snapshots`` equal to the sources.

``python -m escrow.build``            writes contracts/out
``python -m escrow.build --update``   the same, and writes the size and gas snapshots
``python -m escrow.build --check``    writes nothing; exit 1 if any of the three differs from a fresh build
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from escrow.node_tools import foundry_binary, node_executable
from escrow.snapshots import check_gas, size_snapshot, update_gas
from proofs.encoding import keccak256
from proofs.errors import AssayError, MissingArtifact, ProverFailed

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
PUBLISHED = (
    "AccuracyEscrow",
    "DocumentJudge",
    "Halo2Adapter",
    "Halo2OutputsAdapter",
    "Halo2ReusableAdapter",
    "IHalo2Verifier",
    "IHalo2VerifierReusable",
    "IProofVerifier",
    "ModelRegistry",
    "PredictionEscrow",
    "RetrievalEscrow",
    "SampledEscrow",
)
"""Contracts whose artifacts are committed; interfaces come with empty bytecode."""

_FORGE_TIMEOUT_S = 900.0


def forge(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """Run forge in ``contracts/`` and return what it printed.

    Raises:
        MissingArtifact: no forge, node or npm packages. ProverFailed: forge failed; the message ends with its output.
    """
    if not (CONTRACTS / "foundry.toml").is_file():
        raise MissingArtifact(f"no contract sources at {CONTRACTS}; the build needs a clone of the repository")
    path = os.pathsep.join([str(node_executable().parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            [str(foundry_binary("forge")), *arguments],
            cwd=CONTRACTS,
            env={**os.environ, "PATH": path, "NO_COLOR": "1", **(environment or {})},
            capture_output=True,
            text=True,
            timeout=_FORGE_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise ProverFailed(f"forge {arguments[0]}", f"no end after {_FORGE_TIMEOUT_S:.0f} s") from late
    if done.returncode != 0:
        raise ProverFailed(f"forge {arguments[0]}", (done.stdout + done.stderr).strip())
    return done.stdout


def fresh_artifacts() -> dict[str, dict[str, Any]]:
    """Compile ``contracts/src`` from nothing; the trimmed artifact of each published contract, by name."""
    with tempfile.TemporaryDirectory(prefix="assay-forge-") as scratch:
        out = Path(scratch) / "out"
        forge("build", "src", "--ast", "--force", "--out", str(out), "--cache-path", str(Path(scratch) / "cache"))
        raw = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.glob("*.sol/*.json"))}
    names = immutable_names(raw.values())
    return {name: trimmed(name, raw[name], names) for name in PUBLISHED}


def immutable_names(artifacts: Any) -> dict[str, str]:
    """Names of all immutables of one build, by the compiler's node id (which changes from build to build)."""
    return {
        str(member["id"]): str(member["name"])
        for artifact in artifacts
        for unit in artifact["ast"]["nodes"]
        if unit["nodeType"] == "ContractDefinition"
        for member in unit["nodes"]
        if member["nodeType"] == "VariableDeclaration" and member["mutability"] == "immutable"
    }


def trimmed(name: str, artifact: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The committed form of one forge artifact; immutables are keyed by name."""
    references = artifact["deployedBytecode"].get("immutableReferences", {})
    return {
        "contractName": name,
        "abi": artifact["abi"],
        "bytecode": artifact["bytecode"]["object"],
        "deployedBytecode": artifact["deployedBytecode"]["object"],
        "immutableReferences": {names[node]: references[node] for node in sorted(references, key=names.__getitem__)},
        "sourceHash": "0x" + source_hash(artifact["metadata"]).hex(),
    }


def source_hash(metadata: dict[str, Any]) -> bytes:
    """keccak-256 over the compiler version, its settings and the keccak-256 of every source the contract came from."""
    essence = {
        "compiler": metadata["compiler"]["version"],
        "settings": metadata["settings"],
        "sources": {path: source["keccak256"] for path, source in metadata["sources"].items()},
    }
    return keccak256(json.dumps(essence, sort_keys=True, separators=(",", ":")).encode())


def encoded(record: dict[str, Any]) -> str:
    """The text of a committed JSON file."""
    return json.dumps(record, indent=1) + "\n"


def expected_files(artifacts: dict[str, dict[str, Any]]) -> dict[Path, str]:
    """What ``contracts/out`` and the size snapshot must hold, by path."""
    wanted = {CONTRACTS / "out" / f"{name}.json": encoded(record) for name, record in artifacts.items()}
    wanted[CONTRACTS / "snapshots" / "sizes.json"] = encoded(size_snapshot(artifacts))
    return wanted


def stale_files(wanted: dict[Path, str]) -> list[str]:
    """Names of files that are missing, differ from what they should hold, or have no source any more."""
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale += [path for path in (CONTRACTS / "out").glob("*") if path not in wanted]
    return sorted(str(path.relative_to(CONTRACTS.parent)) for path in stale)


def check() -> list[str]:
    """Everything in which the committed files differ from a fresh build; empty if nothing."""
    problems = [f"{name} differs from a fresh build" for name in stale_files(expected_files(fresh_artifacts()))]
    return problems + check_gas(forge)


def write(with_gas: bool) -> None:
    """Write ``contracts/out`` and the size snapshot; with ``with_gas`` also measure and write the gas snapshots."""
    for path, text in expected_files(fresh_artifacts()).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if with_gas:
        update_gas(forge)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m escrow.build", description="Build the contracts.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail if committed artifacts or snapshots are out of date")
    mode.add_argument("--update", action="store_true", help="write artifacts and snapshots")
    chosen = parser.parse_args(arguments)
    try:
        if not chosen.check:
            write(with_gas=chosen.update)
            return 0
        problems = check()
    except AssayError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("run `python -m escrow.build --update` (make snapshots) and commit the result", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
