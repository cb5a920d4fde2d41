"""``assay client``: buy a round of predictions, in one go or step by step."""

from __future__ import annotations

import typer

from assay.commands.client import ask, steps, whole

app = typer.Typer(no_args_is_help=True, help="Buy predictions: open a round, ask, contest, settle.")
app.command("run")(whole.run)
app.command("open")(steps.open_round)
app.command("ask")(ask.ask)
app.command("contest")(steps.contest)
app.command("settle")(steps.settle)
