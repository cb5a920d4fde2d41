"""``assay serve``: answer prediction rounds of a committed model over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from eth_account.signers.local import LocalAccount

from assay.accounts import DevOption, KeystoreOption, account
from assay.output import JsonOption, Output, read_bytes
from escrow.chain import Chain
from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from proofs.halo2.secret_model import read_secret_model

OptionalRpc = Annotated[
    str | None, typer.Option("--rpc", metavar="URL", help="The chain, checked against the round's; for --dev-account.")
]
WatchOption = Annotated[
    str | None,
    typer.Option("--rpc", metavar="URL", help="The chain: answer only while a round is served there. Keep it on."),
]
RoundOption = Annotated[
    list[Path], typer.Option("--job", metavar="ROUND", help="Round file agreed with the client; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("serve")(serve)


def serve(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx", help="The model. Secret.")],
    commit: Annotated[Path, typer.Option(metavar="model.commit", help="Its commitment, secret part beside it.")],
    job: RoundOption,
    folder: Annotated[Path, typer.Option("--data-dir", metavar="DIR", help="Private folder, keeps every answer.")],
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    rpc: WatchOption = None,
    credit: Annotated[
        int | None, typer.Option(min=1, help="Answers given without a receipt (default: the round).")
    ] = None,
    margin: Annotated[
        int, typer.Option(min=0, help="With --rpc: seconds before a round's end from which on nothing is answered.")
    ] = 60,
    host: Annotated[str, typer.Option(help="Address; put TLS in front of any but a loopback.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port, 0 for any.")] = 8080,
    json: JsonOption = None,
) -> None:
    """Answer questions of the rounds given; each answer is signed, and on disk before it leaves.

    Stopped and started again, it goes on where it was: an index is answered once, and the same answer again.
    """
    from assay.service import host as hosting
    from assay.service.round import Round
    from assay.service.watch import ChainGate

    output = Output(json)
    rounds = [Round.from_bytes(read_bytes(path, "round", 1 << 20)) for path in job]
    signer = party_account(rounds[0].domain.chain_id, rpc, keystore, dev)
    gate = None if rpc is None else ChainGate(Chain.connect(rpc), rounds, margin)
    secret = read_secret_model(commit, read_bytes(model, "model"))
    with output.progress("serve") as stages:
        stages.stage("compile")
        integers = hosting.integer_model(secret)
        stages.stage("compare with the circuit")
        hosting.rehearse(secret, integers)
        hosted = [
            hosting.hosted_round(r, secret, integers, signer, r.terms.round if credit is None else credit)
            for r in rounds
        ]
    listener = hosting.listen(host, port)
    bound = listener.getsockname()

    def ready() -> None:
        address = f"http://{f'[{bound[0]}]' if ':' in bound[0] else bound[0]}:{bound[1]}"
        output.say(f"serving {len(hosted)} rounds at {address} ({address}/docs); stop with Ctrl-C")
        if gate is None:
            output.say("no --rpc, no look at the chain: answers before a round is opened and after it ended", "yellow")
        output.document({"url": address, "jobs": [to_hex(item.round.job_id) for item in hosted]})

    hosting.serve(hosted, folder, listener, gate, ready)


def party_account(chain_id: int, rpc: str | None, keystore: Path | None, dev: int | None) -> LocalAccount:
    """The key of one party of a round on chain ``chain_id``. Raises InvalidInput."""
    chain = Chain.connect(rpc) if rpc is not None else None
    if chain is not None and chain.chain_id != chain_id:
        raise InvalidInput(f"the round is settled on chain {chain_id}, {rpc} is chain {chain.chain_id}")
    return account(chain, keystore, dev).account
