"""Sending one transaction: gas within the cap, funds, nonce, the wait, and the reason if it was refused."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eth_typing import ChecksumAddress
from hexbytes import HexBytes
from requests import RequestException
from web3.exceptions import BadResponseFormat, ContractLogicError, TimeExhausted, Web3Exception, Web3RPCError
from web3.types import TxParams, TxReceipt

from escrow.fees import fee_fields, require_affordable, require_value
from escrow.gas import MAX_TRANSACTION_GAS, GasEntry
from escrow.reverts import Reverted, RevertReason
from escrow.rpc import return_data, rpc_errors
from escrow.waiting import wait_for_earlier, wait_until_mined
from proofs.encoding import keccak256
from proofs.errors import ChainError, ResourceExceeded

if TYPE_CHECKING:
    from escrow.chain import Chain
    from escrow.signers import Signer

_NONCE_ATTEMPTS = 10
_NONCE_PAUSE_S = 0.05
_NONCE_TAKEN = (
    "nonce too low",
    "nonce has already been used",
    "replacement transaction underpriced",
    "already imported",  # another process sent the very same transaction; ours is still to come
    "already known",
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined, successful transaction; all of it is public.

    Attributes:
        step: the step it belongs to.
        transaction: its 32-byte hash.
        block: number of its block.
        gas_used: gas charged.
        fee_wei: what its sender paid for the gas.
        contract: address of the contract it created, if it did.
        raw: web3's receipt, with the logs.
    """

    step: str
    transaction: bytes
    block: int
    gas_used: int
    fee_wei: int
    contract: ChecksumAddress | None
    raw: TxReceipt


def send_and_wait(chain: Chain, signer: Signer, transaction: TxParams, *, step: str, gas_limit: int | None) -> Receipt:
    """Complete ``transaction``, send it and wait for it; see ``Chain.transact`` for what is raised."""
    with rpc_errors(chain.url, step, chain.errors):
        complete = _completed(chain, signer, transaction, step, gas_limit)
        raw = _sent_and_mined(chain, signer, complete, step)
        receipt = _receipt(step, raw)
        succeeded = raw["status"] == 1
        chain.ledger.record(
            GasEntry(step, signer.address, receipt.gas_used, receipt.fee_wei, receipt.block, succeeded=succeeded)
        )
        if not succeeded:
            raise Reverted(step, _reason(chain, complete, raw), gas_used=receipt.gas_used)
    return receipt


def _completed(chain: Chain, signer: Signer, transaction: TxParams, step: str, gas_limit: int | None) -> TxParams:
    """``transaction`` with sender, chain id, gas and fees, all within the limits and the sender's means."""
    w3, sender = chain.w3, signer.address
    wait_for_earlier(chain, sender, step)
    complete: TxParams = {**transaction, "from": sender, "chainId": chain.chain_id}
    require_value(w3, sender, int(transaction.get("value", 0)), step)
    complete["gas"] = _gas(int(w3.eth.estimate_gas(complete)), step) if gas_limit is None else gas_limit
    complete.update(fee_fields(w3))
    require_affordable(w3, sender, complete, step)
    return complete


def _gas(estimate: int, step: str) -> int:
    """The gas limit: a fifth above the estimate, because cold storage may have been warm while estimating."""
    if estimate > MAX_TRANSACTION_GAS:
        raise ResourceExceeded(
            f"{step} needs {estimate:,} gas, one transaction may use {MAX_TRANSACTION_GAS:,} (EIP-7825); "
            "use a smaller batch",
            needed=estimate,
            available=MAX_TRANSACTION_GAS,
        )
    return min(estimate * 6 // 5, MAX_TRANSACTION_GAS)


def _sent_and_mined(chain: Chain, signer: Signer, complete: TxParams, step: str) -> TxReceipt:
    """Send and wait; send again if another process took the nonce, since the first can then never be mined."""
    for _ in range(_NONCE_ATTEMPTS):
        transaction_hash, nonce, signed = _sent(chain, signer, complete)
        try:
            raw = wait_until_mined(chain, transaction_hash, signer.address, nonce, signed)
        except TimeExhausted as error:
            raise ChainError(
                f"{step}: transaction {transaction_hash.to_0x_hex()} was sent but is not confirmed "
                f"({type(error).__name__}); look it up before sending it again"
            ) from error
        if raw is not None:
            return raw
    raise ChainError(f"{step}: another process keeps using the nonces of {signer.address}; stop it and try again")


def _sent(chain: Chain, signer: Signer, complete: TxParams) -> tuple[HexBytes, int | None, bytes | None]:
    """Send under the account's next nonce; one transaction of this chain object is being numbered at a time.

    Returns the transaction's hash, and its nonce and signed bytes unless the node chose and signed. An answer that was
    lost says nothing: the transaction may be on its way, so it is waited for like any other.
    """
    w3 = chain.w3
    with chain.nonce_lock:
        for attempt in range(1, _NONCE_ATTEMPTS + 1):
            nonce = w3.eth.get_transaction_count(signer.address, "pending")
            raw = signer.sign({**complete, "nonce": nonce})
            if raw is None:
                return w3.eth.send_transaction(complete), None, None
            try:
                return w3.eth.send_raw_transaction(raw), nonce, raw
            except Web3RPCError as error:
                taken = any(words in str(error).lower() for words in _NONCE_TAKEN)
                if not taken or attempt == _NONCE_ATTEMPTS:
                    raise
                time.sleep(_NONCE_PAUSE_S * attempt)
            except (RequestException, BadResponseFormat, ValueError):
                return HexBytes(keccak256(raw)), nonce, raw
    raise ChainError(f"no nonce for {signer.address}")


def _receipt(step: str, raw: TxReceipt) -> Receipt:
    gas_used = int(raw["gasUsed"])
    return Receipt(
        step=step,
        transaction=bytes(raw["transactionHash"]),
        block=int(raw["blockNumber"]),
        gas_used=gas_used,
        fee_wei=gas_used * int(raw["effectiveGasPrice"]),
        contract=raw.get("contractAddress"),
        raw=raw,
    )


def _reason(chain: Chain, complete: TxParams, raw: TxReceipt) -> RevertReason:
    """Why a mined transaction failed, by repeating it on the state before its block."""
    if raw["gasUsed"] >= int(complete["gas"]):
        return RevertReason("OutOfGas", {"gas": int(complete["gas"])}, b"")
    replay: TxParams = {key: complete[key] for key in ("from", "to", "data", "value", "gas") if key in complete}  # type: ignore[assignment]
    try:
        chain.w3.eth.call(replay, raw["blockNumber"] - 1)
    except ContractLogicError as error:
        return chain.errors.decode(return_data(error.data))
    except (Web3Exception, RequestException):
        return RevertReason("Unknown", {}, b"")
    return RevertReason("Unknown", {"hint": "it would have passed one block earlier"}, b"")
