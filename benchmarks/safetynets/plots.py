"""The paper's figures: seconds of server, client and plain execution over the batch, and bytes exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

from benchmarks.safetynets.figures import Point
from benchmarks.safetynets.paper import PAPER_BYTES, PAPER_CLIENT_GAIN, PAPER_OVERHEAD

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "assay"

from matplotlib import pyplot as plt  # noqa: E402 - the back end is chosen first

LINES = (
    ("executing in the field", "o-", lambda p: p.field_s),
    ("executing as the product does", "o--", lambda p: p.run_s),
    ("executing in float32", "o:", lambda p: p.float_s),
    ("extra time to prove", "s-", lambda p: p.prove_s),
    ("client, all its work", "^-", lambda p: p.prepare_s + p.online_s),
    ("client, after the answer", "^--", lambda p: p.online_s),
)


def draw(points: Sequence[Point], folder: Path) -> None:
    """Write the figures as SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    networks = list(dict.fromkeys(point.network for point in points))
    _seconds(points, networks, folder / "safetynets-seconds.svg")
    _ratios(points, networks, folder / "safetynets-ratios.svg")


def _seconds(points: Sequence[Point], networks: Sequence[str], path: Path) -> None:
    figure, axes = plt.subplots(1, len(networks), figsize=(11, 4.2), constrained_layout=True)
    for axis, network in zip(axes, networks, strict=True):
        mine = [point for point in points if point.network == network]
        for label, style, seconds in LINES:
            axis.loglog([p.batch for p in mine], [seconds(p) for p in mine], style, label=label, base=2)
        axis.set_yscale("log", base=10)
        axis.set(title=network, xlabel="batch", ylabel="seconds")
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize="small")
    _save(figure, path)


def _ratios(points: Sequence[Point], networks: Sequence[str], path: Path) -> None:
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), constrained_layout=True)
    for network in networks:
        mine = [point for point in points if point.network == network]
        batches = [p.batch for p in mine]
        axes[0].semilogx(batches, [100 * p.overhead for p in mine], "o-", label=network, base=2)
        axes[1].loglog(batches, [p.client_gain for p in mine], "o-", label=network, base=2)
        axes[2].semilogx(batches, [p.exchanged_bytes / 1000 for p in mine], "o-", label=network, base=2)
    for axis, level, title in zip(
        axes,
        (100 * PAPER_OVERHEAD, PAPER_CLIENT_GAIN, PAPER_BYTES / 1000),
        ("extra prover time, % of executing in the field", "executing over client's work, times", "kB exchanged"),
        strict=True,
    ):
        axis.axhline(level, color="grey", linestyle="--", label="paper")
        axis.set(title=title, xlabel="batch")
        axis.grid(alpha=0.3)
        axis.legend(fontsize="small")
    axes[1].set_yscale("log", base=10)
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
