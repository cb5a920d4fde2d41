"""From a float network to the integer network that is proven: ``quantise`` and what it chose."""

from proofs.networks.quantise.build import quantise
from proofs.networks.quantise.inputs import IntegerInputs, integer_inputs
from proofs.networks.quantise.options import Levels, NodeScale, Options, ScaleReport

__all__ = ["IntegerInputs", "Levels", "NodeScale", "Options", "ScaleReport", "integer_inputs", "quantise"]
