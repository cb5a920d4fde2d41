"""A service that runs networks for others and nothing else."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from assay.service.delegation.hosted import HostedNetworks
from assay.service.delegation.routes import routes
from assay.service.openapi import document
from assay.service.problems import HANDLERS
from assay.service.reference import reference_routes


def application(hosted: HostedNetworks) -> Starlette:
    """The ASGI application."""
    own = [Route("/health", _health), *reference_routes(document(rounds=False)), *routes(hosted)]
    return Starlette(routes=own, exception_handlers=HANDLERS)


async def _health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "costs": {}})
