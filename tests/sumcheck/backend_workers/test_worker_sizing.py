"""How many workers there are follows from what is asked for, cores, memory and the number of proofs."""

from __future__ import annotations

import pytest
from helpers.tiny_sumcheck import question, subject

from proofs.errors import InvalidInput
from proofs.sumcheck.committed.estimate import Estimate
from proofs.sumcheck_backend import memory
from proofs.sumcheck_backend.memory import choose_shard, memory_bytes
from proofs.sumcheck_backend.workers import choosing, sizing
from proofs.sumcheck_backend.workers.choosing import Wanted, choose_workers
from proofs.sumcheck_backend.workers.here import InProcess
from proofs.sumcheck_backend.workers.processes import Processes
from proofs.sumcheck_backend.workers.ray_cluster import RayCluster
from proofs.sumcheck_backend.workers.sizing import Share, limit_s, share

SIZE = Estimate(entries=1 << 20, positions=1 << 22, memory_bytes=1 << 29)


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizing, "cores", lambda: 8)
    monkeypatch.setattr(choosing, "cores", lambda: 8)


@pytest.mark.parametrize(
    ("wanted", "tasks", "available", "found"),
    [
        (None, 100, 1000, Share(4, 2)),
        (None, 3, 1000, Share(3, 2)),
        (None, 100, 29, Share(2, 4)),
        (None, 100, 5, Share(1, 8)),
        (6, 100, 1000, Share(6, 1)),
        (6, 100, 39, Share(3, 2)),
        (20, 100, 1000, Share(20, 1)),
        (1, 100, 1000, Share(1, 8)),
    ],
)
def test_workers_share_cores_and_fit_into_memory(wanted: int | None, tasks: int, available: int, found: Share) -> None:
    assert share(wanted, tasks, 10, available) == found


def test_cores_are_those_the_kernels_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    assert sizing.cores() == 1
    monkeypatch.setenv("NUMBA_NUM_THREADS", "nonsense")
    assert sizing.cores() >= 1


def test_one_worker_is_this_process_and_several_are_processes() -> None:
    room = 9 * SIZE.memory_bytes
    assert isinstance(choose_workers(Wanted(1), 9, SIZE, room, print), InProcess)
    assert isinstance(choose_workers(Wanted(4), 1, SIZE, room, print), InProcess)
    assert choose_workers(Wanted(4), 9, SIZE, room, print) == Processes(4, 2)
    assert choose_workers(Wanted(ray="auto"), 9, SIZE, room, print) == RayCluster("auto", 2, SIZE.memory_bytes, 8)


def test_nobody_is_started_for_little_work_unasked() -> None:
    room = 99 * SIZE.memory_bytes
    assert isinstance(choose_workers(Wanted(), 9, SIZE, room, print), InProcess)
    assert choose_workers(Wanted(), 19, SIZE, room, print) == Processes(4, 2)
    assert choose_workers(Wanted(2), 9, SIZE, room, print) == Processes(2, 4)


@pytest.mark.parametrize("number", [0, -1, 1025])
def test_a_number_of_workers_there_cannot_be_is_refused(number: int) -> None:
    with pytest.raises(InvalidInput, match="--workers"):
        _ = Wanted(number).at_once


def test_shards_are_as_many_as_workers_and_as_small_as_their_share_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    own, asked = subject(), question("score")
    model, data = own.model.commitment, own.data
    assert choose_shard(model, data, asked) == 5
    assert choose_shard(model, data, asked, proofs=3) == 3
    assert choose_shard(model, data, asked, 4, 3, 3) == 4
    room = memory_bytes(model, data, asked, 5)
    monkeypatch.setattr(memory, "available_bytes", lambda: room * 1.5)
    assert choose_shard(model, data, asked, at_once=1) == 5
    assert choose_shard(model, data, asked, at_once=2) == 5  # not even one example fits twice: one at a time


def test_limits_grow_with_the_proof_and_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sizing.LIMIT_VARIABLE, raising=False)
    assert sizing.LEAST_LIMIT_S < limit_s(SIZE) < limit_s(Estimate(1 << 24, 1 << 24, 1 << 30))
    monkeypatch.setenv(sizing.LIMIT_VARIABLE, "12.5")
    assert limit_s(SIZE) == 12.5
    monkeypatch.setenv(sizing.LIMIT_VARIABLE, "-1")
    with pytest.raises(InvalidInput, match=sizing.LIMIT_VARIABLE):
        limit_s(SIZE)
