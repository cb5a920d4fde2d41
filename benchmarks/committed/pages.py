"""docs/performance.md: the figures in words, tables and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.committed import record as records
from benchmarks.committed.plots import draw
from benchmarks.committed.record import Record
from benchmarks.committed.roofs import detailed, limit_table, roof_table
from benchmarks.committed.tables import (
    alone_table,
    checker_table,
    ezkl_table,
    goal_table,
    main_table,
    others_table,
    stage_table,
)

_ROOT = Path(__file__).resolve().parents[2]
TEXT = Path(__file__).with_name("page.md")


def write_page(record: Record) -> None:
    """The page and its figures, from what was last measured."""
    draw(records.rows(record), record["limits"], _ROOT / "docs/figures")
    (_ROOT / "docs/performance.md").write_text(page(record))


def page(record: Record) -> str:
    """The whole page: ``page.md`` with its blanks filled in."""
    rows, ezkl = records.rows(record), record.get("ezkl")
    side_by_side = (
        ezkl_table(rows, ezkl) if ezkl else "Not measured yet: `python -m benchmarks.committed --ezkl --write`."
    )
    return TEXT.read_text().format(
        date=record["date"],
        machine=record["machine"],
        loads=_loads([row.load for row in rows]),
        main=main_table(rows),
        goals=goal_table(rows, ezkl),
        alone=alone_table(rows),
        checkers=checker_table(rows),
        stages="\n\n".join(f"**{row.name}**\n\n{stage_table(row)}" for row in detailed(rows)),
        limits=limit_table(record["limits"]),
        roofs="\n\n".join(f"**{row.name}**\n\n{roof_table(row, record['limits'])}" for row in detailed(rows)),
        ezkl=side_by_side,
        others=others_table(),
        **_compiling(record),
    )


def _loads(loads: list[float]) -> str:
    return f"{min(loads):.1f} to {max(loads):.1f}" if loads else "none"


def _compiling(record: Record) -> dict[str, Any]:
    found = record["compiling"]
    return {
        "compile_s": f"{found['compile_s']:.0f}",
        "load_s": f"{found['load_s']:.1f}",
        "stored_mb": f"{found['stored_mb']:.0f}",
    }
