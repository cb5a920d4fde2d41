"""The verifier's walk of a hidden proof: the open proof's, on forms, and then one equation."""

from __future__ import annotations

from fractions import Fraction

from proofs.sumcheck.committed.hidden.combining import combine, left_of
from proofs.sumcheck.committed.outline import batch_messages, plan_tails
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.verifier import matrices_of, verify_walk
from proofs.sumcheck.exchange import Receive, Verifier
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.hiding.covering import uncovered
from proofs.sumcheck.hiding.forms import form_field
from proofs.sumcheck.hiding.opening import Left, mask_rows, verify_left
from proofs.sumcheck.hiding.pads import plan_plain
from proofs.sumcheck.hiding.products import verify_products
from proofs.sumcheck.layout.batching import batch_splits
from proofs.sumcheck.layout.folding import DEGREE, verify_rounds


def verify_hidden(field: Field, plan: Plan) -> Verifier[None]:
    """Check a whole proof that shows nothing else.

    Raises:
        RejectedProof: naming the check: of the opening, since every other equation ends there.
    """
    root, left = yield from verify_to_left(field, plan)
    tails = plan_tails(plan, field.scalars.p)
    yield from verify_left(field, "opening", matrices_of(plan, root, mask_rows(tails)), tails, left)


def verify_to_left(field: Field, plan: Plan) -> Verifier[tuple[bytes, Left]]:
    """Everything before the opening: the witness's root, and the equation that is left to show under it.

    Raises:
        ValueError: a plan of a proof in the open.
    """
    pads = plan.pad_plan
    if pads is None:
        raise ValueError("a proof in the open is verified by verify_all")
    hidden, forms = form_field(field, pads.size)
    root, claims = yield from uncovered(verify_walk(hidden, plan), forms, pads)
    yield from verify_products(field, hidden, forms, pads)
    degree = len(claims) + len(forms.tape.equations) - 1
    (xi,) = (yield Receive("claims", 0, 1, degree=degree)).challenges
    combined = combine(field, forms.tape, claims, xi, plan.place_of_pads)
    messages = plan_plain(batch_messages(plan, field.scalars))
    covered, last = form_field(field, messages.size)
    error = Fraction(DEGREE, field.scalars.size - 1) + plan.instance.code(field.scalars.p).row_error
    splits = batch_splits("batch", plan.flat_bits, plan.row_bits, error)
    bound = yield from uncovered(verify_rounds(covered.scalars, splits, combined.value), last, messages)
    return root, left_of(field, combined, last.tape, bound)
