"""Mask units: committed dead weights that hide the real ones behind a commitment which, by itself, hides nothing.

A ``polycommit`` column is not blinded: every proof gives away its value at one public point, one linear equation in the
weights (attacks/lattice recovers a small model from one proof). Mask units are ``n`` further units fed by the 16 tag
limbs, ``m = tag M``, with outgoing weights ``Z = 0``, added alike to every logit. Their weights are uniform 8-bit
integers, so each proof's equation is one in several hundred unknowns more; a budget bounds the number of equations.

* They are dead for an honest seller (Z = 0); for any other they are harmless: the same number is added to every
  logit of every example, so no comparison between logits changes.
* Because they hang on the tag and not on the first hidden layer they fit every architecture, and cost 16 products
  a unit for a whole batch instead of one per feature and example.

The budget counts one equation more than the proofs: the commitment itself is one, in the exponent.

**Blinds.** ezkl 23.0.5 does not blind the multiplicities of its look-up arguments, so whoever knows a batch's inputs
could confirm a guess of *all* weights by proving it and comparing points (attacks/guessing). Every proof therefore
carries ``BLIND_LIMBS`` fresh secret limbs behind the tag, pushed through a Relu, and so through the range tables, into
a committed zero column: some two hundred bits of entropy in the multiplicities. The counts of the three-row sign table
stay readable all the same, which the statement sheet says.

Hiding by mask is heuristic (a leftover-hash argument, not a theorem about this commitment); ``hashed`` rests on halo2's
own blinding and needs only 128 bits of salt against guessing.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.halo2.tag import TAG_LIMBS

RAW_LIMIT = 127
BITS_PER_WEIGHT = math.log2(2 * RAW_LIMIT + 1)
# A proof gives away one BN254 scalar, 254 bits; 128 bits must remain after the last proof of the budget.
BITS_PER_PROOF = 254
MARGIN_BITS = 128
BLIND_LIMBS = 12
BLIND_BITS = 24


@dataclass(frozen=True)
class Mask:
    """The mask's weights: ``inner`` (16, n) raw integers in [-127, 127]; secret. ``outer`` (n, 1) is zero."""

    inner: NDArray[np.int64]

    @property
    def units(self) -> int:
        """Number of mask units n."""
        return int(self.inner.shape[1])


def units_for(binding: str, proofs: int) -> int:
    """Mask units for a budget of ``proofs`` proofs; one salt unit for ``hashed``, none for ``fixed``."""
    if binding == "fixed":
        return 0
    bits = MARGIN_BITS if binding == "hashed" else BITS_PER_PROOF * (proofs + 1) + MARGIN_BITS
    return math.ceil(bits / (TAG_LIMBS * BITS_PER_WEIGHT))


def fresh_blinds() -> list[int]:
    """``BLIND_LIMBS`` signed 24-bit integers for one proof, from the operating system's randomness. Secret."""
    return [secrets.randbelow(1 << BLIND_BITS) - (1 << (BLIND_BITS - 1)) for _ in range(BLIND_LIMBS)]


def fresh(units: int) -> Mask:
    """A new mask from the operating system's randomness."""
    span = 2 * RAW_LIMIT + 1
    values = [secrets.randbelow(span) - RAW_LIMIT for _ in range(TAG_LIMBS * units)]
    return Mask(np.array(values, dtype=np.int64).reshape(TAG_LIMBS, units))
