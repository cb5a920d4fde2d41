"""What the prover says where a group's look-ups end, and what the verifier makes of it.

All of it is about one point rho of the group's positions: of a rescaled part q~ and its remainder, of a maximum
first - second and second, of any other part its v0; and of the group the sum of all y~.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofs.sumcheck.committed.groups import Group, Part
from proofs.sumcheck.committed.real import real_at
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.layout.functional import FlatEq
from proofs.sumcheck.reductions.claim import Claim

Flat = tuple[Scalar, ...]


def slots(part: Part) -> int:
    """Values said of a part."""
    return 2 if part.site.kind == "maximum" or part.site.shift else 1


def has_outputs(group: Group) -> bool:
    """Whether any part looks up a pair (q, y)."""
    return any(is_output(part) for part in group.parts)


def elements(group: Group) -> int:
    """Length of the group's message."""
    return sum(slots(part) for part in group.parts) + has_outputs(group)


@dataclass(frozen=True, slots=True)
class PartValue:
    """What was said of a part at ``point``: v0~, and the remainder's or the second term's value if it has one.

    Args:
        real: the verifier's own: the extension of "is a real position of the part" there.
    """

    part: Part
    point: Flat
    first: Scalar
    second: Scalar | None
    real: Scalar


@dataclass(frozen=True, slots=True)
class GroupValues:
    """What was said of a group at ``point``.

    Args:
        outputs: the sum over all pairs' parts of y~, if there are any.
    """

    group: Group
    point: Flat
    parts: tuple[PartValue, ...]
    outputs: Scalar | None


def read_values(field: Field, group: Group, point: Flat, message: Sequence[Scalar]) -> GroupValues:
    """The message by part."""
    rest = iter(message)
    parts = []
    for part in group.parts:
        first = next(rest)
        second = next(rest) if slots(part) == 2 else None
        parts.append(PartValue(part, point, first, second, real_at(field, part, point)))
    return GroupValues(group, point, tuple(parts), next(rest) if has_outputs(group) else None)


def committed_readings(group: Group, point: Flat) -> list[tuple[FlatEq, ...]]:
    """What the values said of a group at ``point`` are about, where it is committed: remainders, values looked up as
    they are, outputs; in that order, part by part."""
    remainders, values, outputs = [], [], []
    for part in group.parts:
        site = part.site
        if site.remainders is not None:
            remainders.append((part.reading(site.remainders, point),))
        if site.kind == "committed" and site.place is not None:
            values.append((part.reading(site.place, point),))
        if is_output(part) and site.place is not None:
            outputs.append(part.reading(site.place, point))
    return [*remainders, *values, *([tuple(outputs)] if outputs else [])]


def committed_claims(said: GroupValues) -> list[Claim]:
    """The claims they are."""
    parts = said.parts
    values = [p.second for p in parts if p.part.site.remainders is not None and p.second is not None]
    values += [p.first for p in parts if p.part.site.kind == "committed"]
    values += [] if said.outputs is None else [said.outputs]
    readings = committed_readings(said.group, said.point)
    return [Claim(functionals, value) for functionals, value in zip(readings, values, strict=True)]


def is_output(part: Part) -> bool:
    """Whether a part looks up pairs (q, y)."""
    return part.site.kind in ("rescaled", "maximum")
