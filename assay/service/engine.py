"""One thread that answers: it takes what has come in meanwhile, hashes, infers and signs it, and commits it together.

The thread is the only one to touch the record, so an index is given out once; what arrives while a commit waits for the
disk is answered with the next one, which is what makes many answers a second durable.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, Full, Queue

import numpy as np
from numpy.typing import NDArray

from assay.service.problems import Problem
from assay.service.questions import Question
from assay.service.round import Round
from assay.service.store import AnswerStore, StoredAnswer
from proofs.errors import AssayError
from proofs.integer import IntegerModel, OutOfRange
from proofs.poseidon import RATE_STEP, kernel
from protocols.predictions.answers import SignedAnswer, SignedReceipt, sign_answer
from protocols.predictions.signing import RoundSigner

QUEUE = 1024
TOGETHER = 32
"""Most questions of one commit: bounds how long the first of them waits."""


@dataclass
class Hosted:
    """A round this service answers.

    Args:
        round: the round. model: its integer model (secret). signer: the provider's key (secret).
        credit: answers given without a receipt. used: hash of the input at every index used. receipted: by receipts.
    """

    round: Round
    model: IntegerModel
    signer: RoundSigner
    credit: int
    used: dict[int, int] = field(default_factory=dict)
    receipted: int = 0


@dataclass
class Costs:
    """Seconds spent on each part of answering, and how many answers and commits that was."""

    hash_s: float = 0.0
    infer_s: float = 0.0
    sign_s: float = 0.0
    commit_s: float = 0.0
    answers: int = 0
    commits: int = 0


@dataclass(frozen=True, slots=True)
class _Task:
    """A question or a receipt, and where its result goes."""

    content: Question | SignedReceipt
    result: Future[SignedAnswer | None]


class Engine:
    """Answers questions of the hosted rounds, each index once.

    Args:
        hosted: by job id. store: the record; belongs to the engine from here on.

    Raises:
        InvalidInput: the record is damaged; it is closed.
    """

    def __init__(self, hosted: Mapping[bytes, Hosted], store: AnswerStore) -> None:
        self.hosted = hosted
        self.costs = Costs()
        self.failure: str | None = None
        self._store = store
        self._tasks: Queue[_Task | None] = Queue(QUEUE)
        try:
            for job_id, item in hosted.items():
                receipt = store.receipt(job_id)
                item.used, item.receipted = store.used(job_id), receipt.receipt.answered if receipt else 0
        except AssayError:
            store.close()
            raise
        self._thread = threading.Thread(target=self._run, name="assay-engine", daemon=True)

    def start(self) -> None:
        """Begin answering."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what has come in, then close the record."""
        if self._thread.is_alive():
            self._tasks.put(None)
            self._thread.join()
        self._store.close()

    def submit(self, content: Question | SignedReceipt) -> Future[SignedAnswer | None]:
        """Hand in a question, or a receipt already checked. The future holds the stored answer, or a Problem.

        Raises:
            Problem: the engine is overloaded or cannot record answers.
        """
        if self.failure is not None:
            raise Problem("store-failed", self.failure)
        task = _Task(content, Future())
        try:
            self._tasks.put_nowait(task)
        except Full:
            raise Problem("busy", f"{QUEUE} questions are waiting; ask again in a second") from None
        return task.result

    def _run(self) -> None:
        while (tasks := self._take()) is not None:
            try:
                self._serve(tasks)
            except sqlite3.Error as error:
                self.failure = f"the record cannot be written ({error}); restart the service once that is repaired"
                _fail(tasks, Problem("store-failed", self.failure))
            except Exception as error:  # noqa: BLE001 - whoever waits must hear of it; the thread must live on
                _fail(tasks, error)

    def _take(self) -> list[_Task] | None:
        """Wait for a task, then take what else is there; None when told to stop."""
        first = self._tasks.get()
        if first is None:
            return None
        tasks = [first]
        while len(tasks) < TOGETHER:
            try:
                task = self._tasks.get_nowait()
            except Empty:
                break
            if task is None:
                self._tasks.put(None)  # after this batch
                break
            tasks.append(task)
        return tasks

    def _serve(self, tasks: list[_Task]) -> None:
        if self.failure is not None:
            raise Problem("store-failed", self.failure)
        receipts = [(task, task.content) for task in tasks if isinstance(task.content, SignedReceipt)]
        batch = _Batch(self.costs)
        for job_id, item in self.hosted.items():
            asked = [(t, t.content) for t in tasks if isinstance(t.content, Question) and t.content.job_id == job_id]
            if asked:
                batch.answer(item, asked, self._store)
        began = time.perf_counter()
        if batch.fresh or receipts:
            self._store.commit(batch.fresh, [receipt for _, receipt in receipts])
            self.costs.commits += 1
        self.costs.commit_s += time.perf_counter() - began
        self._remember(batch.fresh, [receipt for _, receipt in receipts])
        batch.reply()
        for task, _ in receipts:
            _resolve(task, None)

    def _remember(self, fresh: Iterable[StoredAnswer], receipts: Iterable[SignedReceipt]) -> None:
        for item in fresh:
            answer = item.signed.answer
            self.hosted[answer.job_id].used[answer.index] = answer.h
            self.costs.answers += 1
        for signed in receipts:
            hosted = self.hosted[signed.receipt.job_id]
            hosted.receipted = max(hosted.receipted, signed.receipt.answered)


class _Batch:
    """The answers of one commit: computed first, told only after it."""

    def __init__(self, costs: Costs) -> None:
        self.costs = costs
        self.fresh: list[StoredAnswer] = []
        self.told: list[tuple[_Task, SignedAnswer | Exception]] = []

    def answer(self, hosted: Hosted, asked: list[tuple[_Task, Question]], store: AnswerStore) -> None:
        """Decide every question of one round: stored before, conflicting, refused, or to be answered now."""
        began = time.perf_counter()
        hashes = hash_questions([question for _, question in asked])
        self.costs.hash_s += time.perf_counter() - began
        chosen: dict[int, tuple[Question, int]] = {}
        waiting: list[tuple[_Task, int]] = []
        for (task, question), h in zip(asked, hashes, strict=True):
            index = question.index
            earlier = chosen[index][1] if index in chosen else hosted.used.get(index)
            if earlier is not None and earlier != h:
                self.told.append((task, Problem("index-used", f"index {index} was answered for another input")))
            elif index in hosted.used:
                known = store.answer(question.job_id, index)
                if known is None:
                    raise sqlite3.IntegrityError(f"answer {index} is gone from the record")
                self.told.append((task, known.signed))
            elif earlier is None and len(hosted.used) + len(chosen) - hosted.receipted >= hosted.credit:
                detail = f"{hosted.credit} answers are given without a receipt; send one for those you hold"
                self.told.append((task, Problem("receipt-due", detail)))
            else:
                chosen.setdefault(index, (question, h))
                waiting.append((task, index))
        self._compute(hosted, chosen, waiting)

    def _compute(
        self, hosted: Hosted, chosen: dict[int, tuple[Question, int]], waiting: list[tuple[_Task, int]]
    ) -> None:
        began = time.perf_counter()
        outputs = infer(hosted.model, [question for question, _ in chosen.values()])
        self.costs.infer_s += time.perf_counter() - began
        began, results = time.perf_counter(), dict[int, SignedAnswer | Exception]()
        for (question, h), values in zip(chosen.values(), outputs, strict=True):
            if isinstance(values, Exception):
                results[question.index] = values
                continue
            signed = sign_answer(hosted.signer, question.job_id, question.index, h, values)
            results[question.index] = signed
            self.fresh.append(StoredAnswer(question.raw, question.salt, signed))
        self.costs.sign_s += time.perf_counter() - began
        self.told += [(task, results[index]) for task, index in waiting]

    def reply(self) -> None:
        """Tell everybody who waits."""
        for task, result in self.told:
            _resolve(task, result)


def hash_questions(questions: list[Question]) -> list[int]:
    """Poseidon of each [raw, salt], by the compiled kernel in this thread: other threads run on meanwhile."""
    rows: NDArray[np.int64] = np.stack([question.row for question in questions])
    states = np.empty((len(rows), -(-rows.shape[1] // RATE_STEP) + 1, 2, 4), dtype=np.uint64)
    kernel.sponge_rows(rows, RATE_STEP, kernel.CONSTANTS, states)
    return [int.from_bytes(lane.astype("<u8").tobytes(), "little") for lane in states[:, -1, 0]]


def infer(model: IntegerModel, questions: list[Question]) -> list[list[int] | OutOfRange]:
    """The integer outputs of each question, or why its answer could not be proven."""
    if not questions:
        return []
    raw = np.stack([question.raw for question in questions])
    try:
        outputs = model.run_provable(raw)
    except OutOfRange as error:
        if len(questions) == 1:
            return [error]
        return [result for question in questions for result in infer(model, [question])]
    return [outputs.integers(place) for place in range(len(questions))]


def _resolve(task: _Task, result: SignedAnswer | Exception | None) -> None:
    if not task.result.set_running_or_notify_cancel():
        return  # whoever asked has gone; the answer stays in the record
    if isinstance(result, Exception):
        task.result.set_exception(result)
    else:
        task.result.set_result(result)


def _fail(tasks: Iterable[_Task], error: Exception) -> None:
    for task in tasks:
        if not task.result.done():
            _resolve(task, error)
