"""The pads that are products of two others, proven to be.

With A[k], B[k] the two factors of the k-th product and C[k] the pad said to be it, for a random tau

    sum_k eq(tau, k) A[k] B[k] = sum_k eq(tau, k) C[k],

the right side being linear in pads. The left side's sum-check is covered by pads of its own, and ends in
eq(tau, s) A~(s) B~(s). A~(s) and B~(s) are sent as they are: the last pair of factors is used nowhere else, so that
they are uniform whatever the other pads are, unless eq(s, last) = 0, which a prover notices. They are linear in pads,
as equations say that are noted with all others.

*Soundness*: a wrong product passes tau with chance bits(K) / (|F| - 1), and a round with 3 / (|F| - 1).
"""

from __future__ import annotations

from collections.abc import Iterator

from proofs.errors import ProverFailed
from proofs.sumcheck.claims import bits
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.functionals import overlap
from proofs.sumcheck.hiding.covering import shadowed, uncovered
from proofs.sumcheck.hiding.forms import Forms
from proofs.sumcheck.hiding.pads import PadPlan, Pads
from proofs.sumcheck.rounds import variables
from proofs.sumcheck.triple import DEGREE, TripleClaim, prove_triple, verify_triple

Point = tuple[Scalar, ...]
LABEL = "products"
EQUATIONS = 3


def round_messages(products: int) -> Iterator[Receive]:
    """The covered messages, for so many products."""
    for variable in variables((products,)):
        yield Receive(variable.name(LABEL), DEGREE, degree=DEGREE)


def clear_messages(products: int) -> tuple[Receive, Receive]:
    """The message before them, which has no elements, and the one after, whose elements are uniform by themselves."""
    return Receive(LABEL, 0, bits(products)), Receive(f"{LABEL}/end", 2, 0)


def prove_products(field: Field, hidden: Field, forms: Forms, pads: Pads) -> Prover[None]:
    """Prove all products; their equations are noted on the tape."""
    plan = pads.plan
    tau = yield Send(LABEL, (), bits(plan.products))
    weights = field.eq_table(tau, plan.products)
    first, second = (pads.table[:, places].copy() for places in (plan.first, plan.second))
    prover = prove_triple(field, LABEL, weights, first, second, (plan.products,))
    end, claim = yield from shadowed(prover, _rounds(field, forms, plan, tau), pads, forms)
    if not any(_last_weight(field, plan, claim)):
        raise ProverFailed("hidden prover", "two values would not be masked, by an unlikely accident: prove again")
    yield Send(f"{LABEL}/end", (end.a_value, end.b_value), 0)
    _note(hidden, forms, plan, tau, claim, (end.a_value, end.b_value))


def verify_products(field: Field, hidden: Field, forms: Forms, plan: PadPlan) -> Verifier[None]:
    """The same, of the verifier."""
    before, after = clear_messages(plan.products)
    tau = (yield before).challenges
    claim = yield from uncovered(_rounds(field, forms, plan, tau), forms, plan)
    values = (yield after).elements
    _note(hidden, forms, plan, tau, claim, (values[0], values[1]))


def _rounds(field: Field, forms: Forms, plan: PadPlan, tau: tuple[Scalar, ...]) -> Verifier[TripleClaim]:
    """The sum-check, its claim being what the products' pads make."""
    claimed = forms.combination(field, plan.product, field.eq_table(tau, plan.products))
    return (yield from verify_triple(forms, LABEL, claimed, (plan.products,)))


def _note(
    field: Field,
    forms: Forms,
    plan: PadPlan,
    tau: tuple[Scalar, ...],
    claim: TripleClaim,
    values: tuple[Scalar, Scalar],
) -> None:
    """Where the rounds ended, the values are those of the factors, and make the claim."""
    (point,) = claim.point
    weights = field.eq_table(point, plan.products)
    for places, value in ((plan.first, values[0]), (plan.second, values[1])):
        own = forms.combination(field, places, weights)
        forms.require_equal(own, value, LABEL, "the pads' values are not those of the products' factors")
    made = forms.mul(overlap(forms, tau, point, plan.products), forms.mul(*values))
    forms.require_equal(claim.value, made, LABEL, "some pad is not the product of its factors")


def _last_weight(field: Field, plan: PadPlan, claim: TripleClaim) -> Scalar:
    (point,) = claim.point
    last = plan.products - 1
    return field.element(field.eq_table(point, plan.products), last)
