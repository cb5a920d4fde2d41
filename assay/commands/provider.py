"""``assay provider``: offer rounds with a committed model, and stand on chain for the answers of ``assay serve``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from assay.accounts import ChannelOption, DevOption, KeystoreOption, RpcOption, StateOption, account
from assay.commands.party import DAY_S, ModelOption, public_weights
from assay.commands.prediction_options import MarginOption, RoundListingOption, play
from assay.commands.prudence_options import AllowOption, MaxFeeOption, MaxWindowOption, prudence_of
from assay.commands.retrieval_options import amount, require_gas
from assay.commands.same_function import same_function
from assay.output import JsonOption, Output, read_bytes
from assay.words import parse_word
from escrow.chain import Chain
from escrow.parties.corpus_listing import Prices
from escrow.parties.predictions.check import check_rounds, publish_rounds
from escrow.parties.predictions.client import GROUP
from escrow.parties.predictions.listing import RoundListing
from escrow.parties.predictions.provider import Provider, ProvidersMailbox
from escrow.predictions import PredictionEscrow
from proofs.canonical import to_hex
from proofs.commitment.model import ModelCommitment
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.halo2.secret_model import read_secret_model
from protocols.accuracy.plan import Costs
from protocols.predictions.view import Limits
from protocols.prudence import MAX_STEP_S
from protocols.solidity import ZERO_ADDRESS, address

app = typer.Typer(no_args_is_help=True, help="Sell predictions of a committed model; `assay serve` answers.")
app.command("same-function")(same_function)
CommitOption = Annotated[Path, typer.Option(metavar="model.commit", help="Committed with --owner YOUR-ADDRESS.")]


@app.command("publish")
def publish(
    commit: CommitOption,
    escrow: Annotated[str, typer.Option(help="Address of the prediction escrow.")],
    price: Annotated[int, typer.Option(min=0, help="Least price of an answer, wei or token units.")],
    max_deposit: Annotated[int, typer.Option(min=1, help="Most you lock in one round, wei or token units.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The listing clients check. Public.")],
    rpc: RpcOption,
    proving_cost: Annotated[int, typer.Option(min=1, help="Z; a contest pays 2Z.")] = Costs().proving,
    token: Annotated[str, typer.Option(help="ERC-20 contract to be paid in (default: ether).")] = ZERO_ADDRESS,
    model: ModelOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    json: JsonOption = None,
) -> None:
    """Deploy the inference circuit's verifier and write a listing of model and prices.

    Run again, it does only what is missing: contracts found again are used again.
    """
    output, chain = Output(json), Chain.connect(rpc)
    owned, signer = ModelCommitment.from_bytes(read_file(commit, "model commitment")), account(chain, keystore, dev)
    known = RoundListing.from_bytes(read_bytes(out, "listing")) if out.exists() else None
    prices = Prices(proving_cost=proving_cost, price=price, max_deposit=max_deposit, token=address(token, "--token"))
    weights = public_weights(owned, model)
    with output.progress("publish") as stages:
        place = PredictionEscrow(chain, escrow)
        listing = publish_rounds(
            chain, signer, owned, place, prices, weights=weights, known=known, progress=stages.stage
        )
    write_atomic(out, listing.to_bytes())
    output.say(f"answers are on sale for {amount(price, prices.token)} each; give {out} to clients")
    output.document(
        {
            "model_id": to_hex(owned.model_id),
            "adapter": listing.adapter,
            "gas": chain.ledger.as_json(),
            "gas_used": chain.ledger.gas_of(),
        }
    )


@app.command("run")
def run(
    listing: RoundListingOption,
    model: Annotated[Path, typer.Option(metavar="M.onnx", help="The model. Secret.")],
    commit: CommitOption,
    channel: ChannelOption,
    state: StateOption,
    folder: Annotated[Path, typer.Option("--data-dir", metavar="DIR", help="Folder of `assay serve`; only read.")],
    rpc: RpcOption,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="ROUND", help="Where the round file goes (default: in state).")
    ] = None,
    job: Annotated[str | None, typer.Option(help="Take up this job (hex id) instead of waiting for an offer.")] = None,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for an offer.")] = DAY_S,
    margin: MarginOption = 60,
    prove_s: Annotated[int, typer.Option(min=1, help="Seconds one proof is expected to take.")] = 60,
    credit: Annotated[int, typer.Option(min=1, help="Answers you promise to give without a receipt.")] = GROUP,
    cost: Annotated[int, typer.Option("--inference-cost", min=0, help="P, what an answer costs you.")] = 0,
    max_fee: MaxFeeOption = None,
    allow_fee_recipient: AllowOption = None,
    max_window: MaxWindowOption = MAX_STEP_S,
    json: JsonOption = None,
) -> None:
    """Stand for one round: check the offer, deposit, prove what is contested, collect the receipt, and withdraw.

    Runs beside `assay serve`, whose record it reads: proving never holds up an answer. Killed at any point, the same
    command takes up the unfinished job where chain and journal say it stands.
    """
    from assay.service.provider_record import ServiceRecord
    from assay.service.round import Round

    output, chain = Output(json), Chain.connect(rpc)
    signer = account(chain, keystore, dev)
    secret = read_secret_model(commit, read_bytes(model, "model"))
    listed = RoundListing.from_bytes(read_bytes(listing, "listing"))
    if listed.model != secret.commitment:
        raise InvalidInput(f"{listing} offers another model than {commit}; publish this one, or give its listing")
    require_gas(chain, str(signer.address), listed.prices.token)
    with output.progress("check the listing") as stages:
        checked = check_rounds(chain, listed, weights=public_weights(listed.model, model), progress=stages.stage)
    mailbox = ProvidersMailbox(channel, state, checked, str(signer.address))
    job_id = parse_word(job, "--job") if job else mailbox.next(time.monotonic() + wait)
    output.say(f"job {to_hex(job_id)}")
    limits = Limits(margin_s=margin, credit=credit)
    party = Provider(
        checked,
        signer,
        state,
        channel,
        limits,
        output.say,
        model=secret,
        record=ServiceRecord(folder),
        job_id=job_id,
        prove_s=prove_s,
        inference_cost=cost,
        prudence=prudence_of(max_fee, allow_fee_recipient, max_window),
    )
    path = out or party.home(job_id) / "round"
    write_atomic(path, Round(party.domain, party.terms, checked.view).to_bytes())
    output.say(
        f"answer it with: assay serve {model} --commit {commit} --job {path} --data-dir {folder} --rpc {rpc}", "green"
    )
    play(output, party)
