"""Ranges and percentiles of every tensor of a float network, gathered chunk by chunk in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from proofs.networks.onnx_import.functions import Real

BINS = 4096
"""Of a histogram from -reach to reach; so a percentile is off by at most reach / 2048."""


@dataclass(slots=True)
class Spread:
    """Least, largest and a histogram of numbers seen; ``reach`` is a power of two that doubles as it must."""

    low: float = np.inf
    high: float = -np.inf
    count: int = 0
    reach: float = 2.0**-20
    bins: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, np.int64))

    def see(self, values: Real) -> None:
        """Take in more numbers; those that are not finite are passed over."""
        finite = values[np.isfinite(values)]
        if finite.size == 0:
            return
        self.low, self.high = min(self.low, float(finite.min())), max(self.high, float(finite.max()))
        self.count += finite.size
        while self.reach < max(-self.low, self.high):
            self.bins[BINS // 4 : 3 * BINS // 4] = self.bins.reshape(-1, 2).sum(axis=1)
            self.bins[: BINS // 4] = self.bins[3 * BINS // 4 :] = 0
            self.reach *= 2
        places = np.clip((finite + self.reach) * (BINS / (2 * self.reach)), 0, BINS - 1).astype(np.int64)
        self.bins += np.bincount(places.reshape(-1), minlength=BINS)

    def percentile(self, percent: float) -> float:
        """A number that at least ``percent`` of those seen do not exceed: the upper edge of its bin."""
        if self.count == 0:
            return 0.0
        place = int(np.searchsorted(np.cumsum(self.bins), percent / 100 * self.count))
        edge = (min(place, BINS - 1) + 1) * (2 * self.reach / BINS) - self.reach
        return float(np.clip(edge, self.low, self.high))


@dataclass(slots=True)
class Ranges:
    """An observer for ``run_float``: what every tensor held, before and after its activation.

    Args:
        linear, output: by tensor; 0 is the input, i + 1 node i's output.
    """

    linear: dict[int, Spread] = field(default_factory=dict)
    output: dict[int, Spread] = field(default_factory=dict)

    def __call__(self, tensor: int, linear: Real, output: Real) -> None:
        """Take in a chunk."""
        self.linear.setdefault(tensor, Spread()).see(linear)
        self.output.setdefault(tensor, Spread()).see(output)
