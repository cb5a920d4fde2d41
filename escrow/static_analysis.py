"""``python -m escrow.static_analysis``: slither's findings over ``contracts/src`` against the answers to them.

Needs slither on PATH or named by ``ASSAY_SLITHER``, in the pinned version; nothing else in the project does. Exit
status 1 if a finding has no answer in ``docs/static-analysis.md``, or an answer no finding.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from escrow.build import CONTRACTS
from escrow.node_tools import foundry_binary, node_executable, node_modules
from proofs.errors import AssayError, MissingArtifact, ProverFailed

SLITHER_ENV = "ASSAY_SLITHER"
"""Environment variable naming the slither executable."""
VERSION, DETECTORS = "0.11.6", 102
"""The release whose findings are answered, and how many detectors it runs: all it has."""
ANSWERS = CONTRACTS.parent / "docs" / "static-analysis.md"

_TIMEOUT_S = 600.0
_COPIED = ("src", "foundry.toml", "solc", "solc.cjs")
_ROW = re.compile(r"\| `([a-z0-9-]+)` \| `([A-Za-z0-9_.]+)` \| (\S.*) \|")

Finding = tuple[str, str]
"""Detector and place (``Contract.function``), as the documentation names them."""


def slither_executable() -> Path:
    """The slither to run: ``$ASSAY_SLITHER``, else the one on PATH.

    Raises:
        MissingArtifact: there is none.
    """
    found = shutil.which(os.environ.get(SLITHER_ENV) or "slither")
    if found is None:
        raise MissingArtifact(
            f"no slither found; pip install slither-analyzer=={VERSION} into an environment of its own, and name its "
            f"executable in {SLITHER_ENV}"
        )
    return Path(found)


def findings() -> Counter[Finding]:
    """What all detectors find in the present sources, node_modules aside.

    Raises:
        MissingArtifact: slither, forge, node or the npm packages are missing. ProverFailed: the analysis failed, or by
            another version than the pinned one.
    """
    slither = slither_executable()
    version = _run([str(slither), "--version"], CONTRACTS)[0].strip()
    if version != VERSION:
        raise ProverFailed("slither", f"version {version} at {slither}; the answers are about {VERSION}")
    with tempfile.TemporaryDirectory(prefix="assay-slither-") as scratch:
        folder = Path(scratch)
        for name in _COPIED:
            source = CONTRACTS / name
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, folder / name)
        (folder / "node_modules").symlink_to(node_modules())
        report = folder / "report.json"
        command = [str(slither), ".", "--filter-paths", "node_modules", "--fail-none", "--json", str(report)]
        _, log = _run(command, folder)
        if f"with {DETECTORS} detectors" not in log:
            raise ProverFailed("slither", f"it did not run its {DETECTORS} detectors: {log.strip()}")
        return parse_report(json.loads(report.read_text(encoding="utf-8")))


def parse_report(report: dict[str, Any]) -> Counter[Finding]:
    """Findings in slither's JSON report.

    Raises:
        ProverFailed: the report says that the analysis failed.
    """
    if not report["success"]:
        raise ProverFailed("slither", str(report["error"]))
    return Counter((found["check"], _place(found["elements"])) for found in report["results"].get("detectors", []))


def parse_answers(page: str) -> Counter[Finding]:
    """Findings that the documentation's table answers: one row each."""
    return Counter((row[1], row[2]) for row in map(_ROW.fullmatch, page.splitlines()) if row)


def differences(found: Counter[Finding], answered: Counter[Finding]) -> list[str]:
    """Findings without an answer and answers without a finding, in words."""
    new = [f"not answered: {check} in {place}" for check, place in sorted((found - answered).elements())]
    gone = [f"answered, but not found: {check} in {place}" for check, place in sorted((answered - found).elements())]
    return new + gone


def _place(elements: list[dict[str, Any]]) -> str:
    """``Contract.function`` of the first element of a finding, or its bare name."""
    if not elements:
        return "everywhere"
    names: list[str] = []
    element: dict[str, Any] | None = elements[0]
    while element is not None:
        if element["type"] in ("contract", "function", "variable", "event", "enum", "struct"):
            names.append(str(element["name"]))
        element = element.get("type_specific_fields", {}).get("parent")
    return ".".join(reversed(names)) or str(elements[0]["type"])


def _run(command: list[str], folder: Path) -> tuple[str, str]:
    """Standard output and error of a command that must end well."""
    tools = [str(foundry_binary("forge").parent), str(node_executable().parent), os.environ.get("PATH", "")]
    environment = {**os.environ, "PATH": os.pathsep.join(tools), "NO_COLOR": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise ProverFailed("slither", str(failure)) from failure
    if done.returncode != 0:
        raise ProverFailed("slither", (done.stdout + done.stderr).strip())
    return done.stdout, done.stderr


def main() -> int:
    """Command line; returns the exit code."""
    try:
        found = findings()
    except AssayError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    problems = differences(found, parse_answers(ANSWERS.read_text(encoding="utf-8")))
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print(f"mend it, or answer it in {ANSWERS}", file=sys.stderr)
        return 1
    print(f"slither {VERSION}, {DETECTORS} detectors: {found.total()} findings, all answered in {ANSWERS.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
