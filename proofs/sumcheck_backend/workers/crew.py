"""The interface of all ways to get shards proven."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from proofs.sumcheck_backend.workers.part import ChunkPart, ModelPart
from proofs.sumcheck_backend.workers.tasks import Task

Check = Callable[[int, bytes], str | None]
"""Called with a task's index and its answer: why the answer will not do, or None if it does."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Where workers' inputs come from.

    Args:
        part: gives a chunk, and is called when one is first needed.
    """

    model: ModelPart
    part: Callable[[int], ChunkPart]


Begin = Callable[[Task], None]


def nothing_before(task: Task) -> None:
    """A task that may begin at any time."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A task done, its answer checked.

    Args:
        seconds: from handing it out to its answer. peak_memory_mb: of whoever did it, so far.
    """

    index: int
    answer: bytes
    seconds: float
    peak_memory_mb: float


class Crew(Protocol):
    """Workers at work on one source."""

    def run(
        self, tasks: Sequence[Task], check: Check, begin: Begin = nothing_before
    ) -> Generator[Finished, None, None]:
        """Every task once, in the order they finish; close the iterator to stop early.

        Args:
            begin: called with a task before it is handed out for the first time; what it raises ends the work.

        Raises:
            ProverFailed: a task failed again and again; names it and why.
            InvalidInput, UnsupportedModel: it cannot be done by anybody.
        """


class Workers(Protocol):
    """Workers that can be set to work."""

    @property
    def name(self) -> str:
        """For people: who they are, and how many."""

    def open(self, source: Source) -> AbstractContextManager[Crew]:
        """Set them to work on ``source``; nobody is left behind afterwards."""
