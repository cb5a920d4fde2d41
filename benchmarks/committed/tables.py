"""The page's tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from benchmarks.committed.cases import CASES, GROWTH
from benchmarks.committed.others import HEAD, OTHERS
from benchmarks.committed.row import Checked, Row

MAIN = (
    "row",
    "model",
    "params",
    "MACs",
    "activations",
    "examples",
    "set-up s",
    "prove s",
    "first s",
    "ms an example",
    "verify s",
    "verify s, NumPy",
    "peak GB",
    "proof MB",
    "bits",
    "float right",
    "integer right",
    "hiding",
    "weights bound",
)
GOAL_NAMES = {"prove_s": "prove s", "verify_s": "verify s", "peak_gb": "peak GB", "proof_mb": "proof MB"}
LENET_EZKL_GOAL = 300


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def main_table(rows: Sequence[Row]) -> str:
    """Every row."""
    return table(MAIN, [_main(row) for row in rows])


def _main(row: Row) -> tuple[object, ...]:
    right = ("-", "-")
    if row.accuracy is not None:
        found = row.accuracy
        right = (f"{found.floating:,} of {found.examples:,}", f"{found.integer:,} of {found.examples:,}")
    return (
        row.name,
        row.model,
        f"{row.params:,}",
        f"{row.macs:,}",
        f"{row.activations:,}",
        f"{row.examples:,}",
        f"{row.setup_s:.2f}",
        f"{row.prove_s:.2f}",
        f"{row.first_s:.2f}",
        f"{1000 * row.prove_s / row.examples:.2f}",
        f"{row.verify_s:.3f}",
        f"{row.numpy.verify_s:.3f}",
        f"{row.peak_gb:.2f}",
        f"{row.proof_mb:.2f}",
        f"{row.bits:.2f}",
        *right,
        "no",
        "yes",
    )


def goal_table(rows: Sequence[Row], ezkl: dict[str, Any] | None) -> str:
    """What was to be reached."""
    found, lines = {row.name: row for row in rows}, []
    for case in CASES:
        for figure, most in case.goals:
            if case.name in found:
                value = getattr(found[case.name], figure)
                lines.append((case.name, GOAL_NAMES[figure], f"<= {most:g}", f"{value:.3g}", _met(value <= most)))
    exponent = growth_exponent(rows)
    if exponent is not None:
        lines.append(("LeNet, 16 to 1,024 images", "exponent", "<= 1.0", f"{exponent:.2f}", _met(exponent <= 1)))
    if ezkl and "lenet-44k" in found:
        faster = ezkl["prove_s"] / found["lenet-44k"].prove_s
        goal = f">= {LENET_EZKL_GOAL}"
        lines.append(("lenet-44k", "times faster than ezkl", goal, f"{faster:,.0f}", _met(faster >= LENET_EZKL_GOAL)))
    return table(("row", "figure", "goal", "measured", ""), lines)


def _met(reached: bool) -> str:
    return "reached" if reached else "**not reached**"


def growth_exponent(rows: Sequence[Row]) -> float | None:
    """Slope of log seconds over log images, least squares."""
    points = [(math.log(row.examples), math.log(row.prove_s)) for row in rows if row.name in GROWTH]
    if len(points) < len(GROWTH):
        return None
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    covered = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return covered / sum((x - mean_x) ** 2 for x, _ in points)


def alone_table(rows: Sequence[Row]) -> str:
    """What the same answers cost without a proof."""
    lines = []
    for row in rows:
        whole = row.prove_s
        times = (f"{whole / row.execute_s:,.0f}x", f"{whole / row.float_s:,.0f}x")
        lines.append(
            (
                row.name,
                row.examples,
                f"{1000 * row.float_s:,.2f}",
                f"{1000 * row.execute_s:,.1f}",
                f"{whole:.2f}",
                *times,
            )
        )
    head = ("row", "examples", "onnxruntime ms", "integer network ms", "prove s", "over integer", "over onnxruntime")
    return table(head, lines)


def checker_table(rows: Sequence[Row]) -> str:
    """A verifier's whole process."""
    lines = []
    for row in rows:
        for kind, checked in (("compiled", row.compiled), ("NumPy only", row.numpy)):
            lines.append((row.name, kind, *_checked(checked)))
    head = ("row", "verifier", "start and imports s", "first check s", "of it machine code s", "later checks s")
    return table((*head, "whole process s", "peak MB"), lines)


def _checked(found: Checked) -> tuple[str, ...]:
    return (
        f"{found.load_s:.2f}",
        f"{found.first_s:.3f}",
        f"{found.jit_s:.2f}",
        f"{found.verify_s:.3f}",
        f"{found.wall_s:.2f}",
        f"{found.peak_mb:,.0f}",
    )


def stage_table(row: Row) -> str:
    """A row's stages in its second run, beside the first."""
    first = {stage["name"]: stage["wall_s"] for stage in row.first_stages}
    lines = [
        (
            stage["name"],
            f"{stage['wall_s']:.3f}",
            f"{stage['wall_s'] / row.prove_s:.0%}",
            f"{first.get(stage['name'], 0):.3f}",
            f"{stage['cpu_s']:.3f}",
            f"{stage['system_s']:.3f}",
            f"{stage['faults']:,}",
            f"{stage['peak_mb']:,.0f}",
        )
        for stage in row.stages
    ]
    lines.append(
        ("all", f"{row.prove_s:.3f}", "", f"{row.first_s:.3f}", f"{row.cpu_s:.3f}", "", "", f"{row.peak_mb:,.0f}")
    )
    head = ("stage", "s", "share", "first run s", "processor s", "of it system s", "page faults", "peak MB")
    return table(head, lines)


def ezkl_table(rows: Sequence[Row], ezkl: dict[str, Any]) -> str:
    """Side by side."""
    ours = next(row for row in rows if row.name == "lenet-44k")
    head = ("", "set-up s", "prove s", "verify s", "peak MB", "proof kB")
    lines = [
        (
            f"ezkl 23.0.5, 2^{ezkl['logrows']} rows, {ezkl['date']}",
            f"{ezkl['setup_s']:.0f}",
            f"{ezkl['prove_s']:.0f}",
            f"{ezkl['verify_s']:.2f}",
            f"{ezkl['prove_mb']:,.0f}",
            f"{ezkl['proof_bytes'] / 1000:.0f}",
        ),
        (
            f"committed network, {ours.date}",
            f"{ours.setup_s:.2f}",
            f"{ours.prove_s:.2f}",
            f"{ours.verify_s:.3f}",
            f"{ours.peak_mb:,.0f}",
            f"{ours.proof_bytes / 1000:.0f}",
        ),
    ]
    return table(head, lines)


def others_table() -> str:
    """Published."""
    return table(HEAD, OTHERS)
