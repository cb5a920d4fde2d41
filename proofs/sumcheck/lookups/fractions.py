"""The sum of 2^d fractions, proven layer by layer from its root.

Node x of a layer is the sum of leaf x and leaf x + half of the layer below, as a fraction:

    p = p_0 q_1 + p_1 q_0,   q = q_0 q_1.

The prover says the root's children; the verifier adds them up itself. From "p~(r) and q~(r) are so and so" on a layer,
and a challenge l, a sum-check over f = p_0 q_1 + p_1 q_0 + l q_0 q_1 (layers.py) leads to the children at a point s;
the prover says their four values, which must make f, and a challenge t for the bit that tells children apart gives one
claim for both at (t, s). The leaves' claim is the caller's to discharge.

*Soundness*: (2 / (|F| - 1)) a message, as recorded in the rounds; a root that is not the sum of the leaves leads to a
false claim about the leaves.
*Source*: Papini, Haboeck 2023 (eprint 2023/1284), section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

from proofs.sumcheck.exchange import Pairs
from proofs.sumcheck.fields.extension import Extension, Scalar

Fraction = tuple[Scalar, Scalar]
"""Numerator and denominator."""


def above(scalars: Extension, children: Sequence[Fraction]) -> Fraction:
    """The sum of two fractions; of one, itself."""
    if len(children) == 1:
        return children[0]
    (p_0, q_0), (p_1, q_1) = children
    return scalars.add(scalars.mul(p_0, q_1), scalars.mul(p_1, q_0)), scalars.mul(q_0, q_1)


def joined(scalars: Extension, children: Sequence[Fraction], point: Sequence[Scalar]) -> Fraction:
    """Two children's values at the first scalar of a point; one child's as they are."""
    if len(children) == 1:
        return children[0]
    (p_0, q_0), (p_1, q_1) = children
    p, q = (scalars.add(low, scalars.mul(point[0], scalars.sub(high, low))) for low, high in ((p_0, p_1), (q_0, q_1)))
    return p, q


def challenges_after(layer: int, depth: int) -> int:
    """After the values of a layer's children: one that joins them, and one that mixes p and q in the next layer."""
    return min(2, depth - layer)


def multiplied(said: int, number: int) -> Pairs:
    """The products ``above`` makes of so many elements said of so many fractions."""
    if number == 1:
        return ()
    return ((0, 1),) if said == number else ((0, 3), (2, 1), (1, 3))


def pairs(scalars: Extension, said: Sequence[Scalar], number: int) -> list[Fraction]:
    """So many fractions out of what was said: p, q, p, q, or q, q where numerators are one."""
    if len(said) == number:
        return [(scalars.one, q) for q in said]
    return list(zip(said[::2], said[1::2], strict=True))
