"""``assay renew``: a new budget of proofs for a committed model, under the id it has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.commands.commit_corpus import ForceOption
from assay.commands.sumcheck.budget import model_left
from assay.output import JsonOption, Output
from assay.places import commitment_places
from proofs.canonical import to_hex
from proofs.commitment.secret_files import secret_path
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.sumcheck_backend.blocks import usable
from proofs.sumcheck_backend.model_commitment import BACKEND, NetworkCommitment, is_network_commitment
from proofs.sumcheck_backend.secret_network import read_secret_network, write_secret_network
from proofs.wording import counted

LOST = "no proof can be made under that root any more, and the root it took the place of is not renewed twice"
app = typer.Typer(no_args_is_help=True, help="Renew a commitment whose proofs are nearly used up, under the same id.")


@app.callback()
def _renew() -> None:
    """A group, even of one command."""


@app.command("model")
def renew_model(
    old: Annotated[Path, typer.Argument(metavar="OLD.commit")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Public commitment; the secret part is kept beside it.")],
    force: ForceOption = False,
    json: JsonOption = None,
) -> None:
    """Put other random blocks behind a committed model's weights, and prove that the weights are the same.

    The model id stays: whoever has it goes on with the new file, which holds the proof. Proofs made before stay valid
    with either file. One opening of OLD.commit is kept for this, and the secret part of OLD.commit is left alone.
    """
    commitment_places([old], out, json, force=force, lost=LOST)
    output = Output(json)
    if not is_network_commitment(read_file(old, "model commitment")):
        raise InvalidInput(f"{old} is no commitment for the {BACKEND} backend, and only those are renewed")
    from proofs.sumcheck_backend.renewal import renew

    secret = read_secret_network(old, None)
    with output.progress("renew") as stages:
        made = renew(secret, progress=stages.stage)
    write_secret_network(out, made.secret)
    before, now = secret.commitment, made.secret.commitment
    output.say(f"model id {to_hex(now.model_id)}, unchanged")
    output.say(f"weights root {to_hex(before.weights_commitment)} renewed: {to_hex(now.weights_commitment)}")
    output.say(f"{out} is public; {secret_path(out)} is secret: keep it, a lost one cannot be made again")
    if made.again:
        output.say("this renewal had been made before: the same root and the same proof again", "yellow")
    _say_left(output, before, now)
    output.document(
        {
            "model_id": to_hex(now.model_id),
            "weights_before": to_hex(before.weights_commitment),
            "weights": to_hex(now.weights_commitment),
            "renewals": len(now.earlier),
            "again": made.again,
            "proof_bytes": made.proof_bytes,
            "soundness_bits": made.total_bits,
            "worst_round_bits": made.worst_bits,
            "backend": BACKEND,
            "zero_knowledge": now.hiding,
            "proof_budget": usable(now.log_columns, now.block),
            "proof_budget_left": model_left(now),
            "proof_budget_left_before": model_left(before),
        }
    )


def _say_left(output: Output, before: NetworkCommitment, now: NetworkCommitment) -> None:
    left, gone = model_left(now), model_left(before)
    output.say(f"zero-knowledge: hides the weights in {counted(left, 'more proof')}; {gone} left under the old root")
