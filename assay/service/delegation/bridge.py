"""The thread that does a delegation's work, and the websocket as that thread sees it.

Executing and proving are kernels that hold no interpreter lock, so the event loop answers others meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from typing import TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect

from assay.service.delegation.wire import output_bytes, pieces, read_inputs, write_outputs
from proofs.errors import InvalidInput, MalformedProof
from proofs.sumcheck.safetynets.execution.execute import execute_all, signed_outputs
from proofs.sumcheck.safetynets.interactive import answer
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.noninteractive import fields_of

MESSAGE_S = 20.0
"""Longest wait for one message of the client, or for it to read one of ours."""
T = TypeVar("T")


class Gone(Exception):
    """The session was given up while its thread was at work."""


class Silent(Exception):
    """The client let a message's time pass."""


class Bridge:
    """Messages sent and waited for by a thread, until the session is given up."""

    def __init__(self, socket: WebSocket, loop: asyncio.AbstractEventLoop) -> None:
        self._socket, self._loop = socket, loop
        self._over = False
        self._pending: Future[object] | None = None

    def send(self, message: bytes) -> None:
        """Send a message."""
        self._wait(send(self._socket, message))

    def receive(self) -> bytes:
        """Wait for the client's next message."""
        return self._wait(receive(self._socket, MESSAGE_S))

    def give_up(self) -> None:
        """Let the thread end at its next message, or at once if it waits for one. Called in the event loop."""
        self._over = True
        if self._pending is not None:
            self._pending.cancel()

    def _wait(self, step: Coroutine[object, object, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(step, self._loop)
        self._pending = future  # type: ignore[assignment]
        if self._over:  # looked at after the future is known: one of both sides sees the other
            future.cancel()
        try:
            return future.result()
        except CancelledError:
            raise Gone from None


def work_on(network: Network, total: int, raw: bytes, bridge: Bridge) -> None:
    """Execute on untrusted inputs, send the outputs, prove them.

    Raises:
        MalformedProof, InvalidInput: the inputs, or later the challenges, are none.
        Silent, Gone, WebSocketDisconnect: the client does not go on.
    """
    fields = fields_of(network)
    executions = execute_all(network, fields, read_inputs(network, total, raw))
    outputs = write_outputs(network, signed_outputs(network, executions))
    if len(outputs) != output_bytes(network, total):
        raise InvalidInput("the outputs are not as many as were asked for")
    for piece in pieces(outputs):
        bridge.send(piece)
    answer(network, fields, executions, bridge)


async def send(socket: WebSocket, message: bytes) -> None:
    """Send a message. Raises Silent, WebSocketDisconnect."""
    try:
        async with asyncio.timeout(MESSAGE_S):
            await socket.send_bytes(message)
    except TimeoutError:
        raise Silent(f"what was sent was not read within {MESSAGE_S:g} s") from None
    except RuntimeError:  # the server has closed: bytes that are no websocket's
        raise WebSocketDisconnect(1006) from None


async def receive(socket: WebSocket, seconds: float, text: bool = False) -> bytes:
    """The next message, of the kind expected. Raises MalformedProof, Silent, WebSocketDisconnect."""
    try:
        async with asyncio.timeout(seconds):
            message = await socket.receive()
    except TimeoutError:
        raise Silent(f"no message came within {seconds:g} s") from None
    except RuntimeError:
        raise WebSocketDisconnect(1006) from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    found = message.get("text") if text else message.get("bytes")
    if found is None:
        raise MalformedProof(f"a {'text' if text else 'binary'} message was expected")
    return found.encode() if isinstance(found, str) else bytes(found)
