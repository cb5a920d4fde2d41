"""What every worker outside this process runs, however it was started: pickled secrets in, bytes out.

Pickles go only to workers, from whoever started them. An answer is a byte that says what it is, and bytes; nothing
a worker says is ever unpickled.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import Any

from proofs.errors import AssayError, InvalidInput, UnsupportedModel
from proofs.sumcheck_backend.cost import peak_memory_mb
from proofs.sumcheck_backend.workers.bench import Bench
from proofs.sumcheck_backend.workers.tasks import OnStage, Task

ANSWER, FAILURE, STAGE = b"A", b"F", b"S"
FINAL: dict[str, type[AssayError]] = {kind.__name__: kind for kind in (InvalidInput, UnsupportedModel)}
"""Failures that another worker would meet too."""
MAX_WORDS = 2000
_COST = struct.Struct(">d")


@dataclass(frozen=True, slots=True)
class Answer:
    """A task's answer, unchecked. peak_memory_mb: as the worker says."""

    content: bytes
    peak_memory_mb: float


@dataclass(frozen=True, slots=True)
class Failure:
    """A task's end without an answer. kind: name of an error's class."""

    kind: str
    words: str

    def require_worth_retrying(self) -> None:
        """Raises InvalidInput or UnsupportedModel, as the worker did."""
        if self.kind in FINAL:
            raise FINAL[self.kind](self.words)

    def __str__(self) -> str:
        return self.words if self.kind == "ProverFailed" else f"{self.kind}: {self.words}"


def packed(something: object) -> bytes:
    """Something secret on its way to a worker."""
    return pickle.dumps(something, protocol=pickle.HIGHEST_PROTOCOL)


def unpacked(raw: bytes) -> Any:
    """In a worker: what it was given. Arrays are its own and writable."""
    return pickle.loads(raw)  # noqa: S301 - it comes from the process that started this one


def perform(bench: Bench, task: Task, on_stage: OnStage) -> bytes:
    """In a worker: do a task; whatever happens is an answer."""
    try:
        return ANSWER + _COST.pack(peak_memory_mb()) + task.work(bench, on_stage)
    except MemoryError:
        return _failure("MemoryError", "out of memory: a smaller --shard, or fewer --workers")
    except Exception as error:  # noqa: BLE001 - its kind and words go to the parent, which decides
        return _failure(type(error).__name__, str(error))


def said(raw: bytes) -> Answer | Failure | None:
    """What a worker's bytes say, or None if they are not of this form."""
    kind, rest = raw[:1], raw[1:]
    if kind == ANSWER and len(rest) >= _COST.size:
        (peak,) = _COST.unpack_from(rest)
        return Answer(rest[_COST.size :], peak if 0 <= peak < 2**40 else 0.0)
    if kind == FAILURE:
        name, _, words = rest.decode(errors="replace").partition("\n")
        return Failure(name[:MAX_WORDS], words[:MAX_WORDS])
    return None


def _failure(kind: str, words: str) -> bytes:
    return FAILURE + f"{kind}\n{words[:MAX_WORDS]}".encode()
