"""Workers on a Ray cluster: its tasks run the same entry point as worker processes do.

Ray is optional. Whoever can read the cluster's memory or its network sees the weights and examples: Ray pickles what it
sends and encrypts nothing unless it is told to.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from proofs.errors import ResourceExceeded
from proofs.sumcheck_backend.workers.crew import Begin, Check, Finished, Source, nothing_before
from proofs.sumcheck_backend.workers.entry import Answer, Failure, packed, said
from proofs.sumcheck_backend.workers.ledger import Ledger
from proofs.sumcheck_backend.workers.process import THREAD_VARIABLES
from proofs.sumcheck_backend.workers.ray_joining import import_ray, join
from proofs.sumcheck_backend.workers.remote import work_remotely
from proofs.sumcheck_backend.workers.tasks import Task

POLL_S = 1.0
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class RayCluster:
    """Args:
    address: of the cluster's head ("host:port", "auto", "ray://host:port"), or "local" to start one here.
    threads: of one task. proof_bytes: peak memory of one proof; Ray starts no more than fit on a node.
    cores: that a local cluster takes. most: tasks at once, or None for as many as fit.
    """

    address: str
    threads: int
    proof_bytes: int
    cores: int
    most: int | None = None

    @property
    def name(self) -> str:
        """For people."""
        return f"the Ray cluster {self.address}, threads a task: {self.threads}"

    @contextmanager
    def open(self, source: Source) -> Iterator[RayCrew]:
        """Join the cluster, unless this process has already, and leave it afterwards.

        Raises:
            MissingArtifact: Ray is not installed. InvalidInput: no cluster there.
            ResourceExceeded: no node has the memory for one proof.
        """
        ray = import_ray()
        joined = ray.is_initialized()
        if not joined:
            join(ray, self.address, self.cores)
        try:
            crew = RayCrew(ray, self, source)
            crew.require_fit()
            yield crew
        finally:
            if not joined:
                ray.shutdown()


@dataclass(slots=True, eq=False)
class _Pending:
    """A task on its way."""

    task: Task
    began: float


@dataclass(slots=True, eq=False)
class RayCrew:
    """Tasks of a cluster: as many at once as it has cores and memory for, so that a chunk is stored when it is used."""

    ray: Any
    cluster: RayCluster
    source: Source
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    _task: Any = None
    _model: Any = None
    _parts: dict[int, Any] = field(default_factory=dict)

    @property
    def slots(self) -> int:
        """How many proofs the nodes that there are now can hold; at least one, since nodes may come."""
        fit = max(1, sum(_places(node, self.cluster) for node in _nodes(self.ray)))
        return fit if self.cluster.most is None else min(fit, self.cluster.most)

    def require_fit(self) -> None:
        """Raises ResourceExceeded: no node could ever run a task."""
        nodes = _nodes(self.ray)
        if nodes and not any(_places(node, self.cluster) for node in nodes):
            most = max(node.get("memory", 0.0) for node in nodes) / MIB
            needed = self.cluster.proof_bytes / MIB
            raise ResourceExceeded(
                f"a proof takes {needed:.0f} MB and {self.cluster.threads} cores; no node of the Ray cluster offers "
                f"them, the largest has {most:.0f} MB: a smaller --shard",
                needed,
                most,
            )

    def run(
        self, tasks: Sequence[Task], check: Check, begin: Begin = nothing_before
    ) -> Generator[Finished, None, None]:
        """See ``Crew.run``."""
        ledger = Ledger(tasks, begin)
        pending: dict[Any, _Pending] = {}
        try:
            while ledger.open:
                self._submit(ledger, pending)
                ready, _ = self.ray.wait(list(pending), num_returns=1, timeout=POLL_S)
                for reference in ready:
                    finished = self._collect(ledger, pending.pop(reference), reference, check)
                    if finished is not None:
                        yield finished
                self._cancel_late(ledger, pending)
        finally:
            for reference in pending:
                self.ray.cancel(reference, force=True)
            self._parts.clear()

    def _submit(self, ledger: Ledger, pending: dict[Any, _Pending]) -> None:
        """Hand out tasks, chunk after chunk; chunks nobody needs any more leave the object store."""
        slots = self.slots
        while ledger.waiting and len(pending) < slots:
            held = max(self._parts, default=None)
            task = ledger.next(held)
            if task is None:
                return
            given = (self.token, [self._model_stored()], [self._part(task.chunk)], packed(task))
            pending[self._remote().remote(*given)] = _Pending(task, time.monotonic())
        used = {entry.task.chunk for entry in pending.values()}
        for chunk in [chunk for chunk in self._parts if chunk not in used]:
            del self._parts[chunk]

    def _remote(self) -> Any:
        """The task of the cluster; made once, since Ray sends each one's code to every node."""
        if self._task is None:
            variables = dict.fromkeys(THREAD_VARIABLES, str(self.cluster.threads))
            self._task = self.ray.remote(work_remotely).options(
                num_cpus=self.cluster.threads,
                memory=self.cluster.proof_bytes,
                max_retries=0,  # counted here
                runtime_env={"env_vars": variables},
            )
        return self._task

    def _model_stored(self) -> Any:
        if self._model is None:
            self._model = self.ray.put(packed(self.source.model))
        return self._model

    def _part(self, chunk: int) -> Any:
        if chunk not in self._parts:
            self._parts[chunk] = self.ray.put(packed(self.source.part(chunk)))
        return self._parts[chunk]

    def _collect(self, ledger: Ledger, entry: _Pending, reference: Any, check: Check) -> Finished | None:
        """A task that ended; done if its answer passes its check."""
        spent = time.monotonic() - entry.began
        try:
            raw = self.ray.get(reference)
        except self.ray.exceptions.RayError as error:
            ledger.failed(entry.task, _cause(error))
            return None
        answer = said(raw) if isinstance(raw, bytes) else None
        if isinstance(answer, Failure):
            answer.require_worth_retrying()
        fault = check(entry.task.index, answer.content) if isinstance(answer, Answer) else None
        if not isinstance(answer, Answer) or fault is not None:
            ledger.failed(entry.task, fault or ("its worker answered nonsense" if answer is None else str(answer)))
            return None
        ledger.done(entry.task)
        return Finished(entry.task.index, answer.content, spent, answer.peak_memory_mb)

    def _cancel_late(self, ledger: Ledger, pending: dict[Any, _Pending]) -> None:
        now = time.monotonic()
        for reference, entry in list(pending.items()):
            if now - entry.began > entry.task.limit_s:
                del pending[reference]
                self.ray.cancel(reference, force=True)
                ledger.failed(entry.task, f"no answer of the cluster after {entry.task.limit_s:.0f} s")


def _nodes(ray: Any) -> list[dict[str, float]]:
    """Resources of each node that lives."""
    return [node.get("Resources", {}) for node in ray.nodes() if node.get("Alive")]


def _places(node: dict[str, float], cluster: RayCluster) -> int:
    """Tasks that fit on a node at once."""
    by_cores = node.get("CPU", 0.0) // cluster.threads
    by_memory = node.get("memory", 0.0) // max(1, cluster.proof_bytes)
    return int(min(by_cores, by_memory))


def _cause(error: Exception) -> str:
    """Ray's reason in one line: the last of a task's own traceback, else the first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["nothing else"]
    words = lines[-1] if "Traceback" in str(error) or "RayTaskError" in type(error).__name__ else lines[0]
    return f"Ray says {type(error).__name__}: {words[:300]}"
