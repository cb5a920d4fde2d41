"""Two small networks, a delegation service in a thread, and the halves of a conversation, honest or not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
import uvicorn
from helpers.tiny_safetynets import square_cnn, square_mlp
from starlette.applications import Starlette
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

from assay.service.delegation.hosted import HostedNetworks
from assay.service.delegation.routes import routes
from assay.service.delegation.session import Delegations
from assay.service.delegation.wire import Hello, input_bytes, pieces, read_inputs, write_inputs, write_outputs
from assay.service.host import configuration, listen
from proofs.sumcheck import fields as all_fields
from proofs.sumcheck.fields import Integers
from proofs.sumcheck.safetynets.execution.execute import execute_all, signed_outputs
from proofs.sumcheck.safetynets.interactive import answer
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.noninteractive import fields_of
from proofs.sumcheck.safetynets.onnx_import import import_network

TOTAL = 5
Change = Callable[[int, bytes], bytes | str | None]
"""A message by its number in the rounds, and what is sent instead; None: the server leaves."""


@cache
def cnn(seed: int = 0) -> Network:
    return import_network(square_cnn(seed))


@cache
def two_primes() -> Network:
    return import_network(square_mlp())


@pytest.fixture
def plain_fields(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No kernels are compiled, which takes longer than all tests here."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(all_fields, "_fast", missing)
    all_fields.field.cache_clear()
    yield
    all_fields.field.cache_clear()


def inputs_of(network: Network, total: int = TOTAL, seed: int = 3) -> Integers:
    shape = (int(np.prod(network.input_shape)), total)
    return np.random.default_rng(seed).integers(network.input_low, network.input_high + 1, shape)


@dataclass
class Service:
    """A running service: where it is, and what its sessions hold at this moment."""

    url: str
    sessions: Delegations
    server: uvicorn.Server

    def idle(self, seconds: float = 5) -> bool:
        """Whether no session is open, running or connected any more before the time is over."""
        return until(
            lambda: not (self.sessions._open or self.sessions._running or self.server.server_state.connections), seconds
        )

    def connect(self) -> ClientConnection:
        return connect(
            f"{self.url.replace('http', 'ws')}/v1/delegations", compression=None, close_timeout=1
        ).__enter__()

    def ask(self, network: Network, inputs: Integers | None = None) -> ClientConnection:
        """A connection on which hello and inputs have been sent."""
        x = inputs_of(network) if inputs is None else inputs
        socket = self.connect()
        socket.send(Hello(network.digest, x.shape[1]).to_bytes().decode())
        for piece in pieces(write_inputs(network, x)):
            socket.send(piece)
        return socket


def until(what: Callable[[], bool], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.01)
    return what()


@contextmanager
def service(*networks: Network) -> Iterator[Service]:
    """The service's own application and settings, in a thread."""
    app = Starlette(routes=routes(HostedNetworks.of(networks or [cnn(), two_primes()])))
    sessions = next(r.endpoint.__self__ for r in app.routes if r.path == "/v1/delegations")  # type: ignore[attr-defined]
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(configuration(app))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    try:
        assert until(lambda: server.started, 20)
        yield Service(f"http://127.0.0.1:{listener.getsockname()[1]}", sessions, server)
    finally:
        server.should_exit = True
        thread.join(20)


@dataclass
class Server:
    """A server by the websockets library's own means, honest but for what is changed.

    Args:
        runs: the network it runs in place of the one asked for. lie: what becomes of the outputs.
        change: what becomes of its messages in the rounds. instead: done in place of everything, once asked.
    """

    network: Network
    runs: Network | None = None
    lie: Callable[[Any], Any] = np.array
    change: Change = lambda _, message: message
    instead: Callable[[ServerConnection], None] | None = None
    _sent: int = 0
    _socket: list[ServerConnection] = field(default_factory=list)

    def send(self, message: bytes) -> None:
        changed = self.change(self._sent, message)
        self._sent += 1
        if changed is None:
            self._socket[0].close()
            raise ConnectionError
        self._socket[0].send(changed)

    def receive(self) -> bytes:
        message = self._socket[0].recv()
        assert isinstance(message, bytes)
        return message

    def handle(self, socket: ServerConnection) -> None:
        self._sent, self._socket = 0, [socket]
        hello = Hello.from_bytes(str(socket.recv()).encode(), 1 << 20)
        raw = b""
        while len(raw) < input_bytes(self.network, hello.total):
            raw += bytes(socket.recv(decode=False))
        if self.instead is not None:
            self.instead(socket)
            return
        network = self.runs or self.network
        fields = fields_of(network, "plain")
        executions = execute_all(network, fields, read_inputs(network, hello.total, raw))
        socket.send(write_outputs(self.network, self.lie(signed_outputs(network, executions))))
        try:
            answer(network, fields, executions, self)
        except ConnectionError:
            pass

    @contextmanager
    def running(self) -> Iterator[str]:
        with serve(self.handle, "127.0.0.1", 0, compression=None, close_timeout=1) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
            server.shutdown()
            thread.join(5)
