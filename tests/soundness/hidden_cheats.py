"""Provers of hidden proofs that lie below their covers, and what such a proof says once its pads are known.

A hidden proof is refused at its end, whatever was wrong in it: all equations are one by then. Here its pads are known,
so that a test can name the equation that is false, as the open proof's refusal does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from proofs.errors import RejectedProof
from proofs.sumcheck.committed.hidden import prover as hidden_prover
from proofs.sumcheck.committed.hidden import verifier as hidden_verifier
from proofs.sumcheck.committed.hidden.combining import Combined, combine
from proofs.sumcheck.committed.hidden.rows import Covers, commit_witness, draw_covers
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.prover import prove_walk
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.committed.verifier import verify_walk
from proofs.sumcheck.committed.verify import verify
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Base, Ext, Field, Scalar, field
from proofs.sumcheck.hiding.covering import shadowed
from proofs.sumcheck.hiding.forms import Tape, form_field
from proofs.sumcheck.hiding.opening import Left, prove_left
from proofs.sumcheck.hiding.products import prove_products
from proofs.sumcheck.layout.batching import spread_weights
from proofs.sumcheck.ligero.commit import Committed
from proofs.sumcheck.reductions.claim import Claim

FAST = field("m31", "fast")
SCALARS = FAST.scalars
STATEMENT = b"what else was agreed on"
Say = Callable[[Send], Send]


@dataclass(frozen=True)
class Below:
    """What a prover does otherwise beside its walk; each step is the honest one where nothing is given.

    Args:
        covers: changes its randomness before it is committed to. commit: commits to something else.
        late: the vector and the matrix opened, once all claims are combined.
        open: in place of the opening.
    """

    covers: Callable[[Covers, Plan], Covers] | None = None
    commit: Callable[[Running, Covers, Base], Committed] | None = None
    late: Callable[[Running, Covers, Combined, Committed], tuple[Base, Committed]] | None = None
    open: Callable[[Running, Covers, list[Committed], Left], Prover[None]] | None = None


@dataclass(frozen=True)
class Known:
    """What a prover covered its messages with, and the vector it committed to."""

    pads: Ext
    vector: Base


KNOWN: dict[bytes, Known] = {}
"""By proof, of the last one made."""


def draw(running: Running, below: Below) -> Covers:
    """The prover's randomness."""
    covers = draw_covers(FAST, running.plan, running.secret.seed)
    return covers if below.covers is None else below.covers(covers, running.plan)


def lying(running: Running, covers: Covers, committed: Committed, below: Below, say: Say | None) -> Prover[None]:
    """``prove_hidden``, with lies."""
    plan, pads = running.plan, covers.pads
    hidden, forms = form_field(FAST, pads.plan.size)
    walk = prove_walk(running, committed.root)
    walk = walk if say is None else saying(walk, say)
    _, (_, claims) = yield from shadowed(walk, verify_walk(hidden, plan), pads, forms)
    running.stage("claims")
    yield from prove_products(FAST, hidden, forms, pads)
    (xi,) = yield Send("claims", (), 1)
    combined = combine(FAST, forms.tape, claims, xi, plan.place_of_pads)
    if below.late is not None:
        running.witness.vector, committed = below.late(running, covers, combined, committed)
    left = yield from hidden_prover._batch(running, covers, combined)
    matrices = [running.secret.model, running.secret.chunk, committed]
    if below.open is not None:
        yield from below.open(running, covers, matrices, left)
    else:
        yield from prove_left(FAST, "opening", matrices, covers.masks, covers.tails, left)


def commit(running: Running, covers: Covers, vector: Base) -> Committed:
    """The witness's matrix, of a vector."""
    witness = replace(running.witness, vector=vector.copy())
    return commit_witness(FAST, witness, covers, running.secret.seed)


def saying(prover: Prover[object], say: Say) -> Prover[object]:
    """The same prover; messages are changed, and what follows is honest about challenges."""
    try:
        request = next(prover)
        while True:
            request = prover.send((yield say(request)))
    except StopIteration as end:
        return end.value


# -- what is false in a proof -----------------------------------------------------------------------------------------
def refusal_of(instance: Instance, proof: bytes, known: Known | None = None) -> tuple[str, list[str]]:
    """The check that refuses a hidden proof; and the checks of the equations that are false, in the order of the walk,
    "batching" if only claims are.

    Args:
        known: of the proof it was before it was changed.
    """
    seen: list[tuple[Tape, Sequence[Claim]]] = []

    def noting(field: Field, tape: Tape, claims: Sequence[Claim], *rest: Any) -> Combined:
        seen.append((tape, claims))
        return combine(field, tape, claims, *rest)

    with patch.object(hidden_verifier, "combine", noting), pytest.raises(RejectedProof) as refusal:
        verify(FAST, instance, STATEMENT, proof)
    return refusal.value.check, _broken(known or KNOWN[proof], *seen[0])


def _broken(known: Known, tape: Tape, claims: Sequence[Claim]) -> list[str]:
    values = node_values(tape, known.pads)
    found = [
        equation.check
        for equation in tape.equations
        if any(SCALARS.add(equation.form.value, values[equation.form.node]))
    ]
    return found or ["batching"] * sum(not _true(claim, values, known.vector) for claim in claims)


def node_values(tape: Tape, pads: Ext) -> list[Scalar]:
    """What every node of a tape is, from the first pad on."""
    found: list[Scalar] = [tuple(int(c) for c in column) for column in pads.T]
    for index, terms in enumerate(tape.made):
        total = SCALARS.zero
        if not terms:
            places, factors = tape.dense[tape.pads + index]
            total = FAST.dot(factors, np.ascontiguousarray(pads[:, places]))
        for node, scale in terms:
            total = SCALARS.add(total, found[node] if scale is None else SCALARS.mul(found[node], scale))
        found.append(total)
    return found


def _true(claim: Claim, values: list[Scalar], vector: Base) -> bool:
    made = spread_weights(FAST, [(claim.functionals, SCALARS.one)], vector.size)
    said = claim.value
    if not isinstance(said, tuple):
        said = SCALARS.add(said.value, values[said.node])
    return FAST.dot(made, FAST.lift(vector)) == said


def refused_below(instance: Instance, proof: bytes, check: str) -> None:
    """A hidden proof is refused: by the opening itself, or by its one equation, the first false one ``check``'s."""
    refusal, broken = refusal_of(instance, proof)
    assert refusal == (check if check.startswith("opening-") else "opening-value")
    assert check.startswith("opening-") or broken[:1] == [check]
