"""How long kernels take to be compiled or read from numba's cache: what first runs pay and later ones do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Spent:
    """Seconds under numba's compiler lock."""

    seconds: float = 0.0


@contextmanager
def machine_code() -> Iterator[Spent]:
    """Counts until the end of the block."""
    from numba.core import event

    spent = Spent()
    listener = event.TimingListener()
    with event.install_listener("numba:compiler_lock", listener):
        yield spent
    if listener.done:
        spent.seconds = float(listener.duration)
