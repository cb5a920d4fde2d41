"""``assay report``: one self-contained HTML page about a proof, an exchange on a chain, or both."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assay.output import JsonOption, Output
from assay.places import require_places
from assay.scales import AlphaOption, BetasOption, RangeOption
from assay.words import parse_word
from proofs.canonical import to_hex
from proofs.errors import InvalidInput, RejectedProof
from proofs.files import write_atomic

if TYPE_CHECKING:
    from assay.report.exchange import Exchange
    from assay.report.timings import Timings
    from assay.report.verdicts import Examined


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("report")(report)


def report(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="report.html", help="The page.")],
    proofs: Annotated[list[Path] | None, typer.Argument(metavar="[proof.assay...]")] = None,
    commit: Annotated[
        Path | None, typer.Option(metavar="model.commit", help="The model's commitment, as for `assay verify`.")
    ] = None,
    data_commit: Annotated[Path | None, typer.Option(help="The committed data, as for `assay verify`.")] = None,
    data: Annotated[Path | None, typer.Option(metavar="DATA.npz", help="Public data, as for `assay verify`.")] = None,
    model: Annotated[Path | None, typer.Option(metavar="M.onnx", help="The model, as for `assay verify`.")] = None,
    context: Annotated[str | None, typer.Option(help="32 bytes of hex, as for `assay verify`.")] = None,
    alpha: AlphaOption = None,
    betas: BetasOption = None,
    input_range: RangeOption = None,
    rpc: Annotated[str | None, typer.Option("--rpc", metavar="URL", help="JSON-RPC address of the chain.")] = None,
    escrow: Annotated[str | None, typer.Option(metavar="ADDR", help="The escrow, of any kind.")] = None,
    job: Annotated[str | None, typer.Option(metavar="ID", help="The job: 32 bytes of hex.")] = None,
    listing: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What was offered; its commitments serve for the proof.")
    ] = None,
    since_block: Annotated[int, typer.Option(min=0, help="First block to read, not after the job's opening.")] = 0,
    block: Annotated[int | None, typer.Option(min=0, help="Last block to read (default: the latest).")] = None,
    prove_json: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The prover's `prove --json`: its seconds are shown as its word."),
    ] = None,
    stamp: Annotated[
        bool, typer.Option("--stamp", help="Say when the page was made and how long verifying took.")
    ] = False,
    json: JsonOption = None,
) -> None:
    """Write report.html: what a proof shows, what an exchange paid, and who could still lie. Exit codes as verify.

    A proof is verified as by `assay verify`; a rejected one gives a page that says so. An exchange is played again by
    the rules; where the chain did something else the page says so, and the exit code is 2.
    """
    require_places([*(proofs or ()), commit, data_commit, data, model, listing, prove_json], [out], json)
    place = _place(rpc, escrow, job)
    if not proofs and place is None:
        raise InvalidInput("name a proof, or an exchange by --rpc, --escrow and --job, or both")
    from assay.commands.verify import Trusted
    from assay.report.listed import reading_listing
    from assay.report.timings import read_timings
    from assay.report.verdicts import examine

    timings = read_timings(prove_json, stamp)
    given = Trusted(commit, data_commit, data, model, context, alpha, betas, input_range)
    with reading_listing(listing) as offered:
        exchange = None if place is None else _read(*place, since_block, block)
        if exchange is not None:
            offered.require(exchange)
        trusted = offered.completed(given)
        examined = [examine(proof, trusted) for proof in proofs or ()]
    page = _page(examined, exchange, timings)
    write_atomic(out, page)
    _finish(Output(json), out, page, examined, exchange)


def _place(rpc: str | None, escrow: str | None, job: str | None) -> tuple[str, str, bytes] | None:
    """Where the exchange is, if one is named. Raises InvalidInput where only a part of the place is."""
    if rpc is None and escrow is None and job is None:
        return None
    if rpc is None or escrow is None or job is None:
        raise InvalidInput("an exchange is named by all of --rpc, --escrow and --job")
    return rpc, escrow, parse_word(job, "--job")


def _read(rpc: str, escrow: str, job: bytes, since_block: int, block: int | None) -> Exchange:
    from assay.report.exchange import read_exchange
    from escrow.chain import Chain

    return read_exchange(Chain.connect(rpc), escrow, job, since_block, block)


def _page(examined: list[Examined], exchange: Exchange | None, timings: Timings) -> bytes:
    from assay.report.compose import compose
    from assay.report.page import render

    made = datetime.now(UTC).strftime("Made on %Y-%m-%d at %H:%M:%S UTC.") if timings.stamped else ""
    return render(compose(examined, exchange, timings, made))


def _finish(output: Output, out: Path, page: bytes, examined: list[Examined], exchange: Exchange | None) -> None:
    """Say what the page says; a rejected proof, or a chain that broke the rules, ends the command as `verify` would."""
    from assay.report.tie import bound_to_job

    digest = hashlib.sha256(page).hexdigest()
    output.say(f"{out}: {len(page)} bytes, sha-256 {digest}")
    if exchange is not None and exchange.disagreements:
        raise RejectedProof("exchange", "; ".join(check.name for check in exchange.disagreements))
    for found in examined:
        if found.failure is not None:
            raise found.failure
    loose = [found for found in examined if exchange is not None and not bound_to_job(found, exchange)]
    if loose:
        names = ", ".join(found.files[0].name for found in loose)
        raise RejectedProof("bound_to_job", f"accepted, but not about this job: {names}; leave it out of this page")
    verdict = "accepted" if exchange is None or exchange.ended else "running"
    fields: dict[str, object] = {"verdict": verdict, "report": str(out), "report_sha256": digest}
    if exchange is not None:
        fields |= {"job_id": to_hex(exchange.job_id), "state": exchange.reading.status.state.name}
    if examined:
        tied = {} if exchange is None else {"bound_to_job": True}
        fields |= {"proofs": [{**found.facts, **tied} for found in examined]}
    output.document(fields)
