"""The loops of an execution, in NumPy (plain) or compiled (fast), and which of them to use."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

Kernels = Literal["auto", "fast", "plain"]
Int32 = NDArray[np.int32]
Places = NDArray[np.int64]
Floats = NDArray[Any]
"""float32 or float64, holding integers."""


class Loops(Protocol):
    """What ``plain.py`` and ``fast.py`` both offer."""

    def share(self, work: Callable[[int, int], object], count: int, products: int, align: int = 1) -> None:
        """Call ``work`` on ranges that make up range(count), perhaps at the same time."""

    def products_alone(self) -> AbstractContextManager[None]:
        """While it lasts, matrix products start no threads, if ``share`` has threads of its own."""

    def pieces(self) -> int:
        """Into how many parts work is best cut for ``share``."""

    def settle(self, block: Floats, bias: Int32, out: Int32, first: int, second: int) -> None:
        """out[o, first + i, second + j] = block[o, i, j] + bias[o]; may overwrite ``block``."""

    def add_windows(
        self, out: Int32, x: Int32, weights: Int32, start: Int32, axes: Places, fresh: bool, rows: tuple[int, int]
    ) -> None:
        """out[c, y] (+)= sum over i, j of weights[c, i, j] x[c // per, window], for rows c * H_out + y of a range.

        Args:
            out: (C_out * H_out, W_out * B). x: (C * H, W * B), each channel read by C_out / C = ``per`` of out's.
            weights: (C_out, kh, kw). start: (C_out,), what sums begin with if ``fresh``; else they begin with ``out``.
            axes: H_out, W_out, H, W, B, per, stride and before down, stride and before across.
        """

    def rescale_clamp(self, q: Int32, rem: Int32, y: Int32, shift: int, least: int, greatest: int) -> None:
        """On flat arrays: ``q`` holds acc and gets q; rem = (acc + half) mod 2^k unless empty; y = clamped q."""

    def rescale_listed(self, q: Int32, rem: Int32, y: Int32, shift: int, low: int, values: Int32) -> None:
        """The same with y = values[q - low]."""


@cache
def loops(kernels: Kernels = "auto") -> Loops:
    """The loops of a name; "auto" is fast where numba can be imported.

    Raises:
        ValueError: no such kernels. ImportError: "fast" without numba.
    """
    from proofs.networks.execution import plain

    if kernels == "plain":
        return cast(Loops, plain)
    if kernels not in ("auto", "fast"):
        raise ValueError(f"there are no kernels {kernels!r}; choose auto, fast or plain")
    try:
        from proofs.networks.execution import fast
    except ImportError:
        if kernels == "fast":
            raise
        return cast(Loops, plain)
    return cast(Loops, fast)
