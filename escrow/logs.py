"""Contract events, decoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eth_typing import BlockNumber
from eth_utils.abi import event_abi_to_log_topic
from web3.contract import Contract
from web3.exceptions import Web3Exception
from web3.types import LogReceipt

from escrow.chain import Chain
from escrow.rpc import GARBLED, rpc_errors
from proofs.errors import ChainError

_BLOCKS_PER_REQUEST = 2_000  # public nodes refuse wider ranges


@dataclass(frozen=True, slots=True)
class ChainEvent:
    """One event of one contract; all of it is public.

    Attributes:
        name: the event's name in Solidity.
        arguments: its arguments by their Solidity names.
        block, index: where it is: block number, and position among the block's events.
        transaction: 32-byte hash of the transaction that emitted it.
    """

    name: str
    arguments: Mapping[str, object]
    block: int
    index: int
    transaction: bytes


def events_since(chain: Chain, contract: Contract, first_block: int, last_block: int | None = None) -> list[ChainEvent]:
    """All events of ``contract`` from ``first_block`` to ``last_block`` (the latest if None), oldest first."""
    last = chain.block_number() if last_block is None else last_block
    found: list[ChainEvent] = []
    for start in range(first_block, last + 1, _BLOCKS_PER_REQUEST):
        stop = min(start + _BLOCKS_PER_REQUEST - 1, last)
        with rpc_errors(chain.url, "reading events", chain.errors):
            logs = chain.w3.eth.get_logs(
                {"address": contract.address, "fromBlock": BlockNumber(start), "toBlock": BlockNumber(stop)}
            )
            found.extend(decode_logs(contract, logs))
    return found


def decode_logs(contract: Contract, logs: list[LogReceipt]) -> Iterator[ChainEvent]:
    """The events among ``logs`` that ``contract`` emitted and its ABI names. Raises ChainError: a log is garbled."""
    by_topic = {
        bytes(event_abi_to_log_topic(entry)): entry["name"] for entry in contract.abi if entry["type"] == "event"
    }
    for log in logs:
        try:
            event = _decoded(contract, by_topic, log)
        except (*GARBLED, Web3Exception) as error:
            raise ChainError(
                f"the node shows a log of {contract.address} that is none ({type(error).__name__}); ask another node"
            ) from error
        if event is not None:
            yield event


def _decoded(contract: Contract, by_topic: Mapping[bytes, str], log: LogReceipt) -> ChainEvent | None:
    name = by_topic.get(bytes(log["topics"][0])) if log["topics"] else None
    if name is None or log["address"] != contract.address:
        return None
    arguments = dict(contract.get_event_by_name(name)().process_log(log)["args"])
    return ChainEvent(name, arguments, int(log["blockNumber"]), int(log["logIndex"]), bytes(log["transactionHash"]))


def single_event(contract: Contract, logs: list[LogReceipt], name: str) -> ChainEvent:
    """The one event called ``name`` among a receipt's logs. Raises ChainError unless there is exactly one."""
    matching = [event for event in decode_logs(contract, logs) if event.name == name]
    if len(matching) != 1:
        raise ChainError(f"expected one {name} event from {contract.address}, found {len(matching)}; check the address")
    return matching[0]
