"""``python -m benchmarks.estimate [--write] [--only NAME ...] [--estimates]``: what is foretold, and what is measured.

``--write`` keeps the figures in benchmarks/estimate.json and in docs/estimate.md; ``--estimates`` only estimates again
and compares with what was measured before.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.__main__ import machine
from benchmarks.estimate.cases import CASES, Halo2Case, SumcheckCase
from benchmarks.estimate.tables import CALM, WALL, tables

_ROOT = Path(__file__).resolve().parents[2]
RECORD = _ROOT / "benchmarks/estimate.json"
PAGE = _ROOT / "docs/estimate.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"
Record = dict[str, Any]


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--estimates", action="store_true")
    parser.add_argument("--only", nargs="+", choices=list(CASES))
    chosen = parser.parse_args()
    record: Record = json.loads(RECORD.read_text()) if RECORD.exists() else {"rows": {}}
    for name in chosen.only or CASES:
        row = record["rows"].setdefault(name, {"backend": CASES[name].backend, "examples": CASES[name].examples})
        if not chosen.estimates:
            found = _measured(name)
            row["measured"] = found
            if max(found["load"]) <= CALM:
                row["calm"] = {key: found[key] for key in (*WALL, "load")}
            record |= {"machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
        row["estimate"] = _estimated(CASES[name])
        if chosen.write:
            RECORD.write_text(json.dumps(record, indent=1) + "\n")
    if chosen.write:
        _write_page(record)
    sys.stdout.write(tables(record) + "\n")


def _measured(name: str) -> dict[str, Any]:
    """One job in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        out = Path(folder) / "row.json"
        command = [sys.executable, "-m", "benchmarks.estimate.measure", name, str(out)]
        subprocess.run(command, cwd=_ROOT, check=True)
        found: dict[str, Any] = json.loads(out.read_text())
        return found


def _estimated(case: Halo2Case | SumcheckCase) -> dict[str, Any]:
    """What the command says, from the ONNX file alone, and the seconds it took to say so."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        model, out = Path(folder) / "model.onnx", Path(folder) / "estimate.json"
        model.write_bytes(case.model())
        command = [sys.executable, "-m", "assay", "estimate", str(model), *case.options(), "--json", str(out)]
        began, cpu = time.monotonic(), _children_s()
        subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        said: dict[str, Any] = json.loads(out.read_text())
        return {**said, "estimate_s": time.monotonic() - began, "estimate_cpu_s": _children_s() - cpu}


def _children_s() -> float:
    """Processor seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write_page(record: Record) -> None:
    """Between its two marks."""
    page = PAGE.read_text()
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    loads = [max(row["measured"]["load"]) for row in record["rows"].values() if "measured" in row]
    words = (
        f"Measured {record['date']} on {record['machine']}; load of the machine around a row {min(loads):.1f} to "
        f"{max(loads):.1f}."
    )
    PAGE.write_text(f"{before}{BEGIN}\n{words}\n\n{tables(record)}\n{END}{after}")


if __name__ == "__main__":
    main()
