"""The server's side of a delegation: a websocket, a thread that computes, and a limit on everything.

The event loop only carries messages; executing and proving run in a thread whose kernels hold no interpreter lock, so
other requests are answered meanwhile. A client that is silent, gone or wrong ends its own session and nothing else.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from assay.service.delegation.hosted import SESSIONS, HostedNetworks, most_inputs
from assay.service.delegation.wire import (
    MAX_HELLO_BYTES,
    Hello,
    input_bytes,
    output_bytes,
    piece_sizes,
    pieces,
    read_inputs,
    write_outputs,
)
from proofs.errors import AssayError, InvalidInput, MalformedProof
from proofs.sumcheck.fields import Integers
from proofs.sumcheck.safetynets.execute import execute_all, signed_outputs
from proofs.sumcheck.safetynets.interactive import answer
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.noninteractive import fields_of

MESSAGE_S = 20.0
"""Longest wait for one message of the client."""
SESSION_S = 900.0
CLOSE_BAD, CLOSE_BUSY, CLOSE_FAILED, CLOSE_SLOW = 4400, 4429, 4500, 4408
"""Close codes of refusals: bad bytes, too many sessions, a fault of the server's, too slow."""
MAX_REASON_BYTES = 120
"""A close frame holds 123 bytes of reason."""


class Delegations:
    """The websocket endpoint over the hosted networks."""

    def __init__(self, hosted: HostedNetworks) -> None:
        self._hosted = hosted
        self._running = 0

    async def session(self, socket: WebSocket) -> None:
        """One session, from hello to close."""
        await socket.accept()
        if self._running >= SESSIONS:
            await _close(socket, CLOSE_BUSY, f"{SESSIONS} delegations are running; ask again later")
            return
        self._running += 1
        try:
            async with asyncio.timeout(SESSION_S):
                await self._run(socket)
            await _close(socket, 1000, "")
        except (MalformedProof, InvalidInput) as error:
            await _close(socket, CLOSE_BAD, str(error))
        except (TimeoutError, FutureTimeout):
            await _close(socket, CLOSE_SLOW, "no message came in time")
        except AssayError as error:
            await _close(socket, CLOSE_FAILED, str(error))
        except MemoryError:
            await _close(socket, CLOSE_FAILED, "the batch does not fit into memory; ask for fewer inputs")
        except (WebSocketDisconnect, Gone):
            pass
        finally:
            self._running -= 1

    async def _run(self, socket: WebSocket) -> None:
        hello = Hello.from_bytes(await _receive(socket, text=True), 1 << 31)
        network = self._hosted.networks.get(hello.network)
        if network is None:
            raise InvalidInput("this service does not run that network; see /v1/networks")
        if hello.total > most_inputs(network):
            raise InvalidInput(f"{hello.total} inputs; this service takes {most_inputs(network)} of them at a time")
        received = bytearray()
        for size in piece_sizes(input_bytes(network, hello.total)):
            piece = await _receive(socket)
            if len(piece) != size:
                raise MalformedProof(f"a piece of the inputs has {len(piece)} bytes instead of {size}")
            received += piece
        inputs = read_inputs(network, hello.total, bytes(received))
        bridge = Bridge(socket, asyncio.get_running_loop())
        work = asyncio.ensure_future(asyncio.to_thread(work_on, network, inputs, bridge))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            bridge.give_up()
            await asyncio.gather(work, return_exceptions=True)
            raise


def work_on(network: Network, inputs: Integers, bridge: Bridge) -> None:
    """Execute, send the outputs, prove: in a thread of its own."""
    fields = fields_of(network)
    executions = execute_all(network, fields, inputs)
    outputs = write_outputs(network, signed_outputs(network, executions))
    if len(outputs) != output_bytes(network, inputs.shape[1]):
        raise InvalidInput("the outputs are not as many as were asked for")
    for piece in pieces(outputs):
        bridge.send(piece)
    answer(network, fields, executions, bridge)


class Gone(Exception):
    """The session was given up while its thread was at work."""


class Bridge:
    """The websocket as a thread sees it: messages sent and waited for, until the session is given up."""

    def __init__(self, socket: WebSocket, loop: asyncio.AbstractEventLoop) -> None:
        self._socket, self._loop = socket, loop
        self._over = threading.Event()

    def send(self, message: bytes) -> None:
        """Send a message."""
        self._wait(asyncio.run_coroutine_threadsafe(self._send(message), self._loop))

    def receive(self) -> bytes:
        """Wait for the client's next message."""
        return self._wait(asyncio.run_coroutine_threadsafe(_receive(self._socket), self._loop)) or b""

    def give_up(self) -> None:
        """Let the thread end at its next message."""
        self._over.set()

    async def _send(self, message: bytes) -> None:
        async with asyncio.timeout(MESSAGE_S):
            await self._socket.send_bytes(message)

    def _wait(self, message: Future[bytes] | Future[None]) -> bytes | None:
        if self._over.is_set():
            message.cancel()
            raise Gone
        return message.result(timeout=2 * MESSAGE_S)


async def _receive(socket: WebSocket, text: bool = False) -> bytes:
    """The next message, of the kind expected. Raises MalformedProof, TimeoutError, WebSocketDisconnect."""
    async with asyncio.timeout(MESSAGE_S):
        message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    found = message.get("text") if text else message.get("bytes")
    if found is None:
        raise MalformedProof(f"a {'text' if text else 'binary'} message was expected")
    raw = found.encode() if isinstance(found, str) else bytes(found)
    if text and len(raw) > MAX_HELLO_BYTES:
        raise MalformedProof(f"hello has {len(raw)} bytes; at most {MAX_HELLO_BYTES} are read")
    return raw


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    """Close, if the client has not."""
    short = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
    if socket.client_state is WebSocketState.CONNECTED and socket.application_state is WebSocketState.CONNECTED:
        try:
            await socket.close(code, short)
        except (RuntimeError, WebSocketDisconnect):
            return
