"""``assay client run``: a whole round of predictions, from the offer to the withdrawal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assay.accounts import ChannelOption, DevOption, KeystoreOption, RpcOption
from assay.commands.client.ask import own_model
from assay.commands.client.desk import (
    AcceptWindowOption,
    BetaOption,
    Desk,
    FeeOption,
    NonceOption,
    PriceOption,
    ProveWindowOption,
    RecipientOption,
    RoundFolderOption,
    WindowOption,
)
from assay.commands.party import DAY_S
from assay.commands.prediction_options import MarginOption, RoundListingOption, play
from assay.output import JsonOption
from escrow.parties.predictions.client import GROUP
from escrow.parties.predictions.round_terms import RoundWishes
from proofs.commitment.secret_files import read_arrays
from protocols.predictions.terms import MAX_ROUND, MIN_BETA
from protocols.predictions.view import Limits
from protocols.prudence import BURN


def run(
    url: Annotated[str, typer.Argument(metavar="URL", help="The provider's service.")],
    listing: RoundListingOption,
    data: Annotated[Path, typer.Option(metavar="X.npz", help="Array x: one input per row. Secret of the two sides.")],
    channel: ChannelOption,
    state: RoundFolderOption,
    rpc: RpcOption,
    audit: Annotated[int, typer.Option(min=0, help="Answers drawn at random and contested.")] = 1,
    contests: Annotated[
        int | None,
        typer.Option(min=1, max=MAX_ROUND, help="K1, most answers you may contest (default: those named and drawn)."),
    ] = None,
    named: Annotated[str | None, typer.Option("--contest", metavar="I,J", help="Contest these answers too.")] = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="M.onnx", help="Own copy of the model: answers it contradicts are contested first."),
    ] = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    nonce: NonceOption = None,
    group: Annotated[int, typer.Option(min=1, help="Most questions to a receipt.")] = GROUP,
    window: WindowOption = DAY_S,
    prove_window: ProveWindowOption = None,
    accept_window: AcceptWindowOption = None,
    beta: BetaOption = MIN_BETA,
    price: PriceOption = None,
    fee: FeeOption = None,
    fee_recipient: RecipientOption = BURN,
    margin: MarginOption = 60,
    contest_s: Annotated[
        int, typer.Option(min=0, help="Seconds kept for contests: no question is asked in them.")
    ] = Limits().contest_s,
    json: JsonOption = None,
) -> None:
    """Buy one round: check the contracts, lock the funds, ask, sign receipts, contest, and take what the ending gives.

    Killed at any point, the same command takes up the round where chain, journal and record say it stands; it never
    buys twice.
    """
    from assay.service.asking import HttpQuestions
    from assay.service.client_record import ClientRecord
    from assay.service.questions import quantise
    from assay.service.selection import parse_indices

    desk = Desk.open(json, rpc, keystore, dev, listing, state, channel, model)
    raw = quantise(desk.checked.view, read_arrays(data, {"x"}, "data")["x"])
    suspects = parse_indices(named) if named is not None else []
    wishes = RoundWishes(
        round=len(raw), contests=contests or max(audit + len(suspects), 1), round_window_s=window,
        prove_window_s=prove_window, accept_window_s=accept_window, beta=beta, price=price, fee=fee,
        fee_recipient=fee_recipient, nonce=nonce,
    )  # fmt: skip
    of = desk.new_round(wishes)
    own = own_model(model, of) if model is not None else None
    record = ClientRecord(state, of)
    try:
        record.put_questions(raw)
        asking = HttpQuestions(url, of, desk.signer.account, record, own, suspects)
        limits = Limits(margin_s=margin, contest_s=contest_s, audit=audit)
        play(desk.output, desk.party(of, asking, len(raw), limits, group))
        desk.output.say(f"{len(record.answered())} of {len(raw)} questions answered; answers in {state}")
    finally:
        record.close()
