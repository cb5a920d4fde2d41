"""``assay client``: buy a round of predictions, in one go or step by step; delegate a network one holds."""

from __future__ import annotations

import typer

from assay.commands.client import ask, check_round, delegate, steps, whole

app = typer.Typer(no_args_is_help=True, help="Buy predictions, step by step or in one go; delegate a network.")
app.command("run")(whole.run)
app.command("open")(steps.open_round)
app.command("ask")(ask.ask)
app.command("check-round")(check_round.check_round)
app.command("contest")(steps.contest)
app.command("settle")(steps.settle)
app.command("delegate")(delegate.delegate)
