"""Compiling a generated Solidity verifier: deterministic, through the pinned npm compiler, cached by content."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from escrow.node_tools import node_executable, npm_package
from proofs.encoding import keccak256
from proofs.errors import ChainError, InvalidInput, ResourceExceeded
from proofs.paths import cache_dir as user_cache_dir

MAX_RUNTIME_BYTES = 24_576
"""Largest contract a real chain stores (EIP-170)."""

SOURCE_NAME = "Halo2Verifier.sol"
CONTRACT_NAME = "Halo2Verifier"
SHARED_CONTRACT_NAME = "Halo2VerifierReusable"

SETTINGS: dict[str, Any] = {
    # Without the optimiser the generated assembly is "stack too deep"; viaIR fails on it too. runs 1 is smallest.
    "optimizer": {"enabled": True, "runs": 1},
    # PUSH0 saves 650 bytes against paris; cancun, prague and osaka give the same size again (measured).
    "evmVersion": "shanghai",
    # No trailer, so that the code depends on the statements alone and the code hash is the circuit's.
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
    "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}},
}

_CACHE_FORMAT = "assay/compiled-verifier/v1"
_COMPILE_TIMEOUT_S = 120.0
_RUN_SOLC = """\
const solc = require(process.argv[1]);
process.stdout.write(solc.compile(require("fs").readFileSync(0, "utf8")));
"""


@dataclass(frozen=True, slots=True)
class CompiledVerifier:
    """A generated verifier after compilation; all of it is public.

    Attributes:
        source_digest: keccak-256 of the Solidity source (32 bytes).
        compiler: version of solc, e.g. ``0.8.37``.
        abi: the contract's ABI entries.
        bytecode: creation code.
        runtime: code the chain stores, at most 24,576 bytes.
        codehash: keccak-256 of ``runtime``: what ``extcodehash`` reports after an honest deployment.
    """

    source_digest: bytes
    compiler: str
    abi: list[dict[str, Any]]
    bytecode: bytes
    runtime: bytes
    codehash: bytes


def compile_verifier(source: str, *, cache_dir: Path | None = None) -> CompiledVerifier:
    """Compile the Solidity text that ezkl generated; the same text gives the same bytes on every machine.

    Args:
        source: the generated file's text: one circuit's verifier, or the one all circuits share.
        cache_dir: folder of earlier results; None is the user's cache folder.

    Raises:
        InvalidInput: the text is not a Solidity contract of a name ezkl gives.
        ResourceExceeded: the compiled code is larger than a real chain stores.
        MissingArtifact: node or the npm compiler is absent.
    """
    compiler = solc_version()
    folder = user_cache_dir() / "solc" if cache_dir is None else cache_dir
    entry = folder / f"{_cache_key(source, compiler).hex()}.json"
    compiled = _read_cache(entry, source, compiler)
    if compiled is None:
        compiled = _compile(source, compiler)
        _write_cache(entry, compiled)
    _require_deployable(compiled)
    return compiled


def solc_version() -> str:
    """Version of the npm compiler in use, as its package states it."""
    manifest = json.loads((npm_package("solc") / "package.json").read_text())
    return str(manifest["version"])


def standard_json(source: str) -> str:
    """The compiler's whole input for one generated verifier, in a canonical order."""
    return json.dumps(
        {"language": "Solidity", "sources": {SOURCE_NAME: {"content": source}}, "settings": SETTINGS}, sort_keys=True
    )


def _cache_key(source: str, compiler: str) -> bytes:
    return keccak256(json.dumps([_CACHE_FORMAT, compiler, standard_json(source)]).encode())


def _compile(source: str, compiler: str) -> CompiledVerifier:
    contract = _run_solc(standard_json(source))
    runtime = _code(contract["evm"]["deployedBytecode"]["object"])
    return CompiledVerifier(
        source_digest=keccak256(source.encode()),
        compiler=compiler,
        abi=contract["abi"],
        bytecode=_code(contract["evm"]["bytecode"]["object"]),
        runtime=runtime,
        codehash=keccak256(runtime),
    )


def _run_solc(request: str) -> Any:
    command = [str(node_executable()), "-e", _RUN_SOLC, str(npm_package("solc"))]
    try:
        done = subprocess.run(
            command, input=request.encode(), capture_output=True, timeout=_COMPILE_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ChainError(f"the Solidity compiler could not be run ({error}); check `{command[0]} --version`") from error
    if done.returncode != 0:
        tail = done.stderr.decode(errors="replace").strip().splitlines()[-5:]
        raise ChainError(
            "the Solidity compiler failed; reinstall with `npm ci --prefix contracts`: " + " / ".join(tail)
        )
    answer = json.loads(done.stdout)
    faults = [entry["formattedMessage"].strip() for entry in answer.get("errors", ()) if entry["severity"] == "error"]
    defined = answer.get("contracts", {}).get(SOURCE_NAME, {})
    contract = defined.get(CONTRACT_NAME) or defined.get(SHARED_CONTRACT_NAME)
    if faults or contract is None:
        cause = faults[0] if faults else f"it defines no contract {CONTRACT_NAME}"
        raise InvalidInput(f"the generated verifier does not compile; make it again from its verifying key: {cause}")
    return contract


def _code(text: str) -> bytes:
    if not text:
        raise InvalidInput(f"contract {CONTRACT_NAME} has no code: it is abstract, not a generated verifier")
    return bytes.fromhex(text)


def _require_deployable(compiled: CompiledVerifier) -> None:
    size = len(compiled.runtime)
    if size > MAX_RUNTIME_BYTES:
        raise ResourceExceeded(
            f"the verifier contract has {size:,} bytes, a chain stores at most {MAX_RUNTIME_BYTES:,} (EIP-170); "
            "use a smaller batch, hash the inputs, keep disable_freivalds on, or avoid ArgMax, MaxPool and TopK",
            needed=size,
            available=MAX_RUNTIME_BYTES,
        )


def _read_cache(entry: Path, source: str, compiler: str) -> CompiledVerifier | None:
    """An earlier result, or None when there is none or its bytes do not carry the hash they were stored under."""
    try:
        stored = json.loads(entry.read_text())
        bytecode, runtime = bytes.fromhex(stored["bytecode"]), bytes.fromhex(stored["runtime"])
        intact = stored["check"] == keccak256(bytecode + runtime).hex()
        abi = stored["abi"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not intact:
        return None
    return CompiledVerifier(
        source_digest=keccak256(source.encode()),
        compiler=compiler,
        abi=abi,
        bytecode=bytecode,
        runtime=runtime,
        codehash=keccak256(runtime),
    )


def _write_cache(entry: Path, compiled: CompiledVerifier) -> None:
    stored = {
        "check": keccak256(compiled.bytecode + compiled.runtime).hex(),
        "abi": compiled.abi,
        "bytecode": compiled.bytecode.hex(),
        "runtime": compiled.runtime.hex(),
    }
    entry.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=entry.parent, suffix=".part")
    with os.fdopen(handle, "w") as part:
        json.dump(stored, part)
    os.replace(name, entry)  # whole or not at all, also when two processes compile the same source
