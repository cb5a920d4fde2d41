"""Worker processes of this machine. One that dies, hangs or answers nonsense is replaced, and its task done again."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, SimpleQueue

from proofs.sumcheck_backend.workers.crew import Begin, Check, Finished, Source, nothing_before
from proofs.sumcheck_backend.workers.entry import Answer, Failure, packed, said
from proofs.sumcheck_backend.workers.ledger import Ledger
from proofs.sumcheck_backend.workers.process import Event, WorkerProcess
from proofs.sumcheck_backend.workers.tasks import Task

POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Processes:
    """Args:
    number: of processes. threads: of each; ``number * threads`` should be the cores.
    """

    number: int
    threads: int

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.number} worker processes, threads each: {self.threads}"

    @contextmanager
    def open(self, source: Source) -> Iterator[Pool]:
        """Processes are started when there are tasks for them, and killed at the end if they have not ended."""
        pool = Pool(source, self.number, self.threads)
        try:
            yield pool
        finally:
            pool.close()


@dataclass(slots=True, eq=False)
class _Seat:
    """A worker and what it has in hand: a chunk, perhaps a task, since when."""

    worker: WorkerProcess
    chunk: int | None = None
    task: Task | None = None
    began: float = 0.0

    @property
    def late(self) -> bool:
        """Whether it must hang."""
        return self.task is not None and time.monotonic() - self.began > self.task.limit_s


@dataclass(slots=True, eq=False)
class Pool:
    """A crew of processes; at most ``number`` at a time."""

    source: Source
    number: int
    threads: int
    _seats: dict[int, _Seat] = field(default_factory=dict)
    _events: SimpleQueue[Event] = field(default_factory=SimpleQueue)
    _numbers: Iterator[int] = field(default_factory=count)
    _model: bytes = b""

    @property
    def pids(self) -> list[int]:
        """Of the workers there are now."""
        return [seat.worker.child.pid for seat in self._seats.values()]

    def run(
        self, tasks: Sequence[Task], check: Check, begin: Begin = nothing_before
    ) -> Generator[Finished, None, None]:
        """See ``Crew.run``."""
        ledger = Ledger(tasks, begin)
        try:
            while ledger.open:
                self._replace_late(ledger)
                self._hand_out(ledger)
                finished = self._next(ledger, check)
                if finished is not None:
                    yield finished
        finally:
            for number in [number for number, seat in self._seats.items() if seat.task is not None]:
                self._dismiss(number)

    def close(self) -> None:
        """End every worker."""
        for number in list(self._seats):
            self._dismiss(number)

    def _hand_out(self, ledger: Ledger) -> None:
        """A task for everybody who has none; workers are started as long as tasks wait."""
        idle = [seat for seat in self._seats.values() if seat.task is None]
        while len(idle) < ledger.waiting and len(self._seats) < self.number:
            idle.append(self._hire())
        for seat in idle:
            others = {other.chunk for other in self._seats.values() if other is not seat and other.chunk is not None}
            task = ledger.next(seat.chunk, others)
            if task is not None:
                self._give(seat, task)

    def _hire(self) -> _Seat:
        if not self._model:
            self._model = packed(self.source.model)
        seat = _Seat(WorkerProcess(next(self._numbers), self.threads, self._events))
        self._seats[seat.worker.number] = seat
        seat.worker.give(self._model)
        return seat

    def _give(self, seat: _Seat, task: Task) -> None:
        if seat.chunk != task.chunk:
            seat.worker.give(packed(self.source.part(task.chunk)))
        seat.worker.give(packed(task))
        seat.chunk, seat.task, seat.began = task.chunk, task, time.monotonic()

    def _next(self, ledger: Ledger, check: Check) -> Finished | None:
        """Wait for one thing to happen; the task it finished, if it did."""
        try:
            event = self._events.get(timeout=POLL_S)
        except Empty:
            return None
        seat = self._seats.get(event.worker)
        if seat is None:
            return None  # it was dismissed
        task, seat.task = seat.task, None
        answer = None if event.said is None else said(event.said)
        if task is None or answer is None:
            self._lost(ledger, seat, task, event)
            return None
        if isinstance(answer, Failure):
            answer.require_worth_retrying()
            self._dismiss(event.worker)
            ledger.failed(task, str(answer))
            return None
        return self._checked(ledger, check, seat, task, answer)

    def _checked(self, ledger: Ledger, check: Check, seat: _Seat, task: Task, answer: Answer) -> Finished | None:
        """Whoever answered works on while the answer is checked."""
        spent = time.monotonic() - seat.began
        self._hand_out(ledger)
        fault = check(task.index, answer.content)
        if fault is None:
            ledger.done(task)
            return Finished(task.index, answer.content, spent, answer.peak_memory_mb)
        if seat.task is not None:
            ledger.back(seat.task)
        self._dismiss(seat.worker.number)
        ledger.failed(task, fault)
        return None

    def _lost(self, ledger: Ledger, seat: _Seat, task: Task | None, event: Event) -> None:
        """A worker that ended, or said what no worker says."""
        cause = seat.worker.last_words() if event.said is None else "its worker answered nonsense"
        self._dismiss(event.worker)
        if task is not None:
            ledger.failed(task, cause)

    def _replace_late(self, ledger: Ledger) -> None:
        for number, seat in list(self._seats.items()):
            if seat.late and seat.task is not None:
                task, stage = seat.task, seat.worker.stage
                self._dismiss(number)
                ledger.failed(task, f"still {stage} after {task.limit_s:.0f} s, so its worker was stopped")

    def _dismiss(self, number: int) -> None:
        self._seats.pop(number).worker.end()
