"""Scales as a user types them: whole numbers, decimals or fractions, taken exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

import typer

from proofs.errors import InvalidInput
from proofs.safetynets import Scales

AlphaOption = Annotated[
    str | None,
    typer.Option(metavar="A", help="Scale inputs are rounded at, safetynets only (default: the model's own)."),
]
BetasOption = Annotated[
    str | None,
    typer.Option(metavar="B,B,...", help="Scale of each linear layer's weights, safetynets only (default likewise)."),
]
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18}|/[1-9][0-9]{0,17})?")


def parse_scales(alpha: str | None, betas: str | None) -> Scales:
    """The scales of ``--alpha`` and ``--betas``. Raises InvalidInput."""
    every = None if betas is None else tuple(_positive(text, "--betas") for text in betas.split(","))
    return Scales(None if alpha is None else _positive(alpha, "--alpha"), every)


def refuse_scales(alpha: str | None, betas: str | None) -> None:
    """Raises InvalidInput where scales are given to a backend that takes none."""
    if alpha is not None or betas is not None:
        raise InvalidInput("--alpha and --betas are for the safetynets backend; a commitment fixes its own scale")


def _positive(text: str, name: str) -> Fraction:
    number = Fraction(text.strip()) if _NUMBER.fullmatch(text.strip()) else Fraction(0)
    if number == 0:
        raise InvalidInput(f"{name}: '{text}' is no positive number such as 15, 3.5 or 7/2")
    return number
