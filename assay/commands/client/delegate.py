"""``assay client delegate``: have a service run a network one holds, and be convinced of its outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from assay.exact import say_exact
from assay.inputs import load_inputs
from assay.output import JsonOption, Output, read_bytes
from assay.places import require_places
from assay.scales import AlphaOption, BetasOption, RangeOption, parse_scales
from proofs.canonical import to_hex
from proofs.safetynets import ExactPredictions
from proofs.safetynets_backend import network_of
from proofs.safetynets_inputs import integers_of

if TYPE_CHECKING:
    from assay.service.delegation.client import Delegated


def delegate(
    url: Annotated[str, typer.Argument(metavar="URL", help="The service, started with --network.")],
    model: Annotated[Path, typer.Option(metavar="M.onnx", help="One's own copy of the network.")],
    data: Annotated[Path, typer.Option(metavar="DATA.npz", help="Array x: the inputs, sent to the service.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="OUT.npz", help="Where outputs go: logits, classes, exact, scale."),
    ] = None,
    alpha: AlphaOption = None,
    betas: BetasOption = None,
    input_range: RangeOption = None,
    wait: Annotated[float, typer.Option(min=1, help="Seconds to wait for the outputs.")] = 600.0,
    json: JsonOption = None,
) -> None:
    """Ask a service for a network's outputs on every input, and accept them only if it proves them right.

    The proof is a conversation in which this client draws the challenges, so it convinces nobody else; for a proof to
    hand on, use `assay prove inference --backend safetynets`. The service sees the inputs.
    """
    from assay.service.delegation.client import delegate as ask
    from proofs.sumcheck.safetynets.noninteractive import fields_of, rounds
    from proofs.sumcheck.soundness import soundness_bits

    require_places([model, data], [] if out is None else [out], json)
    output = Output(json)
    network = network_of(read_bytes(model, "model"), parse_scales(alpha, betas, input_range))
    inputs, clipped = integers_of(network, load_inputs(data))
    with output.progress("delegate") as stages:
        done = ask(url, network, inputs, wait, stages.stage)
    rows = tuple(tuple(row) for row in done.outputs.tolist())
    said = say_exact(output, "proven to this client", ExactPredictions(rows, network.output_scale), clipped)
    bits, _ = soundness_bits(rounds(network, len(rows)), fields_of(network, "plain")[-1].scalars)
    output.say(
        f"ACCEPTED: {bits:g} bits of soundness; {done.exchanged_bytes:,} bytes in {done.messages} messages; "
        f"{done.prepare_s:.3f} s preparing, {done.wait_s:.2f} s waiting for outputs, {done.check_s:.3f} s checking"
    )
    output.say("this convinces you only: whoever draws the challenges could write such a conversation alone")
    if out is not None:
        _save(out, ExactPredictions(rows, network.output_scale))
    output.document({**said, "verdict": "accepted", "network": to_hex(network.digest), **facts(done, bits)})


def _save(out: Path, predictions: ExactPredictions) -> None:
    """Logits as real numbers, classes, and the exact integers in decimal with their scale."""
    np.savez(
        out,
        logits=np.array(predictions.values),
        classes=np.array(predictions.classes),
        exact=np.array([[str(logit) for logit in row] for row in predictions.logits]),
        scale=np.array(str(predictions.scale)),
    )


def facts(done: Delegated, bits: float) -> dict[str, object]:
    """What the conversation took, as JSON."""
    return {
        "soundness_bits": bits,
        "server_bytes": done.server_bytes,
        "challenge_bytes": done.challenge_bytes,
        "exchanged_bytes": done.exchanged_bytes,
        "wire_bytes": done.wire_bytes,
        "messages": done.messages,
        "prepare_s": done.prepare_s,
        "check_s": done.check_s,
        "wait_s": done.wait_s,
        "total_s": done.total_s,
    }
