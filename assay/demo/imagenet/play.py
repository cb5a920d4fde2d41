"""The ImageNet part of the demo: one photograph, its class proven by a committed MobileNetV2, forgeries refused."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from assay.commands.sumcheck.budget import say_left
from assay.demo.figures import machine
from assay.demo.imagenet.forgeries import Public, Refusal, refusals
from assay.demo.imagenet.photograph import Photograph, photograph
from assay.demo.imagenet.sizes import Sizes, sizes
from assay.demo.imagenet.sources import sources
from assay.output import Output, Stages
from proofs.sheets import mode_of
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.blocks import DEFAULT_PROOFS
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.committing import commit_network
from proofs.sumcheck_backend.cost import StageClock
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.examples import examples_of
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.proving import SumcheckOutcome, prove
from proofs.sumcheck_backend.questions import AskLogits
from proofs.sumcheck_backend.secret_network import SecretNetwork
from proofs.sumcheck_backend.verifying import SumcheckVerdict, verify
from proofs.sumcheck_backend.warm import LOADING, load_kernels

HIDES_NOTHING_AT_ALL = "nothing (integrity proof)"
HIDES_SECRETS = "weights, image and everything computed but the logits (zero-knowledge)"
SHOWN = 3
"""Classes a person is told, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A proven prediction and what it cost.

    Args:
        kernels_s: seconds to load kernels, or to compile them, before all else.
        setup_s: to make the integer network and commit to it. commit_s: to commit alone, of these.
    """

    subject: Photograph
    model: SecretNetwork
    outcome: SumcheckOutcome
    public: Public
    verdict: SumcheckVerdict
    kernels_s: float
    setup_s: float
    commit_s: float

    @property
    def order(self) -> list[int]:
        """Outputs, the largest logit first; of equal ones the lower."""
        return [int(place) for place in (-self.public.bundle.logits[0]).argsort(kind="stable")]

    @property
    def named(self) -> str:
        """The class predicted."""
        return self.subject.names[self.order[0]]


def play(
    output: Output, stages: Stages, folder: Path | None, image: int, quiet: bool, no_zk: bool = False
) -> dict[str, object]:
    """Prove one prediction and try forgeries of it; returns the document for scripts.

    Args:
        no_zk: in an integrity proof, which hides nothing.

    Raises:
        MissingArtifact: the model or the images are not there. InvalidInput: no such folder or image.
    """
    began = time.monotonic()
    say = (lambda text: None) if quiet else output.say
    subject = photograph(sources(folder), image)
    made = _predict(subject, stages, 0 if no_zk else DEFAULT_PROOFS)
    say(f"-- the image shows: {subject.shown.name} ({subject.shown.file})")
    for place in made.order[:SHOWN]:
        say(f"   logit {int(made.public.bundle.logits[0, place])}: {subject.names[place]}")
    say(f"-- proven and verified: the committed model says '{made.named}'")
    stages.stage("forgeries")
    refused = refusals(made.public, made.model)
    return _report(output, made, refused, time.monotonic() - began)


def _predict(subject: Photograph, stages: Stages, proofs: int) -> Prediction:
    """Commit to the model and the image, prove, and verify from bytes."""
    clock = StageClock(stages.stage)
    clock(LOADING)
    load_kernels()
    model = commit_network(subject.onnx, None, proofs=proofs, progress=clock).secret
    clock.stop()
    kernels_s, commit_s = clock.seconds[LOADING], clock.seconds["committing"]
    stages.stage("committing to the image")
    shape, log_columns = model.commitment.format, model.commitment.log_columns
    examples, _ = examples_of(subject.x, None, shape, log_columns, public=False, block=model.commitment.block)
    data = examples.commitment()
    outcome = prove(model, examples, data, AskLogits(), progress=stages.stage)
    resume.forget(outcome.bundle.statement)
    stages.stage("verifying")
    public = Public(
        SumcheckBundle.from_bytes(outcome.bundle.to_bytes()),
        NetworkCommitment.from_bytes(model.commitment.to_bytes()),
        DataCommitment.from_bytes(data.to_bytes()),
    )
    verdict = verify(public.bundle, public.model, public.data)
    return Prediction(subject, model, outcome, public, verdict, kernels_s, clock.total - kernels_s, commit_s)


def _report(output: Output, made: Prediction, refused: list[Refusal], total_s: float) -> dict[str, object]:
    size, cost = sizes(made.model.commitment.network, made.model.weights), _cost(made)
    rows = [[refusal.name, refusal.refused_by, f"{refusal.seconds:.1f} s"] for refusal in refused]
    output.table("ImageNet: forgeries", ["what was forged", "refused by check", "time"], rows)
    output.table("MobileNetV2 1.0/224, one image: what it took", ["what", "figure"], _rows(size, made, cost))
    output.say(
        f"set-up: {made.setup_s - made.commit_s:.1f} s to make integers, {made.commit_s:.1f} s to commit to them"
    )
    statement = made.public.bundle.statement
    output.say(mode_of(statement), None if statement.zero_knowledge else "yellow")
    left = say_left(output, made.outcome.left)
    output.say(f"{total_s:.0f} s in all; {machine()}")
    return {
        "verdict": "ok" if all(refusal.refused for refusal in refused) else "mismatch",
        "shown": made.subject.shown.name,
        "predicted": made.named,
        "classes": made.order[:1],
        "forgeries": [refusal.to_json() for refusal in refused],
        "parameters": size.parameters,
        "macs": size.macs,
        "activations": size.activations,
        **cost,
        "stages": made.outcome.stages,
        "zero_knowledge": statement.zero_knowledge,
        "hides": _hides(made),
        **left,
        "weights_bound": True,
        "total_s": round(total_s, 1),
        "machine": machine(),
    }


def _hides(made: Prediction) -> str:
    return HIDES_SECRETS if made.public.bundle.statement.zero_knowledge else HIDES_NOTHING_AT_ALL


def _cost(made: Prediction) -> dict[str, float]:
    soundness = made.verdict.soundness
    return {
        "kernels_s": made.kernels_s,
        "setup_s": made.setup_s,
        "prove_s": made.outcome.prove_s,
        "verify_s": made.verdict.verify_s,
        "proof_bytes": len(made.public.bundle.to_bytes()),
        "peak_memory_mb": made.outcome.peak_memory_mb,
        "soundness_bits": soundness.total_bits,
        "worst_round_bits": soundness.worst_bits,
    }


def _rows(size: Sizes, made: Prediction, cost: dict[str, float]) -> list[list[str]]:
    return [
        ["parameters", f"{size.parameters:,}"],
        ["multiply-adds", f"{size.macs:,}"],
        ["activations", f"{size.activations:,}"],
        ["set-up", f"{cost['setup_s']:.1f} s"],
        ["prove", f"{cost['prove_s']:.1f} s"],
        ["verify", f"{cost['verify_s']:.2f} s"],
        ["proof", f"{cost['proof_bytes']:,} bytes"],
        ["peak memory", f"{cost['peak_memory_mb']:,.0f} MB"],
        ["soundness", f"{cost['soundness_bits']:.1f} bits, {cost['worst_round_bits']:.1f} in the worst round"],
        ["hides", _hides(made)],
        ["weights bound", "yes"],
    ]
