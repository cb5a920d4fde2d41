"""``assay simulate``: every path of a game, with its pay-offs, and the inequality that stops each deviation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from assay.output import JsonOption, Output
from assay.simulation import accuracy, predictions, retrieval, sampled
from assay.simulation.game import GamePath, Options, Simulation
from proofs.errors import InvalidInput
from protocols.accuracy.describe import ether

GAMES: dict[str, Callable[[Options], Simulation]] = {
    "accuracy": accuracy.simulate,
    "sampled": sampled.simulate,
    "retrieval": retrieval.simulate,
    "predictions": predictions.simulate,
}
"""Each protocol's game by the name it is asked for."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("simulate")(simulate)


def simulate(
    protocol: Annotated[str, typer.Argument(metavar=f"[{'|'.join(GAMES)}]", help="Which game.")] = "accuracy",
    batches: Annotated[int | None, typer.Option(help="Batches (default 2); the tree grows quickly.")] = None,
    target: Annotated[
        int | None, typer.Option(help="accuracy, sampled: A, right answers asked for (default 12).")
    ] = None,
    cap: Annotated[int | None, typer.Option(help="retrieval: matches paid in advance (default --batches).")] = None,
    questions: Annotated[int | None, typer.Option(help="predictions: K, questions of a round (default 3).")] = None,
    contests: Annotated[int | None, typer.Option(help="predictions: K1, contests allowed (default 2).")] = None,
    json: JsonOption = None,
) -> None:
    """Walk every honest, lazy, malicious, silent and aborting path of a game and print what each side gets."""
    if protocol not in GAMES:
        raise InvalidInput(f"game '{protocol}' is not available; choose {' or '.join(GAMES)}")
    output = Output(json)
    options = Options(batches=batches, target=target, cap=cap, questions=questions, contests=contests)
    played = GAMES[protocol](options)
    columns = [played.setting, "path", "ending", *played.parties]
    output.table(played.title, columns, [_row(path, played.parties) for path in played.paths])
    rows = [
        [actor, does, inequality, "yes" if holds else "NO"] for actor, _, does, inequality, holds in played.deviations
    ]
    output.table(played.about, ["who", "deviation", "does not pay while", "here"], rows)
    output.document(played.document())


def _row(path: GamePath, parties: tuple[str, ...]) -> list[str]:
    amounts = [ether(path.payoff[role]) for role in parties]
    return [path.scenario.name, path.name, path.job.state.name.lower(), *amounts]
