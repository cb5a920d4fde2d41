"""Functionals on a segment as products of two small tables, which is how their entries are made.

Entry e of the segment weighs outer[(e + shift) // m] inner[(e + shift) mod m], m the length of ``inner``; of every
``period`` entries only the first ``run`` are real, and only entries ``start`` to ``stop`` weigh anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from proofs.sumcheck.fields.field import Ext


@dataclass(frozen=True, slots=True, eq=False)
class Factored:
    """A functional's entries.

    Args:
        outer: extension array (degree, any).
        inner: extension array (degree, m).
    """

    outer: Ext
    inner: Ext
    shift: int
    run: int
    period: int
    start: int
    stop: int

    def masked(self) -> Factored:
        """The same with pads that weigh zero in ``inner`` instead of being left out, where they lie alike in it."""
        m = self.inner.shape[1]
        if self.run == self.period or m % self.period or self.shift % self.period:
            return self
        inner = self.inner.copy()
        inner[:, np.arange(m) % self.period >= self.run] = 0
        return replace(self, inner=inner, run=self.stop, period=self.stop)
