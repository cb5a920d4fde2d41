"""``assay plan``: how many examples, what it costs, what each side locks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from assay.output import JsonOption, Output
from protocols.accuracy.plan import Costs, accuracy_size_table, make_plan, tamper_size_table
from protocols.sampled.plan import NO_COUNT, make_sampled_plan

ACCURACY_COLUMNS = ["margin", "before rounding", "sufficient N", "printed N", "price"]
TAMPER_COLUMNS = ["rate", "before rounding", "nearest", "sufficient N", "printed N", "one-sided N"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("plan")(plan)


def plan(
    epsilon: Annotated[float, typer.Option(help="Margin on the accuracy, e.g. 0.05.")] = 0.05,
    delta: Annotated[float, typer.Option(help="Chance of being wrong, e.g. 0.05.")] = 0.05,
    batch: Annotated[int, typer.Option(help="Examples per proof, a power of two.")] = 8,
    accuracy: Annotated[str | None, typer.Option(help="Accuracy to ask for, e.g. 0.9.")] = None,
    example_cost: Annotated[int, typer.Option(help="E: wei to obtain one labelled example.")] = Costs().example,
    proving_cost: Annotated[int, typer.Option(help="Z: wei to prove one example.")] = Costs().proving,
    inference_cost: Annotated[int, typer.Option(help="P: wei to run one example.")] = Costs().inference,
    sample: Annotated[int | None, typer.Option(help="Protocol A': N1 more examples, shown beforehand.")] = None,
    json: JsonOption = None,
) -> None:
    """Plan an audit: sample size by Hoeffding, deposits 2NE + eps, payment 2NZ, and the paper's tables."""
    output = Output(json)
    planned = make_plan(epsilon, delta, batch, accuracy, Costs(example_cost, proving_cost, inference_cost))
    sampled = None if sample is None else make_sampled_plan(planned, sample)
    output.table("audit plan", ["quantity", "value", "formula"], [list(row) for row in planned.rows()])
    if sampled is not None:
        output.table("the same with a sample", ["quantity", "value", "formula"], _asked(sampled.rows(), accuracy))
    accuracy_rows, tamper_rows = accuracy_size_table(), tamper_size_table()
    output.table(
        "examples for a margin, 95% confidence (paper, first table)",
        ACCURACY_COLUMNS,
        [list(row) for row in accuracy_rows],
    )
    output.table(
        "examples that catch tampering, 95% confidence (paper, second table)",
        TAMPER_COLUMNS,
        [list(row) for row in tamper_rows],
    )
    output.document(
        {
            "plan": asdict(planned),
            "rows": planned.rows(),
            "sampled": None if sampled is None else asdict(sampled),
            "accuracy_sizes": accuracy_rows,
            "tamper_sizes": tamper_rows,
        }
    )


def _asked(rows: list[tuple[str, str, str]], accuracy: str | None) -> list[list[str]]:
    """The rows with a sample; where no accuracy is asked for, none of its counts can be said."""
    untold = accuracy is None
    return [[name, "give --accuracy" if untold and value == NO_COUNT else value, how] for name, value, how in rows]
