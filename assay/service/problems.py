"""What the service refuses, as problem documents (RFC 9457): a stable kind, a status, and a sentence for people."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from proofs.errors import AssayError, InvalidInput
from proofs.integer import OutOfRange
from protocols.errors import MessageRejected

MEDIA_TYPE = "application/problem+json"
KINDS: dict[str, tuple[int, str]] = {
    "malformed-request": (400, "The request is not what this endpoint takes"),
    "unauthorised": (401, "The client of this round has not signed for this session"),
    "receipt-due": (402, "Too many answers have no receipt yet"),
    "no-such-thing": (404, "There is nothing here"),
    "wrong-method": (405, "This endpoint has other methods"),
    "index-used": (409, "This index was answered for another input"),
    "round-unproven": (409, "There is no proof of this round"),
    "round-closed": (409, "The round takes no questions now"),
    "too-large": (413, "The request is too large"),
    "wrong-media-type": (415, "The request must be application/json"),
    "unusable-input": (422, "The input cannot be answered"),
    "unprovable-input": (422, "The answer to this input could not be proven"),
    "failed": (500, "The service failed"),
    "busy": (503, "The service has too much to do"),
    "store-failed": (503, "The service cannot record answers"),
}
"""Kind: status and title. Documents name it as ``urn:assay:problem:KIND``."""


class Problem(AssayError):
    """A refused request; ``kind`` is a key of ``KINDS``, ``detail`` says what was wrong and what to do."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def problem_of(error: Exception) -> Problem:
    """The problem that stands for an error; nothing of an unexpected one is shown."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, MessageRejected):
        return Problem("malformed-request", str(error))
    if isinstance(error, OutOfRange):
        return Problem("unprovable-input", str(error))
    if isinstance(error, InvalidInput):
        return Problem("unusable-input", str(error))
    return Problem("failed", "an unexpected failure; nothing was answered, try again later")


def response(problem: Problem) -> JSONResponse:
    """The problem document."""
    status, title = KINDS[problem.kind]
    content = {"type": f"urn:assay:problem:{problem.kind}", "title": title, "status": status, "detail": problem.detail}
    headers = {"Retry-After": "1"} if problem.kind == "busy" else None
    return JSONResponse(content, status, headers, MEDIA_TYPE)


async def on_error(_: Request, error: Exception) -> JSONResponse:
    """Exception handler of the application."""
    return response(problem_of(error))


async def on_http(_: Request, error: Exception) -> JSONResponse:
    """Starlette's own refusals: unknown paths and methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    kind = {404: "no-such-thing", 405: "wrong-method"}.get(status)
    if kind is None:
        return response(problem_of(error))
    return response(Problem(kind, "see /docs for what this service offers"))


HANDLERS: Any = {HTTPException: on_http, AssayError: on_error, Exception: on_error}
"""For an application."""
