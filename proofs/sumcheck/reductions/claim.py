"""What reductions leave to be shown: sums of linear functionals of committed values."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.layout.functional import FlatEq, Product

Functional = Product | FlatEq


@dataclass(frozen=True, slots=True)
class Claim:
    """ "The functionals, each of its own segment, add up to ``value``": one equation, however many there are.

    A claim holds of committed values or it does not; whoever is given one must discharge it.
    """

    functionals: tuple[Functional, ...]
    value: Scalar
