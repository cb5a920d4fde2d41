"""Tensorising: values at flat points of several groups become one value at a tensor point, or are refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layout_kit import (
    EVERY,
    QUICK,
    SEEDS,
    P,
    conversation,
    eq_entries,
    positions,
    refused,
    scalar_of,
    scalars,
    segments,
)

from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields import Field, Scalar, field
from proofs.sumcheck.layout.functional import point_vectors
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.layout.tensorise import Part, TensorClaim, TensorEnd, prove_tensor, verify_tensor


def groups(segment: Segment, variables: int, seed: int) -> list[Part]:
    """A part for every group of 2^variables positions that the segment reaches into, each at its own point."""
    size = 1 << variables
    parts = []
    for start in range(segment.offset // size * size, segment.end, size):
        point, (factor,) = scalars(variables, seed + start), scalars(1, seed + start + 1)
        parts.append(Part(segment, start, point, (0, segment.rows), factor))
    return parts


def value_of(f: Field, parts: list[Part], values: np.ndarray) -> Scalar:
    """sum over parts and real entries of factor eq(point, position) value, entry by entry."""
    total, s = f.scalars.zero, f.scalars
    for part in parts:
        first = part.segment.offset - part.group_start
        weights = eq_entries(f, part.segment, part.point, first, part.rows)
        for index, entry in positions(part.segment):
            if entry in weights:
                weight = s.mul(part.factor, weights[entry])
                total = s.add(total, s.mul(weight, scalar_of(f, values, index)))  # type: ignore[arg-type]
    return total


def extension_at(f: Field, values: np.ndarray, point: tuple[tuple[Scalar, ...], ...]) -> Scalar:
    """The tensor's extension, entry by entry."""
    vectors, total = point_vectors(f, values.shape, point), f.scalars.zero  # type: ignore[arg-type]
    for index in np.ndindex(values.shape):
        term = scalar_of(f, values, index)  # type: ignore[arg-type]
        for vector, i in zip(vectors, index, strict=True):
            term = f.scalars.mul(term, f.element(vector, i))
        total = f.scalars.add(total, term)
    return total


def accumulators(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-P, P + 1, shape).astype(np.int32)


@EVERY
@QUICK
@given(segment=segments(), seed=SEEDS, more=st.integers(0, 4))
def test_a_tensor_cut_by_groups(f: Field, segment: Segment, seed: int, more: int) -> None:
    parts = groups(segment, bits(segment.low) + more, seed)
    values = accumulators(segment.shape, seed)
    value = value_of(f, parts, values)
    end, claim, requests = conversation(prove_tensor(f, "t", parts, values), verify_tensor(f, "t", parts, value), seed)
    assert isinstance(claim, TensorClaim)
    assert isinstance(end, TensorEnd)
    assert (end.point, end.value) == (claim.point, claim.value)
    assert [len(axis) for axis in claim.point] == [bits(extent) for extent in segment.shape]
    assert claim.value == extension_at(f, values, claim.point)
    assert len(requests) == sum(map(bits, segment.shape)) + 1


SEGMENT = Segment((5, 3, 10, 2), (3, 0, 1, 2), 4, 24)
"""Its entries lie in the groups of 64 positions from 0, 64, ..., 384."""
LONG = Segment((40, 60, 61, 2), (1, 0, 3, 2), 1, 7)
"""Enough entries for several threads, and pairs without a partner on every axis."""

IN_ORDER = Segment((4, 3, 2, 17), (0, 1, 2, 3), 8, 16)
"""Its tensor lies in memory as it is given."""


@pytest.mark.parametrize("segment", [SEGMENT, LONG, IN_ORDER])
@pytest.mark.parametrize("extension", [False, True])
def test_the_twins_say_the_same(segment: Segment, extension: bool) -> None:
    parts = groups(segment, 10, 3)
    values = accumulators(segment.shape, 4)
    kept = values.copy()
    said = []
    for twin in ("plain", "fast"):
        f = field("m31", twin)
        given_values = f.lift(f.from_signed(values)) if extension else values
        before = given_values.copy()
        prover, messages = prove_tensor(f, "t", parts, given_values), []
        message = next(prover)
        with pytest.raises(StopIteration) as end:
            while True:
                messages.append((message.label, message.elements))
                message = prover.send(scalars(message.challenges, len(messages)))
        said.append((messages, end.value.value))
        assert np.array_equal(given_values, before)
    assert said[0] == said[1]
    assert np.array_equal(values, kept)
    assert len({label for label, _ in said[0][0]}) == len(said[0][0])


@EVERY
def test_values_of_the_extension(f: Field) -> None:
    parts, values = groups(SEGMENT, 6, 8), accumulators(SEGMENT.shape, 1)
    lifted = f.lift(f.from_signed(values))
    _, claim, _ = conversation(
        prove_tensor(f, "t", parts, lifted), verify_tensor(f, "t", parts, value_of(f, parts, values))
    )
    assert isinstance(claim, TensorClaim)
    assert claim.value == extension_at(f, values, claim.point)


@EVERY
def test_only_the_parts_rows_count(f: Field) -> None:
    part = groups(SEGMENT, 9, 8)[0]
    parts = [replace(part, rows=rows) for rows in pairwise((2, 3, 31, 60))]
    values = accumulators(SEGMENT.shape, 1)
    whole = value_of(f, [replace(part, rows=(2, 60))], values)
    conversation(prove_tensor(f, "t", parts, values), verify_tensor(f, "t", parts, whole))
    assert refused(
        "tensorising",
        prove_tensor(f, "t", parts[1:], values),
        verify_tensor(f, "t", parts, whole),
    )


@EVERY
def test_every_message_counts(f: Field) -> None:
    parts, values = groups(SEGMENT, 6, 8), accumulators(SEGMENT.shape, 1)
    value = value_of(f, parts, values)
    _, _, requests = conversation(prove_tensor(f, "t", parts, values), verify_tensor(f, "t", parts, value))
    for number, request in enumerate(requests):
        for element in range(request.elements):
            assert refused(
                "tensorising",
                prove_tensor(f, "t", parts, values),
                verify_tensor(f, "t", parts, value),
                tamper={number: element},
            )


@EVERY
def test_a_wrong_value_or_part_is_refused(f: Field) -> None:
    parts, values = groups(SEGMENT, 6, 8), accumulators(SEGMENT.shape, 1)
    value = value_of(f, parts, values)
    wrong = [(parts, f.scalars.add(value, f.scalars.one)), (parts[:-1], value)]
    for change in (
        {"factor": parts[1].factor[::-1]},
        {"point": parts[1].point[::-1]},
        {"group_start": 0},
        {"rows": (0, 1)},
    ):
        wrong.append(([parts[0], replace(parts[1], **change), *parts[2:]], value))  # type: ignore[arg-type]
    for other, claimed in wrong:
        assert refused("tensorising", prove_tensor(f, "t", parts, values), verify_tensor(f, "t", other, claimed))


def test_soundness_and_labels_of_the_rounds() -> None:
    f = field("m31", "plain")
    parts, values = groups(SEGMENT, 6, 8), accumulators(SEGMENT.shape, 1)
    prover, verifier = prove_tensor(f, "t", parts, values), verify_tensor(f, "t", parts, value_of(f, parts, values))
    requests = conversation(prover, verifier)[2]
    *rounds, last = requests
    assert all((r.degree, r.challenges, r.elements, r.error) == (2, 1, 2, None) for r in rounds)
    assert (last.label, last.challenges, last.elements) == ("t/value", 0, 1)
    assert [r.label for r in rounds][:3] == ["t/0/1", "t/1/4", "t/1/2"]
    assert Fraction(2, f.scalars.size - 1) < Fraction(1, 2**120)


def test_what_cannot_be() -> None:
    f = field("m31", "plain")
    parts = groups(SEGMENT, 6, 8)
    with pytest.raises(ValueError, match="at least one"):
        next(prove_tensor(f, "t", [], accumulators((1, 1, 1, 1), 0)))
    with pytest.raises(ValueError, match="of one segment"):
        next(verify_tensor(f, "t", [parts[0], replace(parts[1], segment=LONG)], f.scalars.one))
    with pytest.raises(ValueError, match="is no tensor"):
        next(prove_tensor(f, "t", parts, accumulators((5, 3, 2, 10), 0)))
