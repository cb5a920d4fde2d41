"""``python -m benchmarks.demo [--write]``: how long ``make demo`` takes, with every circuit built anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.__main__ import machine

_ROOT = Path(__file__).resolve().parent.parent
PARTS = ("accuracy", "retrieval", "predictions")


def measure() -> dict[str, Any]:
    """The demo's own document, from a home that has neither reference strings nor circuits."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as home:
        command = [sys.executable, "-m", "assay", "demo", "--quiet", "--json", str(Path(home) / "demo.json")]
        environment = {**os.environ, "ASSAY_HOME": home}
        subprocess.run(command, cwd=_ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        found: dict[str, Any] = json.loads((Path(home) / "demo.json").read_text())
        return found


def record_of(found: dict[str, Any]) -> dict[str, Any]:
    """What is kept of it."""
    parts = {
        name: {
            "setup_s": found[name]["setup_s"],
            "total_s": found[name]["total_s"],
            "games": {path["name"]: path["seconds"] for path in found[name]["paths"]},
        }
        for name in PARTS
    }
    return {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "total_s": found["total_s"], "parts": parts}


def table(record: dict[str, Any]) -> str:
    """The times as Markdown."""
    lines = ["| part | set-up s | all s | longest game |", "| --- | --- | --- | --- |"]
    for name, part in record["parts"].items():
        longest = max(part["games"], key=part["games"].__getitem__)
        what = f"{longest}, {part['games'][longest]:.0f} s"
        lines.append(f"| {name} | {part['setup_s']:.0f} | {part['total_s']:.0f} | {what} |")
    return "\n".join([*lines, f"| all | | {record['total_s']:.0f} | |"])


def main() -> None:
    """Measure, print, and with ``--write`` keep the figures beside the others."""
    record = record_of(measure())
    sys.stdout.write(table(record) + "\n")
    if "--write" in sys.argv[1:]:
        (_ROOT / "benchmarks/demo.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
