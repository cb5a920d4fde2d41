"""What happened to one job, read back from the chain: its transactions with time, sender, gas and events, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from hexbytes import HexBytes
from web3.types import BlockIdentifier

from escrow.chain import Chain
from escrow.client import PullPaymentsClient
from escrow.logs import ChainEvent
from escrow.rpc import rpc_errors
from proofs.errors import ChainError
from protocols.solidity import ZERO_ADDRESS

_WITHDRAWN, _TOKEN_WITHDRAWN = "Withdrawn", "TokenWithdrawn"
_CREDITED, _TOKEN_CREDITED = "Credited", "TokenCredited"
_OPENED = "JobOpened"


@dataclass(frozen=True, slots=True)
class JobTransaction:
    """One mined transaction in which the escrow did something for the job; all of it is public.

    Attributes:
        transaction: its 32-byte hash. block, index: where it is. time: Unix time of the block.
        sender: who sent and paid for it. direct: it called the escrow itself, and not by way of another contract.
        call: name of the escrow's function, or of the event where the call was not direct.
        value: wei sent along. gas_used, fee_wei: gas charged, and what the sender paid for it.
        events: the escrow's events about this job, in order.
    """

    transaction: bytes
    block: int
    index: int
    time: int
    sender: str
    direct: bool
    call: str
    value: int
    gas_used: int
    fee_wei: int
    events: tuple[ChainEvent, ...]


@dataclass(frozen=True, slots=True)
class BookedCredit:
    """``amount`` of ``token`` (the zero address: wei) that the escrow booked for ``who`` on account of the job."""

    who: str
    token: str
    amount: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """``amount`` of ``token`` that left the escrow for ``who``: of all its jobs, since no withdrawal names one."""

    who: str
    token: str
    amount: int
    time: int
    transaction: bytes


@dataclass(frozen=True, slots=True)
class JobHistory:
    """Everything the escrow's events tell of one job up to one block.

    Attributes:
        transactions: oldest first; refused ones leave no event and are not among them.
        withdrawals: by anybody, from the job's first transaction on.
    """

    transactions: tuple[JobTransaction, ...]
    withdrawals: tuple[Withdrawal, ...] = field(default=())

    @property
    def credits(self) -> tuple[BookedCredit, ...]:
        """What the escrow booked for the job, in order."""
        events = [event for transaction in self.transactions for event in transaction.events]
        return tuple(_credit(event) for event in events if event.name in (_CREDITED, _TOKEN_CREDITED))


@dataclass(frozen=True, slots=True)
class BlockStamp:
    """A block by number, hash (32 bytes) and Unix time."""

    number: int
    digest: bytes
    time: int


def block_stamp(chain: Chain, block: BlockIdentifier = "latest") -> BlockStamp:
    """A block's number, hash and time. Raises ChainError for a block the node does not have."""
    with rpc_errors(chain.url, "reading a block", chain.errors):
        found = chain.w3.eth.get_block(block)
        return BlockStamp(int(found["number"]), bytes(found["hash"]), int(found["timestamp"]))


def read_history(client: PullPaymentsClient, job_id: bytes, first_block: int, last_block: int) -> JobHistory:
    """The history of job ``job_id`` (32 bytes) from ``first_block`` to ``last_block``.

    Raises:
        ChainError: the node is unreachable, or shows no event of the job in these blocks, or not its opening.
    """
    events = client.events(first_block, last_block)
    mine = [event for event in events if event.arguments.get("jobId") == job_id]
    if not mine:
        raise ChainError(
            f"escrow {client.address} shows no event of job 0x{job_id.hex()} in blocks {first_block} to {last_block}; "
            "begin at an earlier block (--since-block), or ask a node that keeps old events"
        )
    if mine[0].name != _OPENED:
        raise ChainError(
            f"escrow {client.address} shows no opening of job 0x{job_id.hex()} in blocks {first_block} to "
            f"{last_block}: the first event there is {mine[0].name}, and half a history cannot be judged; "
            "give --since-block a block not after the job's opening, or ask a node that keeps old events"
        )
    groups = [list(group) for _, group in groupby(mine, key=lambda event: event.transaction)]
    transactions = tuple(_transaction(client, group) for group in groups)
    left = [event for event in events if event.name in (_WITHDRAWN, _TOKEN_WITHDRAWN) and event.block >= mine[0].block]
    return JobHistory(transactions, tuple(_withdrawal(client.chain, event) for event in left))


def _transaction(client: PullPaymentsClient, events: list[ChainEvent]) -> JobTransaction:
    chain, digest = client.chain, HexBytes(events[0].transaction)
    with rpc_errors(chain.url, "reading a transaction", chain.errors):
        sent, receipt = chain.w3.eth.get_transaction(digest), chain.w3.eth.get_transaction_receipt(digest)
    direct = sent.get("to") == client.address
    return JobTransaction(
        transaction=bytes(digest),
        block=int(receipt["blockNumber"]),
        index=int(receipt["transactionIndex"]),
        time=chain.block_time(receipt["blockNumber"]),
        sender=str(receipt["from"]),
        direct=direct,
        call=_call(client, bytes(sent["input"])) if direct else events[0].name,
        value=int(sent["value"]),
        gas_used=int(receipt["gasUsed"]),
        fee_wei=int(receipt["gasUsed"]) * int(receipt["effectiveGasPrice"]),
        events=tuple(events),
    )


def _call(client: PullPaymentsClient, call_data: bytes) -> str:
    """Name of the function that call data for the escrow are for."""
    with rpc_errors(client.chain.url, "reading a call", client.chain.errors):
        return str(client.contract.get_function_by_selector(call_data[:4]).fn_name)


def _credit(event: ChainEvent) -> BookedCredit:
    said: Mapping[str, Any] = event.arguments
    return BookedCredit(str(said["who"]), str(said.get("token", ZERO_ADDRESS)), int(said["amount"]))


def _withdrawal(chain: Chain, event: ChainEvent) -> Withdrawal:
    said: Mapping[str, Any] = event.arguments
    token = str(said.get("token", ZERO_ADDRESS))
    return Withdrawal(str(said["who"]), token, int(said["amount"]), chain.block_time(event.block), event.transaction)


def credited_to(credits: Iterable[BookedCredit], who: str, token: str) -> int:
    """The sum of what was booked for ``who`` in ``token``."""
    return sum(item.amount for item in credits if item.who == who and item.token == token)
