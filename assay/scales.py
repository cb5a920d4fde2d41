"""Scales as a user types them: whole numbers, decimals or fractions, taken exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

import typer

from proofs.errors import InvalidInput
from proofs.safetynets import ChosenScales

AlphaOption = Annotated[
    str | None,
    typer.Option(metavar="A", help="Scale inputs are rounded at, safetynets only (default: the model's own)."),
]
BetasOption = Annotated[
    str | None,
    typer.Option(metavar="B,B,...", help="Scale of each linear layer's weights, safetynets only (default likewise)."),
]
RangeOption = Annotated[
    str | None,
    typer.Option(metavar="LOW,HIGH", help="Range of the inputs, safetynets only (default: the model's own, or 0,1)."),
]
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18}|/[1-9][0-9]{0,17})?")


def parse_scales(alpha: str | None, betas: str | None, input_range: str | None) -> ChosenScales:
    """The scales of ``--alpha``, ``--betas`` and ``--input-range``. Raises InvalidInput."""
    return ChosenScales(
        None if alpha is None else _positive(alpha, "--alpha"),
        None if betas is None else tuple(_positive(text, "--betas") for text in betas.split(",")),
        None if input_range is None else _range(input_range),
    )


def refuse_scales(*options: str | None) -> None:
    """Raises InvalidInput where scales are given to a backend that takes none."""
    if any(option is not None for option in options):
        raise InvalidInput(
            "--alpha, --betas and --input-range are for the safetynets backend; a commitment fixes its own scale"
        )


def _positive(text: str, name: str) -> Fraction:
    number = Fraction(text.strip()) if _NUMBER.fullmatch(text.strip()) else Fraction(0)
    if number == 0:
        raise InvalidInput(f"{name}: '{text}' is no positive number such as 15, 3.5 or 7/2")
    return number


def _range(text: str) -> tuple[Fraction, Fraction]:
    ends = [end.strip() for end in text.split(",")]
    if len(ends) != 2 or not all(_NUMBER.fullmatch(end.removeprefix("-")) for end in ends):
        raise InvalidInput(f"--input-range: '{text}' is no pair of numbers such as 0,1 or -1/2,1/2")
    low, high = map(Fraction, ends)
    if low > high:
        raise InvalidInput(f"--input-range: {low} is larger than {high}; the least input comes first")
    return low, high
