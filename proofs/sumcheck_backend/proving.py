"""Proving: run the network on everything, state what came out, then prove it shard by shard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from proofs.accuracy import NO_CONTEXT
from proofs.errors import InvalidInput
from proofs.statements.sumcheck import SumcheckStatement
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
from proofs.sumcheck_backend.shard_proofs import OnShard, Proven, Work
from proofs.sumcheck_backend.spending import Left, Spending
from proofs.sumcheck_backend.subjects import modes, statement_of
from proofs.sumcheck_backend.verifying import Soundness, soundness_of
from proofs.sumcheck_backend.warm import LOADING
from proofs.sumcheck_backend.workers.choosing import Wanted, choose_workers
from proofs.sumcheck_backend.workers.crew import Source
from proofs.sumcheck_backend.workers.part import chunk_part, model_part
from proofs.sumcheck_backend.workers.sizing import limit_s

ANYHOW = Wanted()


@dataclass(frozen=True, slots=True)
class SumcheckOutcome:
    """A finished proof and what it cost.

    Args:
        bundle: the proof. Public; it hides what its statement says it hides, ``zero_knowledge`` or nothing.
        soundness: of the proofs, each of which was verified here.
        prove_s: wall seconds, running the network included, loading kernels not. stages: the same by stage.
        peak_memory_mb: largest resident memory of this process so far, or of a worker.
        reused: shards read back from earlier, interrupted work.
        workers: who did the work.
        left: proofs that model and examples can still be opened for on this machine.
    """

    bundle: SumcheckBundle
    soundness: Soundness
    prove_s: float
    peak_memory_mb: float
    reused: int
    workers: str
    left: Left
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

    Finished shards stay in the cache until ``resume.forget``, so that interrupted work goes on. Where model and
    examples are hidden, so does the nonce that all pads of the work follow from; the next work draws another.

    Args:
        data: the examples' own commitment. shard: examples a proof; by default as many as fit into memory.
        on_shard: called with (shards done, shards in all).
        wanted: workers to share the work among. The bundle's bytes do not depend on them, given ``shard``.

    Raises:
        InvalidInput: another format or mode, a claim that is false, or secret parts that are not of the commitments.
        BudgetSpent: model or examples may not be opened so often; no proof has been begun then.
        ResourceExceeded: it does not fit into memory, or no bundle holds it; nothing has been proven then.
        ProverFailed: a shard's workers failed again and again; what is finished stays in the cache.
    """
    clock, spending = StageClock(progress), Spending(model, examples, data)
    _require_fit(model, data, question)
    size = _size(model, data, question, shard, context, wanted)
    require_bundle_fits(model.commitment, data, question, size)
    parts, cost = shards(data.total, data.chunk, size), proof_size(model.commitment, data, question, size)
    workers = choose_workers(wanted, len(parts), cost, available_bytes(), clock)
    with workers.open(Source(model_part(model), partial(chunk_part, examples, data))) as crew:
        work = Work(spending, clock, crew, limit_s(cost))
        draft = _draft(work, question, parts, size, context)
        proven = work.proofs(draft, on_shard)
    clock.stop()
    return _outcome(draft, parts, proven, clock, workers.name, spending.left)


def _draft(work: Work, question: Question, parts: list[Shard], size: int, context: bytes) -> SumcheckBundle:
    """What there is to be proven: the bundle without proofs."""
    own, labels = work.spending, work.spending.examples.labels
    claim, answers = answer(question, work.logits(parts), labels, parts)
    statement = statement_of(own.model.commitment, own.data, size, claim, context)
    statement = SumcheckStatement.from_bytes(statement.to_bytes())
    resume.keep_size(statement)
    return SumcheckBundle(statement, answers, ())


def _outcome(
    draft: SumcheckBundle, parts: Sequence[Shard], proven: Proven, clock: StageClock, workers: str, left: Left
) -> SumcheckOutcome:
    return SumcheckOutcome(
        bundle=SumcheckBundle(draft.statement, draft.answers, tuple(proven.proofs[shard.index] for shard in parts)),
        soundness=soundness_of([proven.rounds[shard.index] for shard in parts]),
        prove_s=clock.total - clock.seconds.get(LOADING, 0.0),
        peak_memory_mb=max(proven.peak_memory_mb, peak_memory_mb()),
        reused=proven.reused,
        workers=workers,
        left=left,
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
    if model.commitment.block != data.block:
        raise InvalidInput(
            f"{modes(model.commitment, data)}, and a proof shows as many columns of both: commit the data again with "
            "--format taken from the model's commitment"
        )
    check_question(question, own, data.labelled)


def _size(
    model: SecretNetwork, data: DataCommitment, question: Question, shard: int | None, context: bytes, wanted: Wanted
) -> int:
    """Examples a proof: as asked for, as in interrupted work on the same, or as many as fit."""
    if shard is None:
        shard = resume.kept_size(PROTOCOL_OF[type(question)], model.commitment.model_id, data.root, context)
    return choose_shard(model.commitment, data, question, shard, wanted.at_once, wanted.number or 1)
