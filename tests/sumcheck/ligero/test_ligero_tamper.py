"""Every field of both messages, changed in every way: refused by the check it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from ligero_kit import (
    CHALLENGES,
    PLAIN,
    SCALARS,
    TWINS,
    Mutation,
    Opening,
    P,
    asking,
    claiming,
    converse,
    opening_of,
    prove,
    random_point,
    stated,
    verify,
    with_codewords,
    with_rows,
)

from proofs.errors import AssayError, MalformedProof, RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.fields import Field
from proofs.sumcheck.ligero.merkle import proof_bytes
from proofs.sumcheck.ligero.parameters import Code
from proofs.sumcheck.ligero.queries import queried, write_entries

LOG_COLUMNS = 6
ROWS = (3, 1)
CHALLENGES_DRAWN = random_point(CHALLENGES, 77)
ASKED = queried(CHALLENGES_DRAWN, Code(LOG_COLUMNS))


@dataclass(frozen=True)
class Place:
    """A field of the message "columns"."""

    what: str
    start: int
    size: int


def layout() -> Iterator[Place]:
    """Where each field lies."""
    at = 0
    for rows in ROWS:
        for _ in ASKED:
            yield Place("salt", at, 16)
            at += 16
            for _ in range(rows):
                yield Place("entry", at, 4)
                at += 4
        for _ in range(proof_bytes(ASKED, LOG_COLUMNS + 2) // 32):
            yield Place("sibling", at, 32)
            at += 32


PLACES = list(layout())


def some(what: str, count: int = 12) -> list[Place]:
    """Fields of a kind from all over the message, its first and last among them."""
    found = [place for place in PLACES if place.what == what]
    return [found[round(k * (len(found) - 1) / (count - 1))] for k in range(count)]


def splice(label: str, start: int, new: bytes) -> Mutation:
    """Put other bytes into one message."""
    return lambda said, raw: raw[:start] + new + raw[start + len(new) :] if said == label else raw


def flip(label: str, at: int, bit: int) -> Mutation:
    """Flip one bit of one message."""
    return lambda said, raw: raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :] if said == label else raw


@pytest.fixture(scope="module")
def opening() -> Opening:
    return opening_of(PLAIN, ROWS, LOG_COLUMNS)


@TWINS
def test_untouched_messages_pass(opening: Opening, f: Field) -> None:
    converse(opening, f=f)


@TWINS
@pytest.mark.parametrize("column", [0, 1, 31, 63])
@pytest.mark.parametrize("coordinate", range(4))
def test_a_changed_combination_is_refused(opening: Opening, f: Field, column: int, coordinate: int) -> None:
    with pytest.raises(RejectedProof, match="opening-value"):
        converse(opening, mutate=flip("o/combination", 16 * column + 4 * coordinate, 3), f=f)


@TWINS
def test_a_combination_changed_to_the_same_value_is_refused(opening: Opening, f: Field) -> None:
    """The value is kept by moving along the kernel of eq(column point, .)."""
    sent: list[bytes] = []
    converse(opening, mutate=lambda label, raw: sent.append(raw) or raw)
    u = np.frombuffer(sent[0], "<u4").reshape(-1, 4).T.astype(np.uint32)
    weights = f.eq_table(opening.point[-LOG_COLUMNS:], 1 << LOG_COLUMNS)
    first, second = (tuple(weights[:, k].tolist()) for k in (5, 40))
    delta = u.copy()
    delta[:, 5] = SCALARS.add(tuple(u[:, 5].tolist()), second)
    delta[:, 40] = SCALARS.sub(tuple(u[:, 40].tolist()), first)
    with pytest.raises(RejectedProof, match="opening-columns"):
        converse(opening, prover=claiming(opening.matrices, delta, LOG_COLUMNS), f=f)
    converse(opening, prover=claiming(opening.matrices, u, LOG_COLUMNS), f=f)


@TWINS
@pytest.mark.parametrize("what", ["salt", "entry", "sibling"])
def test_every_field_of_the_columns_is_bound(opening: Opening, f: Field, what: str) -> None:
    for place in some(what):
        for at, bit in ((0, 0), (place.size - 1, 5)):
            with pytest.raises(RejectedProof, match="opening-root"):
                converse(opening, mutate=flip("o/columns", place.start + at, bit), f=f)


@TWINS
@pytest.mark.parametrize("spelling", [P, P + 1, 2**32 - 1])
def test_a_second_spelling_in_the_combination_is_refused(opening: Opening, f: Field, spelling: int) -> None:
    for at in (0, 4, 16 * 63 + 12):
        with pytest.raises(MalformedProof, match="not below the prime"):
            converse(opening, mutate=splice("o/combination", at, spelling.to_bytes(4, "little")), f=f)


@TWINS
def test_the_same_combination_spelt_otherwise_is_refused(opening: Opening, f: Field) -> None:
    def respelt(label: str, raw: bytes) -> bytes:
        entries = np.frombuffer(raw, "<u4").copy()
        entries[7] += P
        return entries.tobytes() if label == "o/combination" else raw

    with pytest.raises(MalformedProof, match=r"combination.*not below the prime"):
        converse(opening, mutate=respelt, f=f)


@TWINS
@pytest.mark.parametrize("spelling", ["p for 0", "p + 1 for 1", "x + p for x"])
def test_a_column_committed_to_in_another_spelling_is_refused(f: Field, spelling: str) -> None:
    """Everything agrees modulo p, and the tree is that of the very bytes shown."""
    opening = opening_of(PLAIN, ROWS, LOG_COLUMNS)
    matrix = opening.matrices[0]
    rows = matrix.rows.copy()
    if spelling != "x + p for x":
        rows[1] = 0
        rows[1, 0] = int(spelling != "p for 0")  # the word is constant
    words = encode(PLAIN, rows)
    words[1, ASKED[3]] += P
    false = with_codewords(with_rows(matrix, rows), words)
    matrices = (false, opening.matrices[1])
    with pytest.raises(MalformedProof, match=r"column of matrix 0.*not below the prime"):
        converse(stated(matrices, opening.point, LOG_COLUMNS), f=f)
    words[1, ASKED[3]] -= P
    converse(stated((with_codewords(false, words), matrices[1]), opening.point, LOG_COLUMNS), f=f)


@TWINS
def test_matrices_cannot_change_places(f: Field) -> None:
    opening = opening_of(PLAIN, (2, 2), LOG_COLUMNS)
    swapped = replace(opening, matrices=opening.matrices[::-1])
    with pytest.raises(RejectedProof, match="opening-value"):
        converse(opening, prover=swapped.prove(f), f=f)
    with pytest.raises(RejectedProof, match="opening-root"):
        half = (2 * len(ASKED) * 24 + 2 * proof_bytes(ASKED, LOG_COLUMNS + 2)) // 2
        converse(opening, mutate=lambda label, raw: raw[half:] + raw[:half] if label == "o/columns" else raw, f=f)
    with pytest.raises(RejectedProof, match="opening-root"):
        converse(replace(opening, claimed=opening.claimed[::-1]), f=f)


@TWINS
def test_another_root_is_refused(opening: Opening, f: Field) -> None:
    for index in range(2):
        claimed = list(opening.claimed)
        claimed[index] = (bytes([claimed[index][0][0] ^ 1]) + claimed[index][0][1:], claimed[index][1])
        with pytest.raises(RejectedProof, match=f"columns of matrix {index} are not under its root"):
            converse(replace(opening, claimed=tuple(claimed)), f=f)


@TWINS
def test_columns_of_other_positions_are_refused(opening: Opening, f: Field) -> None:
    here, there = asking(5), asking(6)
    shown: list[bytes] = []
    converse(opening, challenges=there, mutate=lambda label, raw: shown.append(raw) or raw)
    with pytest.raises(RejectedProof, match="opening-root"):
        converse(opening, challenges=here, mutate=lambda label, raw: shown[1] if label == "o/columns" else raw, f=f)


@TWINS
def test_another_point_is_refused(opening: Opening, f: Field) -> None:
    other = replace(opening, point=(random_point(1, 5)[0], *opening.point[1:]))
    with pytest.raises(RejectedProof, match="opening-columns"):
        converse(other, prover=opening.prove(f), f=f)
    with pytest.raises(RejectedProof, match="opening-value"):
        converse(replace(opening, point=(*opening.point[:-1], random_point(1, 5)[0])), prover=opening.prove(f), f=f)


@TWINS
def test_every_truncation_and_addition_is_refused(opening: Opening, f: Field) -> None:
    proof = prove(opening)
    for length in (0, 1, 1023, 1024, 1025, len(proof) - 32, len(proof) - 1):
        with pytest.raises(MalformedProof, match="inside message"):
            verify(opening, proof[:length], f)
    for added in (b"\0", bytes(32), proof):
        with pytest.raises(MalformedProof, match="after its last message"):
            verify(opening, proof + added, f)


def test_hostile_bytes_raise_the_project_s_errors_only(opening: Opening) -> None:
    proof, random = prove(opening), np.random.default_rng(1)
    for _ in range(60):
        hostile = bytearray(proof)
        for at in random.integers(0, len(proof), random.integers(1, 40)):
            hostile[at] = random.integers(0, 256)
        for raw in (bytes(hostile), random.bytes(random.integers(0, 2 * len(proof)))):
            with pytest.raises(AssayError):
                verify(opening, raw)


def test_entries_are_written_little_endian() -> None:
    assert write_entries(np.array([[1, 2], [3, 258]], dtype=np.uint32).T) == bytes(
        [1, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 0]
    )
