"""Bundles as bytes: one encoding each, and hostile bytes raise MalformedProof or parse, nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.tiny_audit import Proven
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.bundle import FIELD, MAX_BATCHES, AccuracyBundle, BatchProof, note_of, pack_batch, parse_batch
from proofs.commitment.test_set import BatchOpening
from proofs.errors import MalformedProof
from proofs.fidelity import FidelityReceipt
from proofs.sheets import SECTIONS, accuracy_sheet
from proofs.statements.accuracy import Accuracy

D32 = st.binary(min_size=32, max_size=32)
ELEMENT = st.integers(0, FIELD - 1)
STATEMENTS = st.builds(
    Accuracy, st.just("halo2"), st.booleans(), D32, D32, D32, D32, D32, st.just(16), st.just(2), st.integers(0, 16), D32
)
RECEIPTS = st.builds(
    FidelityReceipt, st.just(16), st.integers(0, 16), st.integers(0, 16), st.integers(0, 16), st.integers(0, 1 << 60)
)


@st.composite
def batches(draw: st.DrawFn, index: int) -> BatchProof:
    size = draw(st.integers(0, 4))
    hashes = draw(st.lists(ELEMENT, min_size=size, max_size=size))
    payloads = draw(st.lists(D32, min_size=size, max_size=size))
    opening = BatchOpening(index, tuple(hashes), tuple(payloads), tuple(draw(st.lists(D32, max_size=4))))
    return BatchProof(opening, draw(ELEMENT), draw(st.integers(0, 5)), draw(st.binary(max_size=60)))


@st.composite
def bundles(draw: st.DrawFn) -> AccuracyBundle:
    indices = sorted(draw(st.sets(st.integers(0, (1 << 32) - 1), min_size=1, max_size=3)))
    circuit = draw(st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), max_size=3))
    return AccuracyBundle(draw(STATEMENTS), circuit, draw(RECEIPTS), tuple(draw(batches(index)) for index in indices))


def parsed(raw: bytes) -> AccuracyBundle | None:
    """The bundle, or None where the bytes are refused as they should be; any other exception is a failure."""
    try:
        return AccuracyBundle.from_bytes(raw)
    except MalformedProof:
        return None


@settings(max_examples=60)
@given(bundles())
def test_round_trip(bundle: AccuracyBundle) -> None:
    assert AccuracyBundle.from_bytes(bundle.to_bytes()) == bundle


@settings(max_examples=10)
@given(bundles())
def test_every_truncation_and_any_tail_is_malformed(bundle: AccuracyBundle) -> None:
    raw = bundle.to_bytes()
    for length in range(len(raw)):
        assert parsed(raw[:length]) is None
    assert parsed(raw + b"\0") is None


@settings(max_examples=150)
@given(bundles(), st.data())
def test_random_damage(bundle: AccuracyBundle, data: st.DataObject) -> None:
    raw = bytearray(bundle.to_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    found = parsed(bytes(raw))
    assert found is None or found.to_bytes() == raw


@given(st.binary(max_size=200))
def test_arbitrary_batches(raw: bytes) -> None:
    try:
        assert pack_batch(parse_batch(raw)) == raw
    except MalformedProof:
        return


def test_every_byte_of_a_real_bundle_flipped(proven: Proven) -> None:
    """Each single-bit change is malformed, or another bundle with the same canonical bytes as were read."""
    raw = proven.bundle.to_bytes()
    for place in range(0, len(raw), 3):
        damaged = bytearray(raw)
        damaged[place] ^= 1 << (place % 8)
        found = parsed(bytes(damaged))
        assert found is None or (found != proven.bundle and found.to_bytes() == damaged)


@given(STATEMENTS, RECEIPTS, st.data())
def test_note_binds_statement_and_receipt(statement: Accuracy, receipt: FidelityReceipt, data: st.DataObject) -> None:
    note = note_of(statement, receipt)
    assert note != note_of(replace(statement, context=bytes(a ^ 1 for a in statement.context)), receipt)
    assert note != note_of(statement, replace(receipt, agree=(receipt.agree + 1) % 17))


def test_number_of_batches_is_what_the_container_counts(proven: Proven) -> None:
    template = replace(proven.bundle.batches[0], proof=b"", count=0)
    many = tuple(replace(template, opening=BatchOpening(i, (), (), ())) for i in range(MAX_BATCHES))
    assert len(AccuracyBundle.from_bytes(replace(proven.bundle, batches=many).to_bytes()).batches) == MAX_BATCHES


@pytest.mark.parametrize("binding", ["proven", "proven_hashed", "proven_fixed"])
def test_sheet_of_every_binding(binding: str, request: pytest.FixtureRequest) -> None:
    proven = request.getfixturevalue(binding)
    sheet = accuracy_sheet(proven.bundle, "insecure")
    assert tuple(name for name, _ in sheet.sections) == SECTIONS
    assert all(lines for _, lines in sheet.sections)
    text = sheet.to_text()
    assert "THE REFERENCE STRING WAS MADE ON A MACHINE FOR TESTS" in text
    assert proven.commitment.model_id.hex() in text
    assert f"at least 3 of the {proven.data.total} examples" in text


@settings(max_examples=40)
@given(bundles())
def test_explaining_a_hostile_bundle(bundle: AccuracyBundle) -> None:
    with pytest.raises(MalformedProof):
        accuracy_sheet(bundle)


def test_impossible_counts_do_not_parse(proven: Proven) -> None:
    absurd = replace(proven.bundle, batches=(replace(proven.bundle.batches[0], count=7),))
    assert parsed(absurd.to_bytes()) is None
