"""The client against a real service: rounds, crashes on either side, and a provider that lies."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from service_kit import CLIENT, COUNT, JOB, PROVIDER, ROUND, VIEW, child, headers, inputs, model, question, service

from assay.service.client import RoundClient, safe_url
from assay.service.client_record import ClientRecord
from assay.service.contests import Evidence, recorded_answer
from assay.service.round import Round
from assay.service.selection import bounded, mismatches, parse_indices, sample
from proofs.errors import AssayError, InvalidInput
from protocols.errors import MessageRejected
from protocols.predictions.answers import SignedAnswer, sign_answer
from protocols.predictions.signing import RoundSigner


def run(url: str, folder: Path, count: int, group: int = 16, seed: int = 0) -> dict[int, SignedAnswer]:
    record = ClientRecord(folder, ROUND)
    try:
        record.put_questions(VIEW.quantise(inputs(count, seed)))
        asyncio.run(RoundClient(url, ROUND, CLIENT, record).ask_all(group))
        return record.answers()
    finally:
        record.close()


def test_a_round_in_pieces_over_restarts(tmp_path: Path) -> None:
    with child(tmp_path / "provider", credit=16) as (url, _):
        first = run(url, tmp_path / "client", 30)
        assert sorted(first) == list(range(30))
    with child(tmp_path / "provider", credit=16) as (url, _):
        again = run(url, tmp_path / "client", 50)
    assert {index: again[index] for index in first} == first
    outputs = model().run(VIEW.quantise(inputs(50)))
    assert [list(again[i].outputs) for i in range(50)] == [outputs.integers(i) for i in range(50)]
    with pytest.raises(InvalidInput, match="not the one asked before"):
        run(url, tmp_path / "client", 50, seed=1)
    with pytest.raises(InvalidInput, match="more than the round"):
        run(url, tmp_path / "client", COUNT + 1)


def test_a_killed_service_has_every_answer_a_client_received(tmp_path: Path) -> None:
    received: dict[int, bytes] = {}
    with child(tmp_path) as (url, process):
        asyncio.run(_load(url, received, lambda: len(received) == 80 and os.kill(process.pid, signal.SIGKILL)))
        process.wait(10)
    assert 80 <= len(received) < 400
    for index in received:
        recorded_answer(tmp_path, ROUND.job_id, index)
    before = dict(received)
    with child(tmp_path) as (url, _):
        again: dict[int, bytes] = {}
        asyncio.run(_load(url, again, lambda: None))
    assert len(again) == 400
    assert {index: again[index] for index in before} == before


async def _load(url: str, received: dict[int, bytes], each: Callable[[], object]) -> None:
    """400 questions, 12 at once, until the service is gone."""
    pending = iter(range(400))
    session = headers()

    async def worker(http: httpx.AsyncClient) -> None:
        for index in pending:
            response = await http.post(f"{url}{JOB}/answers", json=question(index), headers=session)
            assert response.status_code == 200, response.text
            received[index] = response.content
            each()

    async with httpx.AsyncClient(timeout=20) as http:
        results = await asyncio.gather(*(worker(http) for _ in range(12)), return_exceptions=True)
    assert all(result is None or isinstance(result, httpx.HTTPError) for result in results), results


def test_concurrent_twins_get_one_answer(tmp_path: Path) -> None:
    with service(tmp_path) as (client, engine):

        async def both() -> list[httpx.Response]:
            transport = httpx.ASGITransport(client.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                posts = [
                    http.post(f"{JOB}/answers", json=question(0, seed=seed), headers=headers())
                    for seed in (0, 1, 0, 1, 0)
                ]
                return list(await asyncio.gather(*posts))

        responses = asyncio.run(both())
        assert engine.costs.answers == 1
    winners = {response.content for response in responses if response.status_code == 200}
    assert len(winners) == 1
    assert {response.status_code for response in responses} == {200, 409}


class Liar(BaseHTTPRequestHandler):
    """Answers everything with one prepared body."""

    body = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def lying() -> Iterator[str]:
    """The address of a liar."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("lie", ["other key", "other h", "other index", "outputs", "garbage", "deep", "endless"])
def test_lies_are_no_answers(tmp_path: Path, lie: str) -> None:
    record = ClientRecord(tmp_path, ROUND)
    record.put_questions(VIEW.quantise(inputs(1)))
    [asked] = record.questions()
    signer = RoundSigner(CLIENT if lie == "other key" else PROVIDER, ROUND.domain)
    signed = sign_answer(signer, ROUND.job_id, int(lie == "other index"), asked.h + (lie == "other h"), [1, 2, 3])
    body = signed.to_json()
    if lie == "outputs":
        body = body.replace(b'["1","2","3"]', b'["9","2","3"]')
    Liar.body = b'{"signed":' + body + b"}"
    Liar.body = {"garbage": b"<html>", "deep": b"[" * 5000, "endless": b" " * 1_000_000}.get(lie, Liar.body)
    with lying() as url, pytest.raises(MessageRejected):
        asyncio.run(RoundClient(url, ROUND, CLIENT, record).ask_all(1))
    assert not record.answers()
    record.close()


def test_a_lie_does_not_cost_the_answers_beside_it(tmp_path: Path) -> None:
    record = ClientRecord(tmp_path, ROUND)
    record.put_questions(VIEW.quantise(inputs(3)))
    asked = record.questions()[1]
    signed = sign_answer(RoundSigner(PROVIDER, ROUND.domain), ROUND.job_id, 1, asked.h, [1, 2, 3])
    Liar.body = b'{"signed":' + signed.to_json() + b"}"
    with lying() as url, pytest.raises(MessageRejected, match="question 0"):
        asyncio.run(RoundClient(url, ROUND, CLIENT, record).ask_all(2))
    assert record.answers() == {1: signed}
    record.close()


def test_a_wrong_answer_is_found_by_a_copy_of_the_model_and_becomes_evidence(tmp_path: Path) -> None:
    record = ClientRecord(tmp_path, ROUND)
    record.put_questions(VIEW.quantise(inputs(3)))
    signer, truth = RoundSigner(PROVIDER, ROUND.domain), model().run(VIEW.quantise(inputs(3)))
    outputs = [truth.integers(0), [1, 2, 3], truth.integers(2)]
    record.put_answers(
        sign_answer(signer, ROUND.job_id, asked.index, asked.h, outputs[asked.index]) for asked in record.questions()
    )
    answers = record.answers()
    wrong = mismatches(model(), record.questions(), answers)
    record.close()
    assert wrong == [1]
    evidence = Evidence(ROUND.job_id, tuple(bounded([1, 1, 2], answers, 2)))
    assert Evidence.from_bytes(evidence.to_bytes()) == evidence
    assert [item.answer.index for item in evidence.answers] == [1, 2]
    for indices in ([7], [0, 1, 2]):
        with pytest.raises(InvalidInput):
            bounded(indices, answers, 2)


def test_selections() -> None:
    assert parse_indices("3,5") == [3, 5]
    assert len(sample(range(100), 0.1)) == 10
    assert len(sample(range(7), 0.01)) == 1
    for bad in ("", "a", "3;5"):
        with pytest.raises(InvalidInput):
            parse_indices(bad)
    for fraction in (0.0, -1.0, 1.1, float("nan")):
        with pytest.raises(InvalidInput):
            sample([1], fraction)


@pytest.mark.parametrize("url", ["http://example.org", "ftp://127.0.0.1", "127.0.0.1:80", "https://a/?b", "http://"])
def test_inputs_are_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(InvalidInput):
        safe_url(url)


def test_round_files_are_canonical_and_consistent() -> None:
    assert Round.from_bytes(ROUND.to_bytes()) == ROUND
    for broken in (b"{}", ROUND.to_bytes()[:-1], ROUND.to_bytes().replace(b'"scale_bits":8', b'"scale_bits":9')):
        with pytest.raises(AssayError):
            Round.from_bytes(broken)


def test_the_record_of_another_round_is_refused(tmp_path: Path) -> None:
    ClientRecord(tmp_path, ROUND).close()
    other = dataclasses.replace(ROUND, terms=dataclasses.replace(ROUND.terms, nonce=2))
    with pytest.raises(InvalidInput, match="another round"):
        ClientRecord(tmp_path, other)


def test_the_wrong_account_is_refused(tmp_path: Path) -> None:
    record = ClientRecord(tmp_path, ROUND)
    with pytest.raises(InvalidInput, match="the round's client"):
        RoundClient("http://127.0.0.1:1", ROUND, PROVIDER, record)
    record.close()
