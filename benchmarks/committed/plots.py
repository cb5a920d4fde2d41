"""The page's pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

from benchmarks.committed.roofs import detailed, roof_s
from benchmarks.committed.row import Row
from benchmarks.committed.tables import growth_exponent

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "assay"

from matplotlib import pyplot as plt  # noqa: E402 - the back end is chosen first

STAGES = ("executing", "committing", "look-ups", "layers", "claims", "opening")


def draw(rows: Sequence[Row], limits: dict[str, float], folder: Path) -> None:
    """Write the figures as SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    lenet = sorted((row for row in rows if row.model == "LeNet"), key=lambda row: row.examples)
    if len(lenet) > 1:
        _growth(lenet, growth_exponent(rows), folder / "committed-growth.svg")
    _stages(rows, folder / "committed-stages.svg")
    if detailed(rows):
        _roofs(detailed(rows), limits, folder / "committed-roofline.svg")


def _growth(rows: Sequence[Row], exponent: float | None, path: Path) -> None:
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), constrained_layout=True)
    images = [row.examples for row in rows]
    label = "proof" if exponent is None else f"proof: images^{exponent:.2f} from 16 to 1,024"
    axes[0].loglog(images, [row.prove_s for row in rows], "o-", label=label)
    axes[0].loglog(images, [row.execute_s for row in rows], "s--", label="integer network")
    axes[0].loglog(images, [row.float_s for row in rows], "^:", label="onnxruntime")
    axes[0].loglog(images, [row.verify_s for row in rows], "v-", label="check")
    axes[1].loglog(images, [row.peak_gb for row in rows], "o-")
    axes[2].semilogx(images, [row.proof_mb for row in rows], "o-")
    for axis, title in zip(axes, ("seconds", "peak memory, GB", "proof, MB"), strict=True):
        axis.set(title=title, xlabel="images of LeNet in one proof")
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize="small")
    axes[2].set_ylim(bottom=0)
    _save(figure, path)


def _stages(rows: Sequence[Row], path: Path) -> None:
    """Shares of each stage, a bar a row."""
    figure, axis = plt.subplots(figsize=(10, 0.42 * len(rows) + 1.4), constrained_layout=True)
    names = [row.name for row in rows]
    left = [0.0] * len(rows)
    for name in STAGES:
        share = [sum(s["wall_s"] for s in row.stages if s["name"] == name) / row.prove_s for row in rows]
        axis.barh(names, [100 * each for each in share], left=[100 * each for each in left], label=name)
        left = [before + each for before, each in zip(left, share, strict=True)]
    for place, row in enumerate(rows):
        axis.text(101, place, f"{row.prove_s:.2f} s", va="center", fontsize="small")
    axis.set(xlabel="% of a proof", xlim=(0, 112))
    axis.invert_yaxis()
    axis.legend(ncols=len(STAGES), loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize="small")
    _save(figure, path)


def _roofs(rows: Sequence[Row], limits: dict[str, float], path: Path) -> None:
    """Seconds of each part beside its limit."""
    figure, axes = plt.subplots(1, len(rows), figsize=(4.2 * len(rows), 5), constrained_layout=True, squeeze=False)
    for place, (axis, row) in enumerate(zip(axes[0], rows, strict=True)):
        parts = [name for name in row.parts if name in row.work]
        axis.barh(parts, [row.parts[name] for name in parts], color="tab:blue", alpha=0.5, label="took")
        roofs = [roof_s(row.work[name], limits)[0] for name in parts]
        axis.barh(parts, roofs, height=0.35, color="black", label="at the limit")
        axis.set(title=row.name, xlabel="seconds")
        axis.invert_yaxis()
        if place:
            axis.set_yticklabels([])
    axes[0][0].legend(fontsize="small")
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
