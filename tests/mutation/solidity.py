"""The contracts' checks: every ``if (...) revert`` and every call of a ``require`` function, each with a switch.

All switches are compiled into one copy of the sources, so that the compiler runs once. Which check is off is told by
the block's coinbase, which no contract of ours reads and forge takes from its environment.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from mutation.scopes import ROOT

CONTRACTS = ROOT / "contracts"
COPIED = ("src", "test", "foundry.toml", "solc", "solc.cjs", "snapshots")
SWITCH = """// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

function isOn(uint256 check) pure returns (bool) {
    function(uint256) internal view returns (bool) asked = looksOn;
    function(uint256) internal pure returns (bool) askedAsPure;
    assembly ("memory-safe") {
        askedAsPure := asked
    }
    return askedAsPure(check);
}

function looksOn(uint256 check) view returns (bool) {
    return uint160(address(block.coinbase)) != check + 1000000;
}
"""
CALL = re.compile(r"(?<=[;{})\n])(\s*)((?:\w+\.)*_?require[A-Z]\w*\()")
REFUSAL = re.compile(r"\bif \(")
BASE = 1_000_000
FEW = {"FOUNDRY_FUZZ_RUNS": "64", "FOUNDRY_INVARIANT_RUNS": "8", "FOUNDRY_INVARIANT_DEPTH": "40"}


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """One check: ``path::line text`` names it; ``number`` is its switch."""

    name: str
    number: int


def copy_with_switches(folder: Path) -> list[ContractCheck]:
    """The contracts with switches under ``folder/contracts``, and their checks."""
    place = folder / "contracts"
    place.mkdir(parents=True)
    for name in COPIED:
        source = CONTRACTS / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, place / name)
    (place / "node_modules").symlink_to(CONTRACTS / "node_modules")
    (folder / "tests").mkdir()
    (folder / "tests" / "escrow").symlink_to(ROOT / "tests" / "escrow")
    found: list[ContractCheck] = []
    for path in sorted((place / "src").rglob("*.sol")):
        text, checks = switched(path.read_text(), f"contracts/{path.relative_to(place).as_posix()}", len(found) + 1)
        found += checks
        if checks:
            up = "../" * (len(path.relative_to(place / "src").parts) - 1) or "./"
            pragma = re.search(r"pragma solidity [^;]+;\n", text)
            at = pragma.end() if pragma else 0
            text = f'{text[:at]}import {{isOn}} from "{up}Switch.sol";\n{text[at:]}'
        path.write_text(text)
    (place / "src" / "Switch.sol").write_text(SWITCH)
    return found


def switched(text: str, path: str, first: int) -> tuple[str, list[ContractCheck]]:
    """A source with switches; checks are numbered from ``first`` in their order."""
    at = sorted(_refusals(text) | _calls(text))
    checks: list[ContractCheck] = []
    seen: dict[str, int] = {}
    pieces, done = [], 0
    for number, (start, kind, end) in enumerate(at, start=first):
        words = " ".join(text[start:end].split())
        seen[words] = seen.get(words, 0) + 1
        name = f"{path}::{words}" + (f" #{seen[words]}" if seen[words] > 1 else "")
        checks.append(ContractCheck(name, number))
        pieces.append(text[done:start])
        inserted = f"if (isOn({number}) && " if kind == "if" else f"if (isOn({number})) "
        pieces.append(inserted)
        done = start + len("if ") if kind == "if" else start
        if kind == "if":  # if (isOn(n) && (condition)) revert
            close = _closing(text, start + len("if "))
            pieces += [text[done : close + 1], ")"]
            done = close + 1
    return "".join([*pieces, text[done:]]), checks


def _refusals(text: str) -> set[tuple[int, str, int]]:
    found = set()
    for match in REFUSAL.finditer(text):
        close = _closing(text, match.end() - 1)
        if re.match(r"\s*(\{\s*)?revert\b", text[close + 1 :]):
            found.add((match.start(), "if", text.index(";", close) + 1))
    return found


def _calls(text: str) -> set[tuple[int, str, int]]:
    found = set()
    for match in CALL.finditer(text):
        close = _closing(text, match.end() - 1)
        if text[close + 1] == ";":
            found.add((match.start(2), "call", close + 2))
    return found


def _closing(text: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise ValueError("parentheses do not match")


PLACES = {
    "Sampled": "test/sampled/*",
    "Accuracy": "test/escrow/*",
    "Retrieval": "test/retrieval/*",
    "Prediction": "test/prediction/*",
    "Halo2": "test/Halo2*",
    "ModelRegistry": "test/ModelRegistry*",
    "DocumentJudge": "test/retrieval/*",
    "Documents": "test/retrieval/*",
    "CipherTree": "test/retrieval/*",
    "PullPayments": "test/escrow/*",
}
"""Tests that run first, by the beginning of a contract's name; then all of them do."""


def forge_test(folder: Path, number: int, *options: str) -> str:
    """``passed``, or the name of a test that fails with check ``number`` off (0: none)."""
    from escrow.node_tools import foundry_binary, node_executable

    environment = {
        **os.environ, **FEW, "NO_COLOR": "1", "FOUNDRY_BLOCK_COINBASE": f"0x{BASE + number:040x}",
        "PATH": os.pathsep.join([str(node_executable().parent), os.environ.get("PATH", "")]),
    }  # fmt: skip
    command = [str(foundry_binary("forge")), "test", "--fail-fast", *options]
    done = subprocess.run(
        command, cwd=folder / "contracts", env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode == 0:
        return "passed"
    failed = re.search(r"\[FAIL[^\n]*\] (\w+)\(", done.stdout)
    if failed is None:
        raise RuntimeError((done.stdout + done.stderr)[-3000:])
    return failed[1]


def source_stamp() -> str:
    """A hash over the contracts' sources and tests."""
    digest = hashlib.sha256()
    for path in sorted([*CONTRACTS.glob("src/**/*.sol"), *CONTRACTS.glob("test/**/*.sol")]):
        digest.update(path.relative_to(CONTRACTS).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def run_check(folder: Path, check: ContractCheck) -> dict[str, object]:
    """What the contracts' tests say with this check off: those of its contract first, then all."""
    began = time.monotonic()
    stem = Path(check.name.split("::")[0]).stem
    tried = [("--match-path", place) for start, place in PLACES.items() if stem.startswith(start)]
    for options in [*tried, ()]:
        by = forge_test(folder, check.number, *options)
        if by != "passed":
            return {"outcome": "killed", "by": by, "seconds": round(time.monotonic() - began, 1)}
    return {"outcome": "survived", "seconds": round(time.monotonic() - began, 1)}
