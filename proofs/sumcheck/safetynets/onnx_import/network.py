"""From an ONNX file straight to an integer network."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from proofs.errors import InvalidInput
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.onnx_import.importer import import_onnx
from proofs.sumcheck.safetynets.scales.float_network import FloatNetwork, Scales
from proofs.sumcheck.safetynets.scales.levels import UNIT_RANGE, Range, default_scales, integer_box
from proofs.sumcheck.safetynets.scales.rounding import rounded


def import_network(
    onnx_bytes: bytes,
    alpha: Fraction | None = None,
    betas: Sequence[Fraction] | None = None,
    input_range: Range | None = None,
) -> Network:
    """Read a model and round it.

    The scales given are used; where they are not, those the file names; where it names none, the finest that fit.

    Args:
        onnx_bytes: the contents of an .onnx file; untrusted.
        alpha: of the inputs. betas: of the weights of each linear layer, in the graph's order.
        input_range: least and largest real input; those the file names, or 0 and 1.

    Raises:
        InvalidInput: not a valid ONNX model, or scales that are not positive or not one a layer.
        UnsupportedModel: names everything in it that cannot be proven, and the way round each.
    """
    network = import_onnx(onnx_bytes)
    if alpha is not None and not alpha > 0:
        raise InvalidInput(f"alpha is {alpha}; it must be positive")
    return rounded(network, _scales(network, alpha, betas, input_range))


def _scales(
    network: FloatNetwork, alpha: Fraction | None, betas: Sequence[Fraction] | None, input_range: Range | None
) -> Scales:
    hint = network.hint
    found_range = input_range or _hinted_range(hint)
    if hint is None and betas is None:
        return default_scales(network, found_range, alpha)
    if hint is None and alpha is None:
        raise InvalidInput("betas without an alpha, and the model names none: give alpha as well")
    own = hint or Scales(Fraction(1), (), 0, 0)
    scale = own.alpha if alpha is None else alpha
    layers = own.betas if betas is None else tuple(betas)
    if scale == own.alpha and input_range is None and hint is not None:
        return Scales(scale, layers, own.input_low, own.input_high, own.input_square_norm)
    return Scales(scale, layers, *integer_box(scale, found_range))


def _hinted_range(hint: Scales | None) -> Range:
    """The real inputs a file's integer box stands for."""
    if hint is None:
        return UNIT_RANGE
    return float(hint.input_low / hint.alpha), float(hint.input_high / hint.alpha)
