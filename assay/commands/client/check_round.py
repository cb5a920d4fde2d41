"""``assay client check-round``: have a whole round proven at once, and pay or contest accordingly."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.accounts import DevOption, KeystoreOption
from assay.commands.prediction_options import RoundListingOption
from assay.commands.serve import OptionalRpc, party_account
from assay.output import JsonOption, Output, read_bytes
from proofs.canonical import to_hex
from proofs.errors import AssayError, InvalidInput, RejectedProof

if TYPE_CHECKING:
    from assay.service.client import RoundClient
    from assay.service.round import Round
    from assay.service.round_proof.desk import Looked
    from proofs.sumcheck_backend.model_commitment import NetworkCommitment
    from protocols.predictions.machine import Contested

MARGIN_S = 360
"""Seconds before a round's end from which no proof is waited for: contests must still be mined."""


def check_round(
    url: Annotated[str, typer.Argument(metavar="URL", help="The provider's service.")],
    listing: RoundListingOption,
    network: Annotated[
        Path,
        typer.Option("--sumcheck-model", metavar="model.commit", help="The provider's commitment to the network."),
    ],
    state: Annotated[Path, typer.Option(metavar="DIR", help="Private folder of this round, as for `client ask`.")],
    job: Annotated[Path | None, typer.Option(metavar="ROUND", help="Round file (default: in the folder).")] = None,
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    rpc: OptionalRpc = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the proof.")] = 600.0,
    audit: Annotated[int, typer.Option(min=0, help="Answers drawn for contests where there is no usable proof.")] = 1,
    link: Annotated[
        int, typer.Option(min=0, help="Proven answers drawn for contests: they alone tie the two commitments.")
    ] = 1,
    disputes: Annotated[
        int | None, typer.Option(min=1, help="Most contests of answers the proof contradicts (default: all allowed).")
    ] = None,
    json: JsonOption = None,
) -> None:
    """Get one proof of a round's answers, verify it here, and sign for all of them or contest those it contradicts.

    Contests go to the file `assay client contest` reads. Without a usable proof all is as without this command: a
    receipt for what came, and contests drawn at random. Run again, it goes on: the draw is made once.
    """
    from assay.commands.sumcheck.mode import say_round_mode
    from assay.service.client import RoundClient
    from assay.service.client_record import ClientRecord
    from assay.service.round import Round
    from assay.service.round_proof.desk import RoundDesk
    from assay.service.round_proof.fetching import fetch_round_proof
    from proofs.sumcheck_backend.secret_network import read_network_commitment
    from protocols.predictions.round_decision import Release, Spending

    output, of = Output(json), Round.from_bytes(read_bytes(job or state / "round", "round", 1 << 20))
    account = party_account(of.domain.chain_id, rpc, keystore, dev)
    model = read_network_commitment(network)
    same_function(model, listing, of)
    left, contested = _on_chain(rpc, of)
    wait = wait if left is None else min(wait, max(0.0, left - MARGIN_S))
    record = ClientRecord(state, of)
    failure = None
    try:
        desk = RoundDesk(state, of, model, record)
        with output.progress("check the round") as stages:
            stages.stage("wait for the proof")
            looked = desk.look(
                lambda: fetch_round_proof(url, of, account, wait), Spending(audit=audit, link=link, disputes=disputes),
                contested,
            )  # fmt: skip
        if isinstance(looked.move, Release):
            failure = _sign(RoundClient(url, of, account, record), looked.move.answered)
    finally:
        record.close()
    _say(output, looked, state / "contests.json", link)
    say_round_mode(output, model)
    if failure is not None:
        raise failure
    output.document({"job_id": to_hex(of.job_id), "zero_knowledge": model.hiding, **_fields(looked)})


def _sign(client: RoundClient, answered: int) -> AssayError | None:
    """Give a receipt; why it was not taken, to be raised once the rest is said."""
    try:
        asyncio.run(client.send_receipt(answered))
    except AssayError as error:
        return error
    return None


def same_function(model: NetworkCommitment, listing: Path, of: Round) -> None:
    """Refuse a network whose graph is not the circuit this round's escrow verifies. Raises InvalidInput."""
    from assay.service.round_proof.checking import check_same_description
    from escrow.parties.predictions.listing import RoundListing, inference_circuit

    listed = RoundListing.from_bytes(read_bytes(listing, "listing"))
    if listed.model.model_id != of.terms.model_id:
        raise InvalidInput(f"{listing} lists another model than this round's; give the listing it was opened with")
    try:
        check_same_description(model, inference_circuit(listed.model).base)
    except RejectedProof as error:
        raise InvalidInput(f"a proof about this network says nothing about the round's answers: {error}") from None


def _on_chain(rpc: str | None, of: Round) -> tuple[float | None, tuple[Contested, ...]]:
    """Seconds left in the round, and what is contested; nothing known without a chain."""
    from escrow.chain import Chain
    from escrow.predictions import PredictionEscrow
    from protocols.predictions.machine import Contested

    if rpc is None:
        return None, ()
    chain = Chain.connect(rpc)
    escrow = PredictionEscrow(chain, of.domain.escrow)
    status = escrow.job(of.job_id)
    indices = escrow.contested_indices(of.job_id, 0, chain.block_number()) if status.contested else []
    seen = [(index, escrow.contest_of(of.job_id, index)) for index in indices]
    found = tuple(Contested(index, one.h, one.outputs_hash, one.proven) for index, one in seen)
    return float(status.round_end - chain.now()), found


def _say(output: Output, looked: Looked, path: Path, link: int) -> None:
    from protocols.predictions.round_decision import Dispute, Proven, Release

    proven = len(looked.verdict.outputs) if isinstance(looked.verdict, Proven) else 0
    if isinstance(looked.move, Dispute):
        output.say(f"the proof contradicts signed answers: contest {list(looked.move.indices)}", "red")
        if looked.move.left_out:
            output.say(f"{looked.move.left_out} more contradicted answers are left out", "yellow")
    elif isinstance(looked.move, Release):
        colour = "green" if proven else "yellow"
        output.say(f"{proven} answers proven; receipt over {looked.move.answered}: {looked.move.why}", colour)
        if proven and not link:
            output.say("nothing in this round ties the proof's commitment to the escrow's (--link 0)", "yellow")
    if looked.contests:
        output.say(f"{path}: {len(looked.contests)} answers to contest")


def _fields(looked: Looked) -> dict[str, object]:
    from protocols.predictions.round_decision import Dispute, Proven, Release

    verdict, move = looked.verdict, looked.move
    return {
        "verdict": "accepted" if isinstance(verdict, Proven) else "unusable",
        "why": verdict.why if not isinstance(verdict, Proven) else None,
        "proven": len(verdict.outputs) if isinstance(verdict, Proven) else 0,
        "receipt": move.answered if isinstance(move, Release) else None,
        "contradicted": list(move.indices) if isinstance(move, Dispute) else [],
        "contests": list(looked.contests),
    }
