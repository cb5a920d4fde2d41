"""The office's HTTP application: its key statement for everybody, introductions, and letters."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from assay.postbox.problems import HANDLERS, Unread
from protocols.post.letters import LETTER_HEAD_BYTES, MAX_HELLO_BYTES, MAX_LETTER_BYTES
from protocols.post.office import PostOffice
from protocols.post.refusal import Kind, PostRefused

BODY_S = 60.0
"""How long a letter may take to arrive; a caller on a slow line carries less."""
QUIET_S = 60.0
TOLD = (Kind.FULL, Kind.CONFLICT)
KEY, HELLO, LETTERS = "/v1/key", "/v1/hello", "/v1/letters"
OCTETS = "application/octet-stream"


class Counter:
    """The endpoints over one office. ``say`` is told what this side alone should know of a refusal."""

    def __init__(self, office: PostOffice, say: Callable[[str], None]) -> None:
        self._office, self._say = office, say
        self._told: dict[Kind, float] = {}

    async def key(self, _: Request) -> Response:
        """GET /v1/key"""
        return Response(self._office.statement, media_type="application/json")

    async def hello(self, request: Request) -> Response:
        """POST /v1/hello"""
        body = await _read(request, MAX_HELLO_BYTES, lambda _: None)
        return await self._answered(partial(self._office.hello, body))

    async def letter(self, request: Request) -> Response:
        """POST /v1/letters"""
        body = await _read(request, MAX_LETTER_BYTES, self._office.require_visit)
        return await self._answered(partial(self._office.post, body))

    async def _answered(self, answer: Callable[[], bytes]) -> Response:
        try:
            return Response(await asyncio.to_thread(answer), media_type=OCTETS)
        except PostRefused as refusal:
            self._tell(refusal)
            raise

    def _tell(self, refusal: PostRefused) -> None:
        """Say what this side can do something about; seldom, as strangers can bring it about."""
        now = time.monotonic()
        if refusal.kind in TOLD and now - self._told.get(refusal.kind, -QUIET_S) >= QUIET_S:
            self._told[refusal.kind] = now
            self._say(f"refused a letter: {refusal}")


async def _read(request: Request, limit: int, look: Callable[[bytes], None]) -> bytes:
    """A body of at most ``limit`` bytes within ``BODY_S`` seconds; ``look`` may refuse it by its first bytes."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != OCTETS:
        raise Unread("wrong-media-type")
    try:
        return await asyncio.wait_for(_collected(request, limit, look), BODY_S)
    except (TimeoutError, ClientDisconnect):
        raise Unread("too-slow") from None


async def _collected(request: Request, limit: int, look: Callable[[bytes], None]) -> bytes:
    body, seen = bytearray(), False
    async for part in request.stream():
        if len(body) + len(part) > limit:
            raise Unread("too-large")
        body += part
        if not seen and len(body) >= LETTER_HEAD_BYTES:
            look(bytes(body[:LETTER_HEAD_BYTES]))
            seen = True
    return bytes(body)


def application(office: PostOffice, say: Callable[[str], None] = lambda _: None) -> Starlette:
    """The ASGI application of an office."""
    counter = Counter(office, say)
    routes = [
        Route(KEY, counter.key),
        Route(HELLO, counter.hello, methods=["POST"]),
        Route(LETTERS, counter.letter, methods=["POST"]),
    ]
    return Starlette(routes=routes, exception_handlers=HANDLERS)
