"""Moving anvil's clock and going back to earlier states: for tests and the demo, refused on any other chain."""

from __future__ import annotations

from web3.types import RPCEndpoint

from escrow.chain import Chain
from escrow.rpc import rpc_errors, shown_url
from proofs.errors import ChainError, InvalidInput


def advance_time(chain: Chain, seconds: int) -> int:
    """Move the chain's clock forward by ``seconds`` and mine a block there; returns the new block's Unix time."""
    if seconds < 0:
        raise InvalidInput(f"a chain's clock only moves forward, not by {seconds} s; use snapshot and restore")
    _rpc(chain, "evm_increaseTime", seconds)
    return mine(chain)


def advance_to(chain: Chain, timestamp: int) -> int:
    """Mine a block at ``timestamp`` (or leave the clock if it is already there); returns the chain's Unix time."""
    ahead_s = timestamp - chain.now()
    return advance_time(chain, ahead_s) if ahead_s > 0 else chain.now()


def mine(chain: Chain) -> int:
    """Mine one empty block; returns its Unix time."""
    _rpc(chain, "evm_mine")
    with rpc_errors(chain.url, "mining", chain.errors):
        return int(chain.w3.eth.get_block("latest")["timestamp"])


def snapshot(chain: Chain) -> str:
    """Remember the chain's state; the id is good for one ``restore``."""
    return str(_rpc(chain, "evm_snapshot"))


def restore(chain: Chain, snapshot_id: str) -> None:
    """Go back to a remembered state. Raises ChainError when the id is unknown or used up."""
    if _rpc(chain, "evm_revert", snapshot_id) is not True:
        raise ChainError(f"anvil knows no snapshot {snapshot_id}; each is good once, take a new one")


def set_balance(chain: Chain, address: str, wei: int) -> None:
    """Give ``address`` exactly ``wei`` on the development chain."""
    _rpc(chain, "anvil_setBalance", address, hex(wei))


def _rpc(chain: Chain, method: str, *params: object) -> object:
    if not chain.is_anvil:
        raise ChainError(f"{method}: {shown_url(chain.url)} is no anvil; only a local development chain can do this")
    with rpc_errors(chain.url, method, chain.errors):
        answer = chain.w3.provider.make_request(RPCEndpoint(method), list(params))
    if "error" in answer:
        raise ChainError(f"{method} refused by anvil: {answer['error']}")
    return answer.get("result")
