"""The client of a round: asks, checks every answer before it counts, records it, and signs receipts for what came."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
from eth_account.signers.local import LocalAccount

from assay.service.client_record import Asked, ClientRecord
from assay.service.questions import salt_text
from assay.service.round import Round
from assay.service.session import LIFETIME_S, make_token
from escrow.parties.predictions.records import ServiceAway
from proofs.canonical import to_hex
from proofs.errors import AssayError, InvalidInput
from proofs.nesting import shallow_json
from protocols.canonical import encode_canonical
from protocols.errors import MessageRejected
from protocols.predictions.answers import MAX_ANSWER_BYTES, AnswerDesk, SignedAnswer, sign_receipt
from protocols.predictions.signing import RoundSigner

AT_ONCE = 8
TIMEOUT_S = 30.0
ATTEMPTS = 5
SILENT_GROUPS = 2
"""Groups in a row without any response after which the rest is not asked."""
MAX_RESPONSE_BYTES = MAX_ANSWER_BYTES + 4_096
_AGAIN = (402, 503)
_NEVER = (400, 413, 415, 422)
_INDEX_USED = "urn:assay:problem:index-used"
Told = Callable[[int], None]


class _Silent(ServiceAway):
    """No attempt brought a decision."""


class RoundClient:
    """Asks one round's questions.

    Args:
        url: the service, https, or http on a loopback. record: where questions and answers are kept.
        account: the client's key (secret). told: called with the number of answers after each group.

    Raises:
        InvalidInput: an address that would send inputs in the clear, or an account that is not the client's.
    """

    def __init__(
        self, url: str, of: Round, account: LocalAccount, record: ClientRecord, told: Told | None = None
    ) -> None:
        if account.address != of.terms.client:
            raise InvalidInput(f"the round's client is {of.terms.client}, your account is {account.address}")
        self._base = f"{safe_url(url)}/v1/jobs/{to_hex(of.job_id)}"
        self._round, self._record, self._told = of, record, told or (lambda _: None)
        self._desk = AnswerDesk(of.terms, of.job_id, of.domain)
        self._signer = RoundSigner(account, of.domain)
        self._token = make_token(account, of, int(time.time()) + LIFETIME_S)

    async def ask_all(self, group: int, *, receipts: bool = True) -> None:
        """Ask what has no answer yet, ``group`` questions to a receipt; answers are recorded before it is signed.

        Refused questions and receipts do not keep the others from being asked; two silent groups in a row do.

        Args:
            receipts: give them; without, the provider answers no more than its credit.

        Raises:
            MessageRejected: an answer failed a check; it counts as none, the others are recorded.
            InvalidInput: the service refused or is away; what came is recorded.
        """
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(timeout=TIMEOUT_S, limits=limits, trust_env=False) as http:
            answered = len(self._record.answers())
            failures, silent = await self._try_receipt(http, answered) if receipts else [], 0
            for part in _groups(self._record.questions(unanswered=True), group):
                results = await asyncio.gather(*(self._ask(http, asked) for asked in part), return_exceptions=True)
                answers = [result for result in results if isinstance(result, SignedAnswer)]
                self._record.put_answers(answers)
                answered += len(answers)
                _raise_others([result for result in results if not isinstance(result, AssayError)])
                failures += [result for result in results if isinstance(result, AssayError)]
                silent = silent + 1 if all(isinstance(result, _Silent) for result in results) else 0
                if silent == SILENT_GROUPS:
                    break
                if answers and receipts:
                    failures += await self._try_receipt(http, answered)
                self._told(answered)
        _raise_first(failures)

    async def ask_some(self, asked: Sequence[Asked]) -> dict[int, str]:
        """Ask these at once and record what comes; why each of those has no answer that will never get one.

        Raises:
            ServiceAway: some have none yet; what came is recorded.
        """
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as http:
            results = await asyncio.gather(*(self._ask(http, each) for each in asked), return_exceptions=True)
        self._record.put_answers(result for result in results if isinstance(result, SignedAnswer))
        refused: dict[int, str] = {}
        for each, result in zip(asked, results, strict=True):
            if isinstance(result, MessageRejected) or type(result) is InvalidInput:
                refused[each.index] = str(result)
        _raise_others([result for result in results if type(result) is not InvalidInput])
        return refused

    async def send_receipt(self, answered: int) -> None:
        """Sign for ``answered`` answers in all. Raises InvalidInput when the provider does not take it."""
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as http:
            await self._receipt(http, answered)

    async def _try_receipt(self, http: httpx.AsyncClient, answered: int) -> list[AssayError]:
        """Give a receipt; why it was not taken. Receipts are cumulative, so the next makes up for it."""
        try:
            await self._receipt(http, answered)
        except (InvalidInput, MessageRejected) as error:
            return [error]
        return []

    async def _ask(self, http: httpx.AsyncClient, asked: Asked) -> SignedAnswer:
        x = (asked.raw / (1 << self._round.view.scale_bits)).tolist()
        question = {"index": asked.index, "salt": salt_text(asked.salt), "x": x}
        raw = await self._post(http, "answers", json.dumps(question).encode())
        try:
            signed = shallow_json(raw)["signed"]
            statement = encode_canonical(signed)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise MessageRejected("json", f"the answer to question {asked.index} is no answer document") from None
        return self._desk.open(statement, asked.index, asked.h)

    async def _receipt(self, http: httpx.AsyncClient, answered: int) -> None:
        if answered == 0:
            return
        await self._post(http, "receipts", sign_receipt(self._signer, self._round.job_id, answered).to_json())

    async def _post(self, http: httpx.AsyncClient, what: str, body: bytes) -> bytes:
        """The body of a good response; waits and asks again where that may help. Raises InvalidInput or ServiceAway."""
        headers = {
            "Accept-Encoding": "identity",
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
        }
        kind: type[InvalidInput] = _Silent
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(0.2 * 2**attempt)
            try:
                async with asyncio.timeout(TIMEOUT_S):  # a trickle must not keep the client from its contests
                    status, raw = await _bounded(http, f"{self._base}/{what}", body, headers)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError) as error:  # redirects are parsed
                reason = f"{type(error).__name__}: {error}"
                continue
            if status == 200:
                return raw
            reason = _detail(status, raw)
            if status not in _AGAIN:
                kind = InvalidInput if status in _NEVER or _kind(raw) == _INDEX_USED else ServiceAway
                break
        raise kind(f"the service at {self._base} gave no {what[:-1]}: {reason}")


async def _bounded(http: httpx.AsyncClient, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Status and body of a response of bounded length."""
    async with http.stream("POST", url, content=body, headers=headers) as response:
        raw = b""
        async for part in response.aiter_raw():
            raw += part
            if len(raw) > MAX_RESPONSE_BYTES:
                raise MessageRejected("size", f"the service sent more than {MAX_RESPONSE_BYTES} bytes")
        return response.status_code, raw


def _detail(status: int, raw: bytes) -> str:
    """What a problem document says, printable and short."""
    try:
        content: Any = shallow_json(raw)
        text = str(content["detail"]) if isinstance(content, dict) else ""
    except (ValueError, KeyError, RecursionError):
        text = ""
    return f"status {status} {''.join(c for c in text if c.isprintable())[:300]}".strip()


def _kind(raw: bytes) -> str:
    """The type of a problem document, nothing if it is none."""
    try:
        content: Any = shallow_json(raw)
        return str(content["type"]) if isinstance(content, dict) else ""
    except (ValueError, KeyError, RecursionError):
        return ""


def _raise_others(results: Sequence[object]) -> None:
    """Raise the first failure that is no refused answer: the service is away, or the program at fault."""
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, MessageRejected):
            raise result


def _raise_first(failures: Sequence[AssayError]) -> None:
    """Raise a refused answer if there is one, as it is the gravest, else the first failure."""
    for failure in sorted(failures, key=lambda failure: not isinstance(failure, MessageRejected)):
        raise failure


def _groups(questions: Sequence[Asked], size: int) -> Iterator[Sequence[Asked]]:
    for start in range(0, len(questions), size):
        yield questions[start : start + size]


def safe_url(url: str) -> str:
    """``url`` without a trailing slash, if inputs may be sent there. Raises InvalidInput."""
    wrong = InvalidInput(f"{url!r} is no address of a service; give https://HOST, or http://127.0.0.1:PORT")
    if not url.isprintable() or " " in url or "\\" in url:
        raise wrong
    try:
        parts, host = urlsplit(url), httpx.URL(url).host
        whole = parts.port != 0 and not (parts.query or parts.fragment)
    except (ValueError, httpx.InvalidURL):
        raise wrong from None
    if parts.scheme not in ("http", "https") or not host or parts.hostname != host or not whole:
        raise wrong
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise InvalidInput("over plain http inputs and session could be read on the way; give an https address")
    return url.rstrip("/")
