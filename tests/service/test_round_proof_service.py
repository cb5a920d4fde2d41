"""Round proofs as the service gives them: made when asked for, once, kept, bounded; and the client's way to them."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import httpx
import pytest
from helpers.rounds import serving
from helpers.tiny_sumcheck import network
from round_proof_kit import COUNT, INPUTS, PATH, ROUND, answered, get, outputs, workshop
from service_kit import CLIENT, PROVIDER, Client, headers

from assay.service.app import application
from assay.service.problems import Problem
from assay.service.round_proof import fetching
from assay.service.round_proof import workshop as workshop_module
from assay.service.round_proof.checking import check_round_proof
from assay.service.round_proof.fetching import fetch_round_proof
from assay.service.round_proof.workshop import Workshop, told
from escrow.parties.predictions.records import ServiceAway
from proofs.errors import InvalidInput


def made(workshop: Workshop, answers: range, seconds: float = 60) -> bytes:
    until = time.monotonic() + seconds
    while (found := workshop.proof(ROUND, answers)) is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def kind(response: httpx.Response) -> str:
    return str(response.json()["type"]).rpartition(":")[2]


def test_made_beside_the_service_and_kept(tmp_path: Path) -> None:
    with answered(tmp_path) as (engine, _), workshop(tmp_path) as shop:
        first = get(engine, shop)
        assert first.status_code == 202 and first.json() == {"state": "proving"}
        raw = made(shop, range(COUNT))
        kept = list((tmp_path / "round-proofs").rglob("*.proof"))
        assert len(kept) == 1 and kept[0].stat().st_mode & 0o777 == 0o600
        assert dict(check_round_proof(raw, network().commitment, ROUND, INPUTS).outputs) == outputs()
        again = get(engine, shop)
        assert (again.status_code, again.content) == (200, raw)
    with answered(tmp_path, 0) as (engine, _), workshop(tmp_path) as shop:  # restarted, and nothing is made again
        assert shop.proof(ROUND, range(COUNT)) == raw


def test_who_may_ask_and_for_what(tmp_path: Path) -> None:
    with answered(tmp_path, 0) as (engine, _), workshop(tmp_path) as shop:
        assert kind(get(engine, shop)) == "round-unproven"
        assert kind(get(engine, None)) == "no-such-thing"
        for stranger in ({}, headers(PROVIDER, of=ROUND)):
            assert kind(get(engine, shop, headers=stranger)) == "unauthorised"
        schema = get(engine, shop).request.url.path
        assert schema == PATH


def test_inputs_the_network_does_not_read_are_not_answered(tmp_path: Path) -> None:
    """The circuit has an answer to halves and to larger numbers; a proof of the round could not be about it."""
    high = network().commitment.format.high
    with answered(tmp_path, 0) as (engine, _), workshop(tmp_path) as shop:
        client = Client(application(engine, None, None, shop))
        for x, status in (([0.5] * 8, 422), ([high + 1] * 8, 422), ([high] * 8, 200)):
            asked = json.dumps({"index": 0, "salt": "0x" + "00" * 2 * 8, "x": x}).encode()
            path = PATH.removesuffix("proof") + "answers"
            response = client.send("POST", path, content=asked, headers=headers(CLIENT, of=ROUND))
            assert response.status_code == status, response.text
            assert status == 200 or kind(response) == "unprovable-input"


def test_outputs_that_were_not_signed_are_not_proven(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A provider whose two models differ would only convict itself; it is told why, its client only that."""
    with answered(tmp_path, added=2), workshop(tmp_path) as shop:
        for _ in range(workshop_module.ATTEMPTS):
            assert shop.proof(ROUND, range(COUNT)) is None
            until = time.monotonic() + 60
            while shop._at_work is not None and time.monotonic() < until:
                time.sleep(0.05)
        with pytest.raises(Problem, match="its provider can read why") as refusal:
            shop.proof(ROUND, range(COUNT))
        assert refusal.value.kind == "round-unproven" and "answer 0" not in str(refusal.value)
        assert "other outputs than answer 0" in caplog.text


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("BudgetSpent: 85 proofs are spent, 3 for others", "no openings left"),
        ("TimeoutExpired: it took longer than 3 s", "took too long"),
        ("InvalidInput: the value 137 is outside the table with tag 5", "its provider can read why"),
        ("MissingArtifact: model: /srv/private/model.onnx does not exist", "its provider can read why"),
    ],
)
def test_a_client_is_told_nothing_of_files_budgets_or_values(cause: str, words: str) -> None:
    said = told(cause)
    assert words in said and not any(secret in said for secret in ("85", "137", "srv", "3"))


def test_one_at_a_time_so_many_a_round_and_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    going, ended = threading.Event(), threading.Event()

    def run(self: Workshop, request: str) -> str:
        going.set()
        ended.wait(20)
        return "no memory"

    monkeypatch.setattr(Workshop, "_run", run)
    monkeypatch.setattr(workshop_module, "MOST_OF_A_ROUND", 2)
    with workshop(tmp_path) as shop:
        assert shop.proof(ROUND, range(1)) is None and going.wait(10)
        assert shop.proof(ROUND, range(1)) is None  # the same one
        with pytest.raises(Problem) as refusal:
            shop.proof(ROUND, range(2))
        assert refusal.value.kind == "busy"
        ended.set()
        for answers in (range(1), range(2), range(2)):
            _idle(shop)
            assert shop.proof(ROUND, answers) is None
        _idle(shop)
        with pytest.raises(Problem, match="can read why"):
            shop.proof(ROUND, range(1))
        with pytest.raises(Problem, match="2 proofs of this round"):
            shop.proof(ROUND, range(3))


def _idle(shop: Workshop) -> None:
    until = time.monotonic() + 20
    while shop._at_work is not None and time.monotonic() < until:
        time.sleep(0.01)


def test_a_child_that_takes_too_long_or_outlives_the_service_is_killed(tmp_path: Path) -> None:
    with answered(tmp_path), workshop(tmp_path, limit_s=0.2) as shop:
        assert shop.proof(ROUND, range(COUNT)) is None
        _idle(shop)
        assert "longer than 0.2 s" in next(iter(shop._failures.values()))[0]
    with answered(tmp_path, 0), workshop(tmp_path) as shop:
        assert shop.proof(ROUND, range(COUNT)) is None
        until = time.monotonic() + 20
        while shop._child is None and time.monotonic() < until:
            time.sleep(0.01)
        began = time.monotonic()
        shop.close()
        _idle(shop)
        assert time.monotonic() - began < 10 and not list((tmp_path / "round-proofs").rglob("*.proof"))
        with pytest.raises(Problem):
            shop.proof(ROUND, range(COUNT))


def test_the_client_waits_and_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "POLL_S", 0.05)
    states: list[bytes | None] = [None, None, b"a proof"]

    class Slow(Workshop):
        def proof(self, of: object, answered: object) -> bytes | None:
            return states.pop(0) if states else None

    with answered(tmp_path) as (engine, _):
        shop = Slow(tmp_path, None, network().commitment)  # type: ignore[arg-type]
        with serving_proofs(engine, shop, monkeypatch) as url:
            assert fetch_round_proof(url, ROUND, CLIENT, 20) == b"a proof"
            with pytest.raises(ServiceAway, match="status 202"):
                fetch_round_proof(url, ROUND, CLIENT, 0.3)
            monkeypatch.setattr(fetching, "MAX_ROUND_PROOF_BYTES", 3)
            states.append(b"four")
            with pytest.raises(InvalidInput, match="more than 3 bytes"):
                fetch_round_proof(url, ROUND, CLIENT, 20)
            with pytest.raises(InvalidInput, match="status 401"):
                fetch_round_proof(url, ROUND, PROVIDER, 20)
    with pytest.raises(ServiceAway):
        fetch_round_proof("http://127.0.0.1:1", ROUND, CLIENT, 0.3)


def serving_proofs(engine: object, shop: Workshop, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """The service with a workshop, on a free port."""
    from helpers import rounds

    engine.stop = lambda: None  # type: ignore[attr-defined]  # started already, and stopped by whoever made it
    engine.start = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setattr(rounds, "application", lambda found, gate: application(found, gate, None, shop))
    return serving(engine)  # type: ignore[arg-type]
