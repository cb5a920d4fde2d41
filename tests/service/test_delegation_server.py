"""Clients that are silent, wrong, greedy or gone end their own session, with a reason, and nothing else."""

from __future__ import annotations

import json
import socket as sockets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from delegation_kit import Service, cnn, inputs_of, plain_fields, service, two_primes, until  # noqa: F401
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from assay.service import patience
from assay.service.delegation import bridge, hosted, session
from assay.service.delegation.client import delegate
from assay.service.delegation.hosted import HostedNetworks, bytes_an_input, most_inputs
from assay.service.delegation.wire import Hello, output_bytes
from proofs.errors import InvalidInput, ResourceExceeded
from proofs.sumcheck.fields import field
from proofs.sumcheck.safetynets.execution.execute import execute_all

pytestmark = pytest.mark.usefixtures("plain_fields")
P = field("m61", "plain").scalars.p
HELLO = json.loads(Hello(cnn().digest, 5).to_bytes())


def closed(socket: ClientConnection, code: int, words: str = "") -> None:
    """Read to the end and compare the close."""
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            socket.recv(timeout=10)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == code and words in caught.value.rcvd.reason, caught.value.rcvd


def hello(**changes: object) -> str:
    return json.dumps(HELLO | changes, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (b"binary", "a text message was expected"),
        ("", "hello"),
        ("{", "hello"),
        ("[]", "hello"),
        ("a" * 5000, "5000 bytes"),
        (json.dumps(HELLO), "canonical"),
        (hello(version=2), "version 1"),
        (hello(version=True), "version 1"),
        (hello(protocol="other"), "speaks"),
        (hello(total=0), "total"),
        (hello(total=-1), "total"),
        (hello(total=1.5), "not an integer"),
        (hello(total=1 << 40), "total"),
        (hello(total=(1 << 16) + 1), "at a time"),
        (hello(network="0x" + "00" * 32), "does not run that network"),
        (hello(network="0x00"), "network"),
        (hello(more=1), "hello"),
    ],
)
def test_hellos_that_are_none(first: str | bytes, words: str) -> None:
    with service() as running:
        with running.connect() as socket:
            socket.send(first)
            closed(socket, 4400, words)
        assert running.idle()


def outside() -> np.ndarray:
    x = inputs_of(cnn())
    x[0, 0] = -1
    return x


def test_inputs_that_are_none() -> None:
    with service() as running:
        with running.ask(cnn(), outside()) as socket:
            closed(socket, 4400, "box")
        for wrong, words in ((b"few", "3 bytes instead of 80"), (bytes(81), "81 bytes"), ("text", "binary")):
            with running.connect() as socket:
                socket.send(hello())
                socket.send(wrong)
                closed(socket, 4400, words)
        assert running.idle()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (bytes(80), "zero"),
        (b"", "0 bytes"),
        (b"\1", "1 bytes"),
        (b"\1" * 81, "81 bytes"),
        (P.to_bytes(8, "little") * 10, ""),
        (b"\xff" * (1 << 20), "1048576 bytes"),
        ("text", "binary"),
    ],
)
def test_challenges_that_are_none(answer: bytes | str, words: str) -> None:
    with service() as running:
        with running.ask(cnn()) as socket:
            assert len(socket.recv(timeout=10)) == output_bytes(cnn(), 5)
            socket.recv(timeout=10)
            socket.send(answer)
            closed(socket, 4400, words)
        assert running.idle()


def test_messages_beyond_the_limit_and_text_that_is_none() -> None:
    with service() as running:
        with running.connect() as socket:
            socket.send("a" * ((1 << 20) + 1))
            closed(socket, 1009)
        with running.connect() as socket:
            socket.send(b"\xff\xfe", text=True)
            closed(socket, 1007)
        with running.connect() as socket:
            with pytest.raises(ConnectionClosed):
                socket.send(iter([b""] * 50_000))
        assert running.idle()


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience of half a second."""
    for module, name in ((session, "HELLO_S"), (session, "MESSAGE_S"), (bridge, "MESSAGE_S"), (session, "CLOSE_S")):
        monkeypatch.setattr(module, name, 0.5)
    monkeypatch.setattr(patience, "LINGER_S", 0.5)
    monkeypatch.setattr(patience, "HEAD_S", 0.5)


@pytest.mark.usefixtures("brief")
def test_silence_at_every_stage_ends_the_session() -> None:
    with service() as running:
        with running.connect() as socket:
            closed(socket, 4408, "within 0.5 s")
        with running.connect() as socket:
            socket.send(hello())
            closed(socket, 4408, "within 0.5 s")
        with running.ask(cnn()) as socket:
            closed(socket, 4408, "within 0.5 s")
        assert running.idle()


@pytest.mark.usefixtures("brief")
def test_a_client_that_reads_nothing_frees_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs of many megabytes, of which nobody takes any: nothing waits for the client for ever."""
    monkeypatch.setattr(bridge, "pieces", lambda raw: [bytes(1 << 20)] * 64)
    with service() as running:
        socket = running.ask(cnn())
        socket.recv_messages.pause()
        assert until(lambda: running.sessions._running == 1)
        assert running.idle()
        socket.socket.close()


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("fill", [10, 9000])
def test_handshakes_that_do_not_come_about_are_cut_off(fill: int) -> None:
    head = f"GET /v1/delegations HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX: {'a' * fill}"
    with service() as running, sockets.create_connection(("127.0.0.1", int(running.url[-5:].strip(":")))) as socket:
        socket.sendall(head.encode() + b"\r\n\r\n")
        socket.settimeout(5)
        assert socket.recv(4096)[:12] in (b"", b"HTTP/1.1 400")
        assert running.idle()


@pytest.mark.parametrize("reads", [0, 1, 2, 3])
def test_a_client_that_goes_away_frees_everything(reads: int) -> None:
    with service() as running:
        for _ in range(3):
            socket = running.ask(cnn())
            for place in range(reads):
                socket.recv(timeout=10)
                if place:  # after the first message of the rounds come five challenges, then one each
                    socket.send(b"\1" * 16 * (5 if place == 1 else 1))
            socket.socket.shutdown(sockets.SHUT_RDWR)
            assert running.idle()


class Held:
    """Work that is held up until let go, as if the network were large."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go, self.begun = threading.Event(), threading.Semaphore(0)
        monkeypatch.setattr(bridge, "execute_all", self)

    def __call__(self, *arguments: object) -> object:
        self.begun.release()
        assert self.go.wait(20)
        return execute_all(*arguments)  # type: ignore[arg-type]


def test_so_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    with service() as running, ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(delegate, running.url, cnn(), inputs_of(cnn())) for _ in range(2)]
        assert held.begun.acquire(timeout=10) and held.begun.acquire(timeout=10)
        with pytest.raises(ResourceExceeded, match="2 delegations are running"):
            delegate(running.url, cnn(), inputs_of(cnn()))
        began = time.monotonic()  # and everybody else is answered meanwhile
        assert len(httpx.get(f"{running.url}/v1/networks").json()["networks"]) == 2
        assert time.monotonic() - began < 2
        held.go.set()
        assert all(one.result(20).outputs.shape == (5, 3) for one in asked)
        assert running.idle()


def test_so_many_sessions_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "OPEN", 3)
    with service() as running:
        waiting = [running.connect() for _ in range(3)]
        with pytest.raises(InvalidStatus) as caught:
            running.connect()
        assert caught.value.response.status_code == 503
        with pytest.raises(ResourceExceeded, match="busy"):
            delegate(running.url, cnn(), inputs_of(cnn()))
        for socket in waiting:
            socket.close()
        assert running.idle()
        assert delegate(running.url, cnn(), inputs_of(cnn())).outputs.shape == (5, 3)


def test_a_session_has_a_limit_whatever_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SESSION_S", 0.5)
    held = Held(monkeypatch)
    with service() as running:
        with running.ask(cnn()) as socket:
            assert held.begun.acquire(timeout=10)
            time.sleep(0.7)
            assert running.sessions._running == 1  # its thread holds the memory as long as it works
            held.go.set()
            closed(socket, 4408, "longer than 0.5 s")
        with running.ask(cnn()) as socket:  # the thread waits for a challenge: it is let go at once
            closed(socket, 4408, "longer than 0.5 s")
        assert running.idle()


def test_faults_of_the_server_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> object:
        raise MemoryError

    monkeypatch.setattr(bridge, "execute_all", fails)
    with service() as running:
        with running.ask(cnn()) as socket:
            closed(socket, 4500, "memory")
        assert running.idle()


def test_batches_are_as_large_as_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bytes_an_input(two_primes()) > 2 * 8 * 3 * (5 + 4 + 4 + 3)
    assert most_inputs(cnn()) == hosted.MAX_TOTAL
    monkeypatch.setattr(hosted, "MAX_TOTAL", 4)
    with service() as running:
        assert httpx.get(f"{running.url}/v1/networks").json()["networks"][0]["most_inputs"] == 4
        with pytest.raises(InvalidInput, match="5 inputs; this service takes 4"):
            delegate(running.url, cnn(), inputs_of(cnn()))


def test_networks_are_hosted_once() -> None:
    with pytest.raises(InvalidInput, match="given twice"):
        HostedNetworks.of([cnn(), cnn()])
