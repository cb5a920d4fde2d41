"""``python -m benchmarks.hiding [--write] [--only NAME ...]``: what hiding costs, measured now.

``--write`` keeps the figures in benchmarks/hiding.json and in docs/zero-knowledge.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.__main__ import machine
from benchmarks.committed.measure import MISSING_DATA
from benchmarks.hiding.cases import CASES, MOST_BYTES, MOST_TIME

_ROOT = Path(__file__).resolve().parents[2]
RECORD = _ROOT / "benchmarks/hiding.json"
PAGE = _ROOT / "docs/zero-knowledge.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"
Record = dict[str, Any]


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", nargs="+", choices=[case.name for case in CASES])
    chosen = parser.parse_args()
    record: Record = json.loads(RECORD.read_text()) if RECORD.exists() else {"rows": {}}
    record |= {"machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    for case in CASES:
        if chosen.only and case.name not in chosen.only:
            continue
        found = _apart(case.name)
        if found is not None:
            record["rows"][case.name] = found
        if chosen.write:
            RECORD.write_text(json.dumps(record, indent=1) + "\n")
    if chosen.write:
        _write_page(record)
    sys.stdout.write(table(record) + "\n")


def _apart(name: str) -> dict[str, Any] | None:
    """One comparison in a process of its own; None where its data is missing."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        out = Path(folder) / "row.json"
        command = [sys.executable, "-m", "benchmarks.hiding.measure", name, str(out)]
        status = subprocess.run(command, cwd=_ROOT, check=False).returncode
        if status == MISSING_DATA:
            return None
        if status:
            raise SystemExit(f"{name} ended with status {status}")
        found: dict[str, Any] = json.loads(out.read_text())
        return found


def table(record: Record) -> str:
    """Both modes side by side, as Markdown."""
    head = (
        "| | prove, s | ratio (processor) | peak, GB | proof, MB | ratio | verify, s (NumPy) | bits |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    order = [case.name for case in CASES if case.name in record["rows"]]
    return "\n".join([head, *(_line(record["rows"][name]) for name in order)])


def _line(row: dict[str, Any]) -> str:
    a, b = row["open"], row["hidden"]
    images = "1 image" if row["examples"] == 1 else f"{row['examples']:,} images"
    cells = (
        f"{row['model']}, {images}",
        f"{a['prove_s']:.2f} -> {b['prove_s']:.2f}",
        f"{row['time']:.2f} ({row['cpu']:.2f})",
        f"{a['peak_mb'] / 1024:.2f} -> {b['peak_mb'] / 1024:.2f}",
        f"{a['proof_bytes'] / 1e6:.2f} -> {b['proof_bytes'] / 1e6:.2f}",
        f"{b['proof_bytes'] / a['proof_bytes']:.2f}",
        f"{a['verify_s']:.2f} ({a['plain_s']:.2f}) -> {b['verify_s']:.2f} ({b['plain_s']:.2f})",
        f"{b['bits']:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _write_page(record: Record) -> None:
    """Between its two marks."""
    page = PAGE.read_text()
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    loads = [row["load"] for row in record["rows"].values()]
    words = (
        f"Measured {record['date']} on {record['machine']}; load of the machine as a row began {min(loads):.1f} to "
        f"{max(loads):.1f}. Integrity mode -> zero-knowledge mode, medians of turns taken one after the other in one "
        "process, kernels loaded; ratios of time are medians of the turns' own, and steadier than seconds. Bits: of "
        f"the worst round. Goals for all but the smallest: {MOST_TIME} times the time, {MOST_BYTES} times the bytes."
    )
    PAGE.write_text(f"{before}{BEGIN}\n{words}\n\n{table(record)}\n{END}{after}")


if __name__ == "__main__":
    main()
