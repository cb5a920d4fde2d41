"""``assay serve``: answer prediction rounds of a committed model, and run open networks, over HTTP."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Annotated

import typer
from eth_account.signers.local import LocalAccount

from assay.accounts import DevOption, KeystoreOption, account
from assay.commands.prove.options import ForceOption
from assay.output import JsonOption, Output, read_bytes
from escrow.chain import Chain
from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from proofs.free_memory import tried_anyway
from proofs.halo2.secret_model import SecretModel, read_secret_model
from proofs.wording import counted

if TYPE_CHECKING:
    from assay.service.delegation.hosted import HostedNetworks
    from assay.service.engine import Hosted
    from assay.service.round import Round
    from assay.service.round_proof.workshop import Workshop
    from assay.service.watch import ChainGate

OptionalRpc = Annotated[
    str | None, typer.Option("--rpc", metavar="URL", help="The chain, checked against the round's; for --dev-account.")
]
WatchOption = Annotated[
    str | None,
    typer.Option("--rpc", metavar="URL", help="The chain: answer only while a round is served there. Keep it on."),
]
NetworkOption = Annotated[
    list[Path] | None,
    typer.Option("--network", metavar="M.onnx", help="Open network run for clients that hold it; may be repeated."),
]
RoundOption = Annotated[
    list[Path] | None,
    typer.Option("--job", metavar="ROUND", help="Round file agreed with the client; may be repeated."),
]

SumcheckModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="model.commit",
        help="Prove rounds at once: the integer network MODEL is the graph of, as the sumcheck backend committed it.",
    ),
]
SumcheckOnnxOption = Annotated[
    Path | None, typer.Option(metavar="M.onnx", help="With --sumcheck-model: the file that network was made from.")
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("serve")(serve)


def serve(
    model: Annotated[
        Path | None, typer.Argument(metavar="MODEL.onnx", help="The committed model of the rounds. Secret.")
    ] = None,
    commit: Annotated[
        Path | None, typer.Option(metavar="model.commit", help="Its commitment, secret part beside it.")
    ] = None,
    job: RoundOption = None,
    folder: Annotated[
        Path | None, typer.Option("--data-dir", metavar="DIR", help="Private folder, keeps every answer.")
    ] = None,
    network: NetworkOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    rpc: WatchOption = None,
    credit: Annotated[
        int | None, typer.Option(min=1, help="Answers given without a receipt (default: the round).")
    ] = None,
    margin: Annotated[
        int, typer.Option(min=0, help="With --rpc: seconds before a round's end from which on nothing is answered.")
    ] = 60,
    sumcheck_model: SumcheckModelOption = None,
    sumcheck_onnx: SumcheckOnnxOption = None,
    host: Annotated[str, typer.Option(help="Address; put TLS in front of any but a loopback.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port, 0 for any.")] = 8080,
    force: ForceOption = False,
    json: JsonOption = None,
) -> None:
    """Answer questions of prediction rounds, and run open networks for clients that check them interactively.

    Rounds (MODEL, --commit, --job, --data-dir): each answer is signed, and on disk before it leaves. Stopped and
    started again, it goes on where it was: an index is answered once, and the same answer again.
    Networks (--network): `assay client delegate` has one run here and is convinced of its outputs.
    """
    from assay.commands.serve_memory import require_networks, require_rounds
    from assay.service import host as hosting
    from assay.service.delegation.app import application
    from assay.service.round import Round
    from assay.service.watch import ChainGate

    output = Output(json)
    networks = read_networks(output, network or [])
    with tried_anyway(force):
        require_networks(networks.networks.values())
    if not job and not network:
        raise InvalidInput("nothing to serve: give rounds (MODEL, --commit, --job, --data-dir) or networks (--network)")
    if not job:
        if any(value is not None for value in (model, commit, folder, keystore, dev, rpc, credit, sumcheck_model)):
            raise InvalidInput("a model, its commitment, folder, key or chain serve rounds: name one with --job")
        listener = hosting.listen(host, port)
        hosting.run(application(networks), listener, partial(_ready, output, listener, [], networks, None, None))
        return
    if model is None or commit is None or folder is None:
        raise InvalidInput("a round needs its model: give MODEL.onnx, --commit and --data-dir beside --job")
    rounds = [Round.from_bytes(read_bytes(path, "round", 1 << 20)) for path in job]
    signer = party_account(rounds[0].domain.chain_id, rpc, keystore, dev)
    gate = None if rpc is None else ChainGate(Chain.connect(rpc), rounds, margin)
    onnx = read_bytes(model, "model")
    workshop = round_workshop(sumcheck_model, sumcheck_onnx, onnx, rounds, folder)
    secret = read_secret_model(commit, onnx)
    with tried_anyway(force):
        require_rounds(secret, None if workshop is None else workshop.model)
    hosted = _hosted_rounds(output, rounds, secret, signer, credit)
    listener = hosting.listen(host, port)
    ready = partial(_ready, output, listener, hosted, networks, gate, workshop)
    hosting.serve(hosted, folder, listener, gate, ready, networks, workshop)


def round_workshop(
    commit: Path | None, source: Path | None, onnx: bytes, rounds: list[Round], folder: Path
) -> Workshop | None:
    """Where proofs of whole rounds are made, if they are. Raises InvalidInput: a network the rounds do not run."""
    from assay.service.round_proof.making import check_network
    from assay.service.round_proof.workshop import Source, Workshop
    from proofs.sumcheck_backend.secret_network import read_secret_network

    if commit is None and source is None:
        return None
    if commit is None or source is None:
        raise InvalidInput("to prove rounds at once give --sumcheck-model with the network's file, --sumcheck-onnx")
    network = read_secret_network(commit, read_bytes(source, "network"))
    for of in rounds:
        check_network(network, onnx, of)
    return Workshop(folder, Source(commit.resolve(), source.resolve()), network.commitment)


def read_networks(output: Output, paths: list[Path]) -> HostedNetworks:
    """Networks to be hosted, rounded at the scales their files name."""
    from assay.service.delegation.hosted import HostedNetworks
    from proofs.sumcheck.safetynets.onnx_import import import_network

    if not paths:
        return HostedNetworks({})
    with output.progress("serve") as stages:
        stages.stage("round the networks")
        return HostedNetworks.of([import_network(read_bytes(path, "network")) for path in paths])


def _hosted_rounds(
    output: Output, rounds: list[Round], secret: SecretModel, signer: LocalAccount, credit: int | None
) -> list[Hosted]:
    """The rounds, ready to be answered by a model that was compared with its circuit."""
    from assay.service import host as hosting

    with output.progress("serve") as stages:
        stages.stage("compile")
        integers = hosting.integer_model(secret)
        stages.stage("compare with the circuit")
        hosting.rehearse(secret, integers)
        return [
            hosting.hosted_round(r, secret, integers, signer, r.terms.round if credit is None else credit)
            for r in rounds
        ]


def _ready(
    output: Output,
    listener: socket,
    hosted: list[Hosted],
    networks: HostedNetworks,
    gate: ChainGate | None,
    workshop: Workshop | None,
) -> None:
    """Say where the service is, once it is there."""
    bound = listener.getsockname()
    address = f"http://{f'[{bound[0]}]' if ':' in bound[0] else bound[0]}:{bound[1]}"
    counts = ((len(hosted), "round"), (len(networks.networks), "network"))
    served = " and ".join(f"{number} {noun}{'s' * (number > 1)}" for number, noun in counts if number)
    output.say(f"serving {served} at {address}; stop with Ctrl-C")
    if hosted and gate is None:
        output.say("no --rpc, no look at the chain: answers before a round is opened and after it ended", "yellow")
    digests = [to_hex(digest) for digest in networks.networks]
    jobs = [to_hex(item.round.job_id) for item in hosted]
    output.document({"url": address, "jobs": jobs, "networks": digests, **_round_proofs(output, workshop)})


def _round_proofs(output: Output, workshop: Workshop | None) -> dict[str, object]:
    """Say what proofs of whole rounds hide, and how many may still be made; returns it for the JSON document."""
    from assay.commands.sumcheck.budget import model_left
    from assay.commands.sumcheck.mode import say_round_mode

    if workshop is None:
        return {}
    model = workshop.model
    left = model_left(model)
    say_round_mode(output, model)
    if model.hiding:
        output.say(f"{counted(left, 'proof')} left in the network's budget", None if left else "red")
    return {"zero_knowledge": model.hiding, "proof_budget_left": left}


def party_account(chain_id: int, rpc: str | None, keystore: Path | None, dev: int | None) -> LocalAccount:
    """The key of one party of a round on chain ``chain_id``. Raises InvalidInput."""
    chain = Chain.connect(rpc) if rpc is not None else None
    if chain is not None and chain.chain_id != chain_id:
        raise InvalidInput(f"the round is settled on chain {chain_id}, {rpc} is chain {chain.chain_id}")
    return account(chain, keystore, dev).account
