"""The accuracy part of the demo: set the stage, play every game, show what everybody got."""

from __future__ import annotations

import time

from assay.demo.accuracy.scenarios import Outcome, play_all
from assay.demo.accuracy.stage import set_stage
from assay.demo.figures import machine, milli
from assay.demo.material import digits
from assay.output import Output, Stages
from proofs.errors import InvalidInput
from proofs.intervals import proven_interval

# Beyond the honest audit: one proof each by the lazy, tampering and swapping sellers; two that the silent one promises.
SPARE_PROOFS = 8
COLUMNS = ["what happened", "ending", "refused by", "seller", "buyer", "gas", "time"]


def play(output: Output, stages: Stages, examples: int, quiet: bool) -> dict[str, object]:
    """Play the audit; returns the document for scripts, ``verdict`` ``ok`` or ``mismatch``.

    Args:
        examples: committed images in the honest audit, a multiple of 8 from 16 to 320.
    """
    require_examples(examples)
    began = time.monotonic()
    say = (lambda text: None) if quiet else output.say
    with set_stage(digits(examples), examples // 8 + SPARE_PROOFS, stages.stage) as stage:
        digest = stage.checked.description.srs_digest.hex()[:16]
        say(f"reference string made on this machine: INSECURE, for tests only (sha-256 {digest}...)")
        ready_s = time.monotonic() - began
        outcomes = play_all(stage, say, stages.batch)
        gas = stage.chain.ledger.by_step()
    return _report(output, outcomes, ready_s, time.monotonic() - began, gas)


def require_examples(examples: int) -> None:
    """Raises InvalidInput: a number of images that ``play`` does not take."""
    if examples % 8 or not 16 <= examples <= 320:
        raise InvalidInput(f"--examples {examples}: a multiple of 8 between 16 and 320")


def _report(
    output: Output, outcomes: list[Outcome], ready_s: float, total_s: float, gas: dict[str, list[int]]
) -> dict[str, object]:
    output.table("accuracy: pay-offs in milli-ether, gas left out", COLUMNS, [_row(outcome) for outcome in outcomes])
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
    return {
        "verdict": "ok" if promised == len(outcomes) else "mismatch",
        "paths": [outcome.to_json() for outcome in outcomes],
        "interval": [low, high],
        "setup_s": round(ready_s, 1),
        "total_s": round(total_s, 1),
        "gas_by_step": gas,
        "machine": machine(),
        "srs": "insecure",
    }


def _row(outcome: Outcome) -> list[str]:
    ending = outcome.ending + (f" {outcome.correct}/{outcome.total}" if outcome.correct else "")
    return [
        outcome.name,
        ending,
        outcome.refused_by or "-",
        milli(outcome.seller_wei),
        milli(outcome.buyer_wei),
        f"{outcome.gas_used / 1e6:.2f}M",
        f"{outcome.seconds:.0f} s",
    ]
