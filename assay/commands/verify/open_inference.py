"""Verifying a proof about a model and inputs in the open, against one's own copies of both."""

from __future__ import annotations

from pathlib import Path

from assay.commands.verify.report import ACCEPTED
from assay.exact import exact_facts, say_exact
from assay.inputs import load_inputs
from assay.output import Output, read_bytes
from proofs.backend import open_backend
from proofs.errors import InvalidInput
from proofs.safetynets import ChosenScales
from proofs.safetynets_bundle import SafetyNetsBundle


def verify_open(
    output: Output, proof: Path, bundle: SafetyNetsBundle, model: Path | None, data: Path | None, scales: ChosenScales
) -> None:
    """Verify, tell a person what was accepted, and write the JSON document. Raises RejectedProof."""
    if model is None or data is None:
        raise InvalidInput("this proof is about a model in the open: give --model M.onnx and --data DATA.npz")
    onnx, x = read_bytes(model, "model"), load_inputs(data)
    with output.progress("verify") as stages:
        verifier = open_backend(bundle.statement.backend, stages.stage)
        verdict = verifier.verify_inference(bundle, onnx, x, scales)
    said = say_exact(output, ACCEPTED, verdict.predictions, verdict.clipped)
    output.say("`assay explain` says in plain words what this binds, what it rests on and who could still lie")
    output.document(
        {
            **said,
            **exact_facts(bundle),
            "verdict": "accepted",
            "verify_s": verdict.verify_s,
            "stages": verdict.stages,
            "proof_bytes": proof.stat().st_size,
        }
    )
