"""Matrix products that do not start threads of their own, while ours run them side by side.

Two threads that each call a BLAS of two threads wait for each other: five times slower on a busy machine of two cores.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_thread_each() -> Iterator[None]:
    """BLAS calls stay in the thread that makes them; as before, once the last of all who asked for it leaves.

    Without threadpoolctl nothing changes but the speed.
    """
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()


class _Limit:
    """The process-wide setting, held as long as anyone wants it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._held = ExitStack()

    def enter(self) -> None:
        """One more holder; the first one sets the limit."""
        with self._lock:
            if self._holders == 0 and (controller := _controller()) is not None:
                self._held.enter_context(controller.limit(limits=1, user_api="blas"))
            self._holders += 1

    def leave(self) -> None:
        """One holder less; the last one lifts the limit."""
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                self._held.close()


_LIMIT = _Limit()


@cache
def _controller() -> Any:
    """What sets the number of threads; None where it is not installed."""
    try:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]
    except ImportError:
        return None
    return ThreadpoolController()
