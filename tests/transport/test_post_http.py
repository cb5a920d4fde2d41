"""The office over real sockets: problem documents, limits on all a stranger can send, and a courier that waits."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from two_sides import BACK, BUYER, DOMAIN, FORTH, JOB, QUOTA, SELLER, STRANGER, Sides, offer

from assay.postbox import app, server
from assay.postbox.courier import Courier
from assay.postbox.line import HttpLine, LineBroken
from assay.postbox.problems import document
from assay.postbox.server import Server
from assay.service.host import listen
from proofs.errors import InvalidInput
from protocols.post.caller import Caller
from protocols.post.letters import MAX_HELLO_BYTES, MAX_LETTER_BYTES, seal_hello, seal_letter
from protocols.post.refusal import SENTENCES, Kind, PostRefused
from protocols.post.statement import sign_statement
from protocols.post.wire import Frame
from protocols.sealing import ChannelKey

OCTETS = {"content-type": "application/octet-stream"}


class Here:
    """An office at ``url``; ``said`` is what its side was told."""

    def __init__(self, sides: Sides) -> None:
        self.sides, self.said = sides, list[str]()
        self.port, self.server = 0, None
        self.open()

    def open(self) -> None:
        listener = listen("127.0.0.2", self.port)
        self.port = listener.getsockname()[1]
        self.server = Server(self.sides.office, listener, self.said.append)
        self.server.start()

    def close(self) -> None:
        if self.server is not None:
            self.server.stop()
            self.server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.2:{self.port}"

    def ask(
        self, method: str, path: str, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        return httpx.request(method, self.url + path, content=content, headers=headers or OCTETS, trust_env=False)

    def caller(self) -> Caller:
        return self.sides.call_as(BUYER, self.sides.buyer_key, self.sides.root / "buyer", HttpLine(self.url))


@pytest.fixture
def here(sides: Sides) -> Iterator[Here]:
    office = Here(sides)
    yield office
    office.close()


def problem(answer: httpx.Response, status: int, kind: str) -> None:
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
    fields = answer.json()
    assert set(fields) == {"type", "title", "status"}
    assert (fields["type"], fields["status"]) == (f"urn:assay:problem:{kind}", status)


def test_post_goes_both_ways(here: Here) -> None:
    sides = here.sides
    sides.caller = here.caller()
    sides.begin()
    for number in range(1, 12):
        sides.buyer().send(number, bytes([number]) * (1 << 18))
    sides.caller.exchange(JOB)
    assert sides.seller().receive(11) == bytes([11]) * (1 << 18)
    assert here.said == []


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/", 404, "no-such-thing"),
        ("GET", "/v1/../../etc/passwd", 404, "no-such-thing"),
        ("GET", "/v1/letters/%2e%2e%2f%2e%2e", 404, "no-such-thing"),
        ("GET", "/docs", 404, "no-such-thing"),
        ("GET", "/v1/letters", 405, "wrong-method"),
        ("DELETE", "/v1/key", 405, "wrong-method"),
    ],
)
def test_there_is_nothing_else(here: Here, method: str, path: str, status: int, kind: str) -> None:
    problem(here.ask(method, path), status, kind)


def test_what_strangers_are_told(here: Here) -> None:
    here.sides.begin()
    answer = here.ask("GET", "/v1/key")
    assert answer.content == sign_statement(here.sides.seller_key, SELLER, DOMAIN)
    assert "server" not in answer.headers
    problem(here.ask("POST", "/v1/hello", b"x"), 400, "malformed")
    problem(here.ask("POST", "/v1/letters", bytes(200)), 401, "no-visit")
    problem(here.ask("POST", "/v1/letters", b"x"), 400, "malformed")
    problem(here.ask("POST", "/v1/hello", b"x", {"content-type": "text/plain"}), 415, "wrong-media-type")
    problem(here.ask("POST", "/v1/hello", bytes(MAX_HELLO_BYTES + 1)), 413, "too-large")


def test_what_each_refusal_is_called(here: Here) -> None:
    sides = here.sides
    sides.begin()
    problem(here.ask("POST", "/v1/letters", sides.line.letters()[-1]), 409, "replayed")
    line = HttpLine(here.url)
    stranger = sides.call_as(STRANGER, ChannelKey(b"\x23" * 32), sides.root / "stranger", line)
    (sides.root / "stranger" / JOB.hex() / FORTH).mkdir(parents=True)
    (sides.root / "stranger" / JOB.hex() / FORTH / "00000000.msg").write_bytes(b"let me in")
    with pytest.raises(PostRefused) as refused:
        stranger.exchange(JOB)
    assert refused.value.kind is Kind.REFUSED and str(refused.value) == SENTENCES[Kind.REFUSED]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.MALFORMED, 400),
        (Kind.NO_VISIT, 401),
        (Kind.REFUSED, 403),
        (Kind.REPLAYED, 409),
        (Kind.OUT_OF_ORDER, 409),
        (Kind.CONFLICT, 409),
        (Kind.TOO_EARLY, 409),
        (Kind.FULL, 507),
    ],
)
def test_a_refusal_says_its_kind_and_no_more(kind: Kind, status: int) -> None:
    answer = document(PostRefused(kind, "what this side alone should know"))
    assert json.loads(answer.body) == {"type": f"urn:assay:problem:{kind}", "title": SENTENCES[kind], "status": status}
    assert answer.status_code == status and set(SENTENCES) == set(Kind)


@pytest.mark.parametrize("error", [InvalidInput("/home/me/secret cannot be read"), ValueError("at 0x7f")])
def test_failures_say_nothing(error: Exception) -> None:
    answer = document(error)
    assert answer.status_code == 500 and json.loads(answer.body)["type"] == "urn:assay:problem:failed"
    assert b"secret" not in answer.body and b"0x7f" not in answer.body


def test_conflicts_and_want_of_room_are_said_here_once_a_minute(here: Here) -> None:
    sides = here.sides
    sides.begin()
    (sides.root / "buyer" / JOB.hex() / FORTH / "00000001.msg").write_bytes(b"one")
    (sides.root / "seller" / JOB.hex() / FORTH / "00000001.msg").write_bytes(b"uno")
    for _ in range(2):
        visit = here.caller()._office()
        letter = seal_letter(Frame(JOB, 1, 2, 0, (b"one",)), visit.number, 0, sides.buyer_key, visit.office.key, FORTH)
        problem(here.ask("POST", "/v1/letters", letter), 409, "conflict")
    assert len(here.said) == 1 and "another message under number 1" in here.said[0]


def test_a_full_office_answers_507(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    sides = here.sides
    for number in range(QUOTA.open_each + 1):
        job = bytes([40 + number]) * 32
        sides.buyer(job).send(0, offer(BUYER, job))
    caller, answers = here.caller(), []
    for number in range(QUOTA.open_each + 1):
        try:
            caller.exchange(bytes([40 + number]) * 32)
        except PostRefused as refused:
            answers.append(refused.kind)
    assert answers == [Kind.FULL]


def connection(here: Here) -> socket.socket:
    return socket.create_connection(("127.0.0.2", here.port), timeout=20)


def closed_after(link: socket.socket) -> float:
    """Seconds until the office hangs up."""
    began = time.monotonic()
    try:
        while link.recv(4096):
            pass
    except ConnectionError:
        pass
    return time.monotonic() - began


def test_a_head_that_trickles(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.service.patience.HEAD_S", 0.3)
    with closing(connection(here)) as link:
        link.sendall(b"POST /v1/letters HTTP/1.1\r\nHost: x\r\n")
        assert closed_after(link) < 10


def test_a_body_that_trickles(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "BODY_S", 0.3)
    head = (
        b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 999\r\n\r\nx"
    )
    with closing(connection(here)) as link:
        link.sendall(head)
        assert b"408" in link.recv(4096)


def test_a_letter_of_no_visit_is_not_read_to_its_end(here: Here) -> None:
    head = f"POST /v1/letters HTTP/1.1\r\nHost: x\r\nContent-Type: {app.OCTETS}\r\n"
    head += f"Content-Length: {MAX_LETTER_BYTES}\r\n\r\n"
    with closing(connection(here)) as link:
        link.sendall(head.encode() + bytes(50))
        assert b"401" in link.recv(4096)


def test_more_bytes_than_a_letter_has(here: Here) -> None:
    head = f"POST /v1/hello HTTP/1.1\r\nHost: x\r\nContent-Type: {app.OCTETS}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with closing(connection(here)) as link:
        link.sendall(head.encode() + b"1000\r\n" + bytes(4096) + b"\r\n")
        assert b"413" in link.recv(4096)


def test_a_head_without_end(here: Here) -> None:
    with closing(connection(here)) as link:
        try:
            for _ in range(20):
                link.sendall(b"X-Header: " + b"x" * 2000 + b"\r\n" if _ else b"GET /v1/key HTTP/1.1\r\n")
        except ConnectionError:
            return
        assert b"400" in link.recv(4096)


def test_one_host_does_not_take_all_connections(here: Here) -> None:
    links = [connection(here) for _ in range(server.CONNECTIONS_EACH + 4)]
    try:
        time.sleep(0.2)
        alive = 0
        for link in links:
            link.settimeout(1)
            try:
                link.sendall(b"GET /v1/key HTTP/1.1\r\nHost: x\r\n\r\n")
                alive += b"200" in link.recv(4096)
            except OSError:
                pass
        assert alive == server.CONNECTIONS_EACH
    finally:
        for link in links:
            link.close()
    time.sleep(0.2)
    assert here.ask("GET", "/v1/key").status_code == 200


# ---- the courier


def courier(here: Here, said: list[str]) -> tuple[Courier, Caller]:
    caller = here.caller()
    line = caller._line
    assert isinstance(line, HttpLine)
    return Courier(caller, line, caller._desk, said.append, guests=False), caller


def until(done: object, seconds: float = 20) -> None:
    give_up = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_a_courier_says_once_that_nobody_is_there_and_goes_on(here: Here) -> None:
    sides, said = here.sides, list[str]()
    here.close()
    carrying, _ = courier(here, said)
    carrying.meet()
    sides.buyer().send(0, offer(BUYER))
    carrying.follow(JOB)
    carrying.start()
    try:
        time.sleep(1.2)
        assert len(said) == 1 and "cannot be reached" in said[0]
        here.open()
        until(lambda: sides.seller().receive(0) == offer(BUYER))
        until(lambda: len(said) == 2)
        assert said[1].endswith("is reached again")
        here.close()  # started anew: it has forgotten every visit
        sides.open_office()
        here.open()
        sides.seller().send(0, b"answer")
        until(lambda: sides.buyer().receive(0) == b"answer")
    finally:
        carrying.stop()


def test_a_courier_says_once_that_it_is_refused(here: Here) -> None:
    sides, said = here.sides, list[str]()
    sides.buyer().send(0, b"no offer for this seller")
    carrying, _ = courier(here, said)
    carrying.start()
    try:
        until(lambda: said)
        time.sleep(0.8)
        assert len(said) == 1 and SENTENCES[Kind.REFUSED] in said[0]
    finally:
        carrying.stop()


def test_a_wrong_office_is_known_before_anything_is_said_to_it(here: Here) -> None:
    here.sides.office.statement = sign_statement(here.sides.seller_key, STRANGER, DOMAIN)
    carrying, _ = courier(here, [])
    with pytest.raises(PostRefused, match="belongs to"):
        carrying.meet()


# ---- the line


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:9", "ftp://h", "http://", "http://u:p@h", "http://h?x=1", "http://h:99999"]
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(InvalidInput, match="no address of an office"):
        HttpLine(url)


class Answers:
    """Answers every request with fixed bytes."""

    def __init__(self, content: bytes) -> None:
        import threading

        self._socket = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._content = content
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._socket.accept()
                with link:
                    link.recv(65536)
                    link.sendall(self._content)
            except OSError:
                return

    def close(self) -> None:
        self._socket.close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n" + bytes(9999), "too much"),
        (b"HTTP/1.1 500 No\r\ncontent-length: 9999\r\n\r\n" + bytes(9999), "too much"),
        (b"HTTP/1.1 302 Go\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", "status 302"),
        (b'HTTP/1.1 403 No\r\ncontent-length: 15\r\n\r\n{"type": [1,2]}', "status 403"),
        (b"HTTP/1.1 403 No\r\ncontent-length: 4\r\n\r\n[[[[", "status 403"),
        (b"not http at all\r\n\r\n", "cannot be reached"),
        (b"", "cannot be reached"),
    ],
)
def test_what_answers_may_be_no_office(content: bytes, says: str) -> None:
    with (
        closing(Answers(content)) as other,
        closing(HttpLine(other.url)) as line,
        pytest.raises(LineBroken, match=says),
    ):
        line.statement()


def test_nothing_is_unpacked(here: Here) -> None:
    """A small answer that says it is compressed stays small."""
    import gzip

    packed = gzip.compress(bytes(1 << 20))[:900]
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n".encode()
    with closing(Answers(head + packed)) as other, closing(HttpLine(other.url)) as line:
        assert line.statement() == packed


def test_kinds_of_refusals_cross_the_line(here: Here) -> None:
    with closing(HttpLine(here.url)) as line:
        with pytest.raises(PostRefused) as refused:
            line.hello(seal_hello(b"x", here.sides.seller_key.public, BACK))
        assert refused.value.kind is Kind.MALFORMED
    assert json.loads(here.ask("POST", "/v1/hello", b"x").content)["title"] == SENTENCES[Kind.MALFORMED]


def test_no_cookie_is_kept() -> None:
    content = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d; path=/v1\r\nContent-Length: 0\r\n\r\n"
    with closing(Answers(content)) as other, closing(HttpLine(other.url)) as line:
        line.statement()
        assert len(line._http.cookies.jar) == 0


def test_malformed_requests_are_not_logged(here: Here, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        with closing(connection(here)) as link:
            link.sendall(b"\x16\x03\x01 x\r\n\r\n")
            assert b"400" in link.recv(4096)
    assert caplog.records == []
