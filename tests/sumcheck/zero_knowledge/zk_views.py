"""Transcripts as rows of numbers: every entry that is sent, and sums of them that a curious client would look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from zk_kit import TINY, Challenges, P

from proofs.sumcheck.committed.outline import COLUMNS, outline, plan_tails
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.fields.field import Ext
from proofs.sumcheck.hiding.opening import mask_rows
from proofs.sumcheck.hiding.pads import PadPlan
from proofs.sumcheck.ligero.merkle import proof_bytes
from proofs.sumcheck.ligero.parameters import SALT_BYTES
from proofs.sumcheck.ligero.queries import ENTRY_BYTES, queried
from proofs.sumcheck.rounds import as_point, variables

View = NDArray[np.int64]
"""Numbers modulo 127: (entries,), or (transcripts, entries)."""


@dataclass(frozen=True)
class Reader:
    """What lies where in transcripts of one plan under the same challenges.

    Args:
        relation: factors of the columns asked for, ascending, whose sum would be one number for each row if blocks of
            the witness lay elsewhere.
    """

    plan: Plan
    challenges: Challenges
    relation: tuple[int, ...] = ()

    @cached_property
    def asked(self) -> list[int]:
        """The positions of the columns."""
        return queried(self.challenges[-1], self.plan.instance.code(P))

    @cached_property
    def rows(self) -> tuple[int, int, int]:
        """Of model, chunk and witness."""
        plan, masks = self.plan, mask_rows(plan_tails(self.plan, P))
        return plan.instance.model.rows, plan.instance.chunk.matrix.rows, plan.rows - plan.first_row + masks

    @cached_property
    def names(self) -> list[str]:
        """What each entry of a view is."""
        found = []
        for message in outline(self.plan, TINY.scalars):
            found += [f"{message.label}[{k}].{c}" for k in range(message.elements) for c in range(4)]
            if message.label == "opening/combination":
                found += [f"{message.label}[{k}]" for k in range(message.raw_bytes // ENTRY_BYTES)]
        for name, rows in zip(("model", "chunk", "witness"), self.rows, strict=True):
            found += [f"{name} at {place}, row {row}" for place in self.asked for row in range(rows)]
        found += [f"sum of products' {which} factors.{c}" for which in ("first", "second") for c in range(4)]
        return found + [f"witness, columns combined, row {row}" for row in range(self.rows[2]) if self.relation]

    def view(self, messages: Sequence[bytes]) -> View:
        """All entries but digests and salts."""
        parts: list[View] = []
        by_label: dict[str, View] = {}
        for message, raw in zip(outline(self.plan, TINY.scalars), messages, strict=True):
            if message.label == COLUMNS:
                columns = opened_columns(self.plan, P, self.challenges, raw)
            elif message.label != "witness":
                kind = "<u4" if message.raw_bytes else np.uint8
                by_label[message.label] = np.frombuffer(raw, dtype=kind).astype(np.int64)
                parts.append(by_label[message.label])
        parts += [part.reshape(-1) for part in columns]
        parts += self._factors(by_label)
        if self.relation:
            parts.append(np.array(self.relation) @ columns[2] % P)
        return np.concatenate(parts)

    def _factors(self, by_label: dict[str, View]) -> Iterator[View]:
        """The two values in the clear, plus the same sums of what was sent in place of the products' factors."""
        pads, clear = pads_of(self.plan), by_label["products/end"].reshape(2, 4)
        weights = TINY.eq_table(self._product_point, pads.products)[:, :-1]
        sent = np.zeros((4, pads.size), dtype=np.uint32)
        for label, start in pads.starts.items():
            elements = by_label.get(label, np.zeros(0)).reshape(-1, 4).T
            sent[:, start : start + elements.shape[1]] = elements
        for places, value in zip((pads.first, pads.second), clear, strict=True):
            factors: Ext = np.ascontiguousarray(sent[:, places[:-1]])
            yield (np.array(TINY.dot(weights, factors)) + value) % P

    @cached_property
    def _product_point(self) -> tuple[tuple[int, ...], ...]:
        """Where the sum-check of products ends."""
        shape = (pads_of(self.plan).products,)
        messages = [message for message in outline(self.plan, TINY.scalars) if message.challenges]
        by_label = {message.label: r for message, r in zip(messages, self.challenges, strict=True)}
        (point,) = as_point(shape, [by_label[variable.name("products")][0] for variable in variables(shape)])
        return point


def opened_columns(plan: Plan, prime: int, challenges: Challenges, raw: bytes) -> list[View]:
    """What the last message shows of each matrix: (positions, rows)."""
    code, masks = plan.instance.code(prime), mask_rows(plan_tails(plan, prime))
    asked, witness = queried(challenges[-1], code), plan.rows - plan.first_row + masks
    siblings, found = proof_bytes(asked, code.log_columns + 2), []
    for rows in (plan.instance.model.rows, plan.instance.chunk.matrix.rows, witness):
        size = (SALT_BYTES + ENTRY_BYTES * rows) * len(asked)
        table = np.frombuffer(raw[:size], dtype="<u4").reshape(len(asked), -1)
        found.append(table[:, SALT_BYTES // ENTRY_BYTES :].astype(np.int64))
        raw = raw[size + siblings :]
    return found


def pads_of(plan: Plan) -> PadPlan:
    """A hidden proof's pads."""
    assert plan.pad_plan is not None
    return plan.pad_plan
