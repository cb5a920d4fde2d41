"""What a claim is about, without its value: all a prover keeps of it."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.layout.functional import FlatEq, Product


@dataclass(frozen=True, slots=True)
class Joint:
    """The functionals about whose sum one value is claimed."""

    members: tuple[Product | FlatEq, ...]
