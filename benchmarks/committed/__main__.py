"""``python -m benchmarks.committed [--write] [--resume] [--only NAME ...] [--ezkl]``: committed networks, measured now.

Each row runs in a process of its own. ``--write`` keeps every row as soon as it is there, then writes the page and its
figures; ``--resume`` goes on where a run with ``--write`` was interrupted; ``--only`` measures some rows again and
leaves the others as they are; ``--page`` only writes the page anew; ``--ezkl`` also runs ezkl on the small LeNet, which
takes about ten minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.committed import record as records
from benchmarks.committed.cases import CASES, Case
from benchmarks.committed.compiling import compiling
from benchmarks.committed.measure import MISSING_DATA
from benchmarks.committed.pages import write_page
from benchmarks.committed.record import Record
from benchmarks.committed.row import Row
from benchmarks.committed.tables import main_table

_ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Measure what was asked for."""
    chosen = _arguments()
    if chosen.page:
        write_page(records.read())
        return
    kept, record = bool(chosen.resume or chosen.only), records.read()
    if not kept:
        record = {"rows": {}} | {name: record[name] for name in ("ezkl",) if name in record}
    wanted = [case for case in CASES if not chosen.only or case.name in chosen.only]
    if chosen.resume:
        wanted = [case for case in wanted if case.name not in record["rows"]]
    _machine(record, again=not kept)
    for case in wanted:
        _measured(record, case)
        if chosen.write:
            records.write(record)
    if chosen.ezkl:
        from benchmarks.committed.ezkl_row import ezkl_row

        record["ezkl"] = ezkl_row()
    if chosen.write:
        records.write(record)
        write_page(record)
    sys.stdout.write(main_table(records.rows(record)) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.committed", description=(__doc__ or "").split("\n")[0])
    for flag in ("write", "resume", "ezkl", "page"):
        parser.add_argument(f"--{flag}", action="store_true")
    parser.add_argument("--only", nargs="+", choices=[case.name for case in CASES], default=[])
    return parser.parse_args()


def _machine(record: Record, again: bool) -> None:
    """What the machine is and can do, and how long its compiler takes."""
    record["date"], record["machine"] = f"{datetime.now(UTC):%Y-%m-%d}", machine()
    if again or "limits" not in record:
        from benchmarks.committed.limits import limits

        record["limits"], record["compiling"] = limits(), compiling()


def _measured(record: Record, case: Case) -> None:
    """One row, in a process of its own; left out where its data set is not there."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        path = Path(folder) / "row.json"
        command = [sys.executable, "-m", "benchmarks.committed.measure", case.name, str(path)]
        status = subprocess.run(command, cwd=_ROOT, check=False).returncode
        if status == MISSING_DATA:
            sys.stderr.write(f"{case.name}: left out, its data set is not there\n")
            return
        if status:
            raise SystemExit(f"{case.name} ended with status {status}: go on with --resume once it is mended")
        record["rows"][case.name] = json.loads(path.read_text())
    row = Row.from_json(record["rows"][case.name])
    sys.stderr.write(
        f"{row.name}: proof {row.prove_s:.2f} s, check {row.verify_s:.3f} s, {row.peak_gb:.2f} GB, "
        f"{row.proof_mb:.2f} MB; all of it {time.monotonic() - start:.0f} s\n"
    )


if __name__ == "__main__":
    main()
