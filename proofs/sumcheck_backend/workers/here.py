"""No workers: this process does everything, one task after the other, with all threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from proofs.errors import ProverFailed
from proofs.sumcheck_backend.cost import peak_memory_mb
from proofs.sumcheck_backend.warm import LOADING, load_kernels
from proofs.sumcheck_backend.workers.bench import Bench
from proofs.sumcheck_backend.workers.crew import Begin, Check, Finished, Source, nothing_before
from proofs.sumcheck_backend.workers.tasks import Task


@dataclass(frozen=True, slots=True)
class InProcess:
    """Args:
    on_stage: called with the name of each stage of a task as it begins.
    """

    on_stage: Callable[[str], None] | None = None

    @property
    def name(self) -> str:
        """For people."""
        return "this process"

    @contextmanager
    def open(self, source: Source) -> Iterator[_Alone]:
        """This process, at work, its kernels loaded."""
        on_stage = self.on_stage or (lambda _: None)
        on_stage(LOADING)
        load_kernels(hiding=source.model.public.block > 0)
        yield _Alone(source, Bench(source.model), on_stage)


@dataclass(frozen=True, slots=True, eq=False)
class _Alone:
    source: Source
    bench: Bench
    on_stage: Callable[[str], None]

    def run(
        self, tasks: Sequence[Task], check: Check, begin: Begin = nothing_before
    ) -> Generator[Finished, None, None]:
        """In order. Raises ProverFailed: an answer does not pass its check; again would be the same."""
        for task in tasks:
            begin(task)
            began = time.monotonic()
            self.bench.take(self.source.part(task.chunk))
            answer = task.work(self.bench, self.on_stage)
            spent = time.monotonic() - began
            if (fault := check(task.index, answer)) is not None:
                raise ProverFailed("proving", f"{task.name}: {fault}; please report it")
            yield Finished(task.index, answer, spent, peak_memory_mb())
