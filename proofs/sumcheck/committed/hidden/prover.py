"""The prover's walk of a hidden proof."""

from __future__ import annotations

from proofs.sumcheck.committed.hidden.combining import Combined, combine, left_of
from proofs.sumcheck.committed.hidden.rows import Covers
from proofs.sumcheck.committed.outline import batch_messages
from proofs.sumcheck.committed.prover import prove_walk
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.committed.verifier import verify_walk
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.hiding.covering import shadowed
from proofs.sumcheck.hiding.forms import form_field
from proofs.sumcheck.hiding.opening import Left, prove_left
from proofs.sumcheck.hiding.pads import Pads, plan_plain
from proofs.sumcheck.hiding.products import prove_products
from proofs.sumcheck.hiding.tails import elements
from proofs.sumcheck.layout.batching import batch_splits
from proofs.sumcheck.layout.folding import prove_rounds, verify_rounds
from proofs.sumcheck.ligero.commit import Committed


def prove_hidden(running: Running, covers: Covers, committed: Committed) -> Prover[None]:
    """Prove an instance whose witness is committed, and show nothing else.

    Raises:
        ValueError: the matrices do not hide what they hold as the instance says.
    """
    field, plan, pads = running.field, running.plan, covers.pads
    _require_blocks(plan.instance.model.block, running.secret.model, running.secret.chunk)
    hidden, forms = form_field(field, pads.plan.size)
    walks = prove_walk(running, committed.root), verify_walk(hidden, plan)
    _, (_, claims) = yield from shadowed(*walks, pads, forms)
    running.stage("claims")
    yield from prove_products(field, hidden, forms, pads)
    (xi,) = yield Send("claims", (), 1)
    combined = combine(field, forms.tape, claims, xi, plan.place_of_pads)
    left = yield from _batch(running, covers, combined)
    running.stage("opening")
    matrices = [running.secret.model, running.secret.chunk, committed]
    yield from prove_left(field, "opening", matrices, covers.masks, covers.tails, left)


def _require_blocks(length: int, *matrices: Committed) -> None:
    """Raises ValueError: a verifier would not notice, zeros being a block, but rows would be shown."""
    for matrix in matrices:
        blocks = {0 if part.block is None else part.block.shape[1] for part in matrix.parts}
        if blocks != {length}:
            raise ValueError(f"rows are to be hidden by blocks of {length}, and have blocks of {sorted(blocks)}")


def _batch(running: Running, covers: Covers, combined: Combined) -> Prover[Left]:
    """The sum-check of the combined claim, covered by tails."""
    field, plan = running.field, running.plan
    messages = plan_plain(batch_messages(plan, field.scalars))
    tails = Pads(field, messages, elements(covers.tails, covers.masks.tails))
    hidden, forms = form_field(field, messages.size)
    splits = batch_splits("batch", plan.flat_bits)
    vector = running.witness.vector
    prover = prove_rounds(field, splits, combined.spread(field, vector.size), vector)
    walk = verify_rounds(hidden.scalars, splits, combined.value)
    _, bound = yield from shadowed(prover, walk, tails, forms)
    return left_of(field, combined, forms.tape, bound)
