"""Openings are written down before proofs begin, for the model and every chunk, and never taken back."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.tiny_hiding import SHARDS, budgets, hidden, hidden_score, hiding_subject, spent
from helpers.tiny_sumcheck import CONTEXT, SHARD, Subject, question, subject

from proofs.canonical import to_hex
from proofs.errors import BudgetSpent, InvalidInput, ProverFailed, RejectedProof
from proofs.sumcheck_backend import data_commitment, resume
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.proving import SumcheckOutcome, prove
from proofs.sumcheck_backend.spending import Left, Spending, chunk_budget, model_budget, renewal_budget
from proofs.sumcheck_backend.verifying import verify
from proofs.sumcheck_backend.workers import tasks
from proofs.sumcheck_backend.workers.choosing import Wanted

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, pickle, signal, sys
from pathlib import Path
from helpers.tiny_sumcheck import CONTEXT, SHARD, question
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.workers import here, tasks
here.load_kernels = lambda hiding: None
tasks.ProofTask.work = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
own = pickle.loads(Path(sys.argv[1]).read_bytes())
prove(own.model, own.examples, own.data, question("score"), shard=SHARD, context=CONTEXT)
"""


def proven_again(own: Subject, context: bytes = CONTEXT, **options: object) -> SumcheckOutcome:
    """The score of a subject; what is finished stays in the cache."""
    return prove(own.model, own.examples, own.data, question("score"), shard=SHARD, context=context, **options)


def test_every_shard_opens_the_model_and_its_own_chunk_once() -> None:
    own = hiding_subject()
    outcome = proven_again(own)
    assert spent(own) == [sum(SHARDS), *SHARDS]
    assert outcome.left == Left(15 - 4, 16 - 3)
    line = json.loads(budgets(own)[0].path.read_text().splitlines()[0])
    assert to_hex(outcome.bundle.statement.digest) in line["purpose"]
    again = proven_again(own)
    assert again.reused == 4 and again.bundle == outcome.bundle
    assert spent(own) == [4, 3, 1], "shards read back cost nothing"
    resume.forget(outcome.bundle.statement)


def test_it_is_written_down_before_a_proof_is_begun_and_stays_when_none_comes_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own, seen = hiding_subject(), []
    monkeypatch.setattr(tasks.ProofTask, "work", lambda *_: seen.append(spent(own)) or b"nonsense")
    with pytest.raises(ProverFailed):
        proven_again(own, wanted=Wanted(1))
    assert seen == [[1, 1, 0]] and spent(own) == [1, 1, 0]


def test_a_killed_prover_has_spent_what_it_wrote_down(tmp_path: Path) -> None:
    own = hiding_subject()
    (tmp_path / "subject").write_bytes(pickle.dumps(own))
    places = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-c", KILLED, str(tmp_path / "subject")]
    child = subprocess.run(command, env={**os.environ, "PYTHONPATH": places}, capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert spent(own) == [1, 1, 0]
    outcome = proven_again(own)
    resume.forget(outcome.bundle.statement)
    assert spent(own) == [1 + 4, 1 + 3, 1], "a shard begun and not finished is paid for again"


def test_interrupted_work_pays_for_what_it_began_and_no_more() -> None:
    own, context = hiding_subject(), b"\7" * 32

    def stop(done: int, number: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        proven_again(own, context, on_shard=stop)
    assert spent(own) == [1, 1, 0]
    outcome = proven_again(own, context)
    resume.forget(outcome.bundle.statement)
    assert outcome.reused == 1
    assert spent(own) == [4, 3, 1]


def test_too_few_openings_are_refused_before_any_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.ProofTask, "work", lambda *_: pytest.fail("a proof was begun"))
    own = hiding_subject(proofs=3, log_columns=10)
    root = to_hex(own.model.commitment.weights_commitment)
    words = rf"{root} may make 3 proofs in all, 4 are needed: prove more examples at once \(--shard\)"
    with pytest.raises(BudgetSpent, match=words):
        proven_again(own)
    assert spent(own) == [0, 0, 0]
    budget = chunk_budget(own.data, 0)
    assert budget is not None
    budget.spend("by somebody else", 4)
    words = f"chunk 0 of the examples under the data root {to_hex(own.data.root)} may make 4 proofs, 4 spent; 1 more"
    with pytest.raises(BudgetSpent, match=words + r" is needed, 0 left\. Commit the data again"):
        prove(own.model, own.examples, own.data, question("score"), shard=5)
    assert spent(own) == [0, 4, 0]


def test_the_last_opening_of_a_model_is_kept_for_its_renewal() -> None:
    own = hiding_subject(proofs=3, log_columns=10).model.commitment
    proofs, renewal = model_budget(own), renewal_budget(own)
    assert proofs is not None and renewal is not None
    proofs.spend("proofs", 3)
    assert (proofs.left, renewal.left) == (0, 1)
    with pytest.raises(BudgetSpent):
        proofs.spend("one more")
    renewal.spend("renewal")
    assert (proofs.left, renewal.left, proofs.spent) == (0, 0, 4)


def test_public_examples_have_no_budget_but_their_model_has() -> None:
    own = hiding_subject(public=True)
    outcome = proven_again(own)
    resume.forget(outcome.bundle.statement)
    model = model_budget(own.model.commitment)
    assert model is not None and model.spent == 4
    assert outcome.left == Left(11, None)
    assert [budget.spent for budget in budgets(own)[1:]] == [0, 0]


def test_integrity_proofs_are_not_counted() -> None:
    own = subject()
    assert model_budget(own.model.commitment) is renewal_budget(own.model.commitment) is None
    assert chunk_budget(own.data, 0) is None
    assert Spending(own.model, own.examples, own.data).left == Left(None, None)


def test_examples_that_are_not_the_committed_ones_use_up_nothing() -> None:
    own = hiding_subject()
    model = own.model.commitment.weights_commitment
    hostile: list[DataCommitment] = [replace(own.data, roots=(model, own.data.roots[1]))]
    hostile.append(replace(own.data, roots=own.data.roots[::-1]))
    for data in hostile:
        with pytest.raises(InvalidInput, match="data commitment"):
            prove(own.model, own.examples, data, question("score"))
    with pytest.raises(InvalidInput, match="model commitment"):
        prove(replace(own.model, seed=bytes(32)), own.examples, own.data, question("score"))
    assert spent(own) == [0, 0, 0]


def test_examples_behind_other_blocks_are_refused_before_anything_is_spent() -> None:
    """The longer of two blocks makes the code ask for more columns than the shorter one's budget counts."""
    own, longer = hiding_subject(), hidden().model
    examples = replace(own.examples, block=1024)
    with pytest.raises(InvalidInput, match="blocks of 4096 entries, the examples by 1024"):
        prove(own.model, examples, examples.commitment(), question("score"))
    assert spent(own) == [0, 0, 0]
    with pytest.raises(RejectedProof, match="hidden by blocks") as refusal:
        verify(hidden_score(), longer.commitment, examples.commitment())
    assert refusal.value.check == "hiding"


def test_budgets_of_many_chunks_read_their_roots_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a megabyte can name 32,768 chunks; a digest of all roots for each of them would take hours."""
    own, counted_rows = hiding_subject().data, []
    rows = data_commitment.chunk_rows
    monkeypatch.setattr(data_commitment, "chunk_rows", lambda *args: counted_rows.append(1) or rows(*args))
    many = replace(own, total=400, chunk=1, roots=tuple(index.to_bytes(32, "big") for index in range(400)))
    assert all(chunk_budget(many, index) is not None for index in range(400))
    assert len(counted_rows) == 400
