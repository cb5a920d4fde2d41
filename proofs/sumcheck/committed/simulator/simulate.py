"""Writing a hidden proof from nothing but what is public, and challenges."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from proofs.sumcheck.committed.hidden.rows import TAILS
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.outline import outline, plan_tails
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.simulator.fixed import Fixed
from proofs.sumcheck.committed.simulator.opened import (
    committed_columns,
    mask_columns,
    mask_value,
    rows_message,
    tail_columns,
    word_of,
)
from proofs.sumcheck.committed.simulator.walk import walk_to_left
from proofs.sumcheck.exchange import Received, Send
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.hiding.opening import Left
from proofs.sumcheck.hiding.drawing import draw_rows
from proofs.sumcheck.hiding.tails import Tails
from proofs.sumcheck.interactive import ChallengeSource
from proofs.sumcheck.ligero.opening import shown
from proofs.sumcheck.ligero.queries import queried
from proofs.sumcheck.ligero.randomness import uniform
from proofs.sumcheck.lockstep import write_message

ELEMENTS, ROW, COLUMNS = b"simulated elements", b"simulated row", b"simulated columns"


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
    plan, scalars = make_plan(instance), field.scalars
    elements = _elements(field, plan, seed)
    sends, left = _walk(field, plan, source, elements)
    code, tails = instance.code(scalars.p), plan_tails(plan, scalars.p)
    (challenge,) = source(1)
    u = uniform(seed, ROW, (scalars.degree, code.dimension), scalars.p)
    u_tails = draw_rows(field, tails, seed, TAILS)
    sends.append(Send("opening/mask", (mask_value(field, tails, left, challenge, u, u_tails),), 1))
    sends.append(Send("opening/combination", (), code.challenges, rows_message(u, u_tails)))
    asked = queried(source(code.challenges), code)
    columns = _columns(field, plan, tails, left, challenge, (u, u_tails), fixed, asked, seed)
    witness = committed_columns(columns, asked, code, seed)
    matrices = (fixed.model, fixed.chunk, witness)
    sends.append(Send("opening/columns", (), 0, b"".join(shown(field, matrix, asked) for matrix in matrices)))
    sends[0] = Send("witness", (), 3, witness.root)
    return [write_message([send], [scalars]) for send in sends]


def _elements(field: Field, plan: Plan, seed: bytes) -> Iterator[Scalar]:
    """As many uniform elements as the messages have."""
    count = sum(message.elements for message in outline(plan, field.scalars))
    table = uniform(seed, ELEMENTS, (count, field.scalars.degree), field.scalars.p)
    return iter([tuple(row) for row in table.tolist()])


def _walk(field: Field, plan: Plan, source: ChallengeSource, elements: Iterator[Scalar]) -> tuple[list[Send], Left]:
    """Uniform messages up to the opening, and what they leave to show; the witness' root is not there yet."""
    walk, sends = walk_to_left(field, plan), []
    request = next(walk)
    while True:
        said = tuple(islice(elements, request.elements))
        sends.append(Send(request.label, said, request.challenges))
        challenges = source(request.challenges) if request.challenges else ()
        try:
            request = walk.send(Received(said, challenges, bytes(request.raw_bytes)))
        except StopIteration as end:
            return sends, end.value


def _columns(
    field: Field,
    plan: Plan,
    tails: Tails,
    left: Left,
    challenge: Scalar,
    rows: tuple[Ext, Ext],
    fixed: Fixed,
    asked: list[int],
    seed: bytes,
) -> Base:
    """The witness' columns (rows, Q): uniform for its part of the vector and T, solved for M and M_T."""
    (u, u_tails), code, degree = rows, tails.code, field.scalars.degree
    own_rows, tail_rows = plan.rows - plan.first_row, degree * tails.rows
    drawn = uniform(seed, COLUMNS, (own_rows + tail_rows, len(asked)), field.scalars.p)
    own, of_tails = drawn[:own_rows], drawn[own_rows:]
    flat = np.concatenate([fixed.model.columns(field, asked), fixed.chunk.columns(field, asked), own])
    word = word_of(field, u[:, : code.columns], u[:, code.columns :], asked)
    mask = mask_columns(field, code, left, challenge, np.ascontiguousarray(flat.T), word)
    by_row = of_tails.reshape(tails.rows, degree, len(asked))
    tail_masks = tail_columns(field, tails, challenge, by_row, u_tails, asked)
    return np.ascontiguousarray(np.concatenate([own, mask, of_tails, *tail_masks]))
