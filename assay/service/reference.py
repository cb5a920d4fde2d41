"""The service's own description, for programs and for people."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from assay.service.docs_page import HEADERS, page


def reference_routes(document: dict[str, Any]) -> list[Route]:
    """GET /openapi.json and GET /docs."""
    html = page(document)

    async def openapi(_: Request) -> JSONResponse:
        return JSONResponse(document)

    async def docs(_: Request) -> HTMLResponse:
        return HTMLResponse(html, headers=HEADERS)

    return [Route("/openapi.json", openapi), Route("/docs", docs)]
