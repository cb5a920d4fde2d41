"""A party that begins: an office that trickles its answer, or redirects to nowhere, does not hold it up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from test_post_http import Answers
from two_sides import BUYER, DOMAIN, FORTH, JOB, SELLER, offer

from assay.postbox import courier as courier_module
from assay.postbox.post import own_post
from assay.postbox.way import Way
from assay.service.host import listen
from escrow.signers import LocalSigner
from protocols.channel import DirectoryChannel


def _trickle(link: socket.socket, over: threading.Event) -> None:
    """The head of an answer, a byte at a time."""
    try:
        link.recv(65536)
        link.sendall(b"HTTP/1.1 200 OK\r\nx: ")
        while not over.wait(0.05):
            link.sendall(b"a")
    except OSError:
        pass
    finally:
        link.close()


@pytest.fixture
def slow() -> Iterator[str]:
    """An office that never comes to the end of an answer's head, nor falls silent."""
    over, listener = threading.Event(), listen("127.0.0.1", 0)

    def serve() -> None:
        try:
            while True:
                link, _ = listener.accept()
                threading.Thread(target=_trickle, args=(link, over), daemon=True).start()
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    over.set()
    listener.close()


def began(url: str, state: Path, said: list[str], over: threading.Event) -> float:
    """Seconds until a buyer's post is open."""
    start, took = time.monotonic(), list[float]()

    def begin() -> None:
        with own_post(Way(peer=url), SELLER.address, LocalSigner(BUYER), DOMAIN, state, said.append):
            took.append(time.monotonic() - start)
            over.wait(10)

    threading.Thread(target=begin, daemon=True).start()
    while not took and time.monotonic() < start + 8:
        time.sleep(0.01)
    over.set()
    return took[0] if took else float("inf")


def test_a_slow_office_holds_up_nobody_for_long(tmp_path: Path, slow: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier_module, "MEET_S", 0.3)
    said: list[str] = []
    assert 0.2 < began(slow, tmp_path, said, threading.Event()) < 5
    assert said == [f"{slow} cannot be reached (no answer in 0.3 s); trying again until it can"]


def test_with_a_job_under_way_nobody_waits_at_all(tmp_path: Path, slow: str) -> None:
    DirectoryChannel(Way(peer=slow).root_with(tmp_path, str(SELLER.address)) / JOB.hex(), FORTH).send(0, offer(BUYER))
    assert began(slow, tmp_path, [], threading.Event()) < 5


@pytest.mark.parametrize("job", [False, True])
def test_a_bad_redirect_keeps_no_party_from_beginning(tmp_path: Path, job: bool) -> None:
    content, said = b"HTTP/1.1 302 Go\r\nLocation: http://xn--a/\r\nContent-Length: 0\r\n\r\n", list[str]()
    with closing(Answers(content)) as answers:
        way = Way(peer=answers.url)
        if job:
            root = way.root_with(tmp_path, str(SELLER.address))
            DirectoryChannel(root / JOB.hex(), FORTH).send(0, offer(BUYER))
        with own_post(way, SELLER.address, LocalSigner(BUYER), DOMAIN, tmp_path, said.append) as post:
            assert post.courier is not None and post.courier._thread.is_alive()
    assert len(said) == 1 and "cannot be reached" in said[0]
