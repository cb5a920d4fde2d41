"""``assay demo``: the whole exchange on a local chain."""

from __future__ import annotations

import platform
import time
from typing import Annotated

import psutil
import typer

from assay.demo.material import AUDITED, digits
from assay.demo.scenarios import Outcome, play_all
from assay.demo.stage import set_stage
from assay.output import JsonOption, Output
from proofs.errors import InvalidInput
from proofs.intervals import proven_interval

# Beyond the honest audit: one proof each by the lazy, tampering and swapping sellers; two that the silent one promises.
SPARE_PROOFS = 8
PROTOCOLS = ("accuracy",)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("demo")(demo)


def demo(
    protocol: Annotated[str, typer.Argument(metavar="[accuracy]", help="Which exchange to play.")] = "accuracy",
    examples: Annotated[int, typer.Option(help="Committed images in the honest audit, a multiple of 8.")] = AUDITED,
    quiet: Annotated[bool, typer.Option(help="Only the closing table.")] = False,
    json: JsonOption = None,
) -> None:
    """Play an audit on a local chain: an honest seller is paid; six other games end in a slash, refund or cancel."""
    if protocol not in PROTOCOLS:
        raise InvalidInput(f"demo '{protocol}' is not available; choose from {', '.join(PROTOCOLS)}")
    if examples % 8 or not 16 <= examples <= 320:
        raise InvalidInput(f"--examples {examples}: a multiple of 8 between 16 and 320")
    output, began = Output(json), time.monotonic()
    say = (lambda text: None) if quiet else output.say
    with (
        output.progress("demo") as stages,
        set_stage(digits(examples), examples // 8 + SPARE_PROOFS, stages.stage) as stage,
    ):
        say(
            f"reference string made on this machine: INSECURE, for tests only (sha-256 "
            f"{stage.checked.description.srs_digest.hex()[:16]}...)"
        )
        ready_s = time.monotonic() - began
        outcomes = play_all(stage, say, stages.batch)
        deployment_gas = stage.chain.ledger.by_step()
    _report(output, outcomes, ready_s, time.monotonic() - began, deployment_gas)
    if not all(outcome.as_promised for outcome in outcomes):
        raise typer.Exit(1)


def _report(output: Output, outcomes: list[Outcome], ready_s: float, total_s: float, gas: dict[str, list[int]]) -> None:
    columns = ["what happened", "ending", "refused by", "seller", "buyer", "gas", "time"]
    output.table("pay-offs in milli-ether, gas left out", columns, [_row(outcome) for outcome in outcomes])
    promised = sum(outcome.as_promised for outcome in outcomes)
    output.say(f"{promised} of {len(outcomes)} pay-offs are exactly those of the pure state machine")
    honest = outcomes[0]
    low, high = proven_interval(honest.correct, honest.total, honest.complete)
    output.say(
        f"{honest.correct} of {honest.total} proven: between {low:.1%} and {high:.1%} with 95% confidence. "
        f"{honest.total} images tell about +-{(high - low) / 2:.0%} at this score (up to +-13% near one half; "
        "+-15% by Hoeffding, whatever the score); 600 tell +-5%"
    )
    output.say(f"{total_s:.0f} s in all, {ready_s:.0f} s of it to set up; {machine()}")
    output.document(
        {
            "verdict": "ok" if all(o.as_promised for o in outcomes) else "mismatch",
            "paths": [o.to_json() for o in outcomes],
            "interval": [low, high],
            "setup_s": round(ready_s, 1),
            "total_s": round(total_s, 1),
            "gas_by_step": gas,
            "machine": machine(),
            "srs": "insecure",
        }
    )


def _row(outcome: Outcome) -> list[str]:
    ending = outcome.ending + (f" {outcome.correct}/{outcome.total}" if outcome.correct else "")
    return [
        outcome.name,
        ending,
        outcome.refused_by or "-",
        _milli(outcome.seller_wei),
        _milli(outcome.buyer_wei),
        f"{outcome.gas_used / 1e6:.2f}M",
        f"{outcome.seconds:.0f} s",
    ]


def _milli(wei: int) -> str:
    """Wei in thousandths of an ether, signed, four digits after the point."""
    return f"{wei / 10**15:+.4f}" if wei else "0"


def machine() -> str:
    """The machine, for figures."""
    return (
        f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GB, Python {platform.python_version()}"
    )
