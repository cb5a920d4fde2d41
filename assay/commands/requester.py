"""``assay requester``: buy the documents of a listed corpus that satisfy a predicate, or a random sample of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from assay.accounts import DevOption, KeystoreOption, RpcOption, StateOption, account
from assay.commands.party import DAY_S, ModelOption, public_weights
from assay.commands.prove.retrieval import predicate_of
from assay.commands.retrieval_options import ListingOption, amount, holdings, require_gas, settle
from assay.output import JsonOption, Output, read_bytes
from assay.postbox.post import own_post
from assay.postbox.way import FolderOption, ListenOption, PeerOption, Way, way_of
from escrow.chain import Chain
from escrow.parties.corpus_check import check_corpus, task_of
from escrow.parties.corpus_listing import CorpusListing
from escrow.parties.requester import STAY_ONLINE, Requester
from escrow.parties.retrieval_terms import Wishes, retrieval_terms
from escrow.signers import LocalSigner
from proofs.predicate import Predicate
from protocols.accuracy.bounds import zero_failure_bound
from protocols.eip712 import Domain
from protocols.prudence import BURN
from protocols.retrieval.view import Limits

app = typer.Typer(no_args_is_help=True, help="Buy documents that satisfy a predicate, or audit a corpus.")
WindowOption = Annotated[int, typer.Option(min=1, help="Seconds each step may take.")]
ComplainOption = Annotated[
    int | None, typer.Option(min=1, help="Seconds for complaints once the key is there (default: --window).")
]
PriceOption = Annotated[int | None, typer.Option(min=0, help="Price of a document (default: the listing's).")]
DepositOption = Annotated[int | None, typer.Option(min=1, help="The responder's deposit (default: by the listing).")]
FeeOption = Annotated[int | None, typer.Option(min=0, help="Fee of each side (default: N*P/99 in ether, 0 in tokens).")]
RecipientOption = Annotated[str, typer.Option(help="Who gets the fees (default: burned).")]
NonceOption = Annotated[
    int | None, typer.Option(min=0, help="For a second job on equal terms (default: derived from the terms).")
]
PurposeOption = Annotated[str, typer.Option(help="What the predicate is meant to find, in words; nothing enforces it.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a requester works: output, chain, account, folder, way to the other side, and the listing it was given."""

    output: Output
    chain: Chain
    signer: LocalSigner
    state: Path
    way: Way
    listing: CorpusListing


@app.command("buy")
def buy(
    listing: ListingOption,
    cap: Annotated[int, typer.Option(min=1, help="Matches whose price you lock; more of them ask for a top-up.")],
    state: StateOption,
    rpc: RpcOption,
    channel: FolderOption = None,
    listen: ListenOption = None,
    peer: PeerOption = None,
    class_: Annotated[
        int | None, typer.Option("--class", metavar="C", help="Documents of this class; with --threshold: this output.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(metavar="T", help="Documents whose output C is at least T, equality included.")
    ] = None,
    top_up: Annotated[int, typer.Option(min=0, help="Most you pay for matches above --cap.")] = 0,
    purpose: PurposeOption = "",
    model: ModelOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    nonce: NonceOption = None,
    window: WindowOption = DAY_S,
    complain_window: ComplainOption = None,
    price: PriceOption = None,
    base_fee: Annotated[int | None, typer.Option(min=0, help="Due once all is proven (default: 2NZ).")] = None,
    deposit: DepositOption = None,
    fee: FeeOption = None,
    fee_recipient: RecipientOption = BURN,
    json: JsonOption = None,
) -> None:
    """Buy every document that satisfies the predicate: all of the corpus is searched, provably, and matches are paid.

    Killed at any point, the same command takes up the job where chain and journal say it stands; it never buys twice.
    Stay online: a fault nobody complains about in the complaint window is paid for.
    """
    output = Output(json)
    desk = _desk(output, way_of(channel, listen, peer, output.say), rpc, keystore, dev, listing, state)
    shape = desk.listing.model.format
    predicate = predicate_of(class_, threshold, shape.classes, shape.scale_bits)
    wishes = Wishes(
        cap=cap, window_s=window, complain_window_s=complain_window, price=price, base_fee=base_fee,
        deposit=deposit, fee=fee, fee_recipient=fee_recipient, nonce=nonce,
    )  # fmt: skip
    desk.output.say(f"documents with {predicate}")
    _play(desk, predicate, wishes, Limits(top_up_wei=top_up), purpose, model)


@app.command("audit")
def audit(
    listing: ListingOption,
    documents: Annotated[int, typer.Option("--documents", "-n", min=1, help="Random documents to draw and pay.")],
    state: StateOption,
    rpc: RpcOption,
    channel: FolderOption = None,
    listen: ListenOption = None,
    peer: PeerOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    nonce: NonceOption = None,
    window: WindowOption = DAY_S,
    complain_window: ComplainOption = None,
    price: PriceOption = None,
    base_fee: Annotated[int | None, typer.Option(min=0, help="Due once the sample is drawn.")] = None,
    deposit: DepositOption = None,
    fee: FeeOption = None,
    fee_recipient: RecipientOption = BURN,
    delta: Annotated[float, typer.Option(help="Error probability of the bound the audit gives.")] = 0.05,
    json: JsonOption = None,
) -> None:
    """Buy documents drawn by the chain, before saying what you are looking for: is the corpus what it is said to be?

    Nothing is proven in it; delivery, payment and complaints are those of every retrieval.
    """
    output = Output(json)
    desk = _desk(output, way_of(channel, listen, peer, output.say), rpc, keystore, dev, listing, state)
    wishes = Wishes(
        cap=documents, window_s=window, complain_window_s=complain_window, price=price, base_fee=base_fee,
        deposit=deposit, fee=fee, fee_recipient=fee_recipient, nonce=nonce,
    )  # fmt: skip
    share = zero_failure_bound(documents, delta)
    desk.output.say(
        f"{documents} random documents: if all of them are sound, at most {share:.2%} of the corpus is not, "
        f"with confidence {1 - delta:.0%}"
    )
    _play(desk, None, wishes, Limits(), "audit", None)


def _desk(
    output: Output, way: Way, rpc: str, keystore: Path | None, dev: int | None, listing: Path, state: Path
) -> Desk:
    chain = Chain.connect(rpc)
    signer = account(chain, keystore, dev)
    listed = CorpusListing.from_bytes(read_bytes(listing, "listing"))
    require_gas(chain, str(signer.address), listed.prices.token)
    return Desk(output, chain, signer, state, way, listed)


def _play(
    desk: Desk, predicate: Predicate | None, wishes: Wishes, limits: Limits, purpose: str, model: Path | None
) -> None:
    """Check what is listed, draw up the terms, and buy."""
    output, chain, listed = desk.output, desk.chain, desk.listing
    with output.progress("check the listing") as stages:
        tasks = () if predicate is None else (task_of(predicate),)
        weights = None if predicate is None else public_weights(listed.model, model)
        checked = check_corpus(chain, listed, tasks, weights=weights, progress=stages.stage)
    terms = retrieval_terms(checked, str(desk.signer.address), predicate, wishes)
    terms.check_against_escrow(checked.escrow.address, checked.escrow.min_window())
    output.say(f"nonce {terms.nonce}; {amount(terms.requester_funds, terms.token)} to lock")
    output.say(STAY_ONLINE)
    domain = Domain(chain.chain_id, checked.escrow.address)
    with own_post(desk.way, listed.responder, desk.signer, domain, desk.state, output.say) as post:
        party = Requester(
            checked,
            desk.signer,
            desk.state,
            post.root,
            limits,
            output.say,
            terms=terms,
            valid_until=chain.now() + wishes.window_s,
            purpose=purpose,
        )
        post.follow(party.job.job_id)
        settle(output, party, holdings(chain, terms.token, party.address))
