"""What was measured, kept row by row in ``benchmarks/committed.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.committed.cases import CASES
from benchmarks.committed.row import Row

PATH = Path(__file__).resolve().parents[1] / "committed.json"
Record = dict[str, Any]


def read() -> Record:
    """The last record; an empty one if there is none."""
    if not PATH.exists():
        return {"rows": {}}
    found: Record = json.loads(PATH.read_text())
    return found


def write(record: Record) -> None:
    """Keep it, rows in the order of the cases."""
    order = [case.name for case in CASES]
    record["rows"] = dict(sorted(record["rows"].items(), key=lambda item: order.index(item[0])))
    PATH.write_text(json.dumps(_rounded(record), indent=1) + "\n")


def rows(record: Record) -> list[Row]:
    """As objects."""
    return [Row.from_json(fields) for fields in record["rows"].values()]


def _rounded(value: Any) -> Any:
    """Floats to six digits: more mean nothing and make every line change."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
