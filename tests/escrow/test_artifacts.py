"""The committed contract artifacts: present, parsed strictly, and honest about their immutables and sizes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from escrow import artifacts
from escrow.artifacts import load, parse_artifact
from escrow.build import PUBLISHED, expected_files, immutable_names, source_hash, stale_files
from escrow.snapshots import MAX_RUNTIME_BYTES, size_snapshot
from proofs.encoding import keccak256
from proofs.errors import InvalidInput, MissingArtifact, ProverFailed

ADAPTER_IMMUTABLES = {
    "halo2Verifier": "0x" + "11" * 20,
    "halo2Codehash": b"\x22" * 32,
    "binding": 1,
    "points": 2,
    "scaleBits": 10,
}


def committed() -> dict[str, dict[str, object]]:
    """The artifact records as they are in git."""
    folder = artifacts.contracts_folder() / "out"
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in PUBLISHED}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_contract_loads(name: str) -> None:
    artifact = load(name)
    assert artifact.name == name
    assert len(artifact.source_hash) == 32
    assert len(artifact.deployed_bytecode) <= MAX_RUNTIME_BYTES
    assert bool(artifact.bytecode) == (not name.startswith("I"))


def test_snapshot_of_sizes_is_that_of_the_committed_code() -> None:
    records = committed()
    stale = stale_files(expected_files(records))
    assert stale == []


def test_code_over_the_limit_of_a_chain_is_refused() -> None:
    record = {"deployedBytecode": "0x" + "00" * (MAX_RUNTIME_BYTES + 1), "bytecode": "0x00"}
    with pytest.raises(ProverFailed, match="24577 bytes"):
        size_snapshot({"Fat": record})


def test_immutables_fill_every_place_named() -> None:
    adapter = load("Halo2Adapter")
    assert set(adapter.immutable_references) == set(ADAPTER_IMMUTABLES)
    code = adapter.runtime_code(ADAPTER_IMMUTABLES)
    assert len(code) == len(adapter.deployed_bytecode)
    for start, length in adapter.immutable_references["halo2Verifier"]:
        assert code[start : start + length] == bytes(12) + b"\x11" * 20
    for start, length in adapter.immutable_references["scaleBits"]:
        assert int.from_bytes(code[start : start + length], "big") == 10
    assert adapter.runtime_codehash(ADAPTER_IMMUTABLES) == keccak256(code)


@pytest.mark.parametrize("name", sorted(ADAPTER_IMMUTABLES))
def test_every_immutable_changes_the_code_hash(name: str) -> None:
    adapter = load("Halo2Adapter")
    changed = {**ADAPTER_IMMUTABLES, name: 77}
    assert adapter.runtime_codehash(changed) != adapter.runtime_codehash(ADAPTER_IMMUTABLES)


@pytest.mark.parametrize(
    "change",
    [{"points": None}, {"extra": 1}, {"points": -1}, {"points": 1 << 256}, {"points": bytes(33)}, {"points": "0xzz"}],
)
def test_unusable_immutables_are_named(change: dict[str, object]) -> None:
    values = {key: value for key, value in {**ADAPTER_IMMUTABLES, **change}.items() if value is not None}
    with pytest.raises(InvalidInput, match=r"points|extra"):
        load("Halo2Adapter").runtime_code(values)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Nothing", "../out/ModelRegistry", ""])
def test_unknown_contract_is_a_missing_artifact(name: str) -> None:
    with pytest.raises(MissingArtifact, match=r"escrow\.build"):
        load(name)


@pytest.mark.parametrize(
    "damage",
    [b"", b"[]", b"{}", b"\xff", b'{"contractName": "X", "abi": [], "bytecode": "0xzz"}'],
)
def test_damaged_file_is_a_missing_artifact(damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "X.json").write_bytes(damage)
    monkeypatch.setattr(artifacts, "contracts_folder", lambda: tmp_path)
    with pytest.raises(MissingArtifact, match="damaged"):
        load("X")


def test_source_hash_covers_sources_settings_and_compiler() -> None:
    base = {"compiler": {"version": "1"}, "settings": {"runs": 1}, "sources": {"a.sol": {"keccak256": "0x01"}}}
    variants = [
        base,
        {**base, "compiler": {"version": "2"}},
        {**base, "settings": {"runs": 2}},
        {**base, "sources": {"a.sol": {"keccak256": "0x02"}}},
        {**base, "sources": {"b.sol": {"keccak256": "0x01"}}},
    ]
    assert len({source_hash(variant) for variant in variants}) == len(variants)


def test_immutables_are_found_by_node_id() -> None:
    variable = {"nodeType": "VariableDeclaration", "id": 7, "name": "registry", "mutability": "immutable"}
    state = {"nodeType": "VariableDeclaration", "id": 8, "name": "owed", "mutability": "mutable"}
    unit = {"nodeType": "ContractDefinition", "nodes": [variable, state, {"nodeType": "FunctionDefinition"}]}
    assert immutable_names([{"ast": {"nodes": [{"nodeType": "PragmaDirective"}, unit]}}]) == {"7": "registry"}


def test_record_without_a_field_is_refused() -> None:
    record = committed()["ModelRegistry"]
    for field in record:
        with pytest.raises(KeyError):
            parse_artifact({key: value for key, value in record.items() if key != field})
