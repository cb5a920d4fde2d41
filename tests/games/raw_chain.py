"""Anvil spoken to directly: one block for each transaction at a chosen second, refusals mined and named, reads bundled.

The project's own client estimates, waits and re-reads; thousands of steps need something leaner.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from escrow.chain import Chain
from proofs.errors import ChainError

GAS = 3_000_000  # enough for every step, so that a refused one is mined too
_MINED_WITHIN_S = 30.0
_IDLE_S = 5.0  # a connection unused for longer is made anew
_TOP_CALL = {"tracer": "callTracer", "tracerConfig": {"onlyTopCall": True}}

Request = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Mined:
    """A mined transaction: the refusing error's name (None if it counted), its block's time, gas and its price."""

    refusal: str | None
    time: int
    gas_used: int
    fee_wei: int


def transaction(sender: str, to: str, data: str, value: int = 0) -> dict[str, str]:
    """A contract call with gas for any step."""
    return {"from": sender, "to": to, "data": data, "value": hex(value), "gas": hex(GAS)}


def read_of(to: str, data: str) -> Request:
    """The request that reads a view function."""
    return ("eth_call", [{"to": to, "data": data}, "latest"])


def balance_of(address: str) -> Request:
    """The request that reads a balance."""
    return ("eth_getBalance", [address, "latest"])


class RawChain:
    """The RPC methods a replay needs, over one connection that stays open."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._connection = HTTPConnection(urlsplit(chain.url).netloc, timeout=_MINED_WITHIN_S)
        self._used = monotonic()

    def rpc(self, method: str, *params: object) -> Any:
        """Result of one call. Raises ChainError when anvil refuses."""
        return _result(method, self._post(_call(0, method, params)))

    def all(self, requests: list[Request]) -> list[str]:
        """Results of several reads in one round trip, in their order."""
        calls = [_call(place, method, params) for place, (method, params) in enumerate(requests)]
        answers = self._post(calls)
        if not isinstance(answers, list):
            raise ChainError(f"batch of {len(calls)} reads: {answers}")
        ordered = sorted(answers, key=lambda answer: int(answer["id"]))
        return [_result(method, answer) for (method, _), answer in zip(requests, ordered, strict=True)]

    def mine(self, call: dict[str, str], time: int | None = None) -> Mined:
        """Mine the call in a block of its own, at exactly ``time`` if given."""
        if time is not None:
            self.rpc("evm_setNextBlockTimestamp", time)
        receipt = self._receipt(self.rpc("eth_sendTransaction", call))
        used, price = int(receipt["gasUsed"], 16), int(receipt["effectiveGasPrice"], 16)
        refusal = None if receipt["status"] == "0x1" else self._reason(receipt["transactionHash"])
        return Mined(refusal, int(str(receipt["blockTimestamp"]), 0), used, used * price)

    def refusal(self, call: dict[str, str], time: int) -> str | None:
        """Name of the error that would refuse the call in a block at ``time``; None if it would count."""
        answer = self._post(_call(0, "eth_call", [call, "latest", {}, {"time": hex(time)}]))
        if "error" not in answer:
            return None
        return self._name(str(answer["error"].get("data", "0x")))

    def _post(self, message: object) -> Any:
        if monotonic() - self._used > _IDLE_S:
            self._connection.close()  # and opens by itself
        self._connection.request("POST", "/", json.dumps(message), {"Content-Type": "application/json"})
        answer = json.loads(self._connection.getresponse().read())
        self._used = monotonic()
        return answer

    def _receipt(self, transaction_hash: str) -> dict[str, str]:
        """The receipt, as soon as there is one. (anvil 1.7.1's eth_sendTransactionSync now and then never answers.)"""
        deadline = monotonic() + _MINED_WITHIN_S
        while monotonic() < deadline:
            receipt = self.rpc("eth_getTransactionReceipt", transaction_hash)
            if receipt is not None:
                return dict(receipt)
        raise ChainError(f"anvil has not mined {transaction_hash} within {_MINED_WITHIN_S:g} s")

    def _reason(self, transaction_hash: str) -> str:
        trace = self.rpc("debug_traceTransaction", transaction_hash, _TOP_CALL)
        return self._name(str(trace.get("output", "0x")))

    def _name(self, returned: str) -> str:
        return self.chain.errors.decode(bytes.fromhex(returned.removeprefix("0x"))).name


def _call(number: int, method: str, params: Sequence[object]) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}


def _result(method: str, answer: Mapping[str, Any]) -> Any:
    if "error" in answer:
        raise ChainError(f"{method}: {answer['error']}")
    return answer["result"]
