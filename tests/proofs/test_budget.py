"""The proof budget: never overspent, whatever runs side by side or dies half-way."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from proofs.budget import Budget
from proofs.errors import BudgetSpent, InvalidInput

ROOT = Path(__file__).resolve().parents[2]
SPEND = "import sys; from proofs.budget import Budget; b = Budget(bytes.fromhex(sys.argv[1]), int(sys.argv[2]))\n"


@pytest.fixture
def budget() -> Iterator[Budget]:
    budget = Budget(os.urandom(32), 5)
    yield budget
    if budget.path.is_file():
        budget.path.unlink()


def child(budget: Budget, code: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SPEND + code, budget.commitment.hex(), str(budget.limit)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def test_counts_down_and_stops(budget: Budget) -> None:
    for left in range(5, 0, -1):
        assert budget.left == left
        budget.spend("batch")
    with pytest.raises(BudgetSpent, match="5 proofs, 5 spent"):
        budget.spend("one more")
    assert (budget.left, budget.spent) == (0, 5)


def test_require_is_all_or_nothing(budget: Budget) -> None:
    budget.require(5)
    with pytest.raises(BudgetSpent, match="6 more are needed"):
        budget.require(6)
    assert budget.spent == 0


def test_commitments_do_not_share(budget: Budget) -> None:
    budget.spend("batch")
    assert Budget(bytes(32), 5).path != budget.path
    assert Budget(budget.commitment, 9).spent == 1


def test_journal_is_private(budget: Budget) -> None:
    budget.spend("batch")
    assert stat.S_IMODE(budget.path.stat().st_mode) == 0o600


def test_torn_line_counts_and_is_not_joined(budget: Budget) -> None:
    budget.spend("batch")
    with budget.path.open("ab") as journal:
        journal.write(b'{"at":17')
    assert budget.spent == 2
    budget.spend("next")
    assert budget.spent == 3
    assert budget.path.read_bytes().count(b"\n") == 3


def test_processes_side_by_side_never_overspend(budget: Budget) -> None:
    code = "for i in range(4):\n try: b.spend('x'); print('.', flush=True)\n except Exception: pass"
    children = [child(budget, code) for _ in range(3)]
    assert sum(len(process.communicate(timeout=60)[0].split()) for process in children) == 5
    assert budget.spent == 5


def test_spending_waits_for_whoever_is_spending(budget: Budget) -> None:
    with budget._locked():
        process = child(budget, "print('up', flush=True); b.spend('x')")
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        assert budget.spent == 0
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    assert budget.spent == 1


def test_killed_between_spending_and_proving_stays_spent(budget: Budget) -> None:
    process = child(budget, "import time; b.spend('x'); print('spent', flush=True); time.sleep(60)")
    assert process.stdout is not None
    assert process.stdout.readline() == b"spent\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    process.stdout.close()
    assert budget.spent == 1
    budget.spend("the lock went with the process")
    assert budget.left == 3


def test_no_proof_without_a_journal(budget: Budget) -> None:
    budget.path.parent.mkdir(parents=True, exist_ok=True)
    budget.path.mkdir()
    try:
        with pytest.raises(InvalidInput, match="cannot write the proof budget"):
            budget.spend("batch")
    finally:
        budget.path.rmdir()


def test_full_disk_is_no_spending(budget: Budget, monkeypatch: pytest.MonkeyPatch) -> None:
    budget.spend("batch")
    monkeypatch.setattr(os, "write", lambda _fd, _line: 0)
    with pytest.raises(InvalidInput, match="No space left"):
        budget.spend("batch")


FIRST, SECOND = b"\x01" * 32, b"\x02" * 32


def test_two_jobs_do_not_share_an_opening(budget: Budget) -> None:
    budget.reserve(FIRST, 3)
    with pytest.raises(BudgetSpent, match="3 reserved for other jobs; 3 more"):
        budget.reserve(SECOND, 3)
    budget.reserve(SECOND, 2)
    assert (budget.left, budget.left_for(FIRST), budget.left_for(SECOND), budget.spent) == (0, 3, 2, 0)
    with pytest.raises(BudgetSpent):
        budget.spend("somebody else's")
    with budget.under(FIRST):
        for left in (2, 1, 0):
            budget.spend("batch")
            assert budget.left_for(FIRST) == left
        with pytest.raises(BudgetSpent):
            budget.spend("one more than reserved")
    assert (budget.spent, budget.left_for(SECOND)) == (3, 2)


def test_reserving_again_after_a_restart_changes_nothing(budget: Budget) -> None:
    budget.reserve(FIRST, 3)
    with budget.under(FIRST):
        budget.spend("batch")
    again = Budget(budget.commitment, budget.limit)
    again.reserve(FIRST, 3)
    again.reserve(FIRST, 2)
    assert (again.left, again.left_for(FIRST)) == (2, 4)
    again.reserve(FIRST, 5)
    assert again.left == 0 and len(again.reservations.read_bytes().splitlines()) == 2
    assert stat.S_IMODE(again.reservations.stat().st_mode) == 0o600


def test_released_openings_are_free_and_spent_ones_stay_spent(budget: Budget) -> None:
    budget.reserve(FIRST, 4)
    with budget.under(FIRST):
        budget.spend("batch")
    for _ in range(2):
        budget.release(FIRST)
        budget.release(SECOND)
        assert budget.left == 4
    budget.reserve(SECOND, 4)
    assert budget.left == 0


def test_torn_reservation_is_none(budget: Budget) -> None:
    budget.reserve(FIRST, 1)
    with budget.reservations.open("ab") as file:
        file.write(b'{"job":"02')
    assert budget.left == 4
    budget.reserve(SECOND, 4)
    assert budget.left == 0


def test_jobs_side_by_side_never_reserve_too_much(budget: Budget) -> None:
    take = "b.reserve(os.urandom(32), 2); print('.', flush=True)"
    code = f"import os\nfor i in range(4):\n try: {take}\n except Exception: pass"
    children = [child(budget, code) for _ in range(3)]
    assert sum(len(process.communicate(timeout=60)[0].split()) for process in children) == 2
    assert budget.left == 1
