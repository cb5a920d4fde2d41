"""The verifier's walk up to the opening: which equation will be left to show follows from what was sent before."""

from __future__ import annotations

from proofs.sumcheck.committed.hidden.combining import combine, left_of
from proofs.sumcheck.committed.outline import batch_messages
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.verifier import verify_walk
from proofs.sumcheck.exchange import Receive, Verifier
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.hiding.covering import uncovered
from proofs.sumcheck.hiding.forms import form_field
from proofs.sumcheck.hiding.opening import Left
from proofs.sumcheck.hiding.pads import plan_plain
from proofs.sumcheck.hiding.products import verify_products
from proofs.sumcheck.layout.batching import batch_splits
from proofs.sumcheck.layout.folding import verify_rounds


def walk_to_left(field: Field, plan: Plan) -> Verifier[Left]:
    """``verify_hidden`` but for the opening; soundness is no concern. Raises ValueError for a proof in the open."""
    pads = plan.pad_plan
    if pads is None:
        raise ValueError("a proof in the open shows its witness: it cannot be simulated")
    hidden, forms = form_field(field, pads.size)
    _, claims = yield from uncovered(verify_walk(hidden, plan), forms, pads)
    yield from verify_products(field, hidden, forms, pads)
    (xi,) = (yield Receive("claims", 0, 1)).challenges
    combined = combine(field, forms.tape, claims, xi, plan.place_of_pads)
    messages = plan_plain(batch_messages(plan, field.scalars))
    covered, last = form_field(field, messages.size)
    splits = batch_splits("batch", plan.flat_bits)
    bound = yield from uncovered(verify_rounds(covered.scalars, splits, combined.value), last, messages)
    return left_of(field, combined, last.tape, bound)
