"""Runs the scopes, each in a pytest process of its own, and the contracts; keeps what was found."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from mutation.python_checks import with_switches
from mutation.scopes import ROOT, Scope

SHARE = 0.6
"""Of a scope's time, the part in which its tests run undisturbed."""
GRACE_S = 600.0
"""After a scope's time, until its process is killed: a last test may be long."""
TEST_TIMEOUT_S = 120


def stamp(paths: list[str]) -> str:
    """A hash over files of the repository: their outcome stands as long as none of them changes."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.encode() + b"\0" + hashlib.sha256((ROOT / path).read_bytes()).digest())
    return digest.hexdigest()[:16]


def checks_of(scope: Scope) -> list[str]:
    """Names of all checks of a scope's modules."""
    return [check.name for path in scope.files() for check in with_switches(ROOT / path)[1]]


def fresh_stamp(scope: Scope) -> str:
    """Of the scope's modules and tests as they are now."""
    return stamp([*scope.files(), *scope.test_paths()])


def run_scope(scope: Scope, seconds: float, known: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The scope's outcome: what became of every check but the ``known`` ones."""
    paths = scope.test_paths()
    asked = {"files": scope.files(), "seconds": seconds, "share": SHARE, "known": sorted(known)}
    with tempfile.TemporaryDirectory(prefix="assay-mutation-") as folder:
        place = Path(folder) / "campaign.json"
        place.write_text(json.dumps(asked), encoding="utf-8")
        log = Path(folder) / "log"
        search = os.pathsep.join([str(ROOT / "tests"), str(ROOT), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "ASSAY_MUTATION": str(place), "PYTHONPATH": search, "PYTHONDONTWRITEBYTECODE": "1",
                       "HYPOTHESIS_STORAGE_DIRECTORY": f"{folder}/hypothesis"}  # fmt: skip
        command = [sys.executable, "-m", "pytest", "-p", "mutation.plugin", "-p", "no:cacheprovider", "-q",
                   "-m", "not slow", f"--timeout={TEST_TIMEOUT_S}", "--timeout-method=signal", *paths]  # fmt: skip
        with log.open("w") as said:
            try:
                subprocess.run(command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT,
                               timeout=seconds + GRACE_S, check=False)  # fmt: skip
            except subprocess.TimeoutExpired:
                print(f"{scope.name}: stopped after its time", file=sys.stderr)
        outcome = json.loads(place.read_text(encoding="utf-8")).get("outcome")
        if outcome is None:
            raise RuntimeError(f"{scope.name}: {log.read_text(errors='replace')[-2000:]}")
    return {**outcome, "stamp": fresh_stamp(scope), "names": checks_of(scope)}


def verdicts(scope: dict[str, Any]) -> dict[str, str]:
    """``killed``, ``survived`` or ``not run`` for each check of a scope."""
    tried, fired = scope["checks"], set(scope["fired"])
    found: dict[str, str] = {}
    for name in scope["names"]:
        if name in tried:
            found[name] = "killed" if tried[name]["killed"] else "survived"
        else:
            found[name] = "survived" if scope["whole"] and name not in fired else "not run"
    return found
