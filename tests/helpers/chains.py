"""Chains that tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from escrow.chain import Chain
from escrow.dev_clock import restore, snapshot


@contextmanager
def put_back(chain: Chain) -> Iterator[None]:
    """Whatever happens on the chain meanwhile is undone at the end."""
    remembered = snapshot(chain)
    try:
        yield
    finally:
        restore(chain, remembered)
