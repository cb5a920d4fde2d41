"""A line to an office by HTTP: bounded answers, bounded time, nothing followed and nothing unpacked."""

from __future__ import annotations

import ipaddress
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import httpx

from assay.postbox.app import HELLO, KEY, LETTERS, OCTETS
from assay.postbox.problems import PREFIX
from proofs.errors import InvalidInput, ProtocolViolation
from proofs.nesting import shallow_json
from protocols.post.caller import Line
from protocols.post.letters import ADMISSION_BYTES, MAX_REPLY_BYTES
from protocols.post.refusal import Kind, PostRefused
from protocols.post.statement import MAX_STATEMENT_BYTES

CONNECT_S, SILENCE_S, ANSWER_S = 10.0, 60.0, 180.0
MEET_S = 10.0
"""An introduction is answered at once or not at all; a party that begins does not wait longer."""
MAX_PROBLEM_BYTES = 4096


class LineBroken(ProtocolViolation):
    """The office cannot be reached, or what answers is no office."""


class HttpLine(Line):
    """To the office at ``url``, over one connection that is kept. Proxies of the environment are not used."""

    def __init__(self, url: str) -> None:
        self.url = checked_url(url)
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        headers = {"accept-encoding": "identity", "user-agent": "assay"}
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        self._http = httpx.Client(
            limits=limits, headers=headers, cookies=no_cookies, trust_env=False, follow_redirects=False
        )

    def statement(self) -> bytes:
        """GET /v1/key"""
        return self._ask("GET", KEY, MAX_STATEMENT_BYTES, silence_s=MEET_S)

    def hello(self, body: bytes) -> bytes:
        """POST /v1/hello"""
        return self._ask("POST", HELLO, ADMISSION_BYTES, body, MEET_S)

    def post(self, body: bytes) -> bytes:
        """POST /v1/letters"""
        return self._ask("POST", LETTERS, MAX_REPLY_BYTES, body)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _ask(
        self, method: str, path: str, limit: int, body: bytes | None = None, silence_s: float = SILENCE_S
    ) -> bytes:
        timeout = httpx.Timeout(silence_s, connect=CONNECT_S)
        headers = {} if body is None else {"content-type": OCTETS}
        try:
            with self._http.stream(method, self.url + path, content=body, headers=headers, timeout=timeout) as answer:
                good = answer.status_code == httpx.codes.OK
                content = _bounded(answer, limit if good else MAX_PROBLEM_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:  # a redirect's address is parsed
            raise LineBroken(f"{self.url} cannot be reached ({str(error) or type(error).__name__})") from error
        if good:
            return content
        kind = _kind(content)
        if kind is None:
            raise LineBroken(f"{self.url} answers with status {answer.status_code}; is it a post office?")
        raise PostRefused(kind)


def checked_url(url: str) -> str:
    """An office's address without a slash at its end. Raises InvalidInput."""
    wanted = f"{url!r:.200} is no address of an office; give it like http://203.0.113.7:9101"
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        raise InvalidInput(wanted) from None
    if not sound or parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise InvalidInput(wanted)
    return url.rstrip("/")


def in_the_open(host: str) -> bool:
    """Whether plain HTTP to or from ``host`` leaves this machine."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _bounded(answer: httpx.Response, limit: int) -> bytes:
    """An answer's bytes, read no further than ``limit`` and no longer than ``ANSWER_S``. Raises LineBroken."""
    give_up, content = time.monotonic() + ANSWER_S, bytearray()
    for part in answer.iter_raw():
        content += part
        if len(content) > limit or time.monotonic() > give_up:
            raise LineBroken(f"{answer.url.host} answers too much, or too slowly, for an office")
    return bytes(content)


def _kind(content: bytes) -> Kind | None:
    """The kind of refusal in an untrusted problem document."""
    try:
        name = shallow_json(content)["type"].removeprefix(PREFIX)
        return Kind(name)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
