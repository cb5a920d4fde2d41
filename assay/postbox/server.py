"""The office in a thread of the party's process: bounded connections, bounded heads, and time limits on all of it."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections import Counter as Tally
from collections.abc import Callable

import uvicorn

from assay.postbox.app import application
from assay.service.patience import PatientProtocol
from protocols.post.office import PostOffice

CONNECTIONS = 64
CONNECTIONS_EACH = 16
"""Of one host: a stranger alone does not fill the office."""
MAX_HEAD_BYTES = 16_384
STOP_S = 3.0


def _protocol(most_each: int) -> type[PatientProtocol]:
    """A connection protocol that counts the connections of each host, for one server."""
    open_now: Tally[str] = Tally()

    class CountedProtocol(PatientProtocol):
        """Closes a connection at once when its host has enough of them."""

        _host: str | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            """A connection is there."""
            super().connection_made(transport)
            self._host = str((transport.get_extra_info("peername") or ("?",))[0])
            open_now[self._host] += 1
            if open_now[self._host] > most_each:
                transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            """The connection is gone."""
            super().connection_lost(exc)
            if self._host is not None:
                open_now[self._host] -= 1
                self._host = None
            for host in [host for host, count in open_now.items() if count <= 0]:
                del open_now[host]

    return CountedProtocol


class Server:
    """Serves one office on a listening socket until stopped.

    Args:
        say: told what this side alone should know.
    """

    def __init__(self, office: PostOffice, listener: socket.socket, say: Callable[[str], None]) -> None:
        configuration = uvicorn.Config(
            application(office, say),
            log_config=None,
            access_log=False,
            server_header=False,
            http=_protocol(CONNECTIONS_EACH),
            ws="none",
            loop="asyncio",
            lifespan="off",
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        )
        self._listener, self._server = listener, uvicorn.Server(configuration)
        self._thread = threading.Thread(target=self._serve, name="post-office", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what is being asked, then no more."""
        self._server.should_exit = True
        self._thread.join(STOP_S)
        self._listener.close()

    def _serve(self) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # a line for each malformed request, else
        self._server.run(sockets=[self._listener])
