"""HTTP connections that must get to the point: one that brings no complete request head in time is closed.

Connections are limited in number, so without this a stranger could hold them all by saying nothing, or little. The same
for websockets: one that does not complete its handshake, or outlives its session, is cut off.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

HEAD_S = 10.0
LINGER_S = 5.0
"""How long a websocket may take to read what was sent and say goodbye, once its session is over."""
MAX_UNREAD_BYTES = 4 << 20
"""Bytes waiting for a client that goes on pinging and reads nothing; one message and its pongs take less."""
MAX_FRAGMENTS = 4096
"""Pieces of one message: as many as the websockets library itself reads."""


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


class PatientSocket(WebSocketsSansIOProtocol):
    """A websocket whose handshake, unread bytes and end have limits; its sessions keep their own time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The head is there; websockets reads fewer heads than HTTP, and says nothing about the others."""
        super().connection_made(transport)
        self.loop.call_later(HEAD_S, self._expect_handshake)

    async def run_asgi(self) -> None:
        """The session. What the client has not read soon after its end is thrown away, as is the connection."""
        try:
            await super().run_asgi()
        finally:
            self.loop.call_later(LINGER_S, self.transport.abort)

    def handle_ping(self) -> None:
        """Answer a ping, unless the answers pile up."""
        if self.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            self.transport.abort()
        else:
            super().handle_ping()

    def handle_cont(self, event: Frame) -> None:
        """A further fragment; empty ones count, as their bytes do not."""
        if len(self.frames) >= MAX_FRAGMENTS:
            self.transport.abort()
        else:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Hand a message on; text that is none ends the connection, without a word in the log."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.fail(1007, "text that is not UTF-8")
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def _expect_handshake(self) -> None:
        if not self.handshake_complete:
            self.transport.abort()
