"""A client that delegates believes no server that lies, waits for none for ever, and says what happened."""

from __future__ import annotations

import http.server
import secrets
import socket as sockets
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from delegation_kit import TOTAL, Change, Server, cnn, inputs_of, plain_fields, service, two_primes  # noqa: F401
from websockets.sync.server import ServerConnection, serve

from assay.service.delegation import client
from assay.service.delegation.client import delegate, frame_bytes
from proofs.errors import AssayError, InvalidInput, MalformedProof, ProverFailed, RejectedProof, ResourceExceeded
from proofs.sumcheck.fields import field
from proofs.sumcheck.safetynets.execution.execute import integer_outputs
from proofs.sumcheck.safetynets.network import Network

pytestmark = pytest.mark.usefixtures("plain_fields")
P = field("m61", "plain").scalars.p
NETWORKS = pytest.mark.parametrize("make", [cnn, two_primes], ids=["one prime", "two primes"])


def ask(server: Server, network: Network, answer_s: float = 10) -> object:
    with server.running() as url:
        return delegate(url, network, inputs_of(network), answer_s)


@NETWORKS
def test_an_honest_server_is_believed(make: Callable[[], Network]) -> None:
    network, stages = make(), []
    with service() as running:
        done = delegate(running.url + "/", network, inputs_of(network), progress=stages.append)
        assert running.idle()
    assert np.array_equal(done.outputs, integer_outputs(network, inputs_of(network)))
    assert done.outputs.shape == (TOTAL, network.classes)
    assert stages == ["preparing challenges", "waiting for the server", "checking"]
    assert done.exchanged_bytes == done.server_bytes + done.challenge_bytes < 8192
    assert done.exchanged_bytes + 2 * done.messages <= done.wire_bytes <= done.exchanged_bytes + 8 * done.messages
    assert 0 < done.check_s < done.total_s and done.prepare_s + done.wait_s < done.total_s


def one_more(outputs: np.ndarray) -> np.ndarray:
    changed = outputs.copy()
    changed[TOTAL - 1, 0] += 1
    return changed


@NETWORKS
def test_one_wrong_output_is_rejected(make: Callable[[], Network]) -> None:
    with pytest.raises(RejectedProof):
        ask(Server(make(), lie=one_more), make())


def test_an_output_wrong_modulo_one_of_two_primes_is_rejected() -> None:
    with pytest.raises(RejectedProof):
        ask(Server(two_primes(), lie=lambda outputs: outputs + P * np.eye(*outputs.shape, dtype=object)), two_primes())


def test_another_model_of_the_same_shape_is_rejected() -> None:
    with pytest.raises(RejectedProof):
        ask(Server(cnn(), runs=cnn(1)), cnn())


def test_outputs_for_other_inputs_are_rejected() -> None:
    with pytest.raises(RejectedProof):
        ask(Server(cnn(), lie=lambda outputs: outputs[::-1]), cnn())


def only(place: int, message: Callable[[bytes], bytes | str | None]) -> Change:
    return lambda number, honest: message(honest) if number == place else honest


@pytest.mark.parametrize("place", [1, 2, 8])
@pytest.mark.parametrize(
    ("message", "error", "words"),
    [
        (lambda honest: bytes([honest[0] ^ 1]) + honest[1:], RejectedProof, "layer|input"),
        (lambda honest: bytes(len(honest)), RejectedProof, "layer|input"),
        (lambda honest: honest + bytes(16), MalformedProof, "bytes"),
        (lambda honest: honest[:-1], MalformedProof, "bytes"),
        (lambda _: b"", MalformedProof, "bytes"),
        (lambda honest: P.to_bytes(8, "little") + honest[8:], MalformedProof, "."),
        (lambda honest: honest.hex(), MalformedProof, "text"),
        (lambda _: bytes(1 << 21), MalformedProof, "broke|left"),
        (lambda _: None, MalformedProof, "nothing was proven"),
    ],
    ids=["changed", "zeros", "long", "short", "empty", "not canonical", "text", "huge", "closed"],
)
def test_a_message_that_is_not_the_provers(
    place: int, message: Callable[[bytes], bytes | str | None], error: type[AssayError], words: str
) -> None:
    with pytest.raises(error, match=words):
        ask(Server(cnn(), change=only(place, message)), cnn())


def test_random_answers_are_rejected() -> None:
    def random(_: int, honest: bytes) -> bytes:
        return b"".join((secrets.randbelow(P)).to_bytes(8, "little") for _ in range(len(honest) // 8))

    with pytest.raises(RejectedProof):
        ask(Server(cnn(), change=random), cnn())


@pytest.mark.parametrize(
    ("instead", "error", "words"),
    [
        (lambda s: s.send(b"few"), MalformedProof, "piece of the outputs has 3 bytes"),
        (lambda s: s.send(b"\x7f" * TOTAL * 3 * 8), MalformedProof, "larger"),
        (lambda s: s.send("text"), MalformedProof, "text"),
        (lambda s: s.close(), MalformedProof, "code 1000"),
        (lambda s: s.close(4400, "\x1b[2Jno"), InvalidInput, r"refuses: '\\x1b\[2Jno'"),
        (lambda s: s.close(4429, "later"), ResourceExceeded, "busy: 'later'"),
        (lambda s: s.close(4500, "oh"), ProverFailed, "gave up: 'oh'"),
        (lambda s: s.socket.close(), MalformedProof, "broke"),
        (lambda _: time.sleep(3), MalformedProof, "in time|come to an end"),
    ],
    ids=["short", "beyond", "text", "left", "refused", "busy", "failed", "cut", "silent"],
)
def test_answers_that_are_none(
    instead: Callable[[ServerConnection], None], error: type[AssayError], words: str
) -> None:
    with pytest.raises(error, match=words):
        ask(Server(cnn(), instead=instead), cnn(), answer_s=1)


def slowly(_: int, message: bytes) -> bytes:
    time.sleep(0.2)
    return message


def test_rounds_that_stall_or_crawl_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ROUND_S", 0.3)
    with pytest.raises(MalformedProof, match="in time"):
        ask(Server(cnn(), change=only(3, lambda honest: time.sleep(1) or honest)), cnn())
    monkeypatch.setattr(client, "ROUNDS_S", 1.0)
    with pytest.raises(MalformedProof, match="come to an end within 1 s"):
        ask(Server(cnn(), change=slowly), cnn())


def test_a_server_that_reads_nothing_is_left() -> None:
    stop = threading.Event()
    with serve(lambda _: stop.wait(20), "127.0.0.1", 0, compression=None, max_queue=1, close_timeout=0.2) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        began = time.monotonic()
        with (
            client._connect(f"http://127.0.0.1:{server.socket.getsockname()[1]}") as socket,
            pytest.raises(MalformedProof, match="come to an end"),
            client._within(socket, 0.5),
        ):
            while time.monotonic() - began < 10:
                socket.send(bytes(1 << 20))
        assert time.monotonic() - began < 5
        stop.set()
        server.shutdown()


@pytest.mark.parametrize("status", [404, 503])
def test_addresses_without_such_a_service(status: int) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_error(status)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        with pytest.raises(InvalidInput if status == 404 else ResourceExceeded):
            delegate(f"http://127.0.0.1:{server.server_port}", cnn(), inputs_of(cnn()))


def test_addresses_that_are_none() -> None:
    with sockets.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        for url in (f"http://127.0.0.1:{bound.getsockname()[1]}", "http://127.0.0.1:99999", "ftp://a", "a", ""):
            with pytest.raises(InvalidInput):
                delegate(url, cnn(), inputs_of(cnn()))


@pytest.mark.parametrize(("payload", "frame"), [(0, 2), (125, 127), (126, 130), (65535, 65539), (65536, 65546)])
def test_frames(payload: int, frame: int) -> None:
    assert frame_bytes(payload) == frame
