"""Connections that say nothing, or too little, do not shut the service out."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assay.service import patience
from assay.service.host import listen

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"


def late(_: Request) -> PlainTextResponse:
    time.sleep(1.2)
    return PlainTextResponse("late")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(patience, "HEAD_S", 0.6)
    listener = listen("127.0.0.1", 0)
    app = Starlette(routes=[Route("/", late)])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, http=patience.PatientProtocol, limit_concurrency=4))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(20)


def answer(connection: socket.socket) -> bytes:
    connection.sendall(HEAD + b"\r\n")
    raw = b""
    while not raw.endswith(b"late"):
        part = connection.recv(4096)
        assert part, raw
        raw += part
    return raw


def closed(connection: socket.socket) -> bool:
    connection.settimeout(5)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_idle_connections_make_room(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
    assert all(map(closed, held))
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for _ in range(2):  # an answer may take longer than a head
            assert answer(connection).startswith(b"HTTP/1.1 200")
    for connection in held:
        connection.close()


@pytest.mark.parametrize("first", [False, True])
def test_trickled_heads_are_cut_off(port: int, first: bool) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        if first:
            assert answer(connection).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            for byte in HEAD * 20:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
        assert time.monotonic() - began < 3
