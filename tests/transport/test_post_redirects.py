"""Redirects to addresses that are none: httpx reads them though it follows none, and what it raises ends nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from eth_account import Account
from test_post_http import Answers, until
from two_sides import BUYER, DOMAIN, JOB, Sides, offer

from assay.postbox import courier as courier_module
from assay.postbox.courier import Courier
from assay.postbox.line import HttpLine, LineBroken
from assay.service import client as client_module
from assay.service.client import RoundClient, _Silent
from assay.service.round_proof import fetching
from escrow.parties.predictions.records import ServiceAway

ADDRESSES = [b"http://xn--a/", b"http://xn--/", b"http://a:999999/", b"http://[::x]/", b"/" + b"a" * 70_000, b"\xff"]


def redirect(address: bytes) -> bytes:
    return b"HTTP/1.1 302 Go\r\nLocation: " + address + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(params=ADDRESSES, ids=range(len(ADDRESSES)))
def wrong(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where every question is answered with a redirect."""
    with closing(Answers(redirect(request.param))) as answers:
        yield answers.url


def test_a_line_is_broken_by_it(wrong: str) -> None:
    with closing(HttpLine(wrong)) as line, pytest.raises(LineBroken):
        line.statement()


class _Round:
    """What fetching wants of a round."""

    job_id, domain = JOB, DOMAIN


def test_a_proof_is_asked_for_again(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "make_token", lambda *_: "token")
    tried: Any = (ServiceAway, fetching.InvalidInput)
    with pytest.raises(tried, match="no proof of the round"):
        fetching.fetch_round_proof(wrong, _Round(), Account.create(), 0.3)  # type: ignore[arg-type]


def test_a_client_calls_the_service_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS", 1)

    async def ask(url: str) -> None:
        client = RoundClient.__new__(RoundClient)
        client._base, client._token = url, "token"
        async with client_module.httpx.AsyncClient(trust_env=False) as http:
            await client._post(http, "answers", b"{}")

    with closing(Answers(redirect(ADDRESSES[0]))) as answers, pytest.raises(_Silent, match="gave no answer"):
        asyncio.run(ask(answers.url))


@pytest.mark.parametrize("error", [ValueError("of a library"), RuntimeError("of a library"), RecursionError()])
def test_no_error_ends_the_courier(sides: Sides, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(courier_module, "CALL_S", 0.02)
    said, letters, posted = list[str](), [0], sides.line.post

    def post(body: bytes) -> bytes:
        letters[0] += 1
        if letters[0] <= 3:
            raise error
        return posted(body)

    monkeypatch.setattr(sides.line, "post", post)
    carrying = Courier(sides.caller, HttpLine("http://127.0.0.1:1"), sides.caller._desk, said.append, guests=False)
    sides.buyer().send(0, offer(BUYER))
    carrying.start()
    try:
        until(lambda: sides.seller().receive(0) == offer(BUYER))
        until(lambda: len(said) == 2)
        assert (str(error) or "RecursionError") in said[0] and said[1].endswith("reached again")
    finally:
        carrying.stop()
