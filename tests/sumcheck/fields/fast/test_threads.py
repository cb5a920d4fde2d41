"""Work shared among threads is done once, and what goes wrong in one of them is heard of."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from proofs.sumcheck.fields.fast import threads

LARGE = 1 << 20


@pytest.fixture(autouse=True)
def three_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(threads, "threads", lambda: 3)
    threads._pool.cache_clear()
    yield
    threads._pool.cache_clear()


@pytest.mark.parametrize("count", [0, 1, 2, 7, 64, 65, 1000])
@pytest.mark.parametrize("align", [1, 64])
@pytest.mark.parametrize("products", [0, LARGE])
def test_every_range_is_done_once(count: int, align: int, products: int) -> None:
    done: list[tuple[int, int]] = []
    threads.share(lambda start, stop: done.append((start, stop)), count, products, align)
    assert sorted(i for start, stop in done for i in range(start, stop)) == list(range(count))
    assert all(start % align == 0 for start, _ in done)


def test_little_work_stays_with_the_caller() -> None:
    done: list[tuple[int, int]] = []
    threads.share(lambda start, stop: done.append((start, stop)), 100, threads.SERIAL_BELOW - 1)
    assert done == [(0, 100)]


def test_a_threads_failure_is_raised() -> None:
    main, helpers_turn = threading.get_ident(), threading.Event()

    def work(start: int, stop: int) -> None:
        if threading.get_ident() == main:
            helpers_turn.wait(10)
        else:
            helpers_turn.set()
            raise ValueError(f"rows {start} to {stop}")

    with pytest.raises(ValueError, match="rows"):
        threads.share(work, 100, LARGE)


def test_the_callers_own_failure_is_raised() -> None:
    main, callers_turn = threading.get_ident(), threading.Event()

    def work(start: int, stop: int) -> None:
        if threading.get_ident() != main:
            callers_turn.wait(10)
        else:
            callers_turn.set()
            raise ValueError(f"rows {start} to {stop}")

    with pytest.raises(ValueError, match="rows"):
        threads.share(work, 100, LARGE)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_makes_threads_of_its_own() -> None:
    done: list[int] = []
    threads.share(lambda start, stop: done.append(stop - start), 100, LARGE)
    child = os.fork()
    if child == 0:  # threads of the parent are gone; a lost one would hang the child, and the time-out kill the test
        mine: list[int] = []
        threads.share(lambda start, stop: mine.append(stop - start), 100, LARGE)
        os._exit(0 if sum(mine) == 100 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert sum(done) == 100
