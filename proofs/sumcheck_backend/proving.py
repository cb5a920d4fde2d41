"""Proving: run the network on everything, state what came out, then prove it shard by shard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from proofs.accuracy import NO_CONTEXT
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.statements.sumcheck import SumcheckStatement
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.soundness import Round
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.bundle_size import require_bundle_fits
from proofs.sumcheck_backend.chunks import Shard, shards
from proofs.sumcheck_backend.cost import Progress, StageClock, peak_memory_mb
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.examples import Examples
from proofs.sumcheck_backend.memory import available_bytes, choose_shard, proof_size
from proofs.sumcheck_backend.questions import PROTOCOL_OF, Question, answer, check_question
from proofs.sumcheck_backend.secret_network import SecretNetwork
from proofs.sumcheck_backend.subjects import instances, statement_of
from proofs.sumcheck_backend.verifying import Soundness, soundness_of, verified
from proofs.sumcheck_backend.warm import LOADING
from proofs.sumcheck_backend.workers.choosing import Wanted, choose_workers
from proofs.sumcheck_backend.workers.crew import Crew, Source
from proofs.sumcheck_backend.workers.part import chunk_part, model_part
from proofs.sumcheck_backend.workers.seeds import witness_seed
from proofs.sumcheck_backend.workers.sizing import limit_s
from proofs.sumcheck_backend.workers.tasks import LogitsTask, ProofTask, logits_from

OnShard = Callable[[int, int], None]
ANYHOW = Wanted()


@dataclass(frozen=True, slots=True)
class SumcheckOutcome:
    """A finished proof and what it cost.

    Args:
        bundle: the proof. Public, and it hides nothing.
        soundness: of the proofs, each of which was verified here.
        prove_s: wall seconds, running the network included, loading kernels not. stages: the same by stage.
        peak_memory_mb: largest resident memory of this process so far, or of a worker.
        reused: shards read back from earlier, interrupted work.
        workers: who did the work.
    """

    bundle: SumcheckBundle
    soundness: Soundness
    prove_s: float
    peak_memory_mb: float
    reused: int
    workers: str
    stages: dict[str, float] = field(default_factory=dict)


def prove(
    model: SecretNetwork,
    examples: Examples,
    data: DataCommitment,
    question: Question,
    *,
    shard: int | None = None,
    context: bytes = NO_CONTEXT,
    progress: Progress | None = None,
    on_shard: OnShard | None = None,
    wanted: Wanted = ANYHOW,
) -> SumcheckOutcome:
    """Answer a question about committed examples and prove the answer.

    Finished shards stay in the cache until ``resume.forget``, so that interrupted work goes on.

    Args:
        data: the examples' own commitment. shard: examples a proof; by default as many as fit into memory.
        on_shard: called with (shards done, shards in all).
        wanted: workers to share the work among. The bundle's bytes do not depend on them, given ``shard``.

    Raises:
        InvalidInput: another format, a claim that is false, or secret parts that are not of the commitments.
        ResourceExceeded: it does not fit into memory, or no bundle holds it; nothing has been proven then.
        ProverFailed: a shard's workers failed again and again; what is finished stays in the cache.
    """
    clock = StageClock(progress)
    _require_fit(model, data, question)
    size = _size(model, data, question, shard, context, wanted)
    require_bundle_fits(model.commitment, data, question, size)
    parts = shards(data.total, data.chunk, size)
    cost = proof_size(model.commitment, data, question, size)
    workers = choose_workers(wanted, len(parts), cost, available_bytes(), clock)
    with workers.open(Source(model_part(model), partial(chunk_part, examples, data))) as crew:
        work = _Work(model, examples, data, clock, crew, limit_s(cost))
        claim, answers = answer(question, work.logits(parts), examples.labels, parts)
        statement = SumcheckStatement.from_bytes(statement_of(model.commitment, data, size, claim, context).to_bytes())
        resume.keep_size(statement)
        proven = work.proofs(SumcheckBundle(statement, answers, ()), on_shard)
    clock.stop()
    return SumcheckOutcome(
        bundle=SumcheckBundle(statement, answers, tuple(proven.proofs[shard.index] for shard in parts)),
        soundness=soundness_of([proven.rounds[shard.index] for shard in parts]),
        prove_s=clock.total - clock.seconds.get(LOADING, 0.0),
        peak_memory_mb=max(proven.peak_memory_mb, peak_memory_mb()),
        reused=proven.reused,
        workers=workers.name,
        stages=clock.seconds,
    )


def _require_fit(model: SecretNetwork, data: DataCommitment, question: Question) -> None:
    """Raises InvalidInput where model, examples and question do not belong together."""
    own, given = model.commitment.format, data.format
    if own != given or model.commitment.log_columns != data.log_columns:
        raise InvalidInput(
            f"the model takes {own}, the examples are {given}: commit the data again with --format taken from "
            "the model's commitment"
        )
    check_question(question, own, data.labelled)


def _size(
    model: SecretNetwork, data: DataCommitment, question: Question, shard: int | None, context: bytes, wanted: Wanted
) -> int:
    """Examples a proof: as asked for, as in interrupted work on the same, or as many as fit."""
    if shard is None:
        shard = resume.kept_size(PROTOCOL_OF[type(question)], model.commitment.model_id, data.root, context)
    return choose_shard(model.commitment, data, question, shard, wanted.at_once, wanted.number or 1)


@dataclass(slots=True)
class _Proven:
    """Proofs and their rounds by shard, how many were there already, and the largest memory a worker said it took."""

    proofs: dict[int, bytes] = field(default_factory=dict)
    rounds: dict[int, list[Round]] = field(default_factory=dict)
    reused: int = 0
    peak_memory_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class _Work:
    """What is proven about, by whom. limit_s: seconds after which a worker must hang."""

    model: SecretNetwork
    examples: Examples
    data: DataCommitment
    clock: StageClock
    crew: Crew
    limit_s: float

    def logits(self, parts: Sequence[Shard]) -> NDArray[np.int64]:
        """The network's logits (N, classes) on all examples."""
        self.clock("running the network")
        classes = self.model.commitment.network.classes
        found = np.empty((self.data.total, classes), dtype=np.int64)

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

    def proofs(self, draft: SumcheckBundle, on_shard: OnShard | None) -> _Proven:
        """Every shard's proof, each verified: a kept one may be damaged, a new one is not handed out unchecked."""
        statement, proven = draft.statement, _Proven()
        parts, instance = statement.shards, instances(draft, self.model.commitment, self.data)
        say = on_shard or (lambda done, total: None)
        self.clock("verifying")
        for shard in parts:
            proof = resume.kept_proof(statement, shard.index)
            rounds = None if proof is None else _rounds(statement, shard, instance(shard), proof)
            if proof is not None and rounds is not None:
                proven.proofs[shard.index], proven.rounds[shard.index] = proof, rounds
                proven.reused += 1
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

        self.clock("proving")
        tasks = [self._task(statement, shard, instance(shard)) for shard in missing]
        with closing(self.crew.run(tasks, check)) as finished:
            for done in finished:
                proven.peak_memory_mb = max(proven.peak_memory_mb, done.peak_memory_mb)
                say(len(proven.proofs), len(parts))
        return proven

    def _task(self, statement: SumcheckStatement, shard: Shard, subject: Instance) -> ProofTask:
        said = statement.bytes_for(shard)
        seed = witness_seed(self.model.seed, said)
        return ProofTask(shard.index, shard.chunk, subject.chunk, shard.within, subject.head, said, seed, self.limit_s)


def _rounds(statement: SumcheckStatement, shard: Shard, subject: Instance, proof: bytes) -> list[Round] | None:
    """The rounds of a proof that verifies, else None."""
    try:
        return verified(statement, shard, subject, proof)
    except (RejectedProof, MalformedProof):
        return None
