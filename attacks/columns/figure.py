"""Draw README.md's figure: ``python -m attacks.columns.figure`` (a minute)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

from attacks.columns.positions import some
from attacks.columns.recover import equations_at, recover
from attacks.columns.victim import Seller

mpl.use("svg")
from matplotlib import pyplot as plt

OUT = Path(__file__).parent / "recovered.svg"
LOG_COLUMNS, BLOCK, STEP = 9, 256, 32


def recovered(seller: Seller, counts: Sequence[int]) -> list[float]:
    """Percent of the weights that are determined by the first so many of some random columns."""
    asked = some(np.random.default_rng(1), LOG_COLUMNS, max(counts))
    values, found = seller.columns(asked), []
    for count in counts:
        system = equations_at(asked[:count], values[:count], LOG_COLUMNS, seller.block)
        found.append(100 * float(recover(system, seller.victim.network).sure.mean()))
    return found


def main() -> None:
    """Both modes, the same number of columns."""
    counts = list(range(STEP, 1000, STEP))
    mpl.rcParams["svg.hashsalt"] = "columns"
    figure, axes = plt.subplots(figsize=(6, 2.6), layout="constrained")
    axes.plot(counts, recovered(Seller(LOG_COLUMNS), counts), "o-", ms=3, label="integrity: rows of 512")
    axes.plot(counts, recovered(Seller(LOG_COLUMNS, BLOCK), counts), "s-", ms=3, label="hiding: and blocks of 256")
    axes.axvspan(0, BLOCK - 1, color="0.9", label="budget of the hiding matrix")
    axes.set(xlabel="columns shown", ylabel="weights determined, %", xlim=(0, None))
    axes.legend(fontsize=8, loc="center left", framealpha=1)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(OUT, metadata={"Date": None})


if __name__ == "__main__":
    main()
