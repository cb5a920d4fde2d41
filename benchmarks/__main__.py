"""``python -m benchmarks [--write]``: the halo2 table, measured now on this machine."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.cases import cases
from benchmarks.measure import timed
from benchmarks.row import Row
from escrow.anvil import Anvil
from escrow.chain import Chain

_ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure every case in a fresh home, so that set-up is never read from a cache."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as home, Anvil() as anvil:
        os.environ["ASSAY_HOME"] = home
        chain = Chain.connect(anvil.url)
        for case in cases():
            row, seconds = timed(case, chain)
            rows.append(row)
            sys.stderr.write(f"{row.name}, batch {row.batch}: {seconds:.0f} s\n")
    from benchmarks.render import table

    sys.stdout.write(table(rows) + "\n")
    if "--write" in sys.argv[1:]:
        record = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "rows": [asdict(row) for row in rows]}
        (_ROOT / "benchmarks/results.json").write_text(json.dumps(record, indent=1) + "\n")
        write_page()


def write_page() -> None:
    """docs/benchmarks.md from what was last measured: ``results.json``, ``demo.json`` and ``service.json``."""
    from benchmarks.render import document

    names = ("results", "demo", "service")
    records = [json.loads((_ROOT / f"benchmarks/{name}.json").read_text()) for name in names]
    (_ROOT / "docs/benchmarks.md").write_text(document(*records))


def machine() -> str:
    """The machine in one line."""
    return (
        f"{platform.system()} {platform.machine()}, {_processor()}, {psutil.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GB, Python {platform.python_version()}, load "
        f"{os.getloadavg()[0]:.1f} at the end"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    names = (
        [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        if cpuinfo.exists()
        else []
    )
    return names[0] if names else platform.processor() or "unknown processor"


if __name__ == "__main__":
    main()
