"""Which tasks wait, which failed and why; a task that failed too often ends the work."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Sequence

from proofs.errors import ProverFailed
from proofs.sumcheck_backend.workers.tasks import Task

ATTEMPTS = 3
"""Of one task. A worker dies for reasons of its own; that three do at the same task has another reason."""


class Ledger:
    """Args:
    tasks: to be done, each once. begin: called with each before it is handed out for the first time.
    """

    def __init__(self, tasks: Sequence[Task], begin: Callable[[Task], None], attempts: int = ATTEMPTS) -> None:
        self._begin, self._begun = begin, set[int]()
        self._waiting = deque(tasks)
        self._open = {task.index for task in tasks}
        self._causes: dict[int, list[str]] = defaultdict(list)
        self._attempts = attempts

    @property
    def open(self) -> int:
        """Tasks not done yet, those in work included."""
        return len(self._open)

    @property
    def waiting(self) -> int:
        """Tasks in nobody's hands."""
        return len(self._waiting)

    def next(self, held: int | None = None, others: Collection[int] = ()) -> Task | None:
        """A task to hand out: of the chunk a worker holds, else of one that nobody else does, else any."""
        if not self._waiting:
            return None
        chunks = [task.chunk for task in self._waiting]
        place = 0
        if held in chunks:
            place = chunks.index(held)
        elif free := [place for place, chunk in enumerate(chunks) if chunk not in others]:
            place = free[0]
        task = self._waiting[place]
        if task.index not in self._begun:
            self._begin(task)
            self._begun.add(task.index)
        del self._waiting[place]
        return task

    def done(self, task: Task) -> None:
        """It has an answer that passed its check."""
        self._open.discard(task.index)

    def back(self, task: Task) -> None:
        """Taken back from a worker through no fault of the task's."""
        self._waiting.appendleft(task)

    def failed(self, task: Task, cause: str) -> None:
        """It is to be done again. Raises ProverFailed: it was done often enough."""
        causes = self._causes[task.index]
        causes.append(cause)
        if len(causes) >= self._attempts:
            raise ProverFailed("proving", f"{task.name} failed {len(causes)} times: {_listed(causes)}")
        self._waiting.appendleft(task)


def _listed(causes: Sequence[str]) -> str:
    """The causes, equal ones once."""
    return "; then ".join(dict.fromkeys(causes))
