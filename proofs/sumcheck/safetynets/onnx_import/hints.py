"""Scales a model was trained for, as its file names them: ``assay.alpha``, ``assay.betas`` and the input box."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import onnx

from proofs.errors import InvalidInput
from proofs.nesting import shallow_json
from proofs.sumcheck.safetynets.scales.float_network import Scales

PREFIX = "assay."
MAX_TEXT = 1 << 16
LARGEST = Fraction(1 << 64)


def read_hint(model: onnx.ModelProto) -> Scales | None:
    """The scales a file names; None if it names no alpha and betas.

    Without a box, inputs are taken to lie between 0 and 1.

    Raises:
        InvalidInput: entries that are no positive numbers, or no box.
    """
    found = {entry.key: entry.value for entry in model.metadata_props if entry.key.startswith(PREFIX)}
    if not {"assay.alpha", "assay.betas"} <= found.keys():
        return None
    alpha = _positive(_number(found["assay.alpha"], "alpha"), "alpha")
    betas = _number(found["assay.betas"], "betas")
    if not isinstance(betas, list):
        raise InvalidInput("the model's assay.betas is not a list of numbers; leave it out or write one a linear layer")
    norm = found.get("assay.input_square_norm")
    return Scales(
        alpha,
        tuple(_positive(beta, "betas") for beta in betas),
        _whole(found.get("assay.input_low", "0"), "input_low"),
        _whole(found.get("assay.input_high", str(math.floor(alpha + Fraction(1, 2)))), "input_high"),
        None if norm is None else _whole(norm, "input_square_norm"),
    )


def _number(text: str, name: str) -> Any:
    """A JSON value, its numbers exact: integers or fractions."""
    try:
        if len(text) > MAX_TEXT:
            raise ValueError("too long")
        return shallow_json(text, parse_float=_fraction, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the model's assay.{name} cannot be read ({error}); write a JSON number") from None


def _fraction(text: str) -> Fraction:
    if len(text) > 40 or "e" in text.lower():
        raise ValueError(f"{text[:40]} has too many digits or an exponent")
    return Fraction(text)


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no number")


def _positive(value: object, name: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Fraction) or not 0 < value <= LARGEST:
        raise InvalidInput(f"the model's assay.{name} must hold positive numbers up to 2^64, not {str(value)[:40]}")
    return Fraction(value)


def _whole(text: str, name: str) -> int:
    value = _number(text, name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"the model's assay.{name} must be an integer, not {text[:40]}")
    return value
