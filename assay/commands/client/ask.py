"""``assay client ask``: ask the questions of a prediction round and check every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.accounts import DevOption, KeystoreOption
from assay.commands.serve import OptionalRpc, party_account
from assay.output import JsonOption, Output, read_bytes
from proofs.canonical import to_hex
from proofs.commitment.secret_files import read_arrays
from proofs.errors import InvalidInput
from proofs.files import write_atomic

if TYPE_CHECKING:
    from assay.service.client_record import ClientRecord
    from assay.service.round import Round
    from proofs.integer import IntegerModel
    from protocols.predictions.answers import SignedAnswer

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
    json: JsonOption = None,
) -> None:
    """Ask every input once, check hash, index, outputs and signature of each answer, and sign receipts.

    Interrupted, the same command goes on: the same questions with the same salts. Contests go to a file, from which
    `assay client contest` puts them on the chain.
    """
    from assay.service.client import RoundClient
    from assay.service.client_record import ClientRecord
    from assay.service.round import Round
    from assay.service.selection import parse_indices, sample

    if contest is not None and fraction is not None:
        raise InvalidInput("give --contest or --contest-fraction, not both")
    output, of = Output(json), Round.from_bytes(read_bytes(job, "round", 1 << 20))
    account = party_account(of.domain.chain_id, rpc, keystore, dev)
    raw = of.view.quantise(read_arrays(data, {"x"}, "data")["x"])
    record = ClientRecord(state, of)
    try:
        with output.progress("ask", len(raw)) as stages:
            record.put_questions(raw)
            asking = RoundClient(url, of, account, record, lambda done: stages.batch(done, len(raw)))
            asyncio.run(asking.ask_all(group))
        answers = record.answers()
        contradicted = _contradicted(model, of, record) if model is not None else []
        named = parse_indices(contest) if contest is not None else []
        drawn = sample(sorted(answers), fraction) if fraction is not None else []
        path = evidence or state / "contests.json"
        count = _write_evidence(path, of, answers, named, [*contradicted, *drawn])
    finally:
        record.close()
    output.say(f"{len(answers)} answers, each signed for its input; receipt given")
    if contradicted:
        output.say(f"your copy of the model contradicts {len(contradicted)} of them: {contradicted[:10]}", "red")
    if count:
        output.say(f"{path}: {count} answers to contest")
    output.document(
        {
            "job_id": to_hex(of.job_id),
            "answered": len(answers),
            "classes": [item.outputs.index(max(item.outputs)) for item in answers.values()],
            "contradicted": contradicted,
            "contests": str(path) if count else None,
        }
    )


def own_model(model: Path, of: Round) -> IntegerModel:
    """The client's own copy of the round's model. Raises InvalidInput: it takes other inputs."""
    from proofs.integer import IntegerModel
    from proofs.integer.limits import MAX_VALUE

    own = IntegerModel.compile_onnx(read_bytes(model, "model"), of.view.scale_bits, MAX_VALUE)
    if own.shape != of.view.shape:
        raise InvalidInput(f"{model} takes inputs of shape {own.shape}, the round's have {of.view.shape}")
    return own


def _contradicted(model: Path, of: Round, record: ClientRecord) -> list[int]:
    """Indices whose outputs the client's own copy of the model does not give."""
    from assay.service.selection import mismatches

    return mismatches(own_model(model, of), record.questions(), record.answers())


def _write_evidence(
    path: Path, of: Round, answers: Mapping[int, SignedAnswer], named: list[int], found: list[int]
) -> int:
    """Write the answers to contest for the escrow, those found as far as the round allows; returns how many."""
    from assay.service.contests import Evidence
    from assay.service.selection import bounded

    chosen = bounded(named, answers, of.terms.contests)
    others = [answers[index] for index in dict.fromkeys(found) if index not in named]
    chosen += others[: of.terms.contests - len(chosen)]
    if chosen:
        write_atomic(path, Evidence(of.job_id, tuple(chosen)).to_bytes())
    return len(chosen)
