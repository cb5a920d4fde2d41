"""A transaction on its way is waited for: by the process that sent it, and by the one that is started after its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from web3.types import RPCEndpoint

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from proofs.errors import ChainError


@pytest.fixture
def slow_chain() -> Iterator[Chain]:
    """A chain that mines when it is told to."""
    with Anvil(extra_args=("--no-mining",)) as anvil:
        yield Chain.connect(anvil.url, receipt_timeout_s=5.0)


def rpc(chain: Chain, method: str, *arguments: object) -> object:
    return chain.w3.provider.make_request(RPCEndpoint(method), list(arguments))["result"]


def test_move_waits_for_the_one_before(slow_chain: Chain) -> None:
    """A killed process's transaction may be the very move that its successor is about to make."""
    sender, other = dev_account(slow_chain, 1), dev_account(slow_chain, 2)
    slow_chain.receipt_timeout_s = 0.3
    with pytest.raises(ChainError, match="was sent but is not confirmed"):
        slow_chain.send_ether(sender, str(other.address), 5)
    with pytest.raises(ChainError, match=r"an earlier transaction of .* is not mined yet"):
        slow_chain.send_ether(sender, str(other.address), 5)
    assert slow_chain.w3.eth.get_transaction_count(sender.address, "pending") == 1
    slow_chain.receipt_timeout_s = 10.0
    threading.Thread(target=lambda: (time.sleep(0.2), rpc(slow_chain, "evm_setAutomine", True))).start()
    threading.Thread(target=lambda: (time.sleep(0.2), rpc(slow_chain, "evm_mine"))).start()
    slow_chain.send_ether(sender, str(other.address), 5)
    assert slow_chain.w3.eth.get_transaction_count(sender.address) == 2


def test_transaction_that_the_node_forgot_is_sent_again_as_it_was(
    slow_chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool is no promise: what falls out of it is put back, with its number and its signature."""
    monkeypatch.setattr("escrow.waiting._RESEND_S", 0.1)
    sender, other = dev_account(slow_chain, 1), dev_account(slow_chain, 2)
    dropped: list[object] = []

    def drop() -> None:
        time.sleep(0.3)
        dropped.append(rpc(slow_chain, "txpool_status"))
        rpc(slow_chain, "anvil_dropAllTransactions")
        time.sleep(1.0)
        rpc(slow_chain, "evm_mine")

    slow_chain.receipt_timeout_s = 20.0
    thread = threading.Thread(target=drop)
    thread.start()
    receipt = slow_chain.send_ether(sender, str(other.address), 5)
    thread.join()
    assert dropped == [{"pending": "0x1", "queued": "0x0"}]
    assert receipt.raw["status"] == 1 and slow_chain.w3.eth.get_transaction_count(sender.address) == 1
