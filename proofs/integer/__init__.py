"""The circuit's integer function, run without a circuit.

ezkl 23.0.5 turns a committed model into integer arithmetic: weights rounded at ``scale_bits``, products that add their
scales, sums brought to one scale, nothing ever divided. This package computes the same integers in numpy, so that an
answer can be given in microseconds and proven later, should anybody contest it. It is held to ezkl's own outputs by
differential tests.
"""

from proofs.integer.limits import OutOfRange
from proofs.integer.model import IntegerModel, IntegerOutputs

__all__ = ["IntegerModel", "IntegerOutputs", "OutOfRange"]
