"""A service that runs networks for others and nothing else."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from assay.service.delegation.hosted import HostedNetworks
from assay.service.delegation.routes import routes


def application(hosted: HostedNetworks) -> Starlette:
    """The ASGI application."""
    return Starlette(routes=[Route("/health", _health), *routes(hosted)])


async def _health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})
