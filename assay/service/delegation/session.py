"""The server's side of a delegation: a websocket, and a limit on everything.

The event loop only carries messages; executing and proving run in a thread (bridge.py). A client that is silent, gone
or wrong ends its own session and nothing else.
"""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from assay.service.delegation.bridge import MESSAGE_S, Bridge, Gone, Silent, receive, work_on
from assay.service.delegation.hosted import OPEN, SESSIONS, HostedNetworks, most_inputs
from assay.service.delegation.wire import MAX_HELLO_BYTES, Hello, input_bytes, piece_sizes
from assay.service.problems import Problem, response
from proofs.errors import AssayError, InvalidInput, MalformedProof
from proofs.sumcheck.safetynets.network import Network

HELLO_S = 10.0
SESSION_S = 900.0
CLOSE_S = 5.0
"""How long a close frame may take to get past what the client has not read."""
CLOSE_DONE, CLOSE_BAD, CLOSE_SLOW, CLOSE_BUSY, CLOSE_FAILED = 1000, 4400, 4408, 4429, 4500
"""Close codes: all was sent; bad bytes; too slow; too many delegations; a fault of the server's."""
MAX_REASON_BYTES = 120
"""A close frame holds 123 bytes of reason."""
Close = tuple[int, str]


class Busy(Exception):
    """As many delegations are running as there may be."""


class Delegations:
    """The websocket endpoint over the hosted networks."""

    def __init__(self, hosted: HostedNetworks) -> None:
        self._hosted = hosted
        self._open = 0
        self._running = 0

    async def session(self, socket: WebSocket) -> None:
        """One session, from hello to close."""
        if self._open >= OPEN:
            await socket.send_denial_response(response(Problem("busy", "too many sessions are open; try again later")))
            return
        self._open += 1
        try:
            await socket.accept()
            close = await self._conversation(socket)
            if close is not None:
                await _close(socket, *close)
        finally:
            self._open -= 1

    async def _conversation(self, socket: WebSocket) -> Close | None:
        """How the connection is to be closed, or None if the client has left."""
        try:
            async with asyncio.timeout(SESSION_S):
                await self._answer(socket)
        except (WebSocketDisconnect, Gone):
            return None
        except (AssayError, Busy, Silent, TimeoutError, MemoryError) as error:
            return _close_for(error)
        return CLOSE_DONE, ""

    async def _answer(self, socket: WebSocket) -> None:
        raw = await receive(socket, HELLO_S, text=True)
        if len(raw) > MAX_HELLO_BYTES:
            raise MalformedProof(f"hello has {len(raw)} bytes; at most {MAX_HELLO_BYTES} are read")
        hello = Hello.from_bytes(raw, 1 << 31)
        network = self._hosted.networks.get(hello.network)
        if network is None:
            raise InvalidInput("this service does not run that network, or at other scales; see /v1/networks")
        if hello.total > most_inputs(network):
            raise InvalidInput(f"{hello.total} inputs; this service takes {most_inputs(network)} of them at a time")
        if self._running >= SESSIONS:
            raise Busy
        self._running += 1
        try:
            await _work(socket, network, hello.total, await _read_inputs(socket, network, hello.total))
        finally:
            self._running -= 1


def _close_for(error: Exception) -> Close:
    """The close that stands for an error."""
    if isinstance(error, Busy):
        return CLOSE_BUSY, f"{SESSIONS} delegations are running; ask again later"
    if isinstance(error, MalformedProof | InvalidInput):
        return CLOSE_BAD, str(error)
    if isinstance(error, Silent):
        return CLOSE_SLOW, str(error)
    if isinstance(error, TimeoutError):
        return CLOSE_SLOW, f"the session took longer than {SESSION_S:g} s"
    if isinstance(error, MemoryError):
        return CLOSE_FAILED, "the batch does not fit into memory; ask for fewer inputs"
    return CLOSE_FAILED, str(error)


async def _read_inputs(socket: WebSocket, network: Network, total: int) -> bytes:
    """The inputs as they came."""
    received = []
    for size in piece_sizes(input_bytes(network, total)):
        piece = await receive(socket, MESSAGE_S)
        if len(piece) != size:
            raise MalformedProof(f"a piece of the inputs has {len(piece)} bytes instead of {size}")
        received.append(piece)
    return b"".join(received)


async def _work(socket: WebSocket, network: Network, total: int, raw: bytes) -> None:
    """Have a thread do the work; given up, wait until it has ended, since it holds memory until then."""
    bridge = Bridge(socket, asyncio.get_running_loop())
    work = asyncio.ensure_future(asyncio.to_thread(work_on, network, total, raw, bridge))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        bridge.give_up()
        await asyncio.gather(work, return_exceptions=True)
        raise


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    """Close, if the client has not; one that reads nothing is cut off by the server (patience.py)."""
    short = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
    if socket.client_state is WebSocketState.CONNECTED and socket.application_state is WebSocketState.CONNECTED:
        try:
            async with asyncio.timeout(CLOSE_S):
                await socket.close(code, short)
        except (RuntimeError, TimeoutError, WebSocketDisconnect):
            return
