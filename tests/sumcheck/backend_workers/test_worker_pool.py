"""Worker processes that die, hang, raise or answer nonsense are replaced, and their tasks done again; nobody stays."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest
from worker_kit import accept, done_by, source, workers_of
from worker_tasks import Echo, OnceBad, pieces

from proofs.errors import InvalidInput, ProverFailed
from proofs.sumcheck_backend.workers.ledger import ATTEMPTS
from proofs.sumcheck_backend.workers.processes import Processes

TWO = Processes(2, 1)


def test_every_task_is_done_once_by_workers_with_their_share_of_the_cores() -> None:
    found = done_by(TWO, [Echo(index, chunk) for index, chunk in enumerate((0, 0, 0, 1, 1))])
    assert sorted(done.index for done in found) == [0, 1, 2, 3, 4]
    answers = {done.index: pieces(done.answer) for done in found}
    assert [answers[index][:2] for index in range(5)] == [[0, 5], [1, 5], [2, 5], [3, 2], [4, 2]]
    pids = {answer[2] for answer in answers.values()}
    assert len(pids) <= 2 and os.getpid() not in pids
    assert {answer[3] for answer in answers.values()} == {1}
    assert all(done.seconds > 0 and done.peak_memory_mb > 20 for done in found)


@pytest.mark.parametrize("how", ["die", "exit", "raise", "memory", "nonsense", "half"])
def test_a_worker_that_fails_is_replaced_and_its_task_done_again(how: str, tmp_path: Path) -> None:
    bad = OnceBad(0, folder=str(tmp_path), how=how)
    found = done_by(Processes(1, 1), [bad, Echo(1)])
    assert sorted(done.index for done in found) == [0, 1]
    assert (tmp_path / f"{how}-0").read_text() == "x"


@pytest.mark.parametrize("how", ["hang", "stop", "long"])
def test_a_worker_that_hangs_is_stopped_and_its_task_done_again(how: str, tmp_path: Path) -> None:
    bad = OnceBad(0, limit_s=2.0, folder=str(tmp_path), how=how)
    (done,) = done_by(Processes(1, 1), [bad])
    assert pieces(done.answer)[0] == 0


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("die", "killed while misbehaving: out of memory"),
        ("exit", "status 3 .*the reason why"),
        ("raise", "went wrong"),
    ],
)
def test_a_task_that_always_fails_ends_the_work_with_its_name_and_cause(how: str, words: str, tmp_path: Path) -> None:
    bad = OnceBad(7, folder=str(tmp_path), how=how, always=True)
    with pytest.raises(ProverFailed, match=f"echo 7 failed {ATTEMPTS} times: .*{words}"):
        done_by(Processes(1, 1), [bad])
    assert (tmp_path / f"{how}-7").read_text() == "x" * ATTEMPTS
    assert not workers_of(os.getpid())


def test_an_answer_that_fails_its_check_is_asked_for_again_from_another_worker() -> None:
    seen: list[int] = []

    def check(index: int, answer: bytes) -> str | None:
        seen.append(pieces(answer)[2])
        return "it is no proof" if len(seen) == 1 else None

    found = done_by(Processes(1, 1), [Echo(0), Echo(1)], check)
    assert sorted(done.index for done in found) == [0, 1]
    assert len(seen) == 3 and len(set(seen)) == 2


def test_an_answer_that_never_passes_ends_the_work() -> None:
    with pytest.raises(ProverFailed, match="echo 0 failed 3 times: it is no proof"):
        done_by(Processes(1, 1), [Echo(0)], lambda index, answer: "it is no proof")


def test_what_no_worker_can_do_is_not_tried_again(tmp_path: Path) -> None:
    bad = OnceBad(0, folder=str(tmp_path), how="invalid", always=True)
    with pytest.raises(InvalidInput, match="nobody can"):
        done_by(TWO, [bad, Echo(1)])
    assert (tmp_path / "invalid-0").read_text() == "x"


def test_a_killed_worker_of_two_leaves_the_other_to_its_work() -> None:
    tasks = [Echo(index) for index in range(4)]
    with TWO.open(source()) as crew:
        finished = crew.run(tasks, accept)
        next(finished)
        psutil.Process(crew.pids[0]).kill()
        assert len(list(finished)) == 3


def test_whoever_is_interrupted_leaves_nobody_behind(tmp_path: Path) -> None:
    slow = [OnceBad(index, folder=str(tmp_path), how="hang") for index in range(2)]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    try:
        threading.Timer(2.0, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            done_by(TWO, slow)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not workers_of(os.getpid())


def test_workers_stay_between_two_runs_and_a_run_given_up_leaves_none_at_work(tmp_path: Path) -> None:
    with Processes(1, 1).open(source()) as crew:
        (first,) = crew.run([Echo(0)], accept)
        (second,) = crew.run([Echo(0, 1)], accept)
        assert pieces(first.answer)[2] == pieces(second.answer)[2]
        run = crew.run([Echo(0), OnceBad(1, folder=str(tmp_path), how="hang")], accept)
        next(run)
        run.close()
        assert not crew.pids


def test_time_counts_from_the_task_not_from_the_worker() -> None:
    with Processes(1, 1).open(source()) as crew:
        list(crew.run([Echo(0)], accept))
        time.sleep(1.2)
        (done,) = crew.run([Echo(0, limit_s=1.0)], accept)
        assert done.seconds < 1
