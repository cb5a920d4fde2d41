"""What this machine can do at best: the physical limits figures are held against."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from proofs.sumcheck.fields import field

SIZE = 1 << 24
SIDE = 2000
IN_CACHE = 2048
REPEATS = 5


def limits() -> dict[str, float]:
    """Memory bandwidth (a copy, read and write counted), BLAS products, field products streamed from memory."""
    rng = np.random.default_rng(0)
    floats, target = rng.random(SIZE), np.empty(SIZE)
    a, b = rng.random((SIDE, SIDE)), rng.random((SIDE, SIDE))
    f = field("m61", "fast")
    x = rng.integers(0, f.scalars.p, SIZE, dtype=np.uint64)
    small = x[:IN_CACHE].copy()

    def many_small() -> None:
        for _ in range(SIZE // IN_CACHE):
            f.mul_base(small, small)

    a32, b32 = a.astype(np.float32), b.astype(np.float32)
    return {
        "copy_gb_s": 2 * 8 * SIZE / _best(lambda: np.copyto(target, floats)) / 1e9,
        "float64_mac_ns": _best(lambda: a @ b) / SIDE**3 * 1e9,
        "float32_mac_ns": _best(lambda: a32 @ b32) / SIDE**3 * 1e9,
        "field_product_streamed_ns": _best(lambda: f.mul_base(x, x)) / SIZE * 1e9,
        "field_product_small_arrays_ns": _best(many_small) / SIZE * 1e9,
        "general_matmul_mac_ns": _general() / (SIDE * SIDE * 512) * 1e9,
    }


def _general() -> float:
    f = field("m61", "fast")
    rng = np.random.default_rng(1)
    a = rng.integers(0, f.scalars.p, (SIDE, SIDE), dtype=np.uint64)
    b = rng.integers(0, f.scalars.p, (SIDE, 512), dtype=np.uint64)
    return _best(lambda: f.general_matmul(a, b))


def _best(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
