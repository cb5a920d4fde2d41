"""What a prover has for one site."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.fields.field import Integers


@dataclass(frozen=True, slots=True, eq=False)
class SiteValues:
    """A site's look-ups, (C, H, W, count) each.

    Args:
        first: v0, where it is not committed itself. value: what the witness holds, y or v0.
    """

    first: Integers | None
    value: Integers | None
    remainders: Integers | None = None
