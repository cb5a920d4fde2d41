"""Writing a hidden proof from nothing but what is public, and challenges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from proofs.sumcheck.committed.hidden.verifier import verify_to_left
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.outline import outline, plan_tails
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.simulator.fixed import Fixed
from proofs.sumcheck.committed.simulator.opened import Combined, committed_columns, draw_combined
from proofs.sumcheck.exchange import Received, Send
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Field
from proofs.sumcheck.hiding.opening import Left
from proofs.sumcheck.interactive import ChallengeSource
from proofs.sumcheck.ligero.opening import shown
from proofs.sumcheck.ligero.queries import queried
from proofs.sumcheck.ligero.randomness import uniform
from proofs.sumcheck.lockstep import write_message

ELEMENTS, COLUMNS = b"simulated elements", b"simulated columns"


def simulate(field: Field, instance: Instance, source: ChallengeSource, fixed: Fixed, seed: bytes) -> list[bytes]:
    """The messages of a hidden proof of an instance, true or not: a verifier who gets these challenges accepts them.

    Args:
        instance: public. Its roots are not looked at: verify it with those of ``fixed``.
        source: the challenges after each message, one message's at a time, as the verifier will draw them.
        fixed: the columns of model and chunk; one for all proofs that have them in common.
        seed: 32 random bytes, never one seed for two proofs.

    Raises:
        InvalidInput: the instance cannot be proven whoever tries.
        ValueError: it is proven in the open.
    """
    plan, prime = make_plan(instance), field.scalars.p
    code, tails = instance.code(prime), plan_tails(plan, prime)
    sends, left = _walk(field, plan, source, seed)
    (challenge,) = source(1)
    rows = draw_combined(field, tails, left, challenge, seed)
    sends.append(Send("opening/mask", (rows.mask_value(field),)))
    sends.append(Send("opening/combination", (), code.challenges, rows.message))
    asked = queried(source(code.challenges), code)
    witness = committed_columns(_columns(field, plan, rows, fixed, asked, seed), asked, code, seed)
    opened = b"".join(shown(field, matrix, asked) for matrix in (fixed.model, fixed.chunk, witness))
    sends.append(Send("opening/columns", (), 0, opened))
    sends[0] = Send("witness", (), 3, witness.root)
    return [write_message([send], [field.scalars]) for send in sends]


def _walk(field: Field, plan: Plan, source: ChallengeSource, seed: bytes) -> tuple[list[Send], Left]:
    """Uniform messages up to the opening, and what they leave to show; the witness' root is not there yet."""
    walk, elements = verify_to_left(field, plan), _elements(field, plan, seed)
    sends: list[Send] = []
    request = next(walk)
    while True:
        said = tuple(islice(elements, request.elements))
        sends.append(Send(request.label, said, request.challenges))
        challenges = source(request.challenges) if request.challenges else ()
        try:
            request = walk.send(Received(said, challenges, bytes(request.raw_bytes)))
        except StopIteration as end:
            return sends, end.value[1]


def _elements(field: Field, plan: Plan, seed: bytes) -> Iterator[Scalar]:
    """As many uniform elements as the messages have."""
    count = sum(message.elements for message in outline(plan, field.scalars))
    table = uniform(seed, ELEMENTS, (count, field.scalars.degree), field.scalars.p)
    return iter([tuple(row) for row in table.tolist()])


def _columns(field: Field, plan: Plan, rows: Combined, fixed: Fixed, asked: Sequence[int], seed: bytes) -> Base:
    """The witness' columns (rows, Q): uniform for its part of the vector and T, solved for M and M_T."""
    flat_rows = plan.rows - plan.first_row
    count = flat_rows + field.scalars.degree * rows.tails.rows
    drawn = uniform(seed, COLUMNS, (count, len(asked)), field.scalars.p)
    own, of_tails = drawn[:flat_rows], drawn[flat_rows:]
    flat = np.concatenate([fixed.model.columns(field, asked), fixed.chunk.columns(field, asked), own])
    mask, tail_masks = rows.mask_columns(field, flat, asked), rows.tail_mask_columns(field, of_tails, asked)
    return np.ascontiguousarray(np.concatenate([own, mask, of_tails, tail_masks]))
