"""Rows of work shared among threads: kernels hold no interpreter lock, so ordinary threads run them side by side.

Not numba's own ``prange``: its launch can cost milliseconds when cores are busy, its threads do not survive a fork, and
it takes longer to compile.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise

from proofs.sumcheck.fields.fast.compile import config

SERIAL_BELOW = 1 << 15
"""Field products under which waking another thread costs more than it saves."""

PIECES_PER_THREAD = 4
"""So that a thread whose core is taken away for a while holds up the others only a little."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, threads() - 1), thread_name_prefix="field-kernels")


os.register_at_fork(after_in_child=_pool.cache_clear)  # threads stay behind in the parent


def threads() -> int:
    """How many threads share the work, this one among them: NUMBA_NUM_THREADS, else the cores."""
    return int(config.NUMBA_NUM_THREADS)


def share(work: Callable[[int, int], object], count: int, products: int, align: int = 1) -> None:
    """Call ``work(start, stop)`` on ranges that make up range(count), some of them at the same time.

    Args:
        work: calls a kernel; writes nothing another range writes.
        products: about how many field products the whole is worth.
        align: ranges start at multiples of it.
    """
    if products < SERIAL_BELOW or threads() == 1 or count <= align:
        work(0, count)
        return
    units = -(-count // align)
    pieces = min(units, threads() * PIECES_PER_THREAD)
    edges = [min(count, units * i // pieces * align) for i in range(pieces + 1)]
    ranges = iter(list(pairwise(edges)))  # one list's iterator: next() is atomic

    def drain() -> None:
        for start, stop in ranges:
            work(start, stop)

    helpers = [_pool().submit(drain) for _ in range(threads() - 1)]
    try:
        drain()
    finally:
        late = [helper for helper in helpers if not helper.cancel()]  # one that has not begun has nothing left to do
        wait(late)
    for helper in late:
        helper.result()
