"""The verifier's side of a group's look-ups: do the values said recombine to the leaves its tree ended in?"""

from __future__ import annotations

from collections.abc import Iterable

from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.values import GroupValues
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.lookups.leaves import Challenges
from proofs.sumcheck.lookups.tables import RangeTable, TableValues

Entry = tuple[int, Scalar, Scalar]
"""A part's tag, its real positions' extension, and its first value's."""


def check_leaf(scalars: Extension, plan: Plan, drawn: Challenges, top: Scalar, said: GroupValues, leaf: Scalar) -> None:
    """Compare the tree's leaf at (top, rho) with what the values make. Raises RejectedProof."""
    lane_0 = drawn.combined(scalars, _pairs(scalars, plan, said))
    lane_1 = drawn.combined(scalars, _remainders(scalars, plan, said))
    # (1 - top) lane_0 + top lane_1
    made = scalars.add(lane_0, scalars.mul(top, scalars.sub(lane_1, lane_0)))
    scalars.require_equal(made, leaf, "lookup-leaf", f"the values said of {said.group.name} are not those looked up")


def _pairs(scalars: Extension, plan: Plan, said: GroupValues) -> TableValues:
    """Lane 0: v0, and of pairs (q, y) y, less a maximum's second term."""
    second = scalars.zero if said.outputs is None else said.outputs
    for value in said.parts:
        if value.part.site.kind == "maximum" and value.second is not None:
            second = scalars.sub(second, value.second)
    entries = ((plan.tags[value.part.site.table], value.real, value.first) for value in said.parts)
    return _summed(scalars, entries, second)


def _remainders(scalars: Extension, plan: Plan, said: GroupValues) -> TableValues:
    """Lane 1."""
    entries = (
        (plan.tags[RangeTable(value.part.site.shift)], value.real, value.second)
        for value in said.parts
        if value.part.site.shift and value.second is not None
    )
    return _summed(scalars, entries, scalars.zero)


def _summed(scalars: Extension, entries: Iterable[Entry], second: Scalar) -> TableValues:
    ones = tags = first = scalars.zero
    for tag, real, value in entries:
        ones = scalars.add(ones, real)
        tags = scalars.add(tags, scalars.mul(scalars.from_int(tag), real))
        first = scalars.add(first, value)
    return TableValues(first, second, tags, ones)
