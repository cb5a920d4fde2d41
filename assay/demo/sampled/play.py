"""The demo of the audit with a sample: set the stage, play every game, show what everybody got."""

from __future__ import annotations

import time

from assay.demo.accuracy.scenarios import Outcome
from assay.demo.figures import machine, milli
from assay.demo.material import digits
from assay.demo.sampled.games import SMALL, SMALL_SAMPLE, play_all
from assay.demo.sampled.stage import set_stage
from assay.output import Output, Stages
from proofs.errors import InvalidInput
from proofs.intervals import proven_interval
from protocols.sampled.events import State

SPARE_PROOFS = 2 * (SMALL - SMALL_SAMPLE) // 8 + 4
"""Beyond the honest audit: what the game with the key on chain proves, and what others reserve."""
LEAST, LEAST_SAMPLE = 32, 16
"""Committed images, and images shown: of a smaller sample the seller forgives no wrong answer."""
COMPLETED = State.COMPLETED.name.lower()
COLUMNS = ["what happened", "ending", "seller", "buyer", "gas", "time"]


def play(output: Output, stages: Stages, examples: int, quiet: bool) -> dict[str, object]:
    """Play the audit; returns the document for scripts, ``verdict`` ``ok`` or ``mismatch``.

    Args:
        examples: committed images in the honest audit, a multiple of 8 from 32 to 320; a quarter of them, in whole
            batches and at least 16, is shown beforehand.

    Raises:
        InvalidInput: fewer.
    """
    require_sampled(examples)
    began = time.monotonic()
    sample = max(LEAST_SAMPLE, examples // 4 // 8 * 8)
    say = (lambda text: None) if quiet else output.say
    with set_stage(digits(examples), (examples - sample) // 8 + SPARE_PROOFS, stages.stage) as stage:
        ready_s = time.monotonic() - began
        outcomes = play_all(stage, sample, say, stages.batch)
        gas = stage.chain.ledger.by_step()
    return _report(output, outcomes, ready_s, time.monotonic() - began, gas)


def require_sampled(examples: int) -> None:
    """Raises InvalidInput: too few images for ``play``."""
    if examples < LEAST:
        raise InvalidInput(f"--examples {examples}: an audit with a sample takes at least {LEAST}")


def _report(
    output: Output, outcomes: list[Outcome], ready_s: float, total_s: float, gas: dict[str, list[int]]
) -> dict[str, object]:
    title = "audits with a sample: pay-offs in milli-ether, gas left out"
    output.table(title, COLUMNS, [_row(outcome) for outcome in outcomes])
    promised = sum(outcome.as_promised for outcome in outcomes)
    output.say(f"{promised} of {len(outcomes)} pay-offs are exactly those of the pure state machine")
    honest = outcomes[0]
    interval = _interval(output, honest) if honest.ending == COMPLETED else None
    output.say(f"{total_s:.0f} s in all, {ready_s:.0f} s of it to set up; {machine()}")
    return {
        "verdict": "ok" if promised == len(outcomes) else "mismatch",
        "paths": [outcome.to_json() for outcome in outcomes],
        "interval": interval,
        "setup_s": round(ready_s, 1),
        "total_s": round(total_s, 1),
        "gas_by_step": gas,
        "machine": machine(),
        "srs": "insecure",
    }


def _interval(output: Output, honest: Outcome) -> list[float]:
    """Say what the completed audit says of the accuracy; the interval's two ends."""
    low, high = proven_interval(honest.correct, honest.total, honest.complete)
    output.say(
        f"{honest.correct} of the {honest.total} examples the seller had not seen: between {low:.1%} and {high:.1%} "
        "with 95% confidence"
    )
    return [low, high]


def _row(outcome: Outcome) -> list[str]:
    ending = outcome.ending + (f" {outcome.correct}/{outcome.total}" if outcome.correct else "")
    payoffs = [milli(outcome.seller_wei), milli(outcome.buyer_wei)]
    return [outcome.name, ending, *payoffs, f"{outcome.gas_used / 1e6:.2f}M", f"{outcome.seconds:.0f} s"]
