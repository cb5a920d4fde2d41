"""``assay prove inference`` with a backend that hides nothing: model and inputs in the open."""

from __future__ import annotations

from pathlib import Path

from assay.exact import exact_facts, say_exact
from assay.inputs import load_inputs
from assay.output import Output, read_bytes
from proofs.backend import open_backend
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.safetynets import ChosenScales


def prove_open(
    output: Output, backend: str, model: Path, data: Path | None, out: Path, scales: ChosenScales, context: bytes
) -> None:
    """Prove MODEL's exact outputs on DATA, write the bundle, and say what it cost."""
    if data is None:
        raise InvalidInput("give the inputs with --data DATA.npz (array x): this backend works in the open")
    onnx, x = read_bytes(model, "model"), load_inputs(data)
    with output.progress("prove") as stages:
        outcome = open_backend(backend, stages.stage).prove_inference(onnx, x, scales, context)
    write_atomic(out, outcome.bundle.to_bytes())
    said = say_exact(output, "proved", outcome.predictions, outcome.clipped)
    size = out.stat().st_size
    output.say(
        f"{out}: {size} bytes, {len(outcome.bundle.proof)} of them sum-check messages, {outcome.prove_s:.1f} s; "
        "nothing is hidden: whoever verifies needs the same model and data"
    )
    output.document(
        {
            **said,
            **exact_facts(outcome.bundle),
            "verdict": "proved",
            "prove_s": outcome.prove_s,
            "stages": outcome.stages,
            "peak_memory_mb": outcome.peak_memory_mb,
            "proof_bytes": size,
        }
    )
