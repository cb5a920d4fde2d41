"""What a transaction may cost, and whether its sender can pay it."""

from __future__ import annotations

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.types import TxParams, Wei

from proofs.errors import ChainError
from protocols.accuracy.describe import ether

_BASE_FEE_HEADROOM = 2  # the base fee can double within six full blocks (EIP-1559)


def fee_fields(w3: Web3) -> TxParams:
    """Fee limits for a transaction sent now: EIP-1559 where the chain has it, a plain gas price elsewhere."""
    base_fee = w3.eth.get_block("latest").get("baseFeePerGas")
    if base_fee is None:
        return {"gasPrice": w3.eth.gas_price}
    tip = w3.eth.max_priority_fee
    return {"maxFeePerGas": Wei(_BASE_FEE_HEADROOM * base_fee + tip), "maxPriorityFeePerGas": tip}


def require_value(w3: Web3, sender: ChecksumAddress, value_wei: int, step: str) -> None:
    """Raise ChainError unless ``sender`` has the value itself; asked before gas is estimated, as nodes say it badly."""
    if value_wei:
        _require(w3, sender, value_wei, 0, step)


def require_affordable(w3: Web3, sender: ChecksumAddress, transaction: TxParams, step: str) -> None:
    """Raise ChainError unless ``sender`` can pay the transaction's value and its gas at the highest allowed price."""
    price = int(transaction.get("maxFeePerGas", transaction.get("gasPrice", 0)))
    _require(w3, sender, int(transaction.get("value", 0)), int(transaction["gas"]) * price, step)


def _require(w3: Web3, sender: ChecksumAddress, value_wei: int, gas_wei: int, step: str) -> None:
    balance = w3.eth.get_balance(sender)
    if balance < value_wei + gas_wei:
        raise ChainError(
            f"{step}: insufficient funds: {sender} has {ether(balance)} and needs {ether(value_wei + gas_wei)} "
            f"({ether(value_wei)} value, at most {ether(gas_wei)} gas); send it ETH and try again"
        )
