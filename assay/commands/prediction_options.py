"""Options and results that the two sides of a prediction round share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assay.commands.retrieval_options import amount, holdings
from assay.output import Output
from escrow.parties.predictions.party import PredictionParty
from proofs.canonical import to_hex
from protocols.predictions.events import State
from protocols.solidity import ZERO_ADDRESS

RoundListingOption = Annotated[
    Path, typer.Option("--listing", metavar="model.listing", help="As published; checked, not trusted.")
]
MarginOption = Annotated[int, typer.Option(min=0, help="Seconds kept in hand before every deadline.")]


def play(output: Output, party: PredictionParty, until: Callable[[], bool] | None = None) -> State:
    """Run a party to its end, or as far as ``until``, and say what came of it; returns the job's state."""
    chain, terms, job_id = party.chain, party.terms, party.job.job_id
    before = holdings(chain, terms.token, party.address)
    why = party.run(until=until)
    status = party.escrow.job(job_id)
    change = holdings(chain, terms.token, party.address) - before
    gas = " (gas included)" if terms.token == ZERO_ADDRESS else ""
    output.say(f"{why}; the job is {status.state.name.lower()}; balance changed by {amount(change, terms.token)}{gas}")
    output.document(
        {
            "verdict": status.state.name.lower(),
            "job_id": to_hex(job_id),
            "job": asdict(status) | {"tag": to_hex(status.tag)},
            "token": terms.token,
            "why": why,
            "balance_change": change,
            "gas": chain.ledger.as_json(),
            "gas_used": chain.ledger.gas_of(),
        }
    )
    return status.state
