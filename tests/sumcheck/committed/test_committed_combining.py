"""Every equation about accumulators has a power of the challenge to itself, or they could make up for each other."""

from __future__ import annotations

from itertools import product

import pytest
from committed_kit import FAST, every_kind

from proofs.sumcheck.committed import groups
from proofs.sumcheck.committed.accumulators import Combining, most_parts
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.values import PartValue
from proofs.sumcheck.fields import Scalar

SCALARS = FAST.scalars
ETA = (3, 1, 4, 1)


def power(exponent: int) -> Scalar:
    value = SCALARS.one
    for _ in range(exponent):
        value = SCALARS.mul(value, ETA)
    return value


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(groups, "GROUP_BITS", 8)
    return make_plan(every_kind(FAST, 17).instance())


def test_powers() -> None:
    combining = Combining(SCALARS, ETA)
    assert [combining.factor(i) for i in range(6)] == [power(2 * i) for i in range(6)]
    assert most_parts([[1], [1, 2, 3], [1, 2]]) == 6


def test_every_value_weighs_by_a_power_of_its_own(plan: Plan) -> None:
    """The combination in the values said: 2^k q~, rem~ and the real positions of part i by eta^(2i); a maximum's first
    by eta^(2i), its second by eta^(2i + 1)."""
    combining, zero, one = Combining(SCALARS, ETA), SCALARS.zero, SCALARS.one
    parts = [part for group in plan.groups for part in group.parts]
    for name in ("node 0", "node 4", "node 6"):
        own = [part for part in parts if part.site.name == name]
        site = own[0].site
        assert len(own) > 1 or name == "node 6"
        for index, slot in product(range(len(own)), ("first", "second", "real")):
            values = [PartValue(part, (), zero, zero, zero) for part in own]
            said = {"first": zero, "second": zero, "real": zero} | {slot: one}
            values[index] = PartValue(own[index], (), said["first"], said["second"], said["real"])
            if site.kind == "maximum":
                weight = {"first": power(2 * index), "second": power(2 * index + 1), "real": zero}[slot]
            else:
                half = SCALARS.neg(SCALARS.from_int(1 << (site.shift - 1)))
                factor = {"first": SCALARS.from_int(1 << site.shift), "second": one, "real": half}[slot]
                weight = SCALARS.mul(power(2 * index), factor)
            assert combining.value(values) == weight
        placed = combining.placed([(part, ()) for part in own])
        assert [part.factor for part in placed] == [power(2 * i) for i in range(len(own))]


def test_a_maximum_s_terms(plan: Plan) -> None:
    """(first - second) + eta second: both terms are bound, not only their difference or sum."""
    (_, first, _), (_, second, _) = plan.terms(SCALARS, 4, ETA)
    assert (first, second) == (SCALARS.one, SCALARS.sub(ETA, SCALARS.one))
