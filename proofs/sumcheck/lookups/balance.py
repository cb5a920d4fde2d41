"""Are the sums of a group's two trees equal?

With (p, q) the root of the look-ups' tree, of which ``pads`` leaves are 1/1 and look nothing up, and (m, d) that of the
tables': p d - pads q d = m q, where q and d are not zero. In the open the verifier sees to it. Where values are hidden
the prover says p, q, m, d, z = q d and 1 / z once more, which makes of it equations between them and products of two.
"""

from __future__ import annotations

from proofs.errors import ProverFailed, RejectedProof
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Extension
from proofs.sumcheck.hiding.forms import Forms
from proofs.sumcheck.lookups.fractions import Fraction
from proofs.sumcheck.lookups.verifier import FractionsClaim

EQUATIONS = 7


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


def balance_message(name: str) -> Receive:
    """p, q, m, d, z and 1 / z; multiplied are p d, m q, q d and z (1 / z)."""
    return Receive(f"{name}/balance", 6, 0, products=((0, 3), (2, 1), (1, 3), (4, 5)))


def prove_balance(scalars: Extension, name: str, looked_up: Fraction, tables: Fraction) -> Prover[None]:
    """Say the roots. Raises ProverFailed: a sum has no denominator, by an accident as likely as a false proof."""
    (p, q), (m, d) = looked_up, tables
    z = scalars.mul(q, d)
    if not any(z):
        raise ProverFailed("look-ups", "a sum of fractions has denominator zero, by an unlikely accident: prove again")
    yield Send(f"{name}/balance", (p, q, m, d, z, scalars.inverse(z)), 0)


def verify_balance(
    forms: Forms, name: str, looked_up: FractionsClaim, pads: int, tables: FractionsClaim
) -> Verifier[None]:
    """Note the equations."""
    p, q, m, d, z, inverse = (yield balance_message(name)).elements
    detail = f"what is said of the sums of {name} is not what their layers lead to"
    for said, found in ((p, looked_up.root[0]), (q, looked_up.root[1]), (m, tables.root[0]), (d, tables.root[1])):
        forms.require_equal(said, found, "lookup-roots", detail)
    detail = f"a sum of fractions of {name} has denominator zero"
    forms.require_equal(forms.mul(q, d), z, "lookup-denominator", detail)
    forms.require_equal(forms.mul(z, inverse), forms.one, "lookup-denominator", detail)
    for claim in (looked_up, tables):
        forms.shown_nonzero(claim.root[1])
    without_pads = forms.sub(forms.mul(p, d), forms.mul(forms.from_int(pads), z))
    detail = "some value that was looked up is not in its table, as often as is said"
    forms.require_equal(without_pads, forms.mul(m, q), "lookup-balance", detail)
