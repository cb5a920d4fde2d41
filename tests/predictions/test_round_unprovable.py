"""Answers that turn out to have no proof, and provers that fail: how often that is tried, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.rounds import PROVEN, Booth, Game

from escrow.parties.predictions import prover as prover_module
from escrow.parties.predictions.prover import is_verdict
from escrow.parties.predictions.records import RecordedAnswer
from proofs.budget import Budget
from proofs.errors import ProverFailed
from proofs.halo2 import task_prover
from proofs.halo2.runner import _Watch
from protocols.predictions.actions import Done, ProveAnswer, SendDecline, Wait
from protocols.predictions.answers import SignedAnswer, outputs_hash
from protocols.predictions.events import State
from protocols.predictions.messages import Answer

WITNESS = ProverFailed("prove (witness)", "decomposition error: integer 99 is too large to be represented")


def failing(monkeypatch: pytest.MonkeyPatch, error: ProverFailed) -> None:
    """Every proof begun from here on fails, after its opening was written down."""
    run_job = task_prover.run_job

    def run(job: str, *arguments: Any, **keywords: Any) -> Any:
        if job == "prove":
            raise error
        return run_job(job, *arguments, **keywords)

    monkeypatch.setattr(task_prover, "run_job", run)
    monkeypatch.setattr(task_prover, "_read_kept", lambda _: None)


def contested(game: Game) -> None:
    """Play until an answer is contested and unproven, then let everybody go."""
    client = game.client()
    client.step()
    provider = game.provider()
    while not game.booth.escrow.contest_of(game.job_id, PROVEN).contested:
        provider.step()
        client.step()
    provider.close()
    client.close()


def spent(booth: Booth) -> int:
    return budget_of(booth).spent


def budget_of(booth: Booth) -> Budget:
    return Budget(booth.model.commitment.weights_commitment, booth.model.description.budget)


def test_answer_without_a_witness_costs_one_opening(
    booth: Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game, before = Game(booth, tmp_path, booth.terms()), spent(booth)
    failing(monkeypatch, WITNESS)
    with game.service():
        contested(game)
        for _ in range(3):
            provider = game.provider()
            while not isinstance(provider.step(), Done):
                pass
            found = [entry.body for entry in provider.job.journal.entries if entry.kind == "unprovable"]
            provider.close()
            assert [body["index"] for body in found] == [str(PROVEN)] and "too large" in str(found[0]["why"])
    game.record.close()
    assert spent(booth) == before + 1


def test_prover_ended_from_outside_is_tried_again(
    booth: Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = Game(booth, tmp_path, booth.terms())
    failing(monkeypatch, killed("prove (mock)", tmp_path))
    with game.service():
        contested(game)
        provider = game.provider()
        assert isinstance(provider.step(), Wait)
        assert any("ended by signal 9" in text for text in game.said)
        assert isinstance(provider.decide(), ProveAnswer)
        provider.close()
    game.record.close()


def killed(stage: str, folder: Path) -> ProverFailed:
    watch = _Watch("prove", folder / "request.json", folder / "answer.json", 1.0, None)
    error = watch._failure(stage, -9, {}, folder / "stderr.log")
    assert isinstance(error, ProverFailed)
    return error


def test_what_a_failure_says_of_the_answer(tmp_path: Path) -> None:
    assert is_verdict(WITNESS) and is_verdict(ProverFailed("prove", "the circuit gives other outputs than were signed"))
    assert not is_verdict(killed("prove (witness)", tmp_path))
    assert not is_verdict(ProverFailed("prove (prove)", "out of memory"))


def test_fault_names_logits_beyond_the_digits(booth: Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The integer model gives them, and a service of an earlier version signed them; the circuit cannot."""
    game = Game(booth, tmp_path, booth.terms())
    view, raw = booth.checked.view, np.full((1, 8), 1000)
    outputs = tuple(booth.integers.run(raw).integers(0))
    row = view.rows(raw, np.zeros((1, view.salt_limbs), dtype=np.int64))[0]
    h = prover_module.hash_elements(row.tolist())
    signed = SignedAnswer(Answer(job_id=game.job_id, index=0, h=h, outputs_hash=outputs_hash(outputs)), outputs, b"")
    with game.service():
        client = game.client()
        client.step()
        provider = game.provider()
        for limit, fault in ((max(map(abs, outputs)) + 1, None), (max(map(abs, outputs)), "no proof")):
            limited: Callable[..., object] = lambda *_, limit=limit: replace(booth.integers, limit=limit)  # noqa: E731
            monkeypatch.setattr(prover_module.IntegerModel, "compile", limited)
            provider.prover.__dict__.pop("_integers", None)
            found = provider.prover.fault(RecordedAnswer(row, signed))
            assert found is None if fault is None else fault in str(found)
        provider.close()
        client.close()
    game.record.close()


def test_accepting_takes_openings_no_other_job_has_reserved(booth: Booth, tmp_path: Path) -> None:
    """Reserved with the deposit, declined where another job was faster, free again when the round is over."""
    game, budget = Game(booth, tmp_path, booth.terms(nonce=6), named=()), budget_of(booth)
    other, free = b"\x07" * 32, budget.left
    budget.reserve(other, free - game.terms.contests + 1)
    try:
        with game.service():
            client = game.client()
            client.step()
            provider = game.provider()
            why = provider.prover.budget(game.job_id).reserve(game.terms.contests)
            assert why is not None and "reserved for other jobs" in why
            provider._accept()
            assert isinstance(provider.decide(), SendDecline)
            provider.close()
            client.close()
    finally:
        budget.release(other)
    game.record.close()


def test_reservation_lasts_as_long_as_the_round(booth: Booth, tmp_path: Path) -> None:
    game, budget = Game(booth, tmp_path, booth.terms(nonce=5), named=()), budget_of(booth)
    free = budget.left
    with game.service():
        client = game.client()
        client.step()
        for _ in range(2):  # and once more after a restart
            provider = game.provider()
            while booth.escrow.job(game.job_id).state is not State.SERVING:
                provider.step()
                client.step()
            assert budget.left == free - game.terms.contests
            assert provider.prover.budget(game.job_id).reserve(game.terms.contests) is None
            provider.close()
        client.close()
    with game.service():
        game.alternate(game.client(), game.provider())
    game.record.close()
    assert game.state is State.COMPLETED and budget.left == free
