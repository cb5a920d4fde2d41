"""``assay client ask``: ask the questions of a prediction round and check every answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.accounts import DevOption, KeystoreOption
from assay.commands.serve import OptionalRpc, party_account
from assay.output import JsonOption, Output, read_bytes
from proofs.canonical import to_hex
from proofs.commitment.secret_files import read_arrays
from proofs.errors import AssayError, InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from eth_account.signers.local import LocalAccount
    from numpy.typing import NDArray

    from assay.service.client_record import ClientRecord
    from assay.service.round import Round
    from proofs.integer import IntegerModel

GROUP = 16


def ask(
    url: Annotated[str, typer.Argument(metavar="URL", help="The provider's service.")],
    job: Annotated[Path, typer.Option(metavar="ROUND", help="Round file agreed with the provider.")],
    data: Annotated[Path, typer.Option(metavar="X.npz", help="Array x: one input per row. Secret of the two sides.")],
    state: Annotated[Path, typer.Option(metavar="DIR", help="Private folder of this round: questions and answers.")],
    keystore: KeystoreOption = None,
    dev: DevOption = None,
    rpc: OptionalRpc = None,
    contest: Annotated[str | None, typer.Option(metavar="I,J", help="Contest these answers.")] = None,
    fraction: Annotated[
        float | None, typer.Option("--contest-fraction", help="Contest a random part of the answers.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="M.onnx", help="Own copy of the model: answers it contradicts are contested.")
    ] = None,
    evidence: Annotated[Path | None, typer.Option(help="Where contested answers go (default: in the folder).")] = None,
    group: Annotated[int, typer.Option(min=1, help="Questions to a receipt.")] = GROUP,
    hold: Annotated[
        bool, typer.Option("--hold-receipts", help="Sign for nothing yet: `client check-round` does. Needs credit.")
    ] = False,
    network: Annotated[
        Path | None,
        typer.Option(
            "--sumcheck-model",
            metavar="model.commit",
            help="The round computes this integer network: x is rounded to the integers it reads.",
        ),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Ask every input once, check hash, index, outputs and signature of each answer, and sign receipts.

    Interrupted, the same command goes on: the same questions with the same salts. Contests go to a file, from which
    `assay client contest` puts them on the chain.
    """
    from assay.service.client_record import ClientRecord
    from assay.service.contests import write_contests
    from assay.service.questions import quantise
    from assay.service.round import Round
    from assay.service.selection import check_named, parse_indices, part_of

    if contest is not None and fraction is not None:
        raise InvalidInput("give --contest or --contest-fraction, not both")
    output, of = Output(json), Round.from_bytes(read_bytes(job, "round", 1 << 20))
    account = party_account(of.domain.chain_id, rpc, keystore, dev)
    x = read_arrays(data, {"x"}, "data")["x"]
    raw = quantise(of.view, x if network is None else network_inputs(output, network, of, x))
    named = parse_indices(contest) if contest is not None else []
    check_named(named, len(raw), of.terms.contests)
    part_of(0, 1.0 if fraction is None else fraction)  # refused now, as a bad copy of the model is: not after asking
    own = own_model(model, of) if model is not None else None
    record = ClientRecord(state, of)
    try:
        record.put_questions(raw)
        failure = _ask_all(url, of, account, record, output, group, not hold)
        answers = record.answers()
        contradicted = _contradicted(own, record, output)
        chosen = _choose(output, of, sorted(answers), named, contradicted, fraction)
    finally:
        record.close()
    path = evidence or state / "contests.json"
    write_contests(path, of.job_id, [answers[index] for index in chosen])
    output.say(f"{len(answers)} answers, each signed for its input" + ("" if failure or hold else "; receipt given"))
    if chosen:
        output.say(f"{path}: {len(chosen)} answers to contest")
    if failure is not None:
        raise failure
    classes = [item.outputs.index(max(item.outputs)) for item in answers.values()]
    contests = str(path) if chosen else None
    fields = {"job_id": to_hex(of.job_id), "answered": len(answers), "classes": classes, "contests": contests}
    output.document({**fields, "contradicted": contradicted})


def network_inputs(output: Output, path: Path, of: Round, x: NDArray[np.generic]) -> NDArray[np.int16]:
    """Real inputs as the integers a committed network reads; says how many were clamped. Raises InvalidInput."""
    from assay.service.round_proof.examples import check_inputs
    from proofs.sumcheck_backend.secret_network import read_network_commitment

    model = read_network_commitment(path)
    check_inputs(model, of.view)
    integers, clamped = model.format.quantise(x)
    if clamped:
        output.say(f"{clamped} input values were clamped to the network's range", "yellow")
    return integers


def _ask_all(
    url: str, of: Round, account: LocalAccount, record: ClientRecord, output: Output, group: int, receipts: bool
) -> AssayError | None:
    """Ask what has no answer; what went wrong, to be raised once contests are written."""
    from assay.service.client import RoundClient

    total = len(record.questions())
    with output.progress("ask", total) as stages:
        asking = RoundClient(url, of, account, record, lambda done: stages.batch(done, total))
        try:
            asyncio.run(asking.ask_all(group, receipts=receipts))
        except AssayError as error:
            return error
    return None


def own_model(model: Path, of: Round) -> IntegerModel:
    """The client's own copy of the round's model. Raises InvalidInput: it takes other inputs."""
    from proofs.integer import IntegerModel
    from proofs.integer.limits import MAX_VALUE

    own = IntegerModel.compile_onnx(read_bytes(model, "model"), of.view.scale_bits, MAX_VALUE)
    if own.shape != of.view.shape:
        raise InvalidInput(f"{model} takes inputs of shape {own.shape}, the round's have {of.view.shape}")
    return own


def _contradicted(own: IntegerModel | None, record: ClientRecord, output: Output) -> list[int]:
    """Indices whose outputs the client's own copy of the model, if it has one, does not give; said if there are any."""
    from assay.service.selection import mismatches

    found = [] if own is None else mismatches(own, record.questions(), record.answers())
    if found:
        output.say(f"your copy of the model contradicts {len(found)} answers: {found[:10]}", "red")
    return found


def _choose(
    output: Output, of: Round, answered: list[int], named: list[int], contradicted: list[int], fraction: float | None
) -> tuple[int, ...]:
    """Indices to contest; says where the round allows fewer than wanted."""
    from assay.service.selection import choose

    choice = choose(answered, named, contradicted, fraction, of.terms.contests)
    if choice.left_out:
        output.say(f"the round allows {of.terms.contests} contests: {choice.left_out} more are left out", "yellow")
    silent = sorted(set(named) - set(answered))
    if silent:
        output.say(f"there is no answer to contest at {silent}", "yellow")
    return choice.indices
