"""The work of a bundle: running the network on everything, then every shard's proof, by a crew of workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from proofs.errors import MalformedProof, RejectedProof
from proofs.statements.sumcheck import SumcheckStatement
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.soundness import Round
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.chunks import Shard
from proofs.sumcheck_backend.cost import StageClock
from proofs.sumcheck_backend.spending import Spending
from proofs.sumcheck_backend.subjects import instances
from proofs.sumcheck_backend.verifying import verified
from proofs.sumcheck_backend.workers.crew import Crew
from proofs.sumcheck_backend.workers.seeds import hiding_witness_seed, witness_seed
from proofs.sumcheck_backend.workers.tasks import LogitsTask, ProofTask, Task, logits_from

OnShard = Callable[[int, int], None]


@dataclass(slots=True)
class Proven:
    """Proofs and their rounds by shard, how many were there already, and the largest memory a worker said it took."""

    proofs: dict[int, bytes] = field(default_factory=dict)
    rounds: dict[int, list[Round]] = field(default_factory=dict)
    reused: int = 0
    peak_memory_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """What is proven about, by whom.

    Args:
        spending: model, examples, and what may be opened of them.
        limit_s: seconds after which a worker must hang.
    """

    spending: Spending
    clock: StageClock
    crew: Crew
    limit_s: float

    def logits(self, parts: Sequence[Shard]) -> NDArray[np.int64]:
        """The network's logits (N, classes) on all examples."""
        self.clock("running the network")
        classes = self.spending.model.commitment.network.classes
        found = np.empty((self.spending.data.total, classes), dtype=np.int64)

        def check(index: int, answer: bytes) -> str | None:
            place = parts[index].overall
            logits = logits_from(answer, place.count, classes)
            if logits is None:
                return f"{len(answer)} bytes are not the logits of {place.count} examples"
            found[place.slice] = logits
            return None

        tasks = [LogitsTask(shard.index, shard.chunk, shard.within, self.limit_s) for shard in parts]
        with closing(self.crew.run(tasks, check)) as finished:
            for _ in finished:
                self.clock("running the network")
        return found

    def proofs(self, draft: SumcheckBundle, on_shard: OnShard | None) -> Proven:
        """Every shard's proof, each verified: a kept one may be damaged, a new one is not handed out unchecked.

        Raises:
            BudgetSpent: model or examples may not be opened so often; no proof is begun then, unless somebody else
                spends at the same time.
        """
        statement = draft.statement
        parts = statement.shards
        instance = instances(draft, self.spending.model.commitment, self.spending.data)
        say = on_shard or (lambda done, total: None)
        self.clock("verifying")
        proven = _kept(statement, parts, instance)
        say(proven.reused, len(parts))
        missing = [shard for shard in parts if shard.index not in proven.proofs]

        def check(index: int, proof: bytes) -> str | None:
            self.clock("verifying")
            rounds = _rounds(statement, parts[index], instance(parts[index]), proof)
            self.clock("proving")
            if rounds is None:
                return "its proof does not verify"
            resume.keep_proof(statement, index, proof)
            proven.proofs[index], proven.rounds[index] = proof, rounds
            return None

        def begin(task: Task) -> None:
            self.spending.spend(statement, [parts[task.index]])

        self.clock("proving")
        with closing(self.crew.run(self._tasks(statement, missing, instance), check, begin)) as finished:
            for done in finished:
                proven.peak_memory_mb = max(proven.peak_memory_mb, done.peak_memory_mb)
                say(len(proven.proofs), len(parts))
        return proven

    def _tasks(
        self, statement: SumcheckStatement, missing: Sequence[Shard], instance: Callable[[Shard], Instance]
    ) -> list[ProofTask]:
        """The proofs to be made, if as many openings are left; each is paid for as it begins."""
        if not missing:
            return []
        self.spending.require(missing)
        seed = self._seeds(statement)
        return [self._task(statement, shard, instance(shard), seed(shard)) for shard in missing]

    def _seeds(self, statement: SumcheckStatement) -> Callable[[Shard], bytes]:
        """The seed of each shard's witness: where something is hidden, of this run alone."""
        own = self.spending.model.seed
        if not statement.zero_knowledge:
            return lambda shard: witness_seed(own, statement.bytes_for(shard))
        nonce = resume.nonce_of(statement)
        return lambda shard: hiding_witness_seed(own, nonce, statement.bytes_for(shard))

    def _task(self, statement: SumcheckStatement, shard: Shard, subject: Instance, seed: bytes) -> ProofTask:
        said = statement.bytes_for(shard)
        return ProofTask(shard.index, shard.chunk, subject.chunk, shard.within, subject.head, said, seed, self.limit_s)


def _kept(statement: SumcheckStatement, parts: Sequence[Shard], instance: Callable[[Shard], Instance]) -> Proven:
    """What earlier, interrupted work left whole."""
    found = Proven()
    for shard in parts:
        proof = resume.kept_proof(statement, shard.index)
        rounds = None if proof is None else _rounds(statement, shard, instance(shard), proof)
        if proof is not None and rounds is not None:
            found.proofs[shard.index], found.rounds[shard.index] = proof, rounds
            found.reused += 1
    return found


def _rounds(statement: SumcheckStatement, shard: Shard, subject: Instance, proof: bytes) -> list[Round] | None:
    """The rounds of a proof that verifies, else None."""
    try:
        return verified(statement, shard, subject, proof)
    except (RejectedProof, MalformedProof):
        return None
