"""``assay verify`` for a bundle of the sumcheck backend."""

from __future__ import annotations

from pathlib import Path

from assay.commands.sumcheck.material import commitment_to_verify, say_clamped
from assay.commands.sumcheck.report import facts, say_claim, say_soundness
from assay.output import Output
from proofs.commitment.model import ModelCommitment
from proofs.container import read_file
from proofs.errors import RejectedProof
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.model_commitment import NetworkCommitment, is_network_commitment


def verify_sumcheck(
    output: Output, proof: Path, bundle: SumcheckBundle, commit: Path, data: Path | None, data_commit: Path | None
) -> None:
    """Verify, tell a person what was accepted, and write the JSON document. Raises RejectedProof."""
    from proofs.sumcheck_backend.verifying import verify

    model = _model(commit)
    with output.progress("verify") as stages:
        stages.stage("examples")
        committed, clamped = commitment_to_verify(model, data, data_commit, bundle.statement)
        stages.stage("proofs")
        verdict = verify(bundle, model, committed, stages.batch)
    say_clamped(output, clamped, model.format, committed.total * model.format.values)
    said = say_claim(output, "ACCEPTED", bundle, model.network)
    say_soundness(output, bundle, verdict.soundness)
    output.say("`assay explain` says in plain words what this binds, what it rests on and who could still lie")
    output.document(
        {
            **said,
            **facts(bundle, verdict.soundness),
            "verdict": "accepted",
            "verify_s": verdict.verify_s,
            "proof_bytes": proof.stat().st_size,
            "clipped": clamped,
        }
    )


def _model(path: Path) -> NetworkCommitment:
    raw = read_file(path, "model commitment")
    if not is_network_commitment(raw):
        other = ModelCommitment.from_bytes(raw).backend
        raise RejectedProof("backend", f"the model is committed for backend '{other}', the proof is of 'sumcheck'")
    return NetworkCommitment.from_bytes(raw)
