"""``assay provider same-function``: an integer network as a model whose answers can be contested on chain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.commands.commit_corpus import ForceOption
from assay.output import JsonOption, Output, read_bytes
from assay.places import commitment_places, require_places
from proofs.canonical import to_hex
from proofs.commitment.secret_files import secret_path
from proofs.errors import UnsupportedModel
from proofs.files import write_atomic
from protocols.solidity import address

BY_AGREEMENT = "rounds of this network have no dispute on chain: payment is released or refunded by agreement only"
LOST = "no contested answer of that model can be proven any more, and the deposits of its rounds are lost"


def same_function(
    network: Annotated[
        Path, typer.Option("--sumcheck-model", metavar="model.commit", help="The network, with its secret part.")
    ],
    source: Annotated[
        Path, typer.Option("--sumcheck-onnx", metavar="M.onnx", help="The file the network was made from. Secret.")
    ],
    owner: Annotated[str, typer.Option(help="Your address, 0x...; part of the model id.")],
    graph: Annotated[Path, typer.Option(metavar="SAME.onnx", help="Where the network's graph goes. Secret.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Its halo2 commitment; the secret part is kept beside it.")],
    binding: Annotated[str, typer.Option(help="As for `commit model`: polycommit, hashed or fixed.")] = "polycommit",
    proofs: Annotated[int, typer.Option(min=1, help="Proofs this commitment may make (polycommit).")] = 16,
    force: ForceOption = False,
    json: JsonOption = None,
) -> None:
    """Commit to a network's graph for halo2, so that rounds proven at once have contests to fall back on.

    `provider publish`, `provider run` and `serve` take the two files written as MODEL.onnx and model.commit.
    """
    from assay.commands.sumcheck.mode import say_round_mode
    from proofs.backend import backend
    from proofs.halo2.commit import CommitOptions
    from proofs.halo2.integer_network import check_fits, commit_options, input_format, same_function_onnx
    from proofs.halo2.secret_model import write_secret_model
    from proofs.sumcheck_backend.secret_network import read_secret_network

    commitment_places([network, source], out, json, force=force, lost=LOST)
    require_places([network, source], [graph, out], json)
    output = Output(json)
    held = read_secret_network(network, read_bytes(source, "network"))
    shape = held.commitment.network
    reasons = check_fits(shape)
    if reasons:
        raise UnsupportedModel("; ".join((*reasons, BY_AGREEMENT)))
    onnx = same_function_onnx(shape, held.weights)
    options = CommitOptions(binding=binding, proofs=proofs, owner=bytes.fromhex(address(owner, "--owner")[2:]))
    with output.progress("commit") as stages:
        prover = backend("halo2", stages.stage)
        model = prover.commit_model(onnx, input_format(shape, 1), commit_options(shape, options))
    write_atomic(graph, onnx, secret=True)
    write_secret_model(out, model)
    commitment, description = model.commitment, model.description
    output.say(f"model id {to_hex(commitment.model_id)}; 2^{description.parameters.logrows} rows an answer")
    output.say(f"{out} is public; {graph} and {secret_path(out)} are secret: keep them")
    say_round_mode(output, held.commitment)
    output.document(
        {
            "model_id": to_hex(commitment.model_id),
            "logrows": description.parameters.logrows,
            "proof_budget": description.budget,
            "backend": "halo2",
        }
    )
