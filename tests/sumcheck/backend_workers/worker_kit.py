"""Workers under test: the tiny proof by any of them, and which processes are theirs."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from helpers.tiny_sumcheck import CONTEXT, SHARD, question, subject
from worker_tasks import BadProof

from proofs.statements.sumcheck import SumcheckStatement
from proofs.sumcheck_backend import resume, shard_proofs
from proofs.sumcheck_backend.proving import SumcheckOutcome, prove
from proofs.sumcheck_backend.workers.choosing import Wanted
from proofs.sumcheck_backend.workers.crew import Finished, Source, Workers
from proofs.sumcheck_backend.workers.part import chunk_part, model_part
from proofs.sumcheck_backend.workers.tasks import Task

HERE = Path(__file__).resolve().parent
SHARDS = 4
"""Proofs about the tiny examples, in chunks of five, two a proof."""


def python_path() -> str:
    """With it, children can import these tests."""
    return os.pathsep.join([str(HERE), str(HERE.parents[1])])


def proven_by(wanted: Wanted, name: str = "score", *, keep: bool = False) -> SumcheckOutcome:
    """The tiny proof by other workers."""
    own = subject()
    outcome = prove(own.model, own.examples, own.data, question(name), shard=SHARD, context=CONTEXT, wanted=wanted)
    if not keep:
        resume.forget(outcome.bundle.statement)
    return outcome


def forget_shards(statement: SumcheckStatement) -> None:
    """As if the work had been interrupted before any shard was done."""
    for kept in resume._folder(statement).glob("shard-*"):
        kept.unlink()


def source() -> Source:
    """The tiny network and its examples."""
    own = subject()
    return Source(model_part(own.model), partial(chunk_part, own.examples, own.data))


def accept(index: int, answer: bytes) -> str | None:
    """A check nothing fails."""
    return None


def done_by(workers: Workers, tasks: list[Task], check: Callable[[int, bytes], str | None] = accept) -> list[Finished]:
    """All tasks, in the order they finished."""
    with workers.open(source()) as crew:
        return list(crew.run(tasks, check))


def workers_of(parent: int) -> list[psutil.Process]:
    """Worker processes a process has."""
    return [child for child in psutil.Process(parent).children(recursive=True) if is_worker(child)]


def is_worker(process: psutil.Process) -> bool:
    """Whether it is one, by its command line."""
    try:
        return "proofs.sumcheck_backend.workers.child" in process.cmdline()
    except psutil.Error:
        return False


def misbehaving(monkeypatch: pytest.MonkeyPatch, folder: Path, how: str, **options: object) -> None:
    """From now on workers misbehave in the middle of some shards; see ``BadProof``."""

    def task(*given: object) -> BadProof:
        return BadProof(*given, folder=str(folder), how=how, **options)

    monkeypatch.setattr(shard_proofs, "ProofTask", task)


def attempts(folder: Path) -> list[int]:
    """How often each shard was begun."""
    marks = [folder / f"attempts-{index}" for index in range(SHARDS)]
    return [len(mark.read_text()) if mark.exists() else 0 for mark in marks]
