"""``assay seller`` and ``assay buyer``: the two sides of an audit, each in its own process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.accounts import DevOption, KeystoreOption, RpcOption, StateOption, account
from assay.commands.audit_seat import Seat, Wishes
from assay.commands.plain_audit import buy_plain, sell_plain
from assay.commands.prudence_options import AllowOption, MaxFeeOption, MaxWindowOption, prudence_of
from assay.commands.sampled_audit import buy_sampled, caution_of, sell_sampled
from assay.output import JsonOption, Output, read_bytes
from assay.postbox.way import FolderOption, ListenOption, PeerOption, way_of
from assay.words import parse_word
from escrow.accuracy import AccuracyEscrow
from escrow.chain import Chain
from escrow.deployment import settles_samples
from escrow.parties.listing import Listing, publish
from escrow.predictions import PredictionEscrow
from escrow.registry import ModelRegistry
from escrow.retrieval import RetrievalEscrow
from escrow.reusable import deploy_shared
from escrow.sampled import SampledEscrow
from escrow.solc import compile_verifier
from proofs.canonical import to_hex
from proofs.commitment.model import ModelCommitment
from proofs.commitment.secret_files import read_test_set
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.halo2.architecture import Weights, split_model
from proofs.halo2.reusable import shared_source
from proofs.halo2.secret_model import read_secret_model
from proofs.halo2.verifier import check_commitment
from protocols.accuracy.plan import Costs
from protocols.accuracy.terms import MAX_WINDOW_S
from protocols.accuracy.view import Limits
from protocols.prudence import BURN, MAX_STEP_S
from protocols.sampled.view import Limits as SampledLimits

DAY_S = 86_400
ESCROWS = ("accuracy", "sampled", "retrieval", "predictions")
SHARED = "verifier"
ModelOption = Annotated[
    Path | None, typer.Option(metavar="M.onnx", help="The model, where its weights are public ('fixed' binding).")
]
seller = typer.Typer(no_args_is_help=True, help="Sell audits of a committed model.")
buyer = typer.Typer(no_args_is_help=True, help="Buy an audit of a listed model.")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("deploy")(deploy)
    app.add_typer(seller, name="seller")
    app.add_typer(buyer, name="buyer")


def deploy(
    rpc: RpcOption,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    min_window: Annotated[
        int, typer.Option(min=1, max=MAX_WINDOW_S, help="Shortest window of any step, seconds.")
    ] = DAY_S,
    cooldown: Annotated[
        int, typer.Option(min=1, max=MAX_WINDOW_S, help="Seconds between asking for a stake and getting it.")
    ] = 7 * DAY_S,
    for_: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="PROTOCOL",
            help=f"One of {', '.join(ESCROWS)}; repeat it (default: all). Or {SHARED}: the verifier for all circuits.",
        ),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Deploy registry and escrows; anybody may, once for a chain. None of them has an owner."""
    output, chain = Output(json), Chain.connect(rpc)
    signer = account(chain, keystore, dev)
    wanted = ESCROWS if not for_ else tuple(for_)
    if not set(wanted) <= {*ESCROWS, SHARED}:
        raise InvalidInput(f"--for {' '.join(wanted)}: there are escrows for {', '.join(ESCROWS)}, and '{SHARED}'")
    found: dict[str, str] = {}
    if "accuracy" in wanted or "sampled" in wanted:
        registry = ModelRegistry.deploy(chain, signer, cooldown)
        found["registry"] = registry.address
    if "accuracy" in wanted:
        found["escrow"] = AccuracyEscrow.deploy(chain, signer, registry.address, min_window).address
    if "sampled" in wanted:
        found["sampled_escrow"] = SampledEscrow.deploy(chain, signer, registry.address, min_window).address
    if "retrieval" in wanted:
        found["retrieval_escrow"] = RetrievalEscrow.deploy(chain, signer, min_window).address
    if "predictions" in wanted:
        found["prediction_escrow"] = PredictionEscrow.deploy(chain, signer, min_window).address
    if SHARED in wanted:
        with output.progress("write the shared verifier") as stages:
            compiled = compile_verifier(shared_source(stages.stage))
        found["shared_verifier"] = deploy_shared(chain, signer, compiled)
    for name, address in found.items():
        output.say(f"{name.replace('_', ' '):17} {address}")
    output.document({**found, "chain_id": chain.chain_id, "gas_used": chain.ledger.gas_of()})


@seller.command("publish")
def seller_publish(
    commit: Annotated[Path, typer.Option(metavar="model.commit", help="Committed with --owner YOUR-ADDRESS.")],
    escrow: Annotated[str, typer.Option(help="Address of the accuracy escrow, or of that for samples.")],
    stake: Annotated[int, typer.Option(min=0, help="Stake on the model, wei.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The listing buyers check. Public.")],
    rpc: RpcOption,
    model: ModelOption = None,
    reusable: Annotated[
        bool, typer.Option("--reusable", help="Deploy only the circuit's key, for the verifier all circuits share.")
    ] = False,
    verifier: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="That verifier, anybody's (default: your own, or a new one).")
    ] = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    json: JsonOption = None,
) -> None:
    """Deploy the circuit's verifier, register the model with its stake, and write a listing.

    Run again, it does only what is missing: an interrupted run is repeated, a stake topped up.
    """
    output, chain = Output(json), Chain.connect(rpc)
    commitment = ModelCommitment.from_bytes(read_file(commit, "model commitment"))
    signer, known = account(chain, keystore, dev), None
    if out.exists():
        known = Listing.from_bytes(read_bytes(out, "listing"))
    if verifier is not None and not reusable:
        raise InvalidInput("--verifier names the verifier all circuits share: give --reusable with it")
    weights = public_weights(commitment, model)
    money = (SampledEscrow if settles_samples(chain, escrow) else AccuracyEscrow)(chain, escrow)
    with output.progress("publish"):
        listing = publish(chain, signer, commitment, money, stake, weights, known, reusable=reusable, verifier=verifier)
    write_atomic(out, listing.to_bytes())
    output.say(f"model {to_hex(commitment.model_id)} is registered; give {out} to buyers")
    output.document(
        {
            "model_id": to_hex(commitment.model_id),
            "adapter": listing.adapter,
            "gas": chain.ledger.as_json(),
            "gas_used": chain.ledger.gas_of(),
        }
    )


@seller.command("run")
def seller_run(
    listing: Annotated[Path, typer.Option(metavar="model.listing", help="As published.")],
    model: Annotated[Path, typer.Option(metavar="M.onnx", help="The model. Secret.")],
    commit: Annotated[Path, typer.Option(metavar="model.commit", help="Its commitment, secret part beside it.")],
    state: StateOption,
    rpc: RpcOption,
    channel: FolderOption = None,
    listen: ListenOption = None,
    peer: PeerOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    job: Annotated[str | None, typer.Option(help="Take up this job (hex id) instead of waiting for an offer.")] = None,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for an offer.")] = DAY_S,
    margin: Annotated[int, typer.Option(min=0, help="Seconds kept in hand before every deadline.")] = 60,
    prove_s: Annotated[int, typer.Option(min=1, help="Seconds one batch is expected to take.")] = 60,
    max_fee: MaxFeeOption = None,
    allow_fee_recipient: AllowOption = None,
    max_window: MaxWindowOption = MAX_STEP_S,
    tried: Annotated[
        str | None,
        typer.Option(metavar="RIGHT/N", help="Your own trial of the model, e.g. 970/1000; audits with a sample only."),
    ] = None,
    trust_labels: Annotated[
        bool, typer.Option("--trust-labels", help="Take it that no example is mislabelled on purpose; the same.")
    ] = False,
    json: JsonOption = None,
) -> None:
    """Serve one audit: check the offer, deposit, open the test set, then prove or abort, and withdraw.

    Killed at any point, the same command takes up the unfinished job where chain and journal say it stands.
    """
    output = Output(json)
    way, chain = way_of(channel, listen, peer, output.say), Chain.connect(rpc)
    signer = account(chain, keystore, dev)
    secret = read_secret_model(commit, read_bytes(model, "model"))
    listed = Listing.from_bytes(read_bytes(listing, "listing"))
    if listed.commitment != secret.commitment:
        raise InvalidInput(f"{listing} offers another model than {commit}; publish this one, or give its listing")
    prudence, weights = prudence_of(max_fee, allow_fee_recipient, max_window), public_weights(listed.commitment, model)
    wanted = parse_word(job, "--job") if job else None
    sale = (Seat(output, chain, signer, way, state), listed, weights, secret, wanted, wait)
    if settles_samples(chain, listed.escrow):
        caution = caution_of(tried, trust_labels)
        sell_sampled(*sale, SampledLimits(margin_s=margin, prove_s=prove_s, caution=caution), prudence)
        return
    if tried is not None or trust_labels:
        raise InvalidInput(
            "--tried and --trust-labels are for audits with a sample; in this listing's the whole test set is seen"
        )
    sell_plain(*sale, Limits(margin_s=margin, prove_s=prove_s), prudence)


@buyer.command("audit")
def buyer_audit(
    listing: Annotated[Path, typer.Option(metavar="model.listing", help="From the seller; checked, not trusted.")],
    data_commit: Annotated[Path, typer.Option(metavar="data.commit", help="Your committed test set.")],
    target: Annotated[int, typer.Option(help="A: right answers the seller must prove.")],
    state: StateOption,
    rpc: RpcOption,
    channel: FolderOption = None,
    listen: ListenOption = None,
    peer: PeerOption = None,
    model: ModelOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    nonce: Annotated[
        int | None, typer.Option(min=0, help="For a second audit on equal terms (default: derived from the terms).")
    ] = None,
    window: Annotated[int, typer.Option(min=1, help="Seconds each step may take.")] = DAY_S,
    min_stake: Annotated[
        int | None,
        typer.Option(
            min=0, help="Stake the model must have, wei (default: 1000 * N * E, with --sample 1000 * N1 * E)."
        ),
    ] = None,
    max_aborts: Annotated[int, typer.Option(min=0, help="Aborts on the model's record you accept.")] = 0,
    example_cost: Annotated[int, typer.Option(help="E, wei.")] = Costs().example,
    proving_cost: Annotated[int, typer.Option(help="Z, wei.")] = Costs().proving,
    inference_cost: Annotated[int, typer.Option(help="P, wei.")] = Costs().inference,
    fee_recipient: Annotated[str, typer.Option(help="Who gets the fees (default: burned).")] = BURN,
    sample: Annotated[
        int | None, typer.Option(min=1, help="N1: examples shown to the seller before it decides (protocol A').")
    ] = None,
    on_chain: Annotated[
        bool, typer.Option("--post", help="With --sample: ciphertexts go on chain when the seller stays silent.")
    ] = False,
    json: JsonOption = None,
) -> None:
    """Buy one audit: rebuild and check the seller's circuit, deposit, hand over, and take what the ending gives.

    Killed at any point, the same command takes up the job where chain and journal say it stands; it never buys twice.
    """
    output = Output(json)
    way, chain = way_of(channel, listen, peer, output.say), Chain.connect(rpc)
    signer = account(chain, keystore, dev)
    listed = Listing.from_bytes(read_bytes(listing, "listing"))
    weights, test_set = public_weights(listed.commitment, model), read_test_set(data_commit)
    costs = Costs(example_cost, proving_cost, inference_cost)
    buy = buy_sampled if _with_sample(chain, listed, sample, on_chain) else buy_plain
    money = (costs, window, fee_recipient, min_stake, max_aborts, nonce, on_chain)
    buy(Seat(output, chain, signer, way, state), listed, weights, test_set, Wishes(target, sample or 0, *money))


def _with_sample(chain: Chain, listed: Listing, sample: int | None, post: bool) -> bool:
    """Whether this is an audit with a sample; InvalidInput where the options and the listing's escrow disagree."""
    offered = settles_samples(chain, listed.escrow)
    if offered and sample is None:
        raise InvalidInput("this listing is for audits with a sample: say how many examples are shown, --sample N1")
    if not offered and (sample is not None or post):
        raise InvalidInput("--sample and --post need a listing with an escrow for them; ask the seller to publish one")
    return offered


def public_weights(commitment: ModelCommitment, model: Path | None) -> Weights | None:
    """The weights of a ``fixed`` model, around which its circuit is built; None for every other binding."""
    if check_commitment(commitment).binding != "fixed":
        return None
    if model is None:
        raise InvalidInput("this model's weights are public and part of its circuit: give --model M.onnx")
    weights = split_model(read_bytes(model, "model"))[1]
    return weights
