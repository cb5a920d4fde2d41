"""Chunks, shards and interrupted work of the sumcheck backend; what fits into memory, and what verifiers load."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.tiny_sumcheck import CHUNK, TOTAL, committed, inputs, network, question, subject
from hypothesis import given
from hypothesis import strategies as st

from proofs.errors import InvalidInput, ProverFailed, ResourceExceeded
from proofs.predicate import CLASS, THRESHOLD, Predicate
from proofs.sumcheck_backend import memory, resume
from proofs.sumcheck_backend.chunks import (
    MAX_CHUNKS,
    Span,
    check_chunk,
    default_chunk,
    number_of_shards,
    shards,
    spans,
)
from proofs.sumcheck_backend.examples import Examples
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.questions import AskLogits, AskScore, AskSelection, ranked_within, satisfying
from proofs.sumcheck_backend.secret_network import SecretNetwork
from proofs.sumcheck_backend.warm import LOADING
from proofs.sumcheck_backend.workers import tasks
from proofs.sumcheck_backend.workers.choosing import Wanted

ROOT = Path(__file__).resolve().parents[2]


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_every_example_is_in_exactly_one_shard(total: int, chunk: int, shard: int) -> None:
    found = shards(total, chunk, shard)
    assert [part.index for part in found] == list(range(number_of_shards(total, chunk, shard)))
    places = [place for part in found for place in range(part.overall.first, part.overall.end)]
    assert places == list(range(total))
    cut = spans(total, chunk)
    for part in found:
        assert 1 <= part.overall.count == part.within.count <= shard
        assert part.within.end <= cut[part.chunk].count
        assert part.overall.first == cut[part.chunk].first + part.within.first
    assert Counter(part.chunk for part in found).keys() == set(range(len(cut)))


@pytest.mark.parametrize(
    ("values", "total", "chunk"),
    [
        (784, 10_000, 10_000),
        (784, 60_000, 10_496),
        (784, 5, 5),
        (150_528, 1_000, 6),
        (1 << 22, 10, 1),
        (8, 1 << 20, 1 << 20),
    ],
)
def test_chunks_by_default(values: int, total: int, chunk: int) -> None:
    assert default_chunk(values, total) == chunk
    assert check_chunk(chunk, values, total) == chunk


def test_chunks_out_of_bounds() -> None:
    for chunk, values, total in ((0, 8, 5), (6, 8, 5), (1, 8, MAX_CHUNKS + 1), (1 << 20, 1 << 10, 1 << 20)):
        with pytest.raises(InvalidInput):
            check_chunk(chunk, values, total)


def test_spans_are_for_arrays() -> None:
    assert np.arange(9)[Span(2, 3).slice].tolist() == [2, 3, 4]


def test_ties_go_to_the_lower_class() -> None:
    logits = np.array([[5, 5, 1], [1, 5, 5], [2, 2, 2], [9, 0, 8]])
    labels = np.array([1, 2, 0, 2])
    assert ranked_within(logits, labels, 1).tolist() == [False, False, True, False]
    assert ranked_within(logits, labels, 2).tolist() == [True, True, True, True]
    assert satisfying(logits, Predicate(CLASS, 1)).tolist() == [False, True, False, False]
    assert satisfying(logits, Predicate(THRESHOLD, 2, 5)).tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (AskScore(0), "--top-k 0"),
        (AskScore(3), "--top-k 3"),
        (AskScore(1, 6), "gets 5 of 7 right"),
        (AskScore(1, -1), "--at-least -1"),
        (AskSelection(Predicate(CLASS, 3)), "class 3 does not exist"),
    ],
)
def test_questions_without_an_answer(asked: Any, words: str) -> None:
    own = subject()
    with pytest.raises(InvalidInput, match=words):
        prove(own.model, own.examples, own.data, asked)


def test_a_score_needs_labels_and_the_models_format() -> None:
    own, x = subject(), inputs()[0]
    with pytest.raises(InvalidInput, match="labelled"):
        prove(own.model, *committed(x, None), AskScore())
    for change in ({"format": replace(own.data.format, high=254)}, {"log_columns": own.data.log_columns + 1}):
        with pytest.raises(InvalidInput, match="--format"):
            prove(own.model, own.examples, replace(own.data, **change), AskLogits())


def test_secret_parts_of_other_commitments_prove_nothing() -> None:
    own = subject()
    secret = own.model
    other_seed = SecretNetwork(secret.commitment, secret.weights, bytes(32), secret.onnx_sha256)
    with pytest.raises(InvalidInput, match="model commitment"):
        prove(other_seed, own.examples, own.data, AskLogits())
    examples = own.examples
    spoilt = Examples(examples.format, examples.x, examples.labels, bytes(32), examples.chunk, examples.log_columns)
    with pytest.raises(InvalidInput, match="data commitment"):
        prove(own.model, spoilt, own.data, AskLogits())


@dataclass(frozen=True)
class Free:
    """What psutil says is free."""

    available: float


def having(monkeypatch: pytest.MonkeyPatch, shard: int) -> None:
    """Leave just enough memory for a proof about ``shard`` examples."""
    needed = memory.memory_bytes(network().commitment, subject().data, AskLogits(), shard)
    monkeypatch.setattr("psutil.virtual_memory", lambda: Free((needed + 1) / memory.USABLE))


def test_as_many_examples_as_fit_are_proven_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    own = network().commitment, subject().data, AskLogits()
    sizes = {shard: memory.memory_bytes(*own, shard) for shard in range(1, CHUNK + 1)}
    assert sorted(sizes.values()) == list(sizes.values())
    having(monkeypatch, CHUNK)
    assert memory.choose_shard(*own) == CHUNK
    assert memory.choose_shard(*own, 3) == 3
    assert memory.choose_shard(*own, 300) == CHUNK
    with pytest.raises(InvalidInput, match="--shard 0"):
        memory.choose_shard(*own, 0)


def test_shards_are_evened_out() -> None:
    assert memory._largest(lambda shard: shard, 10, 9) == 5
    assert memory._largest(lambda shard: shard, 10, 10) == 10
    assert memory._largest(lambda shard: shard, 10, 3) == 3
    assert memory._largest(lambda shard: shard, 10, 0) == 1
    assert memory._largest(lambda shard: shard, 1, 0) == 1
    assert memory._largest(lambda shard: shard, 10_000, 6_000) == 5_120


def test_work_that_does_not_fit_is_refused_before_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: Free(1 << 20))
    monkeypatch.setattr(tasks.LogitsTask, "work", lambda *_: pytest.fail("work was begun"))
    own = subject()
    with pytest.raises(ResourceExceeded, match="MB are free") as refused:
        prove(own.model, own.examples, own.data, AskLogits())
    assert refused.value.needed > refused.value.available > 0


def test_interrupted_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    own, context = subject(), b"\7" * 32

    def stop(done: int, number: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prove(own.model, own.examples, own.data, question("score"), shard=2, context=context, on_shard=stop)
    again = prove(own.model, own.examples, own.data, question("score"), context=context)
    assert again.reused == 2 and again.bundle.statement.shard == 2, "the shard's size is remembered"
    whole = prove(own.model, own.examples, own.data, question("score"), context=context)
    assert whole.reused == 4 and whole.bundle == again.bundle
    statement = whole.bundle.statement
    resume.keep_proof(statement, 1, b"spoilt")
    resume.keep_proof(statement, 2, whole.bundle.proofs[3])
    mended = prove(own.model, own.examples, own.data, question("score"), context=context)
    assert mended.reused == 2, "kept proofs that do not verify are made anew"
    resume.forget(statement)
    assert resume.kept_proof(statement, 0) is None
    assert resume.kept_size(statement.protocol, statement.model, statement.data, context) is None


def test_a_proof_that_does_not_verify_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    own, context = subject(), b"\10" * 32
    monkeypatch.setattr(tasks.ProofTask, "work", lambda *_: b"nonsense")
    with pytest.raises(ProverFailed, match="does not verify"):
        prove(own.model, own.examples, own.data, AskLogits(), context=context, wanted=Wanted(1))


@pytest.mark.parametrize("text", [b"", b"x", b"-1", b"0", "²".encode(), b"9" * 40, b"\xff"])
def test_a_damaged_note_of_the_size_is_ignored(text: bytes) -> None:
    place = resume._size_file("assay/inference", bytes(32), bytes(32), bytes(32))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text)
    assert resume.kept_size("assay/inference", bytes(32), bytes(32), bytes(32)) is None
    place.unlink()


def test_stages_are_timed_and_told() -> None:
    own, told = subject(), []
    done = prove(own.model, own.examples, own.data, AskLogits(), context=b"\11" * 32, progress=told.append)
    resume.forget(done.bundle.statement)
    assert {"running the network", "encoding", "look-ups", "opening", "verifying"} <= set(done.stages)
    working = {name: seconds for name, seconds in done.stages.items() if name != LOADING}
    assert set(told) == set(done.stages) and done.prove_s == pytest.approx(sum(working.values()))
    assert len(done.bundle.logits) == TOTAL and done.peak_memory_mb > 0 and done.soundness.worst_bits >= 100


def test_the_verifier_imports_nothing_of_the_prover() -> None:
    code = (
        "import sys, proofs.sumcheck_backend.verifying, proofs.read_bundle; print([m for m in sys.modules if m == "
        "'ezkl' or m.startswith(('proofs.sumcheck_backend', 'proofs.sumcheck.committed')) "
        "and m.split('.')[-1] in ('prover', 'prove', 'proving', 'witness')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
