"""``assay client open``, ``contest`` and ``settle``: the chain side of a round, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.accounts import ChannelOption, DevOption, KeystoreOption, RpcOption
from assay.commands.client.desk import (
    AcceptWindowOption,
    BetaOption,
    ContestsOption,
    Desk,
    FeeOption,
    NonceOption,
    PriceOption,
    ProveWindowOption,
    RecipientOption,
    RoundFolderOption,
    WindowOption,
)
from assay.commands.party import DAY_S, ModelOption
from assay.commands.prediction_options import MarginOption, RoundListingOption, play
from assay.output import JsonOption, read_bytes
from escrow.parties.predictions.round_terms import RoundWishes
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from protocols.predictions.events import State
from protocols.predictions.terms import MAX_ROUND, MIN_BETA
from protocols.predictions.view import Limits
from protocols.prudence import BURN

if TYPE_CHECKING:
    from assay.service.round import Round


def open_round(
    listing: RoundListingOption,
    round_: Annotated[int, typer.Option("--round", min=1, max=MAX_ROUND, help="K, questions of the round.")],
    channel: ChannelOption,
    state: RoundFolderOption,
    rpc: RpcOption,
    contests: ContestsOption = 1,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="ROUND", help="A second copy of the round file, to hand on.")
    ] = None,
    model: ModelOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    nonce: NonceOption = None,
    window: WindowOption = DAY_S,
    prove_window: ProveWindowOption = None,
    accept_window: AcceptWindowOption = None,
    beta: BetaOption = MIN_BETA,
    price: PriceOption = None,
    fee: FeeOption = None,
    fee_recipient: RecipientOption = BURN,
    json: JsonOption = None,
) -> None:
    """Check the provider's contracts, offer, lock the funds, and wait until the provider has accepted.

    Killed at any point, the same command takes up the job where chain and journal say it stands; it never opens twice.
    """
    from assay.service.asking import KeptAnswers
    from assay.service.client_record import ClientRecord

    desk = Desk.open(json, rpc, keystore, dev, listing, state, channel, model)
    wishes = RoundWishes(
        round=round_, contests=contests, round_window_s=window, prove_window_s=prove_window,
        accept_window_s=accept_window, beta=beta, price=price, fee=fee, fee_recipient=fee_recipient, nonce=nonce,
    )  # fmt: skip
    of = desk.new_round(wishes)
    if out is not None:
        write_atomic(out, of.to_bytes())
    record = ClientRecord(state, of)
    try:
        party = desk.party(of, KeptAnswers(record), 0, Limits(audit=0))
        reached = play(desk.output, party, lambda: party.escrow.job(of.job_id).state is State.SERVING)
    finally:
        record.close()
    if reached is State.SERVING:
        desk.output.say(f"ask with: assay client ask URL --job {state / 'round'} --state {state}", "green")


def contest(
    listing: RoundListingOption,
    channel: ChannelOption,
    state: RoundFolderOption,
    rpc: RpcOption,
    evidence: Annotated[
        Path | None, typer.Option(help="As `assay client ask` wrote it (default: in the folder).")
    ] = None,
    model: ModelOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    margin: MarginOption = 60,
    json: JsonOption = None,
) -> None:
    """Put the answers of a file of contests on the chain, each with the provider's signature."""
    from assay.service.asking import KeptAnswers
    from assay.service.client_record import ClientRecord
    from assay.service.contests import Evidence

    desk = Desk.open(json, rpc, keystore, dev, listing, state, channel, model)
    of = desk.known_round()
    found = Evidence.from_bytes(read_bytes(evidence or state / "contests.json", "contests"))
    if found.job_id != of.job_id:
        raise InvalidInput("these contests are another round's; give the file this round's `assay client ask` wrote")
    wanted = [item.answer.index for item in found.answers]
    record = ClientRecord(state, of)
    try:
        party = desk.party(of, KeptAnswers(record, named=wanted), 0, Limits(audit=0, margin_s=margin))
        play(desk.output, party, lambda: not _contestable(desk, of, wanted, margin))
    finally:
        record.close()
    left = _uncontested(desk, of, wanted)
    if left:
        raise InvalidInput(f"answers {left} are not contested: the round is over, or its contests are used up")
    desk.output.say(f"contested: {wanted}; the provider has until the prove end")


def settle(
    listing: RoundListingOption,
    channel: ChannelOption,
    state: RoundFolderOption,
    rpc: RpcOption,
    model: ModelOption = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    json: JsonOption = None,
) -> None:
    """Wait for the round's end, end it if the provider does not, and withdraw what is yours."""
    from assay.service.asking import KeptAnswers
    from assay.service.client_record import ClientRecord

    desk = Desk.open(json, rpc, keystore, dev, listing, state, channel, model)
    of = desk.known_round()
    record = ClientRecord(state, of)
    try:
        play(desk.output, desk.party(of, KeptAnswers(record), 0, Limits(audit=0)))
    finally:
        record.close()


def _contestable(desk: Desk, of: Round, wanted: list[int], margin: int) -> bool:
    """Whether another of these answers can be contested now."""
    status = desk.checked.escrow.job(of.job_id)
    running = status.state is State.SERVING and desk.chain.now() < status.round_end - margin
    return running and status.contested < of.terms.contests and bool(_uncontested(desk, of, wanted))


def _uncontested(desk: Desk, of: Round, wanted: list[int]) -> list[int]:
    return [index for index in wanted if not desk.checked.escrow.contest_of(of.job_id, index).contested]
