"""Batching: many claims on one vector become one value at one point, or are refused."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from layout_kit import (
    EVERY,
    base,
    conversation,
    eq_entries,
    positions,
    product_entries,
    refused,
    scalar_of,
    scalars,
    total,
    vectors,
)

from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields import Field, Scalar, field
from proofs.sumcheck.layout import batching
from proofs.sumcheck.layout.batching import BatchClaim, BatchEnd
from proofs.sumcheck.layout.functional import FlatEq, Functional, Product
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.mle import evaluate

(XI,) = scalars(1, 99)
SEGMENTS = (
    Segment((5, 3, 10, 2), (3, 0, 1, 2), 4, 24),
    Segment((2, 3, 7, 19), (0, 1, 2, 3), 8, 400),
    Segment((100, 1, 1, 1), (3, 1, 2, 0), 4, 1500),
    Segment((9, 1, 1, 1), (3, 1, 2, 0), 1, 1601),
)
SIZE, SIZE_LOG = 1611, 11


def alone(claims: Sequence[Functional]) -> list[tuple[Functional, ...]]:
    """Claims about one functional each."""
    return [(j,) for j in claims]


def batch_weights(f: Field, claims: Sequence[Functional], xi: Scalar, size: int) -> np.ndarray:
    return batching.batch_weights(f, alone(claims), xi, size)


def prove_batch(f: Field, label: str, claims: Sequence[Functional], *rest: object) -> Prover[BatchEnd]:
    return batching.prove_batch(f, label, alone(claims), *rest)  # type: ignore[arg-type]


def verify_batch(
    f: Field, label: str, claims: Sequence[tuple[Functional, Scalar]], *rest: object
) -> Verifier[BatchClaim]:
    return batching.verify_batch(f, label, [((j,), v) for j, v in claims], *rest)  # type: ignore[arg-type]


def claims_on(seed: int = 5) -> list[Functional]:
    """Two or three functionals on every segment."""
    found: list[Functional] = []
    for segment in SEGMENTS:
        found.append(Product(segment, vectors(segment, seed)))
        found.append(Product(segment, vectors(segment, seed + 50)))
        found.append(FlatEq(segment, scalars(7, seed), -segment.low, (1, segment.rows)))
    return found


def entries_of(f: Field, j: Functional) -> dict[int, Scalar]:
    """Weights of a functional's entries."""
    return product_entries(f, j) if isinstance(j, Product) else eq_entries(f, j.segment, j.point, j.first, j.rows)


def valued(f: Field, claims: Sequence[Functional], vector: np.ndarray) -> list[tuple[Functional, Scalar]]:
    """The claims with their values, entry by entry."""
    found = []
    for j in claims:
        terms = ((weight, scalar_of(f, vector, j.segment.offset + e)) for e, weight in entries_of(f, j).items())
        found.append((j, total(f, terms)))
    return found


def pads() -> np.ndarray:
    """Entries of the vector in no segment, or pads of one."""
    free = np.ones(SIZE, dtype=bool)
    for segment in SEGMENTS:
        free[[segment.offset + entry for _, entry in positions(segment)]] = False
    return np.flatnonzero(free)


def run(f: Field, vector: np.ndarray, claims: list[tuple[Functional, Scalar]], **options: object) -> BatchClaim:
    """An honest prover of a vector against a verifier of claims."""
    prover = prove_batch(f, "b", [j for j, _ in claims], XI, vector, SIZE_LOG)
    end, claim, _ = conversation(prover, verify_batch(f, "b", claims, XI, SIZE_LOG), **options)  # type: ignore[arg-type]
    assert isinstance(end, BatchEnd)
    assert isinstance(claim, BatchClaim)
    assert (end.point, end.value) == (claim.point, claim.value)
    return claim


@EVERY
def test_all_claims_end_in_the_vectors_value(f: Field) -> None:
    vector = base((SIZE,), 1)
    before = vector.copy()
    claim = run(f, vector, valued(f, claims_on(), vector))
    assert len(claim.point) == SIZE_LOG
    assert claim.value == evaluate(f, vector, (claim.point,))
    assert np.array_equal(vector, before)


@EVERY
def test_a_space_larger_than_needed(f: Field) -> None:
    vector = base((SIZE,), 1)
    claims = valued(f, claims_on(), vector)
    prover = prove_batch(f, "b", [j for j, _ in claims], XI, vector, SIZE_LOG + 2)
    _, claim, _ = conversation(prover, verify_batch(f, "b", claims, XI, SIZE_LOG + 2))
    assert isinstance(claim, BatchClaim)
    whole = np.concatenate([vector, np.zeros((1 << SIZE_LOG + 2) - SIZE, dtype=vector.dtype)])
    assert claim.value == evaluate(f, whole, (claim.point,))


@EVERY
def test_garbage_in_pads_changes_no_claim(f: Field) -> None:
    vector, seed = base((SIZE,), 1), 3
    claims = valued(f, claims_on(), vector)
    free = pads()
    assert free.size > 100
    vector[free] = base((free.size,), 77)
    claim = run(f, vector, claims, seed=seed)
    assert claim.value == evaluate(f, vector, (claim.point,))
    assert not batch_weights(f, [j for j, _ in claims], XI, SIZE)[:, free].any()


@EVERY
def test_weights_made_piecewise(f: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = claims_on()
    wanted = [f.scalars.zero] * SIZE
    factor = f.scalars.one
    for j in claims:
        for entry, weight in entries_of(f, j).items():
            place = j.segment.offset + entry
            wanted[place] = f.scalars.add(wanted[place], f.scalars.mul(factor, weight))
        factor = f.scalars.mul(factor, XI)
    for piece in (1 << 16, 333):
        monkeypatch.setattr(batching, "PIECE", piece)
        assert np.array_equal(batch_weights(f, claims, XI, SIZE), f.pack(wanted))


def test_the_twins_say_the_same() -> None:
    """With a vector long enough for several threads."""
    size, size_log = 200_003, 18
    segment = Segment((3, 11, 1, 6000), (0, 1, 2, 3), 16, 64)
    claims = [
        Product(segment, vectors(segment, 1)),
        FlatEq(segment, scalars(19, 5), 1 << 16, (5, segment.rows)),
        Product(Segment((1, 1, 1, 1), (0, 1, 2, 3), 1, size - 1), vectors(SEGMENTS[3], 1)[1:2] * 4),  # type: ignore[arg-type]
    ]
    vector, said = base((size,), 6), []
    for twin in ("plain", "fast"):
        prover, messages = prove_batch(field("m31", twin), "b", claims, XI, vector, size_log), []
        message = next(prover)
        with pytest.raises(StopIteration) as end:
            while True:
                messages.append((message.label, message.elements))
                message = prover.send(scalars(message.challenges, len(messages)))
        said.append((messages, end.value.value))
    assert said[0] == said[1]


@EVERY
def test_every_message_counts(f: Field) -> None:
    vector = base((SIZE,), 1)
    claims = valued(f, claims_on(), vector)
    for number in range(SIZE_LOG + 1):
        for element in range(1 if number == SIZE_LOG else 2):
            prover = prove_batch(f, "b", [j for j, _ in claims], XI, vector, SIZE_LOG)
            verifier = verify_batch(f, "b", claims, XI, SIZE_LOG)
            assert refused("batching", prover, verifier, tamper={number: element})


@EVERY
def test_every_claim_counts(f: Field) -> None:
    vector = base((SIZE,), 1)
    claims = valued(f, claims_on(), vector)
    for number, (functional, value) in enumerate(claims):
        wrong = (functional, f.scalars.add(value, f.scalars.from_int(1 << number)))
        changed = [*claims[:number], wrong, *claims[number + 1 :]]
        prover = prove_batch(f, "b", [j for j, _ in claims], XI, vector, SIZE_LOG)
        assert refused("batching", prover, verify_batch(f, "b", changed, XI, SIZE_LOG))


def test_claims_with_changes_that_cancel_are_refused() -> None:
    """Each claim has its own power of the challenge."""
    f = field("m31", "plain")
    vector = base((SIZE,), 1)
    claims = valued(f, claims_on(), vector)
    for step in (1, 3):
        changed = list(claims)
        for number, amount in ((2, 5), (2 + step, -5)):
            functional, value = changed[number]
            changed[number] = (functional, f.scalars.add(value, f.scalars.from_int(amount)))
        prover = prove_batch(f, "b", [j for j, _ in claims], XI, vector, SIZE_LOG)
        assert refused("batching", prover, verify_batch(f, "b", changed, XI, SIZE_LOG))


def test_another_vector_is_refused_by_its_opening_only() -> None:
    """A prover of another vector with the claims' values true of it passes: the returned claim is what binds."""
    f = field("m31", "plain")
    vector, other = base((SIZE,), 1), base((SIZE,), 2)
    claim = run(f, other, valued(f, claims_on(), other))
    assert claim.value != evaluate(f, vector, (claim.point,))


def test_soundness_of_the_rounds() -> None:
    f = field("m31", "plain")
    vector, row_error = base((SIZE,), 1), Fraction(1, 2**101)
    claims = valued(f, claims_on(), vector)
    prover = prove_batch(f, "b", [j for j, _ in claims], XI, vector, SIZE_LOG)
    *rounds, last = conversation(prover, verify_batch(f, "b", claims, XI, SIZE_LOG, 4, row_error))[2]
    assert [r.label for r in rounds] == [f"b/{bit}" for bit in reversed(range(SIZE_LOG))]
    assert all((r.degree, r.challenges, r.elements) == (2, 1, 2) for r in rounds)
    assert [r.error for r in rounds] == [Fraction(2, f.scalars.size - 1) + row_error] * 4 + [None] * (SIZE_LOG - 4)
    assert (last.label, last.challenges, last.elements) == ("b/value", 0, 1)


def test_what_cannot_be() -> None:
    f = field("m31", "plain")
    claims = claims_on()
    with pytest.raises(ValueError, match="ends before"):
        next(prove_batch(f, "b", claims, XI, base((SIZE - 3,), 0), SIZE_LOG))
    with pytest.raises(ValueError, match="variables"):
        next(prove_batch(f, "b", claims, XI, base((SIZE,), 0), SIZE_LOG - 1))
    with pytest.raises(ValueError, match="ends behind"):
        next(verify_batch(f, "b", [(j, f.scalars.one) for j in claims], XI, SIZE_LOG - 1))


@pytest.mark.parametrize("kernels", ["plain", "fast"])
def test_one_value_of_several_functionals(kernels: str) -> None:
    f = field("m31", kernels)  # type: ignore[arg-type]
    vector, claims = base((SIZE,), 3), claims_on()
    values = [value for _, value in valued(f, claims, vector)]
    joint = [(claims[0], claims[5]), (claims[1],), tuple(claims[2:5])]
    sums = [f.scalars.add(values[0], values[5]), values[1], *(total_of(f, values[2:5]),)]
    prover = batching.prove_batch(f, "b", joint, XI, vector, SIZE_LOG)
    end, claim, _ = conversation(
        prover, batching.verify_batch(f, "b", list(zip(joint, sums, strict=True)), XI, SIZE_LOG)
    )
    assert end.value == claim.value
    traded = [sums[1], sums[0], sums[2]]
    prover = batching.prove_batch(f, "b", joint, XI, vector, SIZE_LOG)
    assert refused(
        "batching", prover, batching.verify_batch(f, "b", list(zip(joint, traded, strict=True)), XI, SIZE_LOG)
    )


def total_of(f: Field, values: Sequence[Scalar]) -> Scalar:
    found = f.scalars.zero
    for value in values:
        found = f.scalars.add(found, value)
    return found
