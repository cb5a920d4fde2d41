"""Waiting for a sent transaction: mined and confirmed, overtaken by another of its account, or not seen in time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from eth_typing import ChecksumAddress
from hexbytes import HexBytes
from web3.exceptions import TimeExhausted, TransactionNotFound
from web3.types import TxReceipt

if TYPE_CHECKING:
    from escrow.chain import Chain

_LOOKS = 3  # behind a load balancer one node may know the new nonce before another knows the receipt


def wait_until_mined(
    chain: Chain, transaction_hash: HexBytes, sender: ChecksumAddress, nonce: int | None
) -> TxReceipt | None:
    """The receipt once it is as deep as the chain object asks; None if another transaction took the nonce for good.

    Args:
        nonce: the transaction's nonce; None if the node chose it, and then nothing can have been sent beside it.

    Raises:
        TimeExhausted: not mined, or not confirmed, within the chain object's time-out.
    """
    poll_s = 0.02 if chain.is_anvil else 1.0
    give_up = time.monotonic() + chain.receipt_timeout_s
    overtaken = 0
    while time.monotonic() < give_up:
        receipt = _receipt(chain, transaction_hash)
        if receipt is not None and chain.w3.eth.block_number >= receipt["blockNumber"] + chain.confirmations:
            return receipt
        if receipt is None and nonce is not None and chain.w3.eth.get_transaction_count(sender, "latest") > nonce:
            overtaken += 1
            if overtaken > _LOOKS:
                return None
        time.sleep(poll_s)
    raise TimeExhausted(f"not confirmed within {chain.receipt_timeout_s:g} s")


def _receipt(chain: Chain, transaction_hash: HexBytes) -> TxReceipt | None:
    try:
        return chain.w3.eth.get_transaction_receipt(transaction_hash)
    except TransactionNotFound:
        return None
