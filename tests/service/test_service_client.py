"""The client against a real service: rounds, crashes on either side, and a provider that lies."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from service_kit import CLIENT, COUNT, JOB, PROVIDER, ROUND, VIEW, child, headers, inputs, model, question, service

from assay.service import client as client_module
from assay.service.client import RoundClient, safe_url
from assay.service.client_record import Asked, ClientRecord
from assay.service.contests import Evidence, recorded_answer, write_contests
from assay.service.round import Round
from assay.service.selection import Choice, check_named, choose, mismatches, parse_indices, part_of, sample
from escrow.parties.predictions.records import ServiceAway
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
def lying(handler: type[BaseHTTPRequestHandler] = Liar) -> Iterator[str]:
    """The address of a liar."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
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
    evidence = Evidence(ROUND.job_id, tuple(answers[i] for i in choose(answers, [1, 1, 2], [], None, 2).indices))
    assert Evidence.from_bytes(evidence.to_bytes()) == evidence
    assert [item.answer.index for item in evidence.answers] == [1, 2]
    for indices in ([7], [0, 1, 2]):
        with pytest.raises(InvalidInput):
            check_named(indices, 3, 2)
    check_named([1, 1, 2], 3, 2)


def test_selections() -> None:
    assert parse_indices("3,5") == [3, 5]
    assert len(sample(range(100), 10)) == 10
    assert (part_of(100, 0.1), part_of(7, 0.01)) == (10, 1)
    for bad in ("", "a", "3;5"):
        with pytest.raises(InvalidInput):
            parse_indices(bad)
    for fraction in (0.0, -1.0, 1.1, float("nan")):
        with pytest.raises(InvalidInput):
            part_of(1, fraction)


def test_the_draw_reaches_every_answer_also_where_it_is_cut() -> None:
    """A draw cut to what the round allows must not favour low indices: a provider would lie at the high ones."""
    draws = [choose(range(40), [], [], 0.5, 4) for _ in range(500)]
    assert {(len(choice.indices), choice.left_out) for choice in draws} == {(4, 16)}
    drawn = [index for choice in draws for index in choice.indices]
    assert set(drawn) == set(range(40))
    assert 18 < sum(drawn) / len(drawn) < 21  # 19.5, standard deviation 0.26
    for _ in range(20):
        choice = choose(range(10), [7], [3, 7], 0.1, 4)
        assert choice.indices[:2] == (7, 3) and len(set(choice.indices)) == 3 and choice.left_out == 0
    assert choose(range(10), [], [1, 2, 3], 0.2, 2) == Choice((1, 2), 3)
    assert sorted(choose(range(3), [0], [], 1.0, 9).indices) == [0, 1, 2]


NO_ADDRESSES = ["http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:abc", "http://127.0.0.1:0", "http://a\nb"]
NO_ADDRESSES += ["http://127.0.0.1\t:80", "https://a\x00", "https://a b", "http://127.0.0.1\\@example.org"]


@pytest.mark.parametrize(
    "url", ["http://example.org", "ftp://127.0.0.1", "127.0.0.1:80", "https://a/?b", "http://", *NO_ADDRESSES]
)
def test_inputs_are_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(InvalidInput):
        safe_url(url)


def test_addresses_of_services() -> None:
    for url in ("https://example.org", "https://example.org:8443/a", "http://[::1]:80", "http://localhost:8080"):
        assert safe_url(url + "/") == url


@pytest.mark.parametrize(
    ("answers", "job_id"),
    [(5, "0x00"), ([], "0x00"), ([], "zz"), ([], 5), ([], "0x" + "zz" * 32), ({}, "0x" + "0" * 64)],
)
def test_broken_contests_are_refused(answers: object, job_id: object) -> None:
    with pytest.raises(AssayError):
        Evidence.from_bytes(json.dumps({"answers": answers, "job_id": job_id}, separators=(",", ":")).encode())


def test_contests_of_an_earlier_run_do_not_stay(tmp_path: Path) -> None:
    record = ClientRecord(tmp_path / "client", ROUND)
    record.put_questions(VIEW.quantise(inputs(1)))
    signed = sign_answer(RoundSigner(PROVIDER, ROUND.domain), ROUND.job_id, 0, record.questions()[0].h, [1, 2, 3])
    record.close()
    path, other = tmp_path / "contests.json", tmp_path / "other.json"
    write_contests(path, ROUND.job_id, [signed])
    assert Evidence.from_bytes(path.read_bytes()).answers == (signed,)
    write_contests(path, ROUND.job_id, [])
    assert not path.exists()
    other.write_text("{}")
    write_contests(other, ROUND.job_id, [])
    assert other.exists()


class Refusing(BaseHTTPRequestHandler):
    """Signs [1, 2, 3] for every question but one, takes receipts or refuses them."""

    asked: ClassVar[dict[int, int]] = {}
    status = 422
    takes_receipts = True

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body, status = b"{}", 200
        if self.path.endswith("receipts"):
            status = 200 if self.takes_receipts else 400
        elif content["index"] == 1:
            status = self.status
        else:
            signer = RoundSigner(PROVIDER, ROUND.domain)
            signed = sign_answer(signer, ROUND.job_id, content["index"], self.asked[content["index"]], [1, 2, 3])
            body = b'{"signed":' + signed.to_json() + b"}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.mark.parametrize("status", [200, 302, 401, 409, 422])
@pytest.mark.parametrize("takes_receipts", [True, False])
def test_a_refused_question_does_not_keep_the_others_from_being_asked(
    tmp_path: Path, status: int, takes_receipts: bool
) -> None:
    record = ClientRecord(tmp_path, ROUND)
    record.put_questions(VIEW.quantise(inputs(6)))
    Refusing.asked = {asked.index: asked.h for asked in record.questions()}
    Refusing.status, Refusing.takes_receipts = status, takes_receipts
    with lying(Refusing) as url, pytest.raises(AssayError):
        asyncio.run(RoundClient(url, ROUND, CLIENT, record).ask_all(1))
    assert record.answered() == {0, 2, 3, 4, 5}
    record.close()


def test_a_silent_service_is_not_asked_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS", 1)
    asked: list[int] = []
    ask = RoundClient._ask

    async def counted(self: RoundClient, http: httpx.AsyncClient, each: Asked) -> SignedAnswer:
        asked.append(each.index)
        return await ask(self, http, each)

    monkeypatch.setattr(RoundClient, "_ask", counted)
    with pytest.raises(ServiceAway):
        run("http://127.0.0.1:1", tmp_path, 20, group=3)
    assert sorted(asked) == list(range(6))


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


def test_one_client_asks_at_a_time(tmp_path: Path) -> None:
    first, second = ClientRecord(tmp_path, ROUND), ClientRecord(tmp_path, ROUND)
    first.put_questions(VIEW.quantise(inputs(1)))
    with pytest.raises(InvalidInput, match="in use by another client"):
        second.put_questions(VIEW.quantise(inputs(1)))
    first.close()
    second.put_questions(VIEW.quantise(inputs(1)))
    second.close()


def test_a_file_or_a_damaged_record_is_no_folder_of_a_round(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InvalidInput, match="cannot use the folder"):
        ClientRecord(tmp_path / "file", ROUND)
    record = ClientRecord(tmp_path / "client", ROUND)
    record.put_questions(VIEW.quantise(inputs(200)))
    record.close()
    damage(tmp_path / "client/round.sqlite")
    with pytest.raises(InvalidInput, match="cannot be used"):
        run("http://127.0.0.1:1", tmp_path / "client", 200)
    with service(tmp_path / "provider") as (client, _):
        assert client.ask(question(0)).status_code == 200
    damage(tmp_path / "provider/answers.sqlite")
    for _ in range(2):
        with pytest.raises(InvalidInput, match="cannot be used"), service(tmp_path / "provider"):
            pass


def damage(path: Path) -> None:
    """Overwrite every page but the first, which holds the schema."""
    raw = path.read_bytes()
    assert len(raw) > 8192
    path.write_bytes(raw[:4096] + bytes([0x5A]) * (len(raw) - 4096))


def test_the_wrong_account_is_refused(tmp_path: Path) -> None:
    record = ClientRecord(tmp_path, ROUND)
    with pytest.raises(InvalidInput, match="the round's client"):
        RoundClient("http://127.0.0.1:1", ROUND, PROVIDER, record)
    record.close()
