"""The demo's retrieval at full size: 200 committed images, every game."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_hundred_documents(tmp_path: Path) -> None:
    result = tmp_path / "demo.json"
    command = [
        sys.executable,
        "-m",
        "assay",
        "demo",
        "retrieval",
        "--documents",
        "200",
        "--quiet",
        "--json",
        str(result),
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    found = json.loads(result.read_text())
    assert (found["verdict"], found["documents"]) == ("ok", 200)
    endings = {path["name"]: path["ending"] for path in found["paths"]}
    assert endings["an honest search"] == "completed"
    assert endings["a match withheld"] == "rejected"
