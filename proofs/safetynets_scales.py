"""From a model's file to the integer network: the same file gives prover and verifier the same integers."""

from __future__ import annotations

import math
from fractions import Fraction

from proofs.errors import InvalidInput
from proofs.safetynets import ChosenScales
from proofs.sumcheck.safetynets.float_network import FloatNetwork, Scales
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.onnx_import import import_onnx
from proofs.sumcheck.safetynets.rounding import rounded

UNIT_RANGE = (Fraction(0), Fraction(1))
"""Where inputs are taken to lie if nobody says so."""


def network_of(onnx: bytes, chosen: ChosenScales) -> Network:
    """The integer network of a model's file.

    Raises:
        UnsupportedModel: names every operator that cannot be proven.
        InvalidInput: not a model, or scales that do not fit it.
    """
    real = import_onnx(onnx)
    return rounded(real, scales_for(real, chosen))


def scales_for(network: FloatNetwork, chosen: ChosenScales) -> Scales:
    """What the user chose, and else what the file names; nothing here depends on data, which the two sides may order,
    clip or have differently. Raises InvalidInput where neither says.
    """
    hint = network.hint
    alpha = chosen.alpha or (hint.alpha if hint else None)
    betas = chosen.betas or (hint.betas if hint else None)
    if alpha is None or betas is None:
        raise InvalidInput(
            "the model's file does not say at which scales to round it (metadata assay.alpha and assay.betas): give "
            f"--alpha and --betas, the latter with {len(network.linear)} numbers, one a linear layer"
        )
    low, high = chosen.input_range or _range_of(hint)
    norm = hint.input_square_norm if hint and (alpha, (low, high)) == (hint.alpha, _range_of(hint)) else None
    return Scales(alpha, betas, _level(low, alpha), _level(high, alpha), norm)


def _range_of(hint: Scales | None) -> tuple[Fraction, Fraction]:
    return (hint.input_low / hint.alpha, hint.input_high / hint.alpha) if hint else UNIT_RANGE


def _level(value: Fraction, alpha: Fraction) -> int:
    return math.floor(alpha * value + Fraction(1, 2))
