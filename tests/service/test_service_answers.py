"""What a question gets: a signed, stored answer, the same again, or a problem that says why not."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from service_kit import CLIENT, COUNT, JOB, PROVIDER, ROUND, VIEW, Client, hash_of, headers, model, question, service

from assay.service.app import Gate
from assay.service.contests import hashed_row, recorded_answer
from assay.service.engine import infer
from assay.service.problems import KINDS
from assay.service.questions import parse_question
from assay.service.store import AnswerStore
from proofs.errors import InvalidInput, MissingArtifact
from proofs.integer import OutOfRange
from proofs.poseidon import hash_elements
from protocols.canonical import encode_canonical
from protocols.predictions.answers import AnswerDesk, sign_receipt
from protocols.predictions.signing import RoundSigner


def refused(response: Any, kind: str, words: str = "") -> None:
    status, title = KINDS[kind]
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    content = response.json()
    assert set(content) == {"type", "title", "status", "detail"}
    assert (content["type"], content["title"], content["status"]) == (f"urn:assay:problem:{kind}", title, status)
    assert words in content["detail"]
    assert "Traceback" not in response.text


def receipt(answered: int, account: Any = CLIENT) -> bytes:
    return sign_receipt(RoundSigner(account, ROUND.domain), ROUND.job_id, answered).to_json()


def give(client: Client, raw: bytes) -> Any:
    return client.send("POST", f"{JOB}/receipts", content=raw, headers={"Content-Type": "application/json"})


def test_an_answer_is_what_the_client_can_check_and_the_provider_can_prove(tmp_path: Path) -> None:
    asked = question(3)
    with service(tmp_path) as (client, _):
        response = client.ask(asked)
        assert response.status_code == 200, response.text
        content = response.json()
        signed = AnswerDesk(ROUND.terms, ROUND.job_id, ROUND.domain).open(
            encode_canonical(content["signed"]), 3, hash_of(asked)
        )
        raw = np.rint(np.array([asked["x"]]) * 256).astype(np.int64)
        assert list(signed.outputs) == model().run(raw).integers(0)
        assert content["class"] == int(np.argmax(signed.outputs))
        assert content["output_scale_bits"] == 24
        stored = recorded_answer(tmp_path, ROUND.job_id, 3)
    assert stored.signed == signed
    assert hash_elements(hashed_row(stored).tolist()) == signed.answer.h
    with pytest.raises(MissingArtifact):
        recorded_answer(tmp_path, ROUND.job_id, 4)


def test_the_same_question_gets_the_same_bytes_and_another_a_conflict(tmp_path: Path) -> None:
    with service(tmp_path) as (client, engine):
        first = client.ask(question(0))
        assert client.ask(question(0)).content == first.content
        for other in (question(0, seed=1), question(0, salt="0x" + "00" * 16)):
            refused(client.ask(other), "index-used")
        assert engine.costs.answers == 1
    with service(tmp_path) as (client, _):
        assert client.ask(question(0)).content == first.content
        refused(client.ask(question(0, seed=1)), "index-used")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"index":0,"index":0,"salt":"","x":[]}',
        b"[" * 1000,
        b'{"index":0,"salt":"0x","x":[NaN]}',
        b"\xff\xfe",
        question(0, index=-1),
        question(0, index=COUNT),
        question(0, index=True),
        question(0, index=1.0),
        question(0, index="0"),
        question(0, x=[0.0] * 5),
        question(0, x=["0"] * 6),
        question(0, x=[True] * 6),
        question(0, x=[[0.0]] * 6),
        question(0, salt="0x"),
        question(0, salt="0x" + "AA" * 16),
        question(0, salt=5),
        question(0, more=1),
    ],
)
def test_malformed_questions_are_refused(tmp_path: Path, content: Any) -> None:
    with service(tmp_path) as (client, engine):
        refused(client.ask(content), "malformed-request")
        assert not engine.hosted[ROUND.job_id].used


def test_inputs_without_an_answer_do_not_use_up_their_index(tmp_path: Path) -> None:
    with service(tmp_path, limit=1 << 30) as (client, _):
        refused(client.ask(question(0, x=[1e300] * 6)), "unusable-input")
        refused(client.ask(question(0, x=[10**400] + [0] * 5)), "unusable-input")
        refused(client.ask(question(0, x=[1e5] * 6)), "unusable-input")
        refused(client.ask(question(0, x=[3e4] * 6)), "unprovable-input")
        assert client.ask(question(0)).status_code == 200


def test_answer_whose_logits_have_no_proof_is_not_signed(tmp_path: Path) -> None:
    """Values inside the model fit the circuit's digits, and only a logit does not: the edge is one integer wide."""
    asked = question(0)
    largest = max(map(abs, model().run(np.rint(np.array([asked["x"]]) * 256).astype(np.int64)).integers(0)))
    with service(tmp_path, limit=largest) as (client, engine):
        refused(client.ask(asked), "unprovable-input", "no proof")
        assert engine.costs.answers == 0 and not engine.hosted[ROUND.job_id].used
        with pytest.raises(MissingArtifact):
            recorded_answer(tmp_path, ROUND.job_id, 0)
    with service(tmp_path, limit=largest + 1) as (client, _):
        assert client.ask(asked).status_code == 200


def test_only_what_has_no_proof_is_refused_among_questions_answered_together() -> None:
    asked = [parse_question(json.dumps(question(i)).encode(), ROUND.job_id, VIEW, COUNT) for i in range(8)]
    logits = [max(map(abs, model().run(item.raw[np.newaxis]).integers(0))) for item in asked]
    limit = sorted(logits)[5]
    answers = infer(model(limit), asked)
    assert [isinstance(answer, OutOfRange) for answer in answers] == [logit >= limit for logit in logits]


def test_bodies_are_bounded_and_json(tmp_path: Path) -> None:
    with service(tmp_path) as (client, _):
        refused(client.ask(b" " * 100_000), "too-large")
        refused(client.ask(question(0), **{"Content-Type": "text/plain"}), "wrong-media-type")


def test_only_the_client_may_ask(tmp_path: Path) -> None:
    now = int(time.time())
    good = headers()["Authorization"]
    tokens = [
        "",
        good[:-1],
        good.replace("Bearer ", "bearer "),
        headers(PROVIDER)["Authorization"],
        headers(until=now - 1)["Authorization"],
        headers(until=now + 10 * 86_400)["Authorization"],
        good.replace(".", "1.", 1),
        "Bearer " + good.removeprefix("Bearer ").replace(good[7:17], str(int(good[7:17]) + 1)),
    ]
    with service(tmp_path) as (client, _):
        for token in tokens:
            refused(client.ask(question(0), Authorization=token), "unauthorised")
        assert client.ask(question(0)).status_code == 200


def test_answers_stop_at_the_credit_until_a_receipt_comes(tmp_path: Path) -> None:
    with service(tmp_path, credit=2) as (client, _):
        assert [client.ask(question(i)).status_code for i in range(3)] == [200, 200, 402]
        assert client.ask(question(1)).status_code == 200  # given before
        assert give(client, receipt(2)).json() == {"receipted": 2}
        assert give(client, receipt(1)).json() == {"receipted": 2}
        refused(give(client, receipt(3)), "malformed-request", "only 2 answers")
        refused(give(client, receipt(2, PROVIDER)), "malformed-request", "signed by")
        refused(give(client, b"{}"), "malformed-request")
    with service(tmp_path, credit=2) as (client, engine):
        assert engine.hosted[ROUND.job_id].receipted == 2
        assert client.ask(question(2)).status_code == 200
    store = AnswerStore(tmp_path)
    kept = store.receipt(ROUND.job_id)
    store.close()
    assert kept is not None and kept.to_json() == receipt(2)


def test_paths_methods_and_documents(tmp_path: Path) -> None:
    with service(tmp_path) as (client, _):
        refused(client.send("GET", "/nowhere"), "no-such-thing")
        refused(client.send("PUT", JOB), "wrong-method")
        for job in ("0x00", "0x" + "00" * 32, ROUND.job_id.hex()):
            refused(client.send("GET", f"/v1/jobs/{job}"), "no-such-thing")
        job = client.send("GET", JOB).json()
        assert (job["answered"], job["receipted"], job["credit"], job["closed"]) == (0, 0, COUNT, None)
        assert job["round"] == json.loads(ROUND.to_bytes())
        assert client.send("GET", "/health").json()["status"] == "ok"
        schema = client.send("GET", "/openapi.json").json()
        page = client.send("GET", "/docs")
        assert set(schema["paths"]) == {
            "/health",
            "/v1/jobs/{job}",
            "/v1/jobs/{job}/answers",
            "/v1/jobs/{job}/receipts",
            "/v1/networks",
            "/v1/delegations",
        }
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "<script" not in page.text and "src=" not in page.text and "/v1/jobs/{job}/answers" in page.text


def test_a_gate_closes_the_round(tmp_path: Path) -> None:
    class Closed(Gate):
        def refusal(self, job_id: bytes) -> str | None:
            return "the round ended" if job_id == ROUND.job_id else None

    with service(tmp_path, Closed()) as (client, _):
        refused(client.ask(question(0)), "round-closed", "the round ended")
        assert client.send("GET", JOB).json()["closed"] == "the round ended"


def test_nothing_is_answered_once_the_record_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with service(tmp_path) as (client, _):
        assert client.ask(question(0)).status_code == 200
        monkeypatch.setattr(AnswerStore, "commit", full)
        refused(client.ask(question(1)), "store-failed", "disk is full")
        monkeypatch.undo()
        refused(client.ask(question(2)), "store-failed")
        refused(client.send("GET", "/health"), "store-failed")
    with service(tmp_path) as (client, _):
        assert client.ask(question(1)).status_code == 200


def test_unexpected_failures_show_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret weights")

    with service(tmp_path) as (client, _):
        monkeypatch.setattr("assay.service.engine.infer", broken)
        response = client.ask(question(0))
        refused(response, "failed")
        assert "secret" not in response.text
        monkeypatch.undo()
        assert client.ask(question(0)).status_code == 200


def test_one_service_at_a_time_and_a_private_record(tmp_path: Path) -> None:
    with service(tmp_path):
        assert (tmp_path / "answers.sqlite").stat().st_mode & 0o777 == 0o600
        with pytest.raises(InvalidInput, match="in use"):
            AnswerStore(tmp_path)
    AnswerStore(tmp_path).close()


def test_an_unusable_input_is_named_by_its_index(tmp_path: Path) -> None:
    with service(tmp_path) as (client, _):
        refused(client.ask(question(3) | {"x": [1e9] * 6}), "unusable-input", "input 3: it reaches the limit")
