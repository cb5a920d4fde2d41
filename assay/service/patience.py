"""HTTP connections that must get to the point: one that brings no complete request head in time is closed.

Connections are limited in number, so without this a stranger could hold them all by saying nothing, or little.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 10.0


class PatientProtocol(H11Protocol):
    """Closes a connection ``HEAD_S`` seconds after it began to wait for a request; bytes that trickle do not help.

    While a request is being answered nothing is closed; its body has a limit of its own.
    """

    _deadline: asyncio.TimerHandle | None = None
    _upgraded: bool = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection is there, and no request yet."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Bytes came, perhaps the rest of a request head."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """A response has gone; the wait for the next request begins."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, and with it its deadline."""
        super().connection_lost(exc)
        self._unset_deadline()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """The head is complete, and the connection another protocol's, which keeps its own time."""
        super().handle_websocket_upgrade(event)
        self._upgraded = True

    def _watch(self) -> None:
        if self._upgraded:
            self._unset_deadline()
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self._unset_deadline()
        elif self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(HEAD_S, self.transport.abort)

    def _unset_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
