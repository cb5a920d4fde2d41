"""Random segments, and the sums functionals stand for, entry by entry in plain integers."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

import proofs.sumcheck.fields.fast.compile  # noqa: F401 - now, so that machine code outlives the session's own home
from proofs.errors import RejectedProof
from proofs.sumcheck.exchange import Receive, Received, Send
from proofs.sumcheck.fields import Ext, Field, Scalar, field
from proofs.sumcheck.layout.functional import Product
from proofs.sumcheck.layout.segment import Segment

TWINS = ("plain", "fast")
EVERY = pytest.mark.parametrize("f", [field("m31", twin) for twin in TWINS], ids=TWINS)
QUICK = settings(max_examples=25, deadline=None)
SEEDS = st.integers(0, 2**32)
P = 2**31 - 1


@st.composite
def segments(draw: st.DrawFn, extents: int = 6) -> Segment:
    """Segments of any order, low part and place; few rows, so that sums can be made entry by entry."""
    order = draw(st.sampled_from(list(permutations(range(4)))))
    low = 1 << draw(st.integers(0, 3))
    outer = draw(st.lists(st.integers(1, 4), min_size=3, max_size=3))
    lying = [*outer, draw(st.integers(1, extents * low))]
    a, b, c, d = (lying[order.index(axis)] for axis in range(4))
    return Segment((a, b, c, d), order, low, low * draw(st.integers(0, 20)))


def base(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, P, shape, dtype=np.uint32)


def ext(n: int, seed: int) -> Ext:
    """An extension array with a few zeros."""
    table = base((4, n), seed)
    table[:, base((n,), seed + 1) % 5 == 0] = 0
    return table


def scalars(count: int, seed: int) -> tuple[Scalar, ...]:
    """Elements as challenges are."""
    return tuple(tuple(int(c) for c in row) for row in np.random.default_rng(seed).integers(1, P, (count, 4)))


def vectors(segment: Segment, seed: int) -> tuple[Ext, Ext, Ext, Ext]:
    a, b, c, d = (ext(extent, seed + 2 * axis) for axis, extent in enumerate(segment.shape))
    return a, b, c, d


def positions(segment: Segment) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every real index and its entry in the segment, from the definition of flat."""
    for index in product(*map(range, segment.shape)):
        a, b, c, inner = (index[axis] for axis in segment.order)
        _, second, third = segment.outer
        row = ((a * second + b) * third + c) * segment.high + inner // segment.low
        yield index, row * segment.low + inner % segment.low


def eq_at(f: Field, point: tuple[Scalar, ...], index: int) -> Scalar:
    """eq(point, index) from its definition."""
    weight = f.scalars.one
    for place, r in enumerate(reversed(point)):
        weight = f.scalars.mul(weight, r if index >> place & 1 else f.scalars.sub(f.scalars.one, r))
    return weight


def product_entries(f: Field, j: Product) -> dict[int, Scalar]:
    """J of every real entry."""
    found = {}
    for index, entry in positions(j.segment):
        weight = f.scalars.one
        for axis, i in enumerate(index):
            weight = f.scalars.mul(weight, f.element(j.vectors[axis], i))
        found[entry] = weight
    return found


def eq_entries(
    f: Field, segment: Segment, point: tuple[Scalar, ...], first: int, rows: tuple[int, int]
) -> dict[int, Scalar]:
    """J of every real entry for which it is not zero by its rows or its group."""
    return {
        entry: eq_at(f, point, first + entry)
        for _, entry in positions(segment)
        if rows[0] <= entry // segment.low < rows[1] and 0 <= first + entry < 1 << len(point)
    }


def total(f: Field, terms: Iterator[tuple[Scalar, Scalar]]) -> Scalar:
    """Sum of products."""
    found = f.scalars.zero
    for a, b in terms:
        found = f.scalars.add(found, f.scalars.mul(a, b))
    return found


def scalar_of(f: Field, values: np.ndarray, index: int) -> Scalar:
    """An entry of base elements or signed integers."""
    return f.scalars.from_int(int(values[index]))


def conversation(
    prover: Generator[Send, tuple[Scalar, ...], object],
    verifier: Generator[Receive, Received, object],
    seed: int = 0,
    tamper: dict[int, int] | None = None,
) -> tuple[object, object, list[Receive]]:
    """Run both with random challenges; returns what each returned, and the verifier's requests.

    Args:
        tamper: message number to the element of it that 1 is added to on the way.
    """
    requests: list[Receive] = []
    said, asked = next(prover), next(verifier)
    one, results = (1, 0, 0, 0), []
    while not results:
        assert (said.label, len(said.elements), said.challenges) == (asked.label, asked.elements, asked.challenges)
        elements = list(said.elements)
        if tamper and len(requests) in tamper:
            which = tamper[len(requests)]
            elements[which] = tuple((a + b) % P for a, b in zip(elements[which], one, strict=True))
        challenges = scalars(asked.challenges, seed + len(requests))
        requests.append(asked)
        ends = []
        for coroutine, answer in ((prover, challenges), (verifier, Received(tuple(elements), challenges))):
            try:
                ends.append(coroutine.send(answer))
            except StopIteration as end:
                results.append(end.value)
        if not results:
            said, asked = ends
    assert len(results) == 2
    return results[0], results[1], requests


def refused(check: str, prover: Generator, verifier: Generator, **options: object) -> bool:
    """Whether the verifier rejects, by the check of this name."""
    with pytest.raises(RejectedProof) as failure:
        conversation(prover, verifier, **options)  # type: ignore[arg-type]
    return failure.value.check == check
