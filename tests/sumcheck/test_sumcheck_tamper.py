"""Every element of every message, changed in every way: refused by the check it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from sumcheck_kit import (
    Squares,
    Statement,
    a_field,
    a_transcript,
    bare_verifier,
    product_of,
    prove_all,
    requests_of,
    squares_of,
    verify_all,
    wrong,
)

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.fields import Extension, Scalar
from proofs.sumcheck.transcript import run_verifier

NAMES = ("m31", "m61", "m61b", "m61/base")
STATEMENTS: dict[str, Callable[[str], Statement]] = {
    "product": lambda name: product_of(a_field(name, "plain"), (3, 1, 6)),
    "squares": lambda name: squares_of(a_field(name, "plain"), (3, 1, 6), 5),
    "squares of one column": lambda name: squares_of(a_field(name, "plain"), (5,), 1),
    "squares of one row": lambda name: squares_of(a_field(name, "plain"), (1,), 6),
}
MUTATIONS: dict[str, Callable[[Extension, Scalar], Scalar]] = {
    "plus one": lambda scalars, x: scalars.add(x, scalars.one),
    "plus one in the last coordinate": lambda scalars, x: (*x[:-1], (x[-1] + 1) % scalars.p),
    "zero": lambda scalars, x: scalars.zero,
    "one": lambda scalars, x: scalars.one,
    "negated": lambda scalars, x: scalars.neg(x),
    "doubled": lambda scalars, x: scalars.add(x, x),
}


def every(what: str, name: str) -> tuple[Statement, bytes, list[str]]:
    """A statement, its proof, and the label of each of the proof's elements."""
    statement = STATEMENTS[what](name)
    labels = [request.label for request in requests_of(statement) for _ in range(request.elements)]
    return statement, prove_all(statement), labels


def elements(statement: Statement, proof: bytes) -> Iterator[tuple[int, int]]:
    """Where each element lies."""
    width = statement.field.scalars.scalar_bytes
    return ((start, start + width) for start in range(0, len(proof), width))


def expected_check(what: str, label: str, mutation: str) -> str:
    """Which equation a changed element breaks first."""
    if what == "product":
        return "product"
    return "value" if label == "squares/value" and mutation == "negated" else "functional"


def read(proof: bytes, statement: Statement) -> None:
    """Run the rounds alone, so that a wrong length shows before a wrong claim."""
    run_verifier([(bare_verifier(statement), statement.field.scalars)], proof, a_transcript())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", STATEMENTS)
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_changed_element_is_refused(name: str, what: str, mutation: str) -> None:
    statement, proof, labels = every(what, name)
    scalars, tried = statement.field.scalars, 0
    for (start, end), label in zip(elements(statement, proof), labels, strict=True):
        changed = scalars.to_bytes(MUTATIONS[mutation](scalars, scalars.from_bytes(proof[start:end])))
        assert changed != proof[start:end]
        with pytest.raises(RejectedProof) as refused:
            verify_all(proof[:start] + changed + proof[end:], statement)
        assert refused.value.check == expected_check(what, label, mutation)
        tried += 1
    assert tried == len(labels)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", STATEMENTS)
def test_a_dropped_or_added_element_is_refused(name: str, what: str) -> None:
    statement, proof, _ = every(what, name)
    for start, end in elements(statement, proof):
        with pytest.raises(MalformedProof, match="inside message"):
            verify_all(proof[:start] + proof[end:], statement)
        with pytest.raises(MalformedProof, match="after its last message"):
            read(proof[:start] + proof[start:end] * 2 + proof[end:], statement)
    for added in (b"\0", b"\0" * statement.field.scalars.scalar_bytes, proof):
        with pytest.raises(MalformedProof, match=f"{len(added)} bytes after its last message"):
            verify_all(proof + added, statement)


def test_every_truncation_is_refused() -> None:
    statement, proof, _ = every("squares", "m31")
    for length in range(len(proof)):
        with pytest.raises(MalformedProof, match=f"ends at byte {length}, inside message"):
            verify_all(proof[:length], statement)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", STATEMENTS)
def test_a_second_spelling_of_an_element_is_refused(name: str, what: str) -> None:
    statement, proof, _ = every(what, name)
    scalars = statement.field.scalars
    width = scalars.coordinate_bytes
    for start in range(0, len(proof), width):
        value = int.from_bytes(proof[start : start + width], "little")
        for spelling in (value + scalars.p, scalars.p, (1 << 8 * width) - 1):
            raw = proof[:start] + spelling.to_bytes(width, "little") + proof[start + width :]
            with pytest.raises(MalformedProof, match="not below the prime"):
                verify_all(raw, statement)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", STATEMENTS)
def test_messages_cannot_change_places(name: str, what: str) -> None:
    statement, proof, _ = every(what, name)
    places = list(elements(statement, proof))
    for (start, end), (next_start, next_end) in pairwise(places):
        raw = proof[:start] + proof[next_start:next_end] + proof[start:end] + proof[next_end:]
        with pytest.raises(RejectedProof):
            verify_all(raw, statement)
    assert len(places) >= 7


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", STATEMENTS)
def test_a_wrong_claim_is_refused(name: str, what: str) -> None:
    statement, proof, _ = every(what, name)
    for error in (1, -1, 2**31 - 2, 1 << 30):
        false = wrong(statement, error)
        for attempt in (proof, prove_all(false)):
            with pytest.raises(RejectedProof):
                verify_all(attempt, false)
    with pytest.raises(RejectedProof):
        verify_all(proof, statement, about=b"another statement")
    assert verify_all(proof, statement) is None


def test_the_proof_of_other_tables_is_refused() -> None:
    f = a_field("m61", "plain")
    statement = squares_of(f, (3, 4), 5, seed=1)
    for seed in (2, 3):
        other = squares_of(f, (3, 4), 5, seed=seed)
        with pytest.raises(RejectedProof):
            verify_all(prove_all(other), statement)
        moved = Squares(f, statement.j, statement.z, statement.shape, other.batch, statement.value)
        with pytest.raises(RejectedProof):
            verify_all(prove_all(statement), moved)


def test_without_rounds_the_claim_itself_is_checked() -> None:
    f = a_field("m61", "plain")
    product, squares = product_of(f, (1, 1)), squares_of(f, (1,), 1)
    assert prove_all(product) == b""
    with pytest.raises(RejectedProof):
        verify_all(b"", wrong(product))
    with pytest.raises(RejectedProof):
        verify_all(prove_all(squares), wrong(squares))
