"""The predictions part of the demo: an honest round, a cheaper model, a silent provider, a lying client."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assay.demo.accuracy.stage import FEE_RECIPIENT
from assay.demo.figures import machine, milli
from assay.demo.material import digits
from assay.demo.predictions.booth import CLIENT, Booth, open_booth
from assay.demo.predictions.cheats import LyingClient, SilentProvider
from assay.demo.predictions.game import Game, Outcome
from assay.output import Output, Stages
from escrow.parties.predictions.client import Client
from escrow.parties.predictions.provider import Provider
from escrow.parties.predictions.round_terms import RoundWishes, round_terms
from protocols.predictions.view import Limits

QUESTIONS, CONTESTS = 16, 2
ROUND_S, PROVE_S = 3_600, 7_200
LIMITS = Limits(margin_s=60, contest_s=300, audit=CONTESTS, credit=4)
# Two contested answers in each of two honest games, and as many again that the silent provider could have proven.
PROOFS = 3 * CONTESTS + 2
COLUMNS = ["what happened", "ending", "stopped by", "answers", "proven", "provider", "client", "gas", "time"]


@dataclass(frozen=True, slots=True)
class Play:
    """One game: what happens, by whom; ``cheap`` where answers come from another model than the committed one."""

    name: str
    client: type[Client] = Client
    provider: type[Provider] = Provider
    cheap: bool = False


PLAYS = (
    Play("an honest round"),
    Play("a cheaper model, same id", cheap=True),
    Play("a provider who does not prove", provider=SilentProvider),
    Play("a client who lies", client=LyingClient),
)


def play(output: Output, stages: Stages, quiet: bool) -> dict[str, object]:
    """Play the rounds; returns the document for scripts, ``verdict`` ``ok`` or ``mismatch``."""
    began = time.monotonic()
    say: Callable[[str], None] = (lambda text: None) if quiet else output.say
    with TemporaryDirectory(prefix="assay-demo-") as name, open_booth(digits(), PROOFS, stages.stage) as booth:
        say("a prediction service on this machine; reference string INSECURE, for tests only")
        ready_s = time.monotonic() - began
        outcomes = []
        for place, chosen in enumerate(PLAYS):
            outcomes.append(_play(chosen, place, booth, Path(name) / str(place), say))
            stages.batch(place + 1, len(PLAYS))
    return _report(output, outcomes, ready_s, time.monotonic() - began)


def _play(chosen: Play, place: int, booth: Booth, root: Path, say: Callable[[str], None]) -> Outcome:
    span = slice(place * QUESTIONS, (place + 1) * QUESTIONS)
    wishes = RoundWishes(
        round=QUESTIONS,
        contests=CONTESTS,
        round_window_s=ROUND_S,
        prove_window_s=PROVE_S,
        fee_recipient=FEE_RECIPIENT,
        nonce=place + 1,
    )
    game = Game(
        booth,
        chosen.name,
        round_terms(booth.checked, str(booth.account(CLIENT).address), wishes),
        booth.material.x[span],
        booth.material.y[span],
        LIMITS,
        booth.lazy if chosen.cheap else booth.honest,
        root,
        say,
        chosen.client,
        chosen.provider,
    )
    return game.play()


def _report(output: Output, outcomes: list[Outcome], ready_s: float, total_s: float) -> dict[str, object]:
    output.table("predictions: pay-offs in milli-ether, gas left out", COLUMNS, [_row(outcome) for outcome in outcomes])
    promised = sum(outcome.as_promised for outcome in outcomes)
    output.say(f"{promised} of {len(outcomes)} pay-offs are exactly those of the pure state machine")
    honest, cheap = outcomes[0], outcomes[1]
    output.say(
        f"each answer is signed; {CONTESTS} of {QUESTIONS} are contested at random and must then be proven on chain. "
        f"The cheaper model had {cheap.right} of {cheap.asked} digits right, the committed one {honest.right} of "
        f"its own {honest.asked}: what is caught is not a wrong digit but another model"
    )
    output.say(f"{total_s:.0f} s in all, {ready_s:.0f} s of it to set up; {machine()}")
    return {
        "verdict": "ok" if promised == len(outcomes) else "mismatch",
        "paths": [outcome.to_json() for outcome in outcomes],
        "setup_s": round(ready_s, 1),
        "total_s": round(total_s, 1),
        "machine": machine(),
        "srs": "insecure",
    }


def _row(outcome: Outcome) -> list[str]:
    return [
        outcome.name,
        outcome.ending,
        outcome.stopped_by or "-",
        f"{outcome.answered}/{outcome.asked}",
        f"{outcome.proven}/{outcome.contested}",
        milli(outcome.provider_wei),
        milli(outcome.client_wei),
        f"{outcome.gas_used / 1e6:.2f}M",
        f"{outcome.seconds:.0f} s",
    ]
