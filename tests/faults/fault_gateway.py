"""A gateway before anvil that misbehaves when told to: what a busy provider, a proxy or a bad line does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

SLOW = ("hangs", "lost slowly")
HANG_S = 1.5
"""Longer than the chain's time-out in these tests."""
KINDS = ("500", "429", "garbage", "no result", "internal error", "closed", "hangs", "lost", "lost slowly")
"""The last two forward the request first, and its answer is lost: what is asked has happened."""


_CLIENT = httpx.Client(timeout=30, verify=False, trust_env=False)  # noqa: S501 - the node is next door, over plain HTTP


@dataclass
class Mischief:
    """Which requests are answered badly, and how.

    Args:
        wrong: given a request's number and its method, the kind of wrong answer, None for a right one.
    """

    wrong: Callable[[int, str], str | None] = lambda _, __: None
    seen: list[str] = field(default_factory=list)
    done: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    asleep: bool = False

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Misbehave inside only, once it has been put to sleep."""
        self.asleep = False
        try:
            yield
        finally:
            self.asleep = True

    def choose(self, method: str) -> str | None:
        """Count a request, and decide what happens to it."""
        with self.lock:
            if self.asleep:
                return None
            kind = self.wrong(len(self.seen), method)
            self.seen.append(method)
            if kind is not None:
                self.done.append((method, kind))
            return kind


@contextmanager
def gateway(node: str, mischief: Mischief) -> Iterator[str]:
    """A gateway before ``node``, without a delay of its own; yields its address."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version, wbufsize, disable_nagle_algorithm = "HTTP/1.1", 1 << 16, True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = json.loads(body)
            kind = mischief.choose(str(asked["method"]))
            answer = _forwarded(node, body) if kind in (None, "lost", "lost slowly") else b""
            if kind in SLOW:
                time.sleep(HANG_S)
            if kind in ("closed", "hangs", "lost", "lost slowly"):
                self.close_connection = True
                return
            status, content = _wrong(kind, asked) if kind is not None else (200, answer)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # the party may have given up meanwhile
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _forwarded(node: str, body: bytes) -> bytes:
    return _CLIENT.post(node, content=body, headers={"Content-Type": "application/json"}).content


def _wrong(kind: str, asked: dict[str, Any]) -> tuple[int, bytes]:
    """Status and body of a bad answer."""
    envelope: dict[str, Any] = {"jsonrpc": "2.0", "id": asked.get("id")}
    if kind in ("500", "429"):
        return int(kind), b"<html>no</html>"
    if kind == "garbage":
        return 200, b'{"jsonrpc": "2.0", "id'
    if kind == "internal error":
        envelope["error"] = {"code": -32603, "message": "Internal error"}
    return 200, json.dumps(envelope).encode()
