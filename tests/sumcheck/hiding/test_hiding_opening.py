"""The opening that shows nothing, alone: true equations pass, and nothing of them may be another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hiding_kit import FAST, PLAIN, S
from opening_kit import Opened, more, opened

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.fields import Field
from proofs.sumcheck.hiding.opening import mask_rows, opening_messages
from proofs.sumcheck.hiding.tails import tails_of
from proofs.sumcheck.ligero.parameters import Code

GEOMETRIES = pytest.mark.parametrize(
    ("log_columns", "block", "count", "rows"),
    [
        (9, 512, 24, (1, 2, 3)),
        (9, 256, 600, (1, 1, 1)),  # two rows of tails, each longer than a row
        (8, 256, 300, (2, 1, 2)),
        (10, 512, 5, (1, 1, 4)),
    ],
)


@pytest.fixture(scope="module")
def least() -> tuple[Opened, bytes]:
    found = opened(FAST, 9, 512, 24)
    return found, found.proof()


@pytest.fixture(scope="module")
def long() -> tuple[Opened, bytes]:
    """Of two rows of tails."""
    found = opened(FAST, 9, 256, 600)
    return found, found.proof()


def refused(found: Opened, proof: bytes, *checks: str) -> None:
    with pytest.raises(RejectedProof) as refusal:
        found.check(proof)
    assert refusal.value.check in checks


@GEOMETRIES
def test_true_equations_pass(log_columns: int, block: int, count: int, rows: tuple[int, int, int]) -> None:
    found = opened(FAST, log_columns, block, count, rows)
    proof = found.proof()
    found.check(proof)
    found.check(proof, PLAIN)
    twin = opened(PLAIN, log_columns, block, count, rows)
    assert twin.matrices[2].root == found.matrices[2].root
    if log_columns < 10:
        assert twin.proof() == proof
    assert mask_rows(found.tails) == found.claimed[2][1] - rows[2] == 4 * (1 + 2 * found.tails.rows)


@pytest.mark.parametrize(
    "change",
    [
        lambda left: {"value": more(left.value)},
        lambda left: {"weight": more(left.weight)},
        lambda left: {"factors": FAST.add(left.factors, left.factors)},
        lambda left: {"point": (more(left.point[0]), *left.point[1:])},
        lambda left: {"point": (*left.point[:-1], more(left.point[-1]))},
    ],
    ids=["value", "weight", "factors", "row point", "column point"],
)
def test_other_equations_are_refused(
    least: tuple[Opened, bytes], long: tuple[Opened, bytes], change: Callable[..., dict[str, object]]
) -> None:
    """An honest proof of a false one; and the proof of a true one."""
    for found, proof in (least, long):
        other = found.claiming(**change(found.left))
        refused(other, proof, "opening-value", "opening-columns")
        refused(other, other.proof(), "opening-value")


def test_every_factor_counts(long: tuple[Opened, bytes]) -> None:
    """The first and the last tail of each row of them."""
    found, proof = long
    for place in (0, 255, 511, 512, 599):
        factors = found.left.factors.copy()
        factors[2, place] = (int(factors[2, place]) + 1) % S.p
        refused(found.claiming(factors=factors), proof, "opening-value")


def spans(found: Opened) -> dict[str, tuple[int, int]]:
    """Where the parts of a proof's messages lie."""
    code, tails = found.tails.code, found.tails
    mask, combination = opening_messages("o", tails)
    assert (mask.elements, mask.raw_bytes, combination.elements) == (1, 0, 0)
    u = 16 + 16 * code.columns
    blocks = 16 + 16 * code.dimension
    end = 16 + combination.raw_bytes
    inside = blocks + 16 * tails.capacity
    return {"e": (0, 16), "u": (16, u), "its block": (u, blocks), "tails": (blocks, inside), "behind": (inside, end)}


@pytest.mark.parametrize("part", ["e", "u", "its block", "tails", "behind"])
def test_changed_bytes(long: tuple[Opened, bytes], part: str) -> None:
    """u and u_T are absorbed: other columns are asked for than those that follow."""
    found, proof = long
    start, stop = spans(found)[part]
    for at in {start, (start + stop) // 8 * 4, stop - 4}:
        raw = bytearray(proof)
        raw[at] ^= 1
        with pytest.raises((RejectedProof, MalformedProof)) as refusal:
            found.check(bytes(raw))
        if part in ("e", "u"):
            assert isinstance(refusal.value, RejectedProof) and refusal.value.check == "opening-value"
        raw[at : at + 4] = S.p.to_bytes(4, "little")
        with pytest.raises(MalformedProof, match="not below the prime"):
            found.check(bytes(raw))


def test_changed_columns(least: tuple[Opened, bytes]) -> None:
    found, proof = least
    start = spans(found)["behind"][1]
    for at in {start, start + 3, start + 17, (start + len(proof)) // 2, len(proof) - 1}:
        raw = bytearray(proof)
        raw[at] ^= 1
        refused(found, bytes(raw), "opening-root")
    for cut in (proof[:-1], proof + b"\0", proof[: start + 5], b""):
        with pytest.raises(MalformedProof):
            found.check(cut)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_other_roots(least: tuple[Opened, bytes], index: int) -> None:
    found, proof = least
    claimed = list(found.claimed)
    claimed[index] = (bytes(32), claimed[index][1])
    refused(replace(found, claimed=tuple(claimed)), proof, "opening-root")


def changed_masks(found: Opened, name: str, place: tuple[int, ...]) -> Opened:
    """The prover combines other masks than those it committed to."""
    table = getattr(found.masks, name).copy()
    table[place] = (int(table[place]) + 1) % S.p
    return replace(found, masks=replace(found.masks, **{name: table}))


@pytest.mark.parametrize("f", [FAST, PLAIN], ids=["fast", "plain"])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("row", (0, 0)),
        ("row", (3, 511)),
        ("row", (1, 512)),
        ("row", (2, 767)),
        ("tail_masks", (0, 0, 0)),
        ("tail_masks", (1, 1, 511)),
        ("tail_masks", (2, 0, 512)),
        ("tail_masks", (3, 1, 767)),
        ("tails", (0, 0, 767)),
        ("tails", (1, 1, 512)),
        ("tails", (3, 1, 511)),
    ],
)
def test_masks_that_are_not_the_committed_ones(
    long: tuple[Opened, bytes], f: Field, name: str, place: tuple[int, ...]
) -> None:
    """Each coordinate, entries and blocks, both rows of tails: e fits, the words do not."""
    found, _ = long
    other = replace(changed_masks(found, name, place), f=f)
    refused(found, other.proof(), "opening-columns")


def test_messages_carry_the_errors_of_all_rows() -> None:
    """The challenge after e combines u and each row of tails: as one coordinate more of a combination each."""
    for log_columns, block, count in ((9, 512, 24), (9, 256, 600), (15, 1 << 14, 66)):
        code = Code(log_columns, block)
        tails = tails_of(code, count)
        mask, combination = opening_messages("o", tails)
        assert mask.error == (1 + tails.rows) * Fraction(4 << log_columns, S.size - 1) + Fraction(1, S.size - 1)
        assert combination.error == code.query_error
        assert (mask.challenges, combination.challenges) == (1, -(-code.queries // 4))
        assert combination.raw_bytes == 16 * (code.dimension + tails.rows * tails.length)
