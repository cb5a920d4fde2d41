"""Snapshots of what the contracts cost: bytes of code and gas per call, kept in git and compared on every check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from proofs.errors import ProverFailed

MAX_RUNTIME_BYTES = 24_576
"""EIP-170."""
MAX_CREATION_BYTES = 49_152
"""EIP-3860."""

Forge = Callable[..., str]

# Gas is measured per transaction (--isolate: intrinsic and calldata gas included, cold storage), by the tests in
# contracts/test/gas, which write contracts/snapshots/<contract>.json.
_GAS_TESTS = ("test", "--isolate", "--match-path", "test/gas/*.sol")


def size_snapshot(artifacts: dict[str, dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Bytes of runtime and creation code of every contract that has code.

    Raises:
        ProverFailed: a contract is larger than a real chain takes.
    """
    sizes: dict[str, dict[str, int]] = {}
    for name, artifact in sorted(artifacts.items()):
        runtime, creation = (len(artifact[key]) // 2 - 1 for key in ("deployedBytecode", "bytecode"))
        if runtime <= 0:
            continue
        if runtime > MAX_RUNTIME_BYTES or creation > MAX_CREATION_BYTES:
            raise ProverFailed("forge build", f"{name} has {runtime} bytes of code; a chain takes {MAX_RUNTIME_BYTES}")
        sizes[name] = {"runtime_bytes": runtime, "creation_bytes": creation}
    return sizes


def check_gas(forge: Forge) -> list[str]:
    """Measure gas anew; the ways in which it differs from the committed snapshots."""
    try:
        forge(*_GAS_TESTS, environment={"FORGE_SNAPSHOT_CHECK": "true", "FORGE_SNAPSHOT_EMIT": "false"})
    except ProverFailed as failure:
        return [f"gas snapshots: {failure.detail}"]
    return []


def update_gas(forge: Forge) -> None:
    """Measure gas anew and write the snapshots.

    Raises:
        ProverFailed: a gas test failed.
    """
    forge(*_GAS_TESTS, environment={"FORGE_SNAPSHOT_CHECK": "false", "FORGE_SNAPSHOT_EMIT": "true"})
