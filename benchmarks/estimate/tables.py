"""Foretold beside measured, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.estimate.cases import CASES

Row = dict[str, Any]
CALM = 3.0
"""Load of a machine of two cores up to which wall seconds say something; the last ones measured so are kept."""
WALL = ("setup_s", "prove_s", "verify_s")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A column: heading, its name in both records, how a value is written. size: held to 25%, else to a factor of 2."""

    heading: str
    name: str
    written: Callable[[float], str]
    size: bool = True


def _mb(value: float) -> str:
    return f"{value:,.0f}"


def _megabytes(value: float) -> str:
    return f"{value / 1e6:.2f}" if value < 1e7 else f"{value / 1e6:.1f}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _thousands(value: float) -> str:
    return f"{value / 1000:,.0f}"


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


HALO2 = (
    Quantity("k", "logrows", _whole),
    Quantity("SRS, MB", "srs_bytes", _megabytes),
    Quantity("proving key, MB", "proving_key_mb", _mb),
    Quantity("verifying key, kB", "verifying_key_bytes", _thousands),
    Quantity("bundle, bytes", "proof_bytes", _whole),
    Quantity("gas, thousands", "gas_used", _thousands),
    Quantity("contract, bytes", "contract_bytes", _whole),
    Quantity("set-up, MB", "setup_memory_mb", _mb, size=False),
    Quantity("proving, MB", "peak_memory_mb", _mb, size=False),
    Quantity("set-up, cpu s", "setup_cpu_s", _seconds, size=False),
    Quantity("set-up, s", "setup_s", _seconds, size=False),
    Quantity("proving, cpu s", "prove_cpu_s", _seconds, size=False),
    Quantity("proving, s", "prove_s", _seconds, size=False),
    Quantity("verifying, s", "verify_s", _seconds, size=False),
)
SUMCHECK = (
    Quantity("proofs", "shards", _whole),
    Quantity("committed rows", "rows", _whole),
    Quantity("bundle, bytes", "proof_bytes", _whole),
    Quantity("bits", "soundness_bits", lambda value: f"{value:.2f}"),
    *HALO2[-7:],
)
SIZES, TIMES = 0.25, 2.0
"""Goals: error of sizes, factor of memory and times."""


def tables(record: Row) -> str:
    """Both tables, and how far off the worst of each column is."""
    parts = [_table(record, "halo2", HALO2), _table(record, "sumcheck", SUMCHECK), _slowest(record)]
    return "\n\n".join(parts)


def _rows(record: Row, backend: str) -> list[tuple[str, Row]]:
    rows = [(name, record["rows"][name]) for name in CASES if name in record["rows"]]
    return [(name, row) for name, row in rows if row["backend"] == backend and {"measured", "estimate"} <= set(row)]


def _table(record: Row, backend: str, quantities: Iterable[Quantity]) -> str:
    rows, used = _rows(record, backend), list(quantities)
    head = ["job", *(quantity.heading for quantity in used), "load"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name, row in rows:
        cells = [_cell(row, quantity) for quantity in used]
        load = max(row["measured"]["load"])
        lines.append(f"| {' | '.join([name.removesuffix(' (sumcheck)'), *cells, f'{load:.0f}'])} |")
    lines.append(f"| **worst** | {' | '.join(_worst(rows, quantity) for quantity in used)} | |")
    return f"### {backend}\n\n" + "\n".join(lines)


def _cell(row: Row, quantity: Quantity) -> str:
    """Foretold / measured; wall seconds of a calm machine are marked."""
    foretold, measured = row["estimate"].get(quantity.name), _found(row, quantity)
    if foretold is None or measured is None:
        return "-" if foretold is None else quantity.written(foretold)
    mark = " (calm)" if quantity.name in WALL and "calm" in row else ""
    return f"{quantity.written(foretold)} / {quantity.written(measured)}{mark}"


def _found(row: Row, quantity: Quantity) -> Any:
    """What was measured: wall seconds on a calm machine, if they ever were."""
    calm = row.get("calm", {}) if quantity.name in WALL else {}
    return calm.get(quantity.name, row["measured"].get(quantity.name))


def _worst(rows: list[tuple[str, Row]], quantity: Quantity) -> str:
    """The worst error of a column; of wall seconds, of rows measured on a calm machine."""
    ratios = []
    for _, row in rows:
        foretold, measured = row["estimate"].get(quantity.name), _found(row, quantity)
        if foretold and measured and not (quantity.name in WALL and "calm" not in row):
            ratios.append(foretold / measured)
    if not ratios:
        return "-"
    if quantity.size:
        return f"{max(abs(ratio - 1) for ratio in ratios):.1%}"
    return f"x {min(ratios):.2f} to {max(ratios):.2f}"


def _slowest(record: Row) -> str:
    found = [row["estimate"] for row in record["rows"].values() if "estimate_cpu_s" in row.get("estimate", {})]
    wall, cpu = ([each[name] for each in found] for name in ("estimate_s", "estimate_cpu_s"))
    if not found:
        return ""
    return (
        f"The estimates took {min(cpu):.1f} to {max(cpu):.1f} processor seconds each, imports and all; "
        f"{min(wall):.1f} to {max(wall):.1f} s under the load of the moment."
    )
