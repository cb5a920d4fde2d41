"""A group of look-ups on its own: what is committed elsewhere, the verifier here reads and evaluates in plain sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pytest
from numpy.typing import NDArray

from proofs.errors import RejectedProof
from proofs.networks.network import Clamp
from proofs.sumcheck.claims import bits
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields import Base, Ext, Field, PlainField, Scalar, field, prime
from proofs.sumcheck.lookups import (
    Challenges,
    RangeTable,
    TableLayout,
    lookup_error,
    multiplicities,
    require_balance,
    table_denominators,
    values_table,
    verify_fractions,
    verify_ones,
    write_denominators,
    write_pads,
)
from proofs.sumcheck.lookups.prover import FractionsEnd, prove_fractions, prove_ones
from proofs.sumcheck.transcript import Transcript, run_prover, run_verifier

TINY = {"7": (7, 1), "7i": (7, 2), "31i": (31, 2)}


def a_field(name: str, kernels: str = "plain") -> Field:
    """A field of the project, or a tiny one."""
    if name in TINY:
        p, degree = TINY[name]
        return PlainField(name, prime(p), degree)
    return field(name, kernels)  # type: ignore[arg-type]


def a_transcript(about: bytes = b"") -> Transcript:
    """A transcript of nothing in particular."""
    return Transcript("test", 1, b"lookups" + about, {})


def random_base(f: Field, shape: tuple[int, ...], seed: int) -> Base:
    """Canonical elements."""
    return np.random.default_rng(seed).integers(0, f.scalars.p, shape, dtype=np.uint64).astype(f.dtype)


def random_scalars(f: Field, count: int, seed: int) -> tuple[Scalar, ...]:
    """Non-zero elements, as challenges are."""
    drawn = np.random.default_rng(seed).integers(1, f.scalars.p, (count, f.scalars.degree), dtype=np.uint64)
    return tuple(tuple(int(c) for c in row) for row in drawn)


TWINS = [("m31", "plain"), ("m31", "fast")]
BOTH = pytest.mark.parametrize("f", [a_field(*twin) for twin in TWINS], ids=["plain", "fast"])
ALL = [*TWINS, ("m61", "plain"), ("31i", "plain")]
EVERY = pytest.mark.parametrize("f", [a_field(*twin) for twin in ALL], ids=["-".join(twin) for twin in ALL])

Column = NDArray[np.int32]


@dataclass(frozen=True)
class Looked:
    """Values looked up in the table with a tag; second is None for single values."""

    tag: int
    first: Column
    second: Column | None = None


def looked(tag: int, first: Iterable[int], second: Iterable[int] | None = None) -> Looked:
    """From any numbers."""
    return Looked(tag, as_column(first), None if second is None else as_column(second))


def as_column(values: Iterable[int]) -> Column:
    """Signed numbers below 2^31 in size."""
    return np.array(list(values), dtype=np.int32)


def identity(drawn: Challenges) -> Challenges:
    """Challenges as they are drawn."""
    return drawn


@dataclass(frozen=True)
class Group:
    """Look-ups in a row, then pads; and how often each table's row is said to be looked up.

    Args:
        counts: (total,), base elements.
        weakened: what the two sides make of their challenges: protocols that are broken on purpose change them.
    """

    field: Field
    layout: TableLayout
    sites: tuple[Looked, ...]
    counts: Base
    weakened: Callable[[Challenges], Challenges] = identity

    @property
    def real(self) -> int:
        """Look-ups that are not pads."""
        return sum(site.first.size for site in self.sites)

    @property
    def depth(self) -> int:
        """Of the look-ups' tree."""
        return bits(self.real)

    @property
    def pads(self) -> int:
        """Of the look-ups' tree."""
        return (1 << self.depth) - self.real

    def leaves(self, drawn: Challenges) -> Ext:
        """Denominators of the look-ups' tree."""
        out = np.empty((self.field.scalars.degree, 1 << self.depth), dtype=self.field.dtype)
        start = 0
        for site in self.sites:
            write_denominators(self.field, out, start, site.first, site.second, site.tag, drawn)
            start += site.first.size
        write_pads(out, start, out.shape[1])
        return out

    @cached_property
    def numerators(self) -> Base:
        """Of the tables' tree: zero on pads."""
        out = np.zeros(1 << self.layout.depth, dtype=self.field.dtype)
        out[: self.layout.total] = self.counts
        return out


def honest(f: Field, layout: TableLayout, *sites: Looked) -> Group:
    """A group with the right counts."""
    counts = multiplicities(f, layout, [(site.tag, site.first) for site in sites])
    return Group(f, layout, sites, counts[: layout.total])


def recounted(group: Group, changes: dict[int, int]) -> Group:
    """The same with a row's counts changed."""
    scalars, counts = group.field.scalars, group.counts.copy()
    for row, change in changes.items():
        counts[row] = (int(counts[row]) + change) % scalars.p
    return replace(group, counts=counts)


Ends = tuple[FractionsEnd, FractionsEnd]
Leaves = Callable[[Ext], None]


def untouched(leaves: Ext) -> None:
    """Leaves as they are."""


def prove_group(group: Group, forged: Leaves = untouched, forged_numerators: Leaves = untouched) -> Prover[Ends]:
    """A prover that sticks to the protocol, whatever the group holds.

    Args:
        forged: changes the look-ups' leaves. forged_numerators: changes the tables'.
    """
    drawn = group.weakened(Challenges(*(yield Send("witness", (), 3))))
    leaves, numerators = group.leaves(drawn), group.numerators.copy()
    forged(leaves)
    forged_numerators(numerators)
    looked_up = yield from prove_ones(group.field, "sites", leaves)
    tables = table_denominators(group.field, group.layout, drawn)
    held = yield from prove_fractions(group.field, "tables", numerators, tables)
    return looked_up, held


def verify_group(group: Group) -> Verifier[None]:
    """All checks, the leaves' claims among them."""
    f, layout = group.field, group.layout
    error = lookup_error(group.real, layout.total, f.scalars)
    drawn = group.weakened(Challenges(*(yield Receive("witness", 0, 3, error=error)).challenges))
    looked_up = yield from verify_ones(f, "sites", group.depth)
    held = yield from verify_fractions(f, "tables", layout.depth)
    require_balance(f.scalars, looked_up, group.pads, held)
    if looked_up.denominator != evaluated(f, group.leaves(drawn), looked_up.point):
        raise RejectedProof("site-leaves", "the look-ups are not what is committed")
    if held.denominator != drawn.combined(f.scalars, layout.value_at(f, held.point)):
        raise RejectedProof("table-leaves", "the tables are not the tables")
    if held.numerator != evaluated(f, f.lift(group.numerators), held.point):
        raise RejectedProof("multiplicities", "the counts are not what is committed")


def evaluated(f: Field, table: Ext, point: tuple[Scalar, ...]) -> Scalar:
    """An extension's value."""
    return f.dot(f.eq_table(point, table.shape[1]), table)


def proof_of(group: Group, prover: Prover[object] | None = None) -> bytes:
    """A proof, honest if no other prover is given."""
    return run_prover([(prover or prove_group(group), group.field.scalars)], a_transcript())[0]


def verify(proof: bytes, group: Group) -> None:
    """Raises RejectedProof."""
    run_verifier([(verify_group(group), group.field.scalars)], proof, a_transcript())


def passes(group: Group, prover: Prover[object] | None = None) -> bool:
    """Whether a prover gets a group past the verifier."""
    try:
        verify(proof_of(group, prover), group)
    except RejectedProof:
        return False
    return True


P = 2**31 - 1
PAIRS, SHORT, LONG, BITS = 1, 2, 3, 4
LAYOUT = TableLayout(
    ((PAIRS, Clamp(-20, 20, 0, 6)), (SHORT, RangeTable(2)), (LONG, RangeTable(4)), (BITS, values_table(0, 1)))
)
CLAMPED = looked(PAIRS, [-20, -1, 3, 20, 3], [0, 0, 3, 6, 3])


def row(tag: int, v0: int) -> int:
    """The number of a table's row."""
    start, table = LAYOUT.places[tag]
    return start + v0 - table.low


def true(f: Field) -> Group:
    """Nothing false here."""
    return honest(f, LAYOUT, CLAMPED, looked(SHORT, [0, 3, 2, 2]), looked(LONG, [15, 0]), looked(BITS, [0, 1, 1]))


def rejected(group: Group, check: str, prover: Prover[object] | None = None) -> None:
    """The verifier refuses by the check of that name."""
    with pytest.raises(RejectedProof) as refusal:
        verify(proof_of(group, prover), group)
    assert refusal.value.check == check
