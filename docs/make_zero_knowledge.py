"""Draws docs/figures/zero_knowledge.png: what classifiers tell of transcripts, of sound provers and of leaky ones.

Run ``python docs/make_zero_knowledge.py [transcripts of each kind]``; 2000 take some minutes. Everything is seeded; the
samples and classifiers are those of tests/sumcheck/zero_knowledge.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/sumcheck/circle"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/sumcheck/committed"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/sumcheck/zero_knowledge"))

from matplotlib import pyplot
from zk_distinguishers import CLASSIFIERS, Guesses, told_apart
from zk_kit import QUERIES
from zk_leaks import LEAKS, telling_columns
from zk_samples import Samples

FIGURE = Path(__file__).with_name("figures") / "zero_knowledge.png"
COLOURS = ("#1b6ca8", "#d1495b")
LEAKY = 200
"""Transcripts of each leaky prover."""
Row = tuple[str, list[Guesses]]


def rows(count: int) -> Iterator[Row]:
    """What is compared, and each classifier's guesses."""
    samples = Samples(*telling_columns(length=4, queries=QUERIES))
    kinds = {
        "witness A": samples.real("A", count),
        "witness B": samples.real("B", count),
        "simulated": samples.simulated(count),
    }
    for (one, first), (other, second) in combinations(kinds.items(), 2):
        yield f"{one} / {other}", [told_apart(kind, first, second) for kind in CLASSIFIERS.values()]
    for name, leak in LEAKS.items():
        leaky = samples.real("A", LEAKY, leak, name)
        guesses = [told_apart(kind, leaky, samples.simulated(LEAKY)) for kind in CLASSIFIERS.values()]
        yield f"planted: {name}", guesses


def draw(found: list[Row], count: int) -> None:
    """One line for each comparison, from the top."""
    figure, axes = pyplot.subplots(figsize=(8.2, 3.9), layout="constrained")
    for place, (_, guesses) in enumerate(found):
        for offset, colour, one in zip((-0.14, 0.14), COLOURS, guesses, strict=True):
            low, high = one.interval
            axes.plot([low, high], [place + offset] * 2, color=colour, linewidth=2)
            axes.plot([one.advantage], [place + offset], "o", color=colour, markersize=5)
    for name, colour in zip(CLASSIFIERS, COLOURS, strict=True):
        axes.plot([], [], "o-", color=colour, label=f"classifier of {name}")
    axes.set_yticks(range(len(found)), [name for name, _ in found])
    axes.invert_yaxis()
    axes.axvline(0, color="#888888", linewidth=1, linestyle=":")
    axes.set_xlim(-0.4, 1.05)
    axes.set_xlabel("advantage over guessing on held-out transcripts (99.9% interval)")
    figure.suptitle(f"Telling transcripts apart, p = 127: {count} of each kind, {LEAKY} of leaky provers", fontsize=10)
    axes.legend(loc="upper center", fontsize=8, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(FIGURE, dpi=150, metadata={"Software": None})


def main() -> None:
    """Measure and draw."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    found = list(rows(count))
    for name, guesses in found:
        said = ", ".join(f"{g.advantage:+.3f} [{g.interval[0]:+.3f}, {g.interval[1]:+.3f}]" for g in guesses)
        print(f"{name:45} {said}")
    draw(found, count)


if __name__ == "__main__":
    main()
