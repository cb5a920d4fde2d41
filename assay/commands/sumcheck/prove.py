"""``assay prove`` for a model committed for the sumcheck backend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.commands.sumcheck.budget import say_left
from assay.commands.sumcheck.material import examples_to_prove, say_clamped
from assay.commands.sumcheck.mode import require_wanted_mode
from assay.commands.sumcheck.report import facts, say_claim, say_soundness
from assay.output import Output, read_bytes
from proofs.files import write_atomic
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.questions import AskScore, Question
from proofs.sumcheck_backend.secret_network import read_secret_network
from proofs.wording import counted

if TYPE_CHECKING:
    from proofs.sumcheck_backend.proving import SumcheckOutcome


@dataclass(frozen=True, slots=True)
class Job:
    """The files and numbers of a ``prove`` command.

    Args:
        shard: examples a proof. chunk: examples a chunk, of public data.
        workers: proofs made at once, at most. ray: address of the cluster that makes them.
        no_zk: whether only an integrity proof will do.
    """

    model: Path
    commit: Path
    data: Path | None
    data_commit: Path | None
    out: Path
    context: bytes
    shard: int | None
    chunk: int | None
    workers: int | None = None
    ray: str | None = None
    no_zk: bool = False


def prove_sumcheck(output: Output, job: Job, question: Question) -> None:
    """Prove the answer, write the bundle, and say what it says and cost."""
    from proofs.sumcheck_backend.proving import prove
    from proofs.sumcheck_backend.workers.choosing import Wanted

    secret = read_secret_network(job.commit, read_bytes(job.model, "model"))
    require_wanted_mode(secret.commitment, job.commit, job.no_zk)
    labelled = isinstance(question, AskScore)
    with output.progress("commit") as stages:
        examples, commitment, clamped = examples_to_prove(
            stages, secret.commitment, job.data, job.data_commit, labelled, job.chunk
        )
    say_clamped(output, clamped, secret.commitment.format, examples.x.size)
    with output.progress("prove") as stages:
        outcome = prove(
            secret,
            examples,
            commitment,
            question,
            shard=job.shard,
            context=job.context,
            progress=stages.stage,
            on_shard=stages.batch,
            wanted=Wanted(job.workers, job.ray),
        )
    write_atomic(job.out, outcome.bundle.to_bytes())
    resume.forget(outcome.bundle.statement)
    said = say_claim(output, "proved", outcome.bundle, secret.commitment.network)
    cost = _cost(output, job, outcome)
    output.document({**said, **cost, **say_left(output, outcome.left), "clipped": clamped})


def _cost(output: Output, job: Job, outcome: SumcheckOutcome) -> dict[str, object]:
    size = job.out.stat().st_size
    proofs = counted(len(outcome.bundle.proofs), "proof")
    output.say(
        f"{job.out}: {size} bytes, {proofs}, {outcome.prove_s:.1f} s by {outcome.workers}"
        + (f" ({counted(outcome.reused, 'proof')} resumed)" if outcome.reused else "")
    )
    say_soundness(output, outcome.bundle, outcome.soundness)
    return {
        **facts(outcome.bundle, outcome.soundness),
        "verdict": "proved",
        "prove_s": outcome.prove_s,
        "stages": outcome.stages,
        "peak_memory_mb": outcome.peak_memory_mb,
        "proof_bytes": size,
        "shards_resumed": outcome.reused,
        "workers": outcome.workers,
    }
