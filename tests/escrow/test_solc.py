"""The verifier compiler: equal bytes every time, nothing that does not fit, no belief in a damaged cache."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden_job import GoldenJob

from escrow import solc
from escrow.solc import MAX_RUNTIME_BYTES, CompiledVerifier, compile_verifier, solc_version
from proofs.encoding import keccak256
from proofs.errors import InvalidInput, MissingArtifact, ResourceExceeded

SMALL = (
    "pragma solidity ^0.8.0; contract Halo2Verifier { function one() external pure returns (uint256) { return 1; } }"
)


def test_golden_code(compiled: CompiledVerifier, golden: GoldenJob) -> None:
    assert compiled.codehash.hex() == golden.verifier_codehash.hex()
    assert compiled.codehash == keccak256(compiled.runtime)
    assert compiled.source_digest == keccak256(golden.source.encode())
    assert compiled.compiler == solc_version() == "0.8.37"
    assert len(compiled.runtime) < MAX_RUNTIME_BYTES
    assert [entry["name"] for entry in compiled.abi] == ["verifyProof"]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replaces the compiler's run by a fixed answer; lists the requests it got."""
    requests: list[str] = []
    code = {"object": "6001600055"}
    answer = {"abi": [{"name": "verifyProof"}], "evm": {"bytecode": code, "deployedBytecode": code}}

    def run(request: str) -> object:
        requests.append(request)
        return answer

    monkeypatch.setattr(solc, "_run_solc", run)
    return requests


def test_compiled_once(tmp_path: Path, runs: list[str]) -> None:
    fresh = compile_verifier(SMALL, cache_dir=tmp_path)
    assert compile_verifier(SMALL, cache_dir=tmp_path) == fresh
    assert len(runs) == 1
    compile_verifier(SMALL + " ", cache_dir=tmp_path)
    assert len(runs) == 2
    assert len(list(tmp_path.iterdir())) == 2


def test_another_compiler_or_other_settings_compile_again(
    tmp_path: Path, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_verifier(SMALL, cache_dir=tmp_path)
    monkeypatch.setattr(solc, "solc_version", lambda: "0.8.99")
    assert compile_verifier(SMALL, cache_dir=tmp_path).compiler == "0.8.99"
    monkeypatch.setitem(solc.SETTINGS, "evmVersion", "paris")
    compile_verifier(SMALL, cache_dir=tmp_path)
    assert len(runs) == 3


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"check": "00", "abi": [], "bytecode": "zz", "runtime": ""}'])
def test_damaged_cache_is_compiled_again(tmp_path: Path, runs: list[str], damage: str) -> None:
    fresh = compile_verifier(SMALL, cache_dir=tmp_path)
    entry = next(tmp_path.iterdir())
    entry.write_text(damage)
    assert compile_verifier(SMALL, cache_dir=tmp_path) == fresh
    assert json.loads(entry.read_text())["runtime"] == fresh.runtime.hex()
    assert len(runs) == 2


@pytest.mark.parametrize("field", ["runtime", "bytecode"])
def test_changed_code_in_the_cache_is_not_believed(tmp_path: Path, runs: list[str], field: str) -> None:
    fresh = compile_verifier(SMALL, cache_dir=tmp_path)
    entry = next(tmp_path.iterdir())
    stored = json.loads(entry.read_text())
    stored[field] = "00" + stored[field][2:]
    entry.write_text(json.dumps(stored))
    assert compile_verifier(SMALL, cache_dir=tmp_path) == fresh
    assert len(runs) == 2


def test_equal_bytes_without_the_cache(tmp_path: Path, compiled: CompiledVerifier, golden: GoldenJob) -> None:
    assert compile_verifier(golden.source, cache_dir=tmp_path) == compiled


def test_oversize_verifier_names_the_way_round(tmp_path: Path) -> None:
    filler = "01" * 25_000
    source = (
        "pragma solidity ^0.8.0; contract Halo2Verifier { "
        f'function all() external pure returns (bytes memory) {{ return hex"{filler}"; }} }}'
    )
    for _ in range(2):  # compiled, then from the cache
        with pytest.raises(ResourceExceeded, match="smaller batch") as refusal:
            compile_verifier(source, cache_dir=tmp_path)
        assert refusal.value.needed > refusal.value.available == MAX_RUNTIME_BYTES


@pytest.mark.parametrize(
    "source",
    ["", "junk", "contract Other {}", "abstract contract Halo2Verifier { function f() external virtual; }"],
)
def test_source_that_is_no_verifier(tmp_path: Path, source: str) -> None:
    with pytest.raises(InvalidInput):
        compile_verifier(source, cache_dir=tmp_path)
    assert not list(tmp_path.iterdir())


def test_missing_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_NODE_MODULES", str(tmp_path))
    with pytest.raises(MissingArtifact, match="npm ci --prefix contracts"):
        compile_verifier(SMALL, cache_dir=tmp_path)
