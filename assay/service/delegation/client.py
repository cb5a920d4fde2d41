"""The client's side of a delegation: ask, and believe only what the rounds have proven."""

from __future__ import annotations

import socket as sockets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.sync.client import ClientConnection, connect

from assay.service.delegation.session import CLOSE_BAD, CLOSE_BUSY
from assay.service.delegation.wire import (
    PIECE_BYTES,
    Hello,
    output_bytes,
    piece_sizes,
    pieces,
    read_outputs,
    write_inputs,
)
from proofs.errors import AssayError, InvalidInput, MalformedProof, ProverFailed, ResourceExceeded
from proofs.sumcheck.fields import Integers
from proofs.sumcheck.interactive import Counted
from proofs.sumcheck.safetynets.interactive import Client
from proofs.sumcheck.safetynets.network import Network

PATH = "/v1/delegations"
ROUND_S = 60.0
"""Longest wait for one message of the rounds."""
ROUNDS_S = 600.0
BUSY_STATUS = 503
PRIVATE = 4000
"""Close codes from here on are an application's own. *Source*: RFC 6455, section 7.4.2."""
SHORT_FRAME, LONG_FRAME, MASK_BYTES = 125, 1 << 16, 4
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Delegated:
    """Outputs (N, K) that were proven to this client, and what that took.

    Args:
        server_bytes, challenge_bytes: payload of the rounds, from the server and from the client.
        wire_bytes: of both with the websocket's framing; messages: both ways.
        prepare_s, check_s: the client's own seconds before and after the answer; wait_s: from question to outputs.
    """

    outputs: NDArray[Any]
    server_bytes: int
    challenge_bytes: int
    wire_bytes: int
    messages: int
    prepare_s: float
    check_s: float
    wait_s: float
    total_s: float

    @property
    def exchanged_bytes(self) -> int:
        """Payload of the rounds, both ways."""
        return self.server_bytes + self.challenge_bytes


def delegate(
    url: str, network: Network, inputs: Integers, answer_s: float = 600.0, progress: Progress | None = None
) -> Delegated:
    """Have a service run ``network`` on integer inputs (R, N) and prove it to this client.

    Args:
        answer_s: longest wait for the outputs, sending the inputs included.

    Raises:
        RejectedProof: the outputs are not the network's. MalformedProof: no proof at all, or none in time.
        InvalidInput: no service there, or one that does not run this network. ResourceExceeded: it is busy.
        ProverFailed: it says that it failed.
    """
    say = progress or (lambda stage: None)
    start = time.perf_counter()
    say("preparing challenges")
    client = Client.prepare(network, inputs)
    with _connect(url) as socket:
        say("waiting for the server")
        asked = time.perf_counter()
        with _within(socket, answer_s):
            outputs = _ask(socket, network, inputs, answer_s)
        wait_s = time.perf_counter() - asked
        say("checking")
        rounds = Framed(socket)
        counted = Counted(rounds)
        with _within(socket, ROUNDS_S):
            client.check(outputs, counted)
    return Delegated(
        outputs=outputs,
        server_bytes=counted.bytes_received,
        challenge_bytes=counted.bytes_sent,
        wire_bytes=rounds.wire_bytes,
        messages=counted.messages_received + counted.messages_sent,
        prepare_s=client.prepare_s,
        check_s=client.check_s,
        wait_s=wait_s,
        total_s=time.perf_counter() - start,
    )


@dataclass(slots=True)
class Framed:
    """A websocket as the rounds see it; counts what its frames add."""

    socket: ClientConnection
    wire_bytes: int = 0

    def send(self, message: bytes) -> None:
        """Send a message."""
        self.socket.send(message)
        self.wire_bytes += frame_bytes(len(message)) + MASK_BYTES

    def receive(self) -> bytes:
        """Wait for the server's next message. Raises MalformedProof."""
        message = _receive(self.socket, ROUND_S)
        self.wire_bytes += frame_bytes(len(message))
        return message


def frame_bytes(payload: int) -> int:
    """Bytes of an unmasked frame. *Source*: RFC 6455, section 5.2."""
    return payload + (2 if payload <= SHORT_FRAME else 4 if payload < LONG_FRAME else 10)


@contextmanager
def _within(socket: ClientConnection, seconds: float) -> Iterator[None]:
    """Cut the connection after so many seconds, whatever it waits for: a server may read nothing, or say it slowly.

    Raises:
        AssayError: what it means that the connection was closed meanwhile.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):  # closed already
            socket.socket.shutdown(sockets.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except ConnectionClosed as error:
        if late.is_set():
            raise MalformedProof(f"the server did not come to an end within {seconds:g} s; nothing proven") from None
        raise _refusal(error) from None
    finally:
        timer.cancel()


def _connect(url: str) -> ClientConnection:
    parts = urlsplit(url)
    schemes = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
    if parts.scheme not in schemes or not parts.netloc:
        raise InvalidInput(f"'{url}' is no address of a service such as http://127.0.0.1:8080")
    path = parts.path.rstrip("/") + PATH
    address = urlunsplit((schemes[parts.scheme], parts.netloc, path, "", ""))
    try:
        return connect(address, max_size=PIECE_BYTES, compression=None, proxy=None)
    except InvalidHandshake as error:
        if isinstance(error, InvalidStatus) and error.response.status_code == BUSY_STATUS:
            raise ResourceExceeded(f"the service at {url} is busy; try again later", 1, 0) from None
        said = ascii(str(error))
        raise InvalidInput(f"{url} does not host networks: {said:.200}; is it started with --network?") from None
    except (OSError, InvalidURI, ValueError) as error:
        raise InvalidInput(f"no service answers at {url}: {error}") from None


def _ask(socket: ClientConnection, network: Network, inputs: Integers, answer_s: float) -> NDArray[Any]:
    """Say hello, send the inputs, wait for the outputs."""
    total = inputs.shape[1]
    socket.send(Hello(network.digest, total).to_bytes().decode())
    for piece in pieces(write_inputs(network, inputs)):
        socket.send(piece)
    received = bytearray()
    deadline = time.monotonic() + answer_s
    for size in piece_sizes(output_bytes(network, total)):
        piece = _receive(socket, max(0.0, deadline - time.monotonic()))
        if len(piece) != size:
            raise MalformedProof(f"a piece of the outputs has {len(piece)} bytes instead of {size}")
        received += piece
    return read_outputs(network, total, bytes(received))


def _receive(socket: ClientConnection, seconds: float) -> bytes:
    try:
        message = socket.recv(timeout=seconds)
    except TimeoutError:
        raise MalformedProof("the server said nothing in time; nothing was proven") from None
    if isinstance(message, str):
        raise MalformedProof("the server sent text where a binary message belongs")
    return message


def _refusal(error: ConnectionClosed) -> AssayError:
    """What a server meant that closed the connection before the end."""
    close = error.rcvd
    if close is None:
        return MalformedProof("the connection broke before the proof was complete; nothing was proven")
    said = f"{close.reason!a:.200}"
    if close.code == CLOSE_BUSY:
        return ResourceExceeded(f"the server is busy: {said}", 1, 0)
    if close.code == CLOSE_BAD:
        return InvalidInput(f"the server refuses: {said}")
    if PRIVATE <= close.code:
        return ProverFailed("delegation", f"the server gave up: {said}")
    return MalformedProof(f"the server left before the proof was complete (code {close.code}); nothing was proven")
