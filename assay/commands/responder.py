"""``assay responder``: put a committed corpus on sale, and serve retrievals from it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from assay.accounts import DevOption, KeystoreOption, RpcOption, StateOption, account
from assay.commands.party import DAY_S, ModelOption, public_weights
from assay.commands.prudence_options import AllowOption, MaxFeeOption, MaxWindowOption, prudence_of
from assay.commands.retrieval_options import ListingOption, amount, holdings, require_gas, settle
from assay.output import JsonOption, Output, read_bytes
from assay.postbox.post import guest_post
from assay.postbox.way import FolderOption, ListenOption, PeerOption, way_of
from assay.words import parse_word
from escrow.chain import Chain
from escrow.parties.corpus_check import check_corpus, publish_corpus
from escrow.parties.corpus_listing import CorpusListing, Prices
from escrow.parties.responder import Responder, RespondersMailbox
from escrow.retrieval import RetrievalEscrow
from proofs.canonical import to_hex
from proofs.commitment.corpus_files import read_commitment, read_corpus
from proofs.commitment.model import ModelCommitment
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.halo2.secret_model import read_secret_model
from proofs.halo2.task import RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD
from protocols.accuracy.plan import Costs
from protocols.prudence import MAX_STEP_S
from protocols.retrieval.view import Limits
from protocols.solidity import ZERO_ADDRESS, address

app = typer.Typer(no_args_is_help=True, help="Sell documents of a committed corpus that satisfy a predicate.")
CommitOption = Annotated[Path, typer.Option(metavar="model.commit", help="Committed with --owner YOUR-ADDRESS.")]
CorpusOption = Annotated[Path, typer.Option("--corpus", metavar="corpus.commit", help="The committed documents.")]


@app.command("publish")
def publish(
    commit: CommitOption,
    corpus: CorpusOption,
    escrow: Annotated[str, typer.Option(help="Address of the retrieval escrow.")],
    price: Annotated[int, typer.Option(min=0, help="Least price of a document sold, wei or token units.")],
    max_deposit: Annotated[int, typer.Option(min=1, help="Most you lock in one job, wei or token units.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The listing requesters check. Public.")],
    rpc: RpcOption,
    proving_cost: Annotated[int, typer.Option(min=0, help="Z, least you prove a document for.")] = Costs().proving,
    token: Annotated[str, typer.Option(help="ERC-20 contract to be paid in (default: ether).")] = ZERO_ADDRESS,
    threshold: Annotated[bool, typer.Option("--threshold", help="Offer predicates by threshold as well.")] = False,
    model: ModelOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    json: JsonOption = None,
) -> None:
    """Deploy the retrieval circuit's verifier and write a listing of corpus, model and prices.

    Run again, it does only what is missing: contracts found again are used again.
    """
    output, chain = Output(json), Chain.connect(rpc)
    owned = ModelCommitment.from_bytes(read_file(commit, "model commitment"))
    documents, signer = read_commitment(corpus), account(chain, keystore, dev)
    known = CorpusListing.from_bytes(read_bytes(out, "listing")) if out.exists() else None
    prices = Prices(proving_cost=proving_cost, price=price, max_deposit=max_deposit, token=address(token, "--token"))
    tasks = (RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD) if threshold else (RETRIEVAL_CLASS,)
    weights = public_weights(owned, model)
    with output.progress("publish") as stages:
        place = RetrievalEscrow(chain, escrow)
        listing = publish_corpus(
            chain, signer, owned, documents, place, prices, tasks, weights=weights, known=known, progress=stages.stage
        )
    write_atomic(out, listing.to_bytes())
    output.say(f"{documents.total} documents are on sale for {amount(price, token)} each; give {out} to requesters")
    output.document(
        {
            "corpus_root": to_hex(documents.root),
            "model_id": to_hex(owned.model_id),
            "adapters": dict(listing.adapters),
            "gas": chain.ledger.as_json(),
            "gas_used": chain.ledger.gas_of(),
        }
    )


@app.command("run")
def run(
    listing: ListingOption,
    model: Annotated[Path, typer.Option(metavar="M.onnx", help="The predicate model. Secret.")],
    commit: CommitOption,
    corpus: CorpusOption,
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
    settle_blocks: Annotated[
        int, typer.Option(min=0, help="Blocks on top of a receipt before the key is revealed.")
    ] = 0,
    max_fee: MaxFeeOption = None,
    allow_fee_recipient: AllowOption = None,
    max_window: MaxWindowOption = MAX_STEP_S,
    json: JsonOption = None,
) -> None:
    """Serve one retrieval: check the offer, deposit, prove every batch, deliver, reveal the key, and withdraw.

    Killed at any point, the same command takes up the unfinished job where chain and journal say it stands. The journal
    holds the key of the documents until it is revealed: keep the state folder, and keep it private.
    """
    output = Output(json)
    way, chain = way_of(channel, listen, peer, output.say), Chain.connect(rpc)
    signer = account(chain, keystore, dev)
    secret, documents = read_secret_model(commit, read_bytes(model, "model")), read_corpus(corpus)
    listed = CorpusListing.from_bytes(read_bytes(listing, "listing"))
    if (listed.model, listed.corpus) != (secret.commitment, documents.commitment):
        raise InvalidInput(f"{listing} offers another model or corpus than {commit} and {corpus}; publish these")
    require_gas(chain, str(signer.address), listed.prices.token)
    with output.progress("check the listing") as stages:
        weights = public_weights(listed.model, model)
        checked = check_corpus(chain, listed, weights=weights, progress=stages.stage)
    mailbox = RespondersMailbox(way.offers_root(state), state, checked, str(signer.address))
    with guest_post(way, mailbox, signer, mailbox.domain, output.say) as post:
        job_id = parse_word(job, "--job") if job else mailbox.next(time.monotonic() + wait)
        output.say(f"job {to_hex(job_id)}")
        post.follow(job_id)
        party = Responder(
            checked,
            signer,
            state,
            post.root,
            Limits(margin_s=margin, prove_s=prove_s),
            output.say,
            model=secret,
            corpus=documents,
            job_id=job_id,
            settle_blocks=settle_blocks,
            prudence=prudence_of(max_fee, allow_fee_recipient, max_window),
        )
        settle(output, party, holdings(chain, party.terms.token, party.address))
