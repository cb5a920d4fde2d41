"""Several openings at once: all of them or none, whoever else spends; jobs' reservations for every backend."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.tiny_hiding import hiding_subject
from helpers.tiny_sumcheck import subject

from escrow.parties.job_budget import JobBudget
from proofs.budget import Budget
from proofs.errors import BudgetSpent
from proofs.sumcheck_backend.spending import model_budget

ROOT = Path(__file__).resolve().parents[2]
SPEND = """
import sys
from proofs.budget import Budget
budget = Budget(bytes.fromhex(sys.argv[1]), 20)
for _ in range(5):
    try:
        budget.spend("shards", 3)
        print(".", flush=True)
    except Exception:
        pass
"""


def new_budget(limit: int = 20) -> Budget:
    return Budget(os.urandom(32), limit)


def test_openings_are_spent_together_or_not_at_all() -> None:
    budget = new_budget(5)
    budget.spend("shards", 3)
    assert (budget.spent, budget.left) == (3, 2)
    with pytest.raises(BudgetSpent, match="3 more are needed, 2 left"):
        budget.spend("shards", 3)
    assert budget.spent == 3
    lines = budget.path.read_text().splitlines()
    assert len(lines) == 3 and len(set(lines)) == 1
    for none in (0, -1):
        with pytest.raises(ValueError, match="cannot be spent"):
            budget.spend("nothing", none)


def test_a_torn_line_counts_beside_whole_ones() -> None:
    budget = new_budget(6)
    budget.spend("shards", 2)
    with budget.path.open("ab") as journal:
        journal.write(b'{"at":17')
    budget.spend("shards", 3)
    assert (budget.spent, budget.left) == (6, 0)


def test_processes_side_by_side_never_spend_more_than_there_is() -> None:
    budget = new_budget()
    command = [sys.executable, "-c", SPEND, budget.commitment.hex()]
    children = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    assert sum(len(child.communicate(timeout=60)[0].split()) for child in children) == 6
    assert budget.spent == 18


def test_messages_name_the_commitment_and_the_next_step() -> None:
    budget = Budget(os.urandom(32), 0, "the model of the bakery", "Ask the baker")
    with pytest.raises(BudgetSpent, match=r"the model of the bakery may make 0 proofs.*0 left\. Ask the baker"):
        budget.spend("bread")


def test_a_hiding_network_has_openings_for_jobs_and_no_other_has_a_limit() -> None:
    own = hiding_subject(proofs=3, log_columns=10).model
    first, second = (JobBudget(own, bytes([job]) * 32) for job in (1, 2))
    assert first.left == 3 and first.reserve(2) is None
    assert second.left == 1
    why = second.reserve(2)
    assert why is not None and "2 reserved for other jobs" in why
    budget = model_budget(own.commitment)
    assert budget is not None
    with pytest.raises(BudgetSpent):
        budget.spend("outside of the job", 2)
    with first.spending():
        budget.spend("shards", 2)
    assert (first.left, second.left) == (1, 1)
    first.release()
    integrity = JobBudget(subject().model, bytes(32))
    assert integrity.left is None and integrity.reserve(1000) is None
    with integrity.spending():
        integrity.release()
