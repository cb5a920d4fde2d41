"""Each part's time at the machine's limits beside the time it took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.committed.row import Row
from benchmarks.committed.tables import table

LIMITS = {
    "threads": "threads that share the work",
    "copy_gb_s": "copying memory, read and write counted, GB/s",
    "first_touch_gb_s": "writing memory for the first time, GB/s",
    "slowest_touch_gb_s": "the same for a gigabyte that the machine did not use before, one thread, GB/s",
    "product_ns": "products in the extension that stay in a cache, ns each, all threads together",
    "streamed_product_ns": "products of long arrays, memory for the result included, ns each",
    "butterfly_ns": "butterflies of the code's transform, ns each",
    "sha256_gb_s": "SHA-256 of columns side by side, as commitments do, GB/s",
    "hashlib_gb_s": "SHA-256 by hashlib, long messages, GB/s",
    "single_mac_ns": "float32 matrix product, ns a multiplication",
    "round_us": "a round with next to nothing in it, microseconds",
    "double_mac_ns": "float64 matrix product, ns a multiplication",
}
Work = dict[str, float]


def limit_table(limits: dict[str, float]) -> str:
    """What the machine can do."""
    return table(("limit", "measured"), [(LIMITS.get(name, name), f"{value:.3g}") for name, value in limits.items()])


def roof_s(work: Work, limits: dict[str, float]) -> tuple[float, str]:
    """The least seconds a part can take, and what sets them: memory, or arithmetic."""
    memory = work["moved"] / limits["copy_gb_s"] / 1e9
    arithmetic = (
        work["products"] * limits["product_ns"]
        + work["butterflies"] * limits["butterfly_ns"]
        + work["single"] * limits["single_mac_ns"]
        + work["double"] * limits["double_mac_ns"]
    ) / 1e9 + work["hashed"] / limits["sha256_gb_s"] / 1e9
    return (memory, "memory") if memory > arithmetic else (arithmetic, "arithmetic")


def roof_table(row: Row, limits: dict[str, float]) -> str:
    """Every part that was timed."""
    executing = next(stage["wall_s"] for stage in row.stages if stage["name"] == "executing")
    measured = {"executing": executing, **row.parts}
    lines = [_line(name, row.work[name], seconds, limits) for name, seconds in measured.items() if name in row.work]
    roofs = sum(roof_s(row.work[name], limits)[0] for name in measured if name in row.work)
    whole = sum(seconds for name, seconds in measured.items() if name in row.work)
    lines.append(("all of these", "", "", "", f"{roofs:.3f}", f"{whole:.3f}", f"{whole / roofs:.1f}x"))
    rounds = row.messages * limits["round_us"] / 1e6
    lines.append((f"of which {row.messages:,} rounds, were they empty", "", "", "", "", f"{rounds:.3f}", ""))
    head = ("part", "MB moved", "M products", "set by", "limit s", "took s", "over the limit")
    return table(head, lines)


def _line(name: str, work: Work, seconds: float, limits: dict[str, float]) -> tuple[Any, ...]:
    limit, by = roof_s(work, limits)
    moved, products = f"{work['moved'] / 1e6:,.0f}", f"{work['products'] / 1e6:,.1f}"
    times = f"{seconds / limit:.1f}x" if limit else "-"
    return name, moved, products, by, f"{limit:.3f}", f"{seconds:.3f}", times


def detailed(rows: Sequence[Row]) -> list[Row]:
    """Those whose parts were timed."""
    return [row for row in rows if row.parts]
