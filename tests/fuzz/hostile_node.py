"""A chain whose node answers every request with the same bytes, whoever chose them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from eth_abi.abi import encode

from escrow.accuracy import AccuracyEscrow
from escrow.artifacts import load
from escrow.chain import Chain
from escrow.logs import events_since
from escrow.rpc import ShallowProvider, open_connection

URL = "http://127.0.0.1:9/"
ADDRESS = "0x00000000000000000000000000000000000e5c09"
WORD, JOB = "0x" + "07" * 32, b"\x07" * 32


class Canned(ShallowProvider):
    """Answers with ``answer``, for any method."""

    answer = b""

    def make_request(self, method: Any, params: Any) -> Any:
        return self.decode_rpc_response(self.answer)


@cache
def chain() -> Chain:
    """A connection to such a node."""
    w3 = open_connection(URL, 1.0)
    w3.provider = Canned(URL, exception_retry_configuration=None)
    return Chain(w3, URL, 31_337, is_anvil=False, receipt_timeout_s=0.2, confirmations=0)


@cache
def client(kind: Any) -> Any:
    """A contract of ours on that chain."""
    return kind(chain(), ADDRESS)


def asking(question: Callable[[], object]) -> Callable[[bytes], object]:
    """A question to the node that answers with these bytes."""

    def run(raw: bytes) -> object:
        Canned.answer = raw
        return question()

    return run


def result(value: object) -> bytes:
    """A good answer."""
    return json.dumps({"jsonrpc": "2.0", "id": 0, "result": value}).encode()


def refusal(data: str) -> bytes:
    """A revert."""
    error = {"code": 3, "message": "execution reverted", "data": data}
    return json.dumps({"jsonrpc": "2.0", "id": 0, "error": error}).encode()


def words_of(contract: str, function: str) -> bytes:
    """The answer of a view function with plausible values of its types."""
    entry = next(item for item in load(contract).abi if item.get("name") == function and item["type"] == "function")
    types = [_type(output) for output in entry["outputs"]]  # type: ignore[typeddict-item]
    return result("0x" + encode(types, [_value(output) for output in entry["outputs"]]).hex())  # type: ignore[typeddict-item]


def _type(item: Any) -> str:
    if not item["type"].startswith("tuple"):
        return str(item["type"])
    return "(" + ",".join(_type(part) for part in item["components"]) + ")" + item["type"][len("tuple") :]


def _value(item: Any) -> Any:
    kind = item["type"]
    if kind.endswith("[]"):
        return []
    if kind == "tuple":
        return tuple(_value(part) for part in item["components"])
    plain = {"address": ADDRESS, "bool": True, "bytes32": JOB, "string": "x", "bytes": b"x"}
    return plain.get(kind, 1)


BLOCK = {
    "number": "0x5", "hash": WORD, "parentHash": WORD, "nonce": "0x0000000000000000", "sha3Uncles": WORD,
    "logsBloom": "0x" + "00" * 256, "transactionsRoot": WORD, "stateRoot": WORD, "receiptsRoot": WORD,
    "miner": ADDRESS, "difficulty": "0x0", "extraData": "0x", "size": "0x10", "gasLimit": "0x1c9c380",
    "gasUsed": "0x0", "timestamp": "0x65000000", "transactions": [], "uncles": [], "baseFeePerGas": "0x7",
}  # fmt: skip


def log() -> dict[str, Any]:
    """An event of the accuracy escrow, decodable."""
    from eth_utils.abi import event_abi_to_log_topic

    entry = next(item for item in load("AccuracyEscrow").abi if item["type"] == "event")
    inputs = entry["inputs"]  # type: ignore[typeddict-item]
    indexed, plain = ([item for item in inputs if bool(item.get("indexed")) is want] for want in (True, False))
    topics = [event_abi_to_log_topic(entry), *(encode([_type(item)], [_value(item)]) for item in indexed)]  # type: ignore[arg-type]
    body = encode([_type(item) for item in plain], [_value(item) for item in plain])
    return {
        "address": ADDRESS, "topics": ["0x" + topic.hex() for topic in topics], "data": "0x" + body.hex(),
        "blockNumber": "0x1", "transactionHash": WORD, "transactionIndex": "0x0", "blockHash": WORD,
        "logIndex": "0x0", "removed": False,
    }  # fmt: skip


def events() -> object:
    """The events of an escrow."""
    return events_since(chain(), client(AccuracyEscrow).contract, 0, 10)
