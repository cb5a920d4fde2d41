"""Waiting for a sent transaction: mined and confirmed, overtaken by another of its account, or not seen in time.

Whoever sends must not guess. A transaction whose answer was lost may be mined, may wait, or may never have arrived; the
very same bytes sent again are the same transaction, which is mined once at most, so that is what is done.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from eth_typing import ChecksumAddress
from hexbytes import HexBytes
from requests import RequestException
from web3.exceptions import TimeExhausted, TransactionNotFound, Web3Exception
from web3.types import TxReceipt

from proofs.errors import ChainError

if TYPE_CHECKING:
    from escrow.chain import Chain

LOST = (RequestException, Web3Exception, ValueError)
"""How an answer that says nothing looks: no answer, an HTTP error, no JSON, or a node that is not well."""
_RESEND_S = 5.0
_LOOKS = 3  # behind a load balancer one node may know the new nonce before another knows the receipt


def wait_until_mined(
    chain: Chain, transaction_hash: HexBytes, sender: ChecksumAddress, nonce: int | None, raw: bytes | None = None
) -> TxReceipt | None:
    """The receipt once it is as deep as the chain object asks; None if another transaction took the nonce for good.

    Args:
        nonce: the transaction's nonce; None if the node chose it, and then nothing can have been sent beside it.
        raw: the signed transaction, sent again whenever the node does not know it (any more); None if the node signed.

    Raises:
        TimeExhausted: not mined, or not confirmed, within the chain object's time-out.
    """
    poll_s = 0.02 if chain.is_anvil else 1.0
    began = time.monotonic()
    give_up, overtaken, resend_at = began + chain.receipt_timeout_s, 0, began + 2 * poll_s
    while time.monotonic() < give_up:
        try:
            receipt = _receipt(chain, transaction_hash)
            if receipt is not None and chain.w3.eth.block_number >= receipt["blockNumber"] + chain.confirmations:
                return receipt
            if receipt is None and nonce is not None and _next_nonce(chain, sender) > nonce:
                overtaken += 1
                if overtaken > _LOOKS:
                    return None
            elif receipt is None and raw is not None and time.monotonic() >= resend_at:
                resend_at = time.monotonic() + _RESEND_S
                _send_again(chain, transaction_hash, raw)
        except LOST:  # the next look may be answered
            time.sleep(poll_s)
        time.sleep(poll_s)
    raise TimeExhausted(f"not confirmed within {chain.receipt_timeout_s:g} s")


def wait_for_earlier(chain: Chain, sender: ChecksumAddress, step: str) -> None:
    """Until no transaction of ``sender`` is on its way: one that a killed process sent may be this very move.

    Raises:
        ChainError: one still is after the chain object's time-out; another behind it could not be mined either.
    """
    give_up = time.monotonic() + chain.receipt_timeout_s
    while chain.w3.eth.get_transaction_count(sender, "pending") > _next_nonce(chain, sender):
        if time.monotonic() > give_up:
            raise ChainError(
                f"{step}: an earlier transaction of {sender} is not mined yet, and nothing can overtake it; speed it "
                "up or cancel it with your wallet, then try again"
            )
        time.sleep(0.02 if chain.is_anvil else 1.0)


def _next_nonce(chain: Chain, sender: ChecksumAddress) -> int:
    """Transactions of ``sender`` mined so far."""
    return int(chain.w3.eth.get_transaction_count(sender, "latest"))


def _send_again(chain: Chain, transaction_hash: HexBytes, raw: bytes) -> None:
    """Unless the node has it."""
    try:
        chain.w3.eth.get_transaction(transaction_hash)
    except TransactionNotFound:
        chain.w3.eth.send_raw_transaction(raw)


def _receipt(chain: Chain, transaction_hash: HexBytes) -> TxReceipt | None:
    try:
        return chain.w3.eth.get_transaction_receipt(transaction_hash)
    except TransactionNotFound:
        return None
