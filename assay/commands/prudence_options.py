"""Options by which the side that accepts an offer widens or narrows what it puts up with."""

from __future__ import annotations

from typing import Annotated

import typer

from protocols.prudence import Prudence
from protocols.terms_fields import MAX_WINDOW_S

MaxFeeOption = Annotated[
    int | None, typer.Option(min=0, help="Most you pay as the fee, wei or token units (default: ten times NP/99).")
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow-fee-recipient", metavar="ADDRESS", help="May get the fee beside the burn address; repeat."),
]
MaxWindowOption = Annotated[
    int, typer.Option(min=1, max=MAX_WINDOW_S, help="Longest step with your deposit locked, seconds.")
]


def prudence_of(max_fee: int | None, allowed: list[str] | None, max_window: int) -> Prudence:
    """The options as a party takes them. Raises InvalidInput for a fee recipient that is no address."""
    return Prudence(fee_recipients=frozenset(allowed or ()), max_fee=max_fee, max_window_s=max_window)
