"""The delegations' part of the service: which networks are hosted, and the endpoint that runs them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute

from assay.service.delegation.hosted import HostedNetworks
from assay.service.delegation.session import Delegations


def routes(hosted: HostedNetworks) -> list[BaseRoute]:
    """GET /v1/networks and the websocket /v1/delegations."""
    listing = hosted.listing()

    async def networks(_: Request) -> JSONResponse:
        return JSONResponse({"networks": listing})

    endpoint = Delegations(hosted)
    return [Route("/v1/networks", networks), WebSocketRoute("/v1/delegations", endpoint.session)]
