"""Chains that tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from web3.types import RPCEndpoint

from escrow.chain import Chain
from escrow.dev_clock import restore, snapshot

POOL_S = 5.0


@contextmanager
def put_back(chain: Chain) -> Iterator[None]:
    """Whatever happens on the chain meanwhile is undone at the end.

    For a moment after a block anvil's pool still holds what was mined, and would mine it again on the chain that went
    back; so the pool is awaited.
    """
    remembered = snapshot(chain)
    try:
        yield
    finally:
        give_up = monotonic() + POOL_S
        while _pooled(chain) and monotonic() < give_up:
            pass
        restore(chain, remembered)


def _pooled(chain: Chain) -> int:
    """Transactions in the pool."""
    status = chain.w3.provider.make_request(RPCEndpoint("txpool_status"), [])["result"]
    return sum(int(status[part], 16) for part in ("pending", "queued"))
