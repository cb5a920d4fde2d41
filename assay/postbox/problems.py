"""What an office refuses, as problem documents (RFC 9457) that tell a stranger nothing about anybody."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from assay.service.problems import MEDIA_TYPE
from proofs.errors import AssayError
from protocols.post.refusal import SENTENCES, Kind, PostRefused

PREFIX = "urn:assay:problem:"
STATUSES: dict[Kind, int] = {
    Kind.MALFORMED: 400,
    Kind.NO_VISIT: 401,
    Kind.REFUSED: 403,
    Kind.REPLAYED: 409,
    Kind.OUT_OF_ORDER: 409,
    Kind.CONFLICT: 409,
    Kind.TOO_EARLY: 409,
    Kind.FULL: 507,
}
OTHERS: dict[str, tuple[int, str]] = {
    "no-such-thing": (404, "there is nothing here"),
    "wrong-method": (405, "this place has other methods"),
    "too-slow": (408, "the letter did not arrive in time"),
    "too-large": (413, "no letter is that large"),
    "wrong-media-type": (415, "letters are application/octet-stream"),
    "failed": (500, "the office failed; try again later"),
}


class Unread(AssayError):
    """A request that was not read as a letter; ``kind`` is a key of ``OTHERS``."""

    def __init__(self, kind: str) -> None:
        super().__init__(OTHERS[kind][1])
        self.kind = kind


def document(error: Exception) -> JSONResponse:
    """The problem document of an error; nothing of an unexpected one is shown."""
    if isinstance(error, PostRefused):
        return _document(error.kind, STATUSES[error.kind], SENTENCES[error.kind])
    kind = error.kind if isinstance(error, Unread) else "failed"
    return _document(kind, *OTHERS[kind])


def _document(kind: str, status: int, title: str) -> JSONResponse:
    return JSONResponse({"type": PREFIX + kind, "title": title, "status": status}, status, None, MEDIA_TYPE)


async def on_error(_: Request, error: Exception) -> JSONResponse:
    """Exception handler of the application."""
    return document(error)


async def on_http(_: Request, error: Exception) -> JSONResponse:
    """Starlette's own refusals: unknown paths and methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return document(Unread({404: "no-such-thing", 405: "wrong-method"}.get(status, "failed")))


HANDLERS: Any = {HTTPException: on_http, AssayError: on_error, Exception: on_error}
"""For an application."""
