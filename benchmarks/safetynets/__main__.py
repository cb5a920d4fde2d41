"""``python -m benchmarks.safetynets [--write]``: the paper's tables and figures, measured now on this machine.

Each network runs in a process of its own, so that peak memory is its own.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.safetynets.figures import Point
from benchmarks.safetynets.limits import limits
from benchmarks.safetynets.measure import measure
from proofs.sumcheck.safetynets.network import Challenges

_ROOT = Path(__file__).resolve().parents[2]
RECORD = _ROOT / "benchmarks/safetynets.json"
BATCHES = (256, 512, 1024, 2048, 4096)
CASES: tuple[tuple[str, Challenges], ...] = (
    ("CNN-2-Quad", "extension"),
    ("FcNN-3-Quad", "extension"),
    ("CNN-2-Quad", "base"),
    ("FcNN-3-Quad", "base"),
)


def main() -> None:
    """Measure every batch of every case; ``--write`` keeps the record, the plots and the page."""
    points: list[Point] = []
    for name, challenges in CASES:
        batches = BATCHES if challenges == "extension" else (2048,)
        for batch in batches:
            points.append(_apart(name, batch, challenges))
            sys.stderr.write(f"{points[-1]}\n")
    record = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "limits": limits(),
        "points": [asdict(point) for point in points],
    }
    if "--write" not in sys.argv[1:]:
        sys.stdout.write(json.dumps(record, indent=1) + "\n")
        return
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    write_page()


def write_page() -> None:
    """docs/safetynets.md's figures, from what was last measured."""
    from benchmarks.safetynets.plots import draw
    from benchmarks.safetynets.render import page

    record = json.loads(RECORD.read_text())
    points = [Point(**fields) for fields in record["points"]]
    draw([point for point in points if point.challenges == "extension"], _ROOT / "docs/figures")
    errors = json.loads((_ROOT / "examples/safetynets/results.json").read_text())
    (_ROOT / "docs/safetynets-measured.md").write_text(page(record, points, errors))


def _apart(name: str, batch: int, challenges: Challenges) -> Point:
    """One point in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (name, batch, challenges))


if __name__ == "__main__":
    main()
