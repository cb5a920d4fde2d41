"""The prover's numbers, laid out as the plan says: the flat vector, and what is looked up without being committed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.networks.execution import Execution
from proofs.networks.weights import Weights
from proofs.sumcheck.committed.groups import Group, Part
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.site_values import SiteValues
from proofs.sumcheck.committed.sites import Site
from proofs.sumcheck.fields.field import Base, Field, Integers
from proofs.sumcheck.layout.arrange import flatten
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.ligero.commit import Committed


@dataclass(frozen=True, slots=True, eq=False)
class Secret:
    """What only the prover has.

    Args:
        x: int32 (C, H, W, count), the instance's examples. labels: int64 (count,), if the chunk has any.
        model, chunk: their committed matrices.
        seed: 32 fresh bytes, for the witness's salts.
    """

    weights: Weights
    x: Integers
    labels: Integers | None
    model: Committed
    chunk: Committed
    seed: bytes


@dataclass(slots=True, eq=False)
class Witness:
    """The flat vector and what goes with it.

    Args:
        vector: base (rows * columns,), model and chunk included.
        first: v0 of every site that is not itself committed, flat as in its segment: int32.
    """

    plan: Plan
    vector: Base
    first: dict[str, NDArray[np.int32]]

    @property
    def own(self) -> Base:
        """The part that is committed with the proof."""
        return self.vector[self.plan.first_row * self.plan.columns :]

    def put(self, field: Field, site: Site, values: SiteValues) -> None:
        """Place one site's values."""
        if values.first is not None:
            self.first[site.name] = flatten(site.segment, values.first).astype(np.int32, copy=False)
        if values.value is not None and site.place is not None:
            self._write(field, site.place, values.value)
        if values.remainders is not None and site.remainders is not None:
            self._write(field, site.remainders, values.remainders)

    def put_extra(self, field: Field, name: str, values: Integers) -> None:
        """Place one of the head's tensors."""
        self._write(field, self.plan.extras[name], values)

    def first_of(self, field: Field, part: Part) -> Integers:
        """v0 on a part's rows: int32, flat."""
        if part.site.name in self.first:
            return self.first[part.site.name][rows_of(part)]
        return field.to_signed(self.committed_of(part, part.site.place)).astype(np.int32)

    def committed_of(self, part: Part, segment: Segment | None) -> Base:
        """What the flat vector holds on a part's rows of one of its site's segments."""
        if segment is None:
            raise ValueError(f"{part.site.name} holds nothing there")
        return self.vector[segment.offset : segment.end][rows_of(part)]

    def count(self, group: Group, multiplicities: Base) -> None:
        """Place a group's multiplicities."""
        self._write_flat(group.multiplicities, multiplicities)

    def _write(self, field: Field, segment: Segment, values: Integers) -> None:
        self._write_flat(segment, field.from_signed(flatten(segment, values)))

    def _write_flat(self, segment: Segment, entries: Base) -> None:
        self.vector[segment.offset : segment.offset + len(entries)] = entries


def rows_of(part: Part) -> slice:
    """A part's entries in its site's own segment."""
    low = part.site.segment.low
    return slice(part.start * low, part.stop * low)


def empty_witness(field: Field, plan: Plan, secret: Secret) -> Witness:
    """Model and chunk in their places, zeros elsewhere."""
    vector = np.zeros(plan.rows * plan.columns, dtype=field.dtype)
    model, chunk = secret.model.rows.reshape(-1), secret.chunk.rows.reshape(-1)
    vector[: model.size] = model
    vector[model.size : model.size + chunk.size] = chunk
    return Witness(plan, vector, {})


def put_network(field: Field, witness: Witness, execution: Execution) -> None:
    """Place what running the network gave."""
    for site in witness.plan.sites.values():
        if site.node is None:
            continue
        ran = execution.nodes[site.node]
        witness.put(field, site, SiteValues(ran.q, ran.y, ran.rem))
