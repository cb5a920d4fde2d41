"""Bytes and bits of a proof before there is one: exact, but for the columns asked for, which challenges choose."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.committed.outline import outline, plan_tails
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.fields.extension import Extension
from proofs.sumcheck.hiding.opening import mask_rows
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES, SALT_BYTES, Code
from proofs.sumcheck.ligero.queries import ENTRY_BYTES
from proofs.sumcheck.soundness import Round, proof_bits


@dataclass(frozen=True, slots=True)
class ProofSize:
    """What a proof is made of.

    Args:
        message_bytes: of all messages but the columns, exactly.
        column_bytes: of the columns with their siblings, on average over challenges. most_column_bytes: at most.
        rounds: messages that challenges follow.
        total_bits, worst_bits: of soundness, in all rounds and in the worst one.
    """

    message_bytes: int
    column_bytes: int
    most_column_bytes: int
    rounds: int
    total_bits: float
    worst_bits: float

    @property
    def proof_bytes(self) -> int:
        """Within one percent of a proof's."""
        return self.message_bytes + self.column_bytes

    @property
    def most_bytes(self) -> int:
        """No proof is longer."""
        return self.message_bytes + self.most_column_bytes


def proof_size(plan: Plan, scalars: Extension) -> ProofSize:
    """The size of a proof of the plan's instance."""
    messages = outline(plan, scalars)
    rounds = [Round(m.label, m.degree, m.challenges, m.error) for m in messages if m.challenges]
    total, worst = proof_bits(rounds, scalars)
    rows, code = _rows(plan, scalars.p), plan.instance.code(scalars.p)
    return ProofSize(
        message_bytes=sum(m.elements * scalars.scalar_bytes + m.raw_bytes for m in messages),
        column_bytes=round(_columns(rows, *usual_siblings(code))),
        most_column_bytes=round(_columns(rows, *most_siblings(code))),
        rounds=len(rounds),
        total_bits=total,
        worst_bits=worst,
    )


def usual_siblings(code: Code) -> tuple[float, float]:
    """Distinct columns and siblings of a tree, expected: of m nodes a query passes each with chance 1 / m.

    A sibling is given where exactly one of a pair is passed.
    """
    n, queries, found = code.positions, code.queries, 0.0
    columns = n * (1 - (1 - 1 / n) ** queries)
    nodes = n
    while nodes > 1:
        found += nodes * ((1 - 1 / nodes) ** queries - (1 - 2 / nodes) ** queries)
        nodes //= 2
    return columns, found


def most_siblings(code: Code) -> tuple[float, float]:
    """Distinct columns and siblings of a tree, at most: one sibling a query, or a pair, on each level."""
    n = nodes = code.positions
    found = 0
    while nodes > 1:
        found += min(code.queries, nodes // 2)
        nodes //= 2
    return min(code.queries, n), found


def _rows(plan: Plan, prime: int) -> list[int]:
    """Rows of the three matrices opened."""
    more = mask_rows(plan_tails(plan, prime)) if plan.instance.hiding else 0
    return [plan.instance.model.rows, plan.instance.chunk.matrix.rows, plan.rows - plan.first_row + more]


def _columns(rows: list[int], columns: float, siblings: float) -> float:
    """Bytes of the message "columns"."""
    return sum(columns * (SALT_BYTES + ENTRY_BYTES * count) + siblings * DIGEST_BYTES for count in rows)
