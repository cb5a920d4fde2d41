"""``python -m benchmarks.job [--examples N] [--model NAME] [--batch B] [--write]``: one whole audit, measured now.

A model is committed and listed, its score on N examples bought and settled through the accuracy escrow on a local
chain, every batch with a real proof. Interrupted, the same command goes on: proofs, commitments and chain are in the
working folder, which is removed once the job is settled. ``--write`` keeps the figures in benchmarks/job/results.json
and in docs/mnist-cnn.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks.__main__ import machine
from benchmarks.job.cases import CASES, ROOT
from benchmarks.job.figures import Record, record_of, table
from proofs.errors import AssayError

RESULTS = ROOT / "benchmarks/job/results.json"
PAGE = ROOT / "docs/mnist-cnn.md"
BEGIN, END = "<!-- measured jobs -->", "<!-- end of measured jobs -->"


def main() -> int:
    """Run one job; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.job", description=__doc__)
    parser.add_argument("--examples", type=int, default=600)
    parser.add_argument("--model", choices=sorted(CASES), default="digits-mlp")
    parser.add_argument("--batch", type=int, help="examples a proof, a power of two")
    parser.add_argument("--folder", type=Path, help="working folder (default: in the user's cache)")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    case = CASES[chosen.model]
    batch = chosen.batch or case.batch
    name = f"job-{case.name}-{chosen.examples}-{case.digest(chosen.examples, batch)}"
    folder = chosen.folder or user_cache_path("assay") / "benchmarks" / name
    try:
        record = measure(chosen.model, chosen.examples, batch, folder)
    except AssayError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(table({"now": record}) + "\n")
    if chosen.write:
        write(record)
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def measure(model: str, total: int, batch: int, folder: Path) -> Record:
    """The job's figures; everything it makes, reference strings and keys included, is under ``folder``.

    A test set fills its last batch: ``total`` is rounded up to a multiple of ``batch``.
    """
    from benchmarks.job.play import play, proofs
    from benchmarks.job.stage import set_stage

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["ASSAY_HOME"] = str(folder / "home")
    case, began, resumed = CASES[model], time.monotonic(), (folder / "model.commit").exists()
    filled = -(-total // batch) * batch
    with set_stage(case, filled, batch, folder, _say) as stage:
        terms = play(stage, case.proof_s, _say)
        record = record_of(case, stage, terms, proofs(folder), time.monotonic() - began)
    return record | {"asked": total, "resumed": resumed, "machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}


def write(record: Record) -> None:
    """Keep one job's figures beside the others'."""
    jobs: dict[str, Record] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    jobs[f"{record['model']}-{record['asked']}"] = record
    RESULTS.write_text(json.dumps(jobs, indent=1) + "\n")
    if PAGE.exists():
        write_page(jobs)


def write_page(jobs: dict[str, Record]) -> None:
    """The table in docs/mnist-cnn.md, between its two marks."""
    page = PAGE.read_text()
    dates = sorted({job["date"] for job in jobs.values()})
    machines = sorted({job["machine"].partition(", load")[0] for job in jobs.values()})
    words = f"Measured {', '.join(dates)} on {'; '.join(machines)}. Load: lowest and highest while proving."
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{words}\n\n{table(jobs)}\n{END}{after}")


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


if __name__ == "__main__":
    sys.exit(main())
