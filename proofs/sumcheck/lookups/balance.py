"""Are the sums of a group's two trees equal?"""

from __future__ import annotations

from proofs.errors import RejectedProof
from proofs.sumcheck.fields.extension import Extension
from proofs.sumcheck.lookups.verifier import FractionsClaim


def require_balance(scalars: Extension, looked_up: FractionsClaim, pads: int, tables: FractionsClaim) -> None:
    """Check that the look-ups' sum of 1 / q, less 1 for each of its ``pads``, is the tables' sum of m / q.

    Both denominators are known not to be zero. Raises RejectedProof.
    """
    (p, q), (tables_p, tables_q) = looked_up.root, tables.root
    if not any(q) or not any(tables_q):
        raise RejectedProof("lookup-denominator", "a sum of fractions has denominator zero")
    without_pads = scalars.sub(p, scalars.mul(scalars.from_int(pads), q))
    if scalars.mul(without_pads, tables_q) != scalars.mul(tables_p, q):
        raise RejectedProof("lookup-balance", "some value that was looked up is not in its table, as often as is said")
