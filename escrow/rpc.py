"""The JSON-RPC connection, and every failure of it in this project's own errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from eth_abi.exceptions import DecodingError
from requests import RequestException
from web3 import HTTPProvider, Web3
from web3.exceptions import (
    BadFunctionCallOutput,
    BadResponseFormat,
    ContractLogicError,
    TimeExhausted,
    Web3Exception,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import RPCResponse

from escrow.gas import MAX_TRANSACTION_GAS
from escrow.reverts import ErrorTable, Reverted
from escrow.solc import MAX_RUNTIME_BYTES
from proofs.errors import AssayError, ChainError, InvalidInput, ResourceExceeded
from proofs.nesting import nesting_depth

_TOO_LARGE = re.compile(r"createcontractsizelimit|max code size exceeded|initcode size", re.IGNORECASE)
_TOO_MUCH_GAS = re.compile(
    r"out of gas|gas required exceeds|tx_gas_limit_cap|exceeds (the )?block gas limit|gas limit too high|intrinsic gas",
    re.IGNORECASE,
)
_NO_FUNDS = re.compile(r"insufficient (funds|balance)|lack of funds", re.IGNORECASE)
_UNWELL = {-32603, -32005, -32016}
"""JSON-RPC: internal error; limit exceeded (EIP-1474); rate limited, as some providers number it."""
_UNWELL_WORDS = re.compile(
    r"header not found|(unknown|missing) (block|header)|block not found|missing trie node|state .*not available|"
    r"too many requests|rate.?limit|capacity|overloaded|busy|time.?out|timed out|temporar|try again",
    re.IGNORECASE,
)
GARBLED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, DecodingError)
"""What web3, and whoever reads its answers, raises for answers that have not the form they must have."""
MAX_ANSWER_DEPTH = 32
"""No answer this project asks for is nested deeper than ten; web3's decoder would end the process at some thousands."""


class ShallowProvider(HTTPProvider):
    """Refuses answers nested so deeply that decoding them ends the process. Raises ValueError for them."""

    @staticmethod
    def decode_rpc_response(raw_response: bytes) -> RPCResponse:
        """An untrusted answer."""
        raw_response.decode("utf-8")
        if nesting_depth(raw_response, MAX_ANSWER_DEPTH) > MAX_ANSWER_DEPTH:
            raise ValueError(f"the answer is nested deeper than {MAX_ANSWER_DEPTH}")
        return HTTPProvider.decode_rpc_response(raw_response)


def open_connection(url: str, timeout_s: float) -> Web3:
    """A web3 connection over HTTP without hidden retries; nothing is sent yet.

    Raises:
        InvalidInput: the address is not http:// or https://.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise InvalidInput(f"{shown_url(url)!r} is no RPC address; give one that starts with http:// or https://")
    provider = ShallowProvider(url, request_kwargs={"timeout": timeout_s}, exception_retry_configuration=None)
    connection = Web3(provider)
    # Chains under proof of authority put more into a block header than web3 expects.
    connection.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    return connection


def shown_url(url: str) -> str:
    """The address without user name, password, path and query, any of which may hold a provider's secret key."""
    parts = urlsplit(url)
    if not parts.hostname:
        return url.rpartition("@")[2].partition("?")[0][:80]
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


@contextmanager
def rpc_errors(url: str, step: str, table: ErrorTable) -> Iterator[None]:
    """Turn whatever web3, requests or the node raise inside the block into this project's errors.

    Raises:
        Reverted: a contract refused, with its decoded reason.
        ResourceExceeded: the code or the gas does not fit a real chain.
        ChainError: anything else.
    """
    try:
        yield
    except AssayError:
        raise
    except ContractLogicError as error:
        raise Reverted(step, table.decode(return_data(error.data))) from error
    except BadFunctionCallOutput as error:
        raise ChainError(
            f"{step}: no such contract on {shown_url(url)}; check its address and that this is the right chain"
        ) from error
    except Web3RPCError as error:
        raise _refusal(url, step, _message(error)) from error
    except RequestException as error:
        raise ChainError(
            f"{step}: the chain at {shown_url(url)} is unreachable ({_cause(error)}); "
            "check the RPC address, the network and that the node runs, then try again"
        ) from error
    except GARBLED as error:
        raise ChainError(f"{step}: {shown_url(url)} does not speak Ethereum JSON-RPC; check the address") from error
    except Web3Exception as error:
        raise ChainError(f"{step}: {type(error).__name__} from {shown_url(url)}: {error}; try again") from error


def _message(error: Web3RPCError) -> str:
    """What the node says, however it says it."""
    said = (error.rpc_response or {}).get("error")
    return str(said.get("message", error) if isinstance(said, dict) else error)


def _refusal(url: str, step: str, message: str) -> AssayError:
    """The project's error for a node's refusal, from its text: nodes agree on words, not on codes."""
    if _TOO_LARGE.search(message):
        return ResourceExceeded(
            f"{step}: the contract is larger than the {MAX_RUNTIME_BYTES:,} bytes a chain stores (EIP-170); "
            "make it smaller, for a verifier by a smaller batch",
            needed=MAX_RUNTIME_BYTES + 1,
            available=MAX_RUNTIME_BYTES,
        )
    if _TOO_MUCH_GAS.search(message):
        return ResourceExceeded(
            f"{step} does not fit the {MAX_TRANSACTION_GAS:,} gas of one transaction (EIP-7825): {message}; "
            "use a smaller batch",
            needed=MAX_TRANSACTION_GAS + 1,
            available=MAX_TRANSACTION_GAS,
        )
    if _NO_FUNDS.search(message):
        return ChainError(f"{step}: the account lacks funds for value and gas; send it ETH and try again")
    return ChainError(f"{step}: {shown_url(url)} refused: {message}; correct the cause and try again")


def passing(error: ChainError) -> bool:
    """Whether asking again may help: no answer, a garbled one, a node that is not well or has not caught up yet.

    What a contract or the node says against a transaction itself is no such thing.
    """
    cause = error.__cause__
    if isinstance(cause, Web3RPCError):
        answer = (cause.rpc_response or {}).get("error", {})
        fields = answer if isinstance(answer, dict) else {}
        return fields.get("code") in _UNWELL or bool(_UNWELL_WORDS.search(str(fields.get("message", cause))))
    return isinstance(cause, RequestException | TimeExhausted | BadResponseFormat | BadFunctionCallOutput | ValueError)


def return_data(data: object) -> bytes:
    text = data.get("data", "") if isinstance(data, dict) else data
    if not isinstance(text, str):
        return b""
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        return b""


def _cause(error: RequestException) -> str:
    """Short cause without the address, which may hold a secret."""
    response = error.response
    return type(error).__name__ if response is None else f"HTTP status {response.status_code}"
