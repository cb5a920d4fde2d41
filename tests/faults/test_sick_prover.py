"""A prover that sleeps for ever, is stopped or killed: a clear error in time, and every move that needs no proof."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fault_campaign import Tally
from fault_protocols import ACCURACY, PREDICTIONS, PROTOCOLS, RETRIEVAL, Protocol, place_of
from helpers.chains import put_back

from escrow.parties import seller as seller_module
from proofs.budget import Budget
from proofs.errors import AssayError, ProverFailed
from proofs.halo2 import prover, runner, task_prover
from proofs.halo2.runner import OutOfMemory, ending_by, run_job
from protocols.accuracy.endings import settle as settle_audit
from protocols.accuracy.events import State as AuditState
from protocols.predictions.events import State as RoundState
from protocols.retrieval.endings import settle as settle_retrieval
from protocols.retrieval.events import State as RetrievalState

SICK = {
    "sleeps": ["sleep", "600"],
    "stopped": ["sh", "-c", "kill -STOP $$; sleep 600"],
    "killed": ["sh", "-c", "kill -KILL $$"],
}
SAYS = {"sleeps": "still running after", "stopped": "still running after", "killed": "ended by signal 9 from outside"}
LEAST_S, HANG_S = 0.3, 1.0


@pytest.fixture
def sick(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Any]]:
    """Every proof is this child's instead; returns the children as they are made."""

    def fall_ill(kind: str) -> list[Any]:
        made: list[Any] = []

        class Sick(subprocess.Popen):  # type: ignore[type-arg]
            def __init__(self, command: list[str], **options: Any) -> None:
                ours = "proofs.halo2.worker" in command and json.loads(Path(command[3]).read_text())["job"] == "prove"
                super().__init__(SICK[kind] if ours else command, **options)
                if ours:
                    made.append(self)

        monkeypatch.setattr(runner.subprocess, "Popen", Sick)
        monkeypatch.setattr(runner, "LEAST_S", LEAST_S)
        watch = runner._Watch
        monkeypatch.setattr(
            runner,
            "_Watch",
            lambda job, request, answer, limit_s, progress: watch(
                job, request, answer, min(limit_s, HANG_S) if job == "prove" else limit_s, progress
            ),
        )
        return made

    return fall_ill


@pytest.mark.parametrize("kind", SICK)
def test_job_ends_with_a_clear_error_when_its_time_is_over(kind: str, sick: Callable[[str], list[Any]]) -> None:
    made, began = sick(kind), time.monotonic()
    with pytest.raises(ProverFailed, match=SAYS[kind]), ending_by(lambda: 0):
        run_job("prove", {})
    assert time.monotonic() - began < 20
    assert [child.poll() for child in made] == [-9]


def test_job_killed_for_memory_says_so(sick: Callable[[str], list[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel leaves no note; a child that had more than is left now was most likely ended for it."""
    sick("killed")
    memory = type("Memory", (), {"available": -1})
    monkeypatch.setattr(runner.psutil, "virtual_memory", lambda: memory)
    with pytest.raises(OutOfMemory, match="most likely for memory"):
        run_job("prove", {})


def test_limit_is_the_smaller_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_PROVER_TIMEOUT_S", "7")
    with ending_by(lambda: 1000):
        assert runner._limit_s(None) == 7
        assert runner._limit_s(20) == 20
    with ending_by(lambda: -3):
        assert runner._limit_s(None) == runner.LEAST_S


def unproven(patch: pytest.MonkeyPatch) -> None:
    """Nothing is read back that was proven before, and no opening is spent on what follows."""
    for module in (prover, task_prover):
        patch.setattr(module, "_read_kept", lambda _: None)
    patch.setattr(Budget, "spend", lambda *_, **__: None)


def moved(play: Any, protocol: Protocol) -> dict[str, int]:
    """What the pure rules promise everybody when the prover never proves."""
    if protocol is PREDICTIONS:
        assert play.game.state is RoundState.REJECTED, play.said
        answered = play.game.booth.escrow.job(play.game.job_id).answered
        return dict(play.game.promised(RoundState.REJECTED, 0, answered))
    if protocol is RETRIEVAL:
        terms = play.trade.terms
        assert play.trade.state is RetrievalState.REJECTED, play.said
        credits = settle_retrieval(terms, RetrievalState.PROVING, RetrievalState.REJECTED, 0, 0)
        change = {terms.requester: -terms.requester_funds, terms.responder: -terms.responder_funds}
    else:
        terms = play.terms
        assert play.state is AuditState.REJECTED, play.said
        credits = settle_audit(terms, AuditState.PROVING, AuditState.REJECTED)
        change = {terms.buyer: -terms.deposit, terms.seller: -terms.deposit}
    for credit in credits:
        change[credit.who] = change.get(credit.who, 0) + credit.amount
    return {who: change.get(who, 0) for who in play.books.who}


@pytest.mark.slow
@pytest.mark.parametrize("kind", SICK)
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.name)
def test_party_ends_the_job_without_a_proof(
    protocol: Protocol,
    kind: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    sessions: None,
    sick: Callable[[str], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
) -> None:
    """After the last deposit the prover falls ill: no process ends, and whoever is owed something fetches it."""
    place = place_of(protocol, request)
    with put_back(place.chain):
        protocol.play(place, tmp_path / "compiled").run({})
    unproven(monkeypatch)
    made = sick(kind)
    with put_back(place.chain):
        play = protocol.play(place, tmp_path / "sick")
        play.seen = lambda: len(made)
        play.run({})
        assert play.books.changes() == moved(play, protocol), play.said
        assert not any(play.books.owed()[who] for who in play.books.who[:2])
    assert len(made) >= 3
    assert any(SAYS[kind] in text for text in play.said) and any("restart tries it again" in t for t in play.said)
    tally.count(protocol.name, play.second, f"prover {kind}", len(made), "job ended by its clocks")


@pytest.mark.slow
def test_seller_whose_model_never_runs_aborts(
    request: pytest.FixtureRequest, tmp_path: Path, sessions: None, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Silence would cost the deposit, an abort costs the buyer's share."""

    tries: list[Any] = []

    def hung(*arguments: Any) -> Any:
        tries.append(arguments)
        raise ProverFailed("infer (infer)", "still running after 5 s, so it was stopped")

    monkeypatch.setattr(seller_module, "integer_logits", hung)
    place = place_of(ACCURACY, request)
    with put_back(place.chain):
        play = ACCURACY.play(place, tmp_path)
        play.seen = lambda: len(tries)
        play.run({})
        assert play.state is AuditState.ABORTED, play.said  # type: ignore[attr-defined]
        assert play.books.moves()["abort"] == 1
    assert any("the prover has failed: infer" in text for text in play.said)
    assert len(tries) == 3
    tally.count("accuracy", "seller", "model never runs", 3, "aborted in time")


def test_party_without_a_deposit_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing hangs on it yet, so its owner is told by an error, not kept waiting."""
    from types import SimpleNamespace

    from escrow.parties.prover_patience import ProverPatience, no_more_proofs

    def fails() -> None:
        raise ProverFailed("settings", "no memory")

    nothing: Any = lambda *_: None  # noqa: E731
    patience = ProverPatience(SimpleNamespace(now=lambda: 0), nothing, nothing, nothing, no_more_proofs)  # type: ignore[arg-type]
    with pytest.raises(AssayError, match="no memory"):
        patience.step(SimpleNamespace(state=1, deadline=9), fails)
    assert patience.step(SimpleNamespace(state=2, deadline=9), fails).until == 9
