"""Anvil spoken to directly: one block for each transaction at a chosen second, refusals mined and named, reads bundled.

The project's own client estimates, waits and re-reads; thousands of steps need something leaner.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any, cast

from web3.types import RPCEndpoint

from escrow.chain import Chain
from proofs.errors import ChainError

GAS = 3_000_000  # enough for every step, so that a refused one is mined too
_MINED_WITHIN_S = 30.0
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
    """The RPC methods a replay needs."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain

    def rpc(self, method: str, *params: object) -> Any:
        """Result of one call. Raises ChainError when anvil refuses."""
        answer = self.chain.w3.provider.make_request(RPCEndpoint(method), list(params))
        return _result(method, cast(dict[str, Any], answer))

    def all(self, requests: list[Request]) -> list[str]:
        """Results of several reads in one round trip, in their order."""
        calls = [(RPCEndpoint(method), params) for method, params in requests]
        answers = self.chain.w3.provider.make_batch_request(calls)
        if not isinstance(answers, list):
            raise ChainError(f"batch of {len(calls)} reads: {answers}")
        ordered = sorted(cast(list[dict[str, Any]], answers), key=lambda answer: answer["id"])
        return [_result(method, answer) for (method, _), answer in zip(calls, ordered, strict=True)]

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
        params = [call, "latest", {}, {"time": hex(time)}]
        answer = self.chain.w3.provider.make_request(RPCEndpoint("eth_call"), params)
        if "error" not in answer:
            return None
        return self._name(str(cast(dict[str, Any], answer["error"]).get("data", "0x")))

    def _receipt(self, transaction_hash: str) -> dict[str, str]:
        """The receipt, as soon as there is one. (anvil 1.7.1's eth_sendTransactionSync now and then never answers.)"""
        deadline = monotonic() + _MINED_WITHIN_S
        while monotonic() < deadline:
            receipt = self.rpc("eth_getTransactionReceipt", transaction_hash)
            if receipt is not None:
                return cast(dict[str, str], receipt)
        raise ChainError(f"anvil has not mined {transaction_hash} within {_MINED_WITHIN_S:g} s")

    def _reason(self, transaction_hash: str) -> str:
        trace = self.rpc("debug_traceTransaction", transaction_hash, _TOP_CALL)
        return self._name(str(trace.get("output", "0x")))

    def _name(self, returned: str) -> str:
        return self.chain.errors.decode(bytes.fromhex(returned.removeprefix("0x"))).name


def _result(method: str, answer: dict[str, Any]) -> Any:
    if "error" in answer:
        raise ChainError(f"{method}: {answer['error']}")
    return answer["result"]
