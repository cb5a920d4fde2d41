"""The parts of a proof that are the same whenever the witness is the same, and so confirm a guess of it.

Two kinds of curve points in a proof carry no randomness: the commitment to the weights (``polycommit``), and the
commitments to the *multiplicities* of the lookup arguments, that is, how often each value of a range table was used.
The second depends on every intermediate value of the network, whatever binds the weights.
"""

from __future__ import annotations

from attacks.lattice.equations import TAIL_ROWS, Equation, lagrange
from attacks.lattice.recover import solve
from attacks.lattice.transcript import open_proof
from attacks.seller.public import Contract, PublicProof

POINT_BYTES = 64


def weights_commitment(public: PublicProof) -> bytes:
    """The committed column's point under ``polycommit``: the proof's first."""
    return public.proof[:POINT_BYTES]


def lookup_commitments(contract: Contract, public: PublicProof) -> tuple[bytes, ...]:
    """The multiplicity commitments, one for each lookup argument."""
    points = public.proof[contract.phase_points(1)]
    return tuple(points[i : i + POINT_BYTES] for i in range(0, len(points), POINT_BYTES))


def sign_counts(contract: Contract, public: PublicProof) -> list[tuple[int, ...]]:
    """Multiplicities of the sign tables [-1, 0, 1], recovered exactly from the evaluations of one proof.

    Rows 0 to 2 hold the table and the last usable row its repeated filling; every evaluation is tried, and the few
    whose multiplicities come out as small non-negative numbers are the sign tables'.
    """
    opened = open_proof(contract, public)
    values = lagrange(contract, opened.x)
    rows = [0, 1, 2, len(values) - TAIL_ROWS - 1]
    usable = len(values) - TAIL_ROWS
    found = []
    for word in opened.evaluations:
        counts = solve([Equation(tuple(values[row] for row in rows), word)], [usable] * len(rows)) if word else None
        if counts and sum(counts) == usable and min(counts) >= 0:
            found.append(tuple(counts))
    return found
