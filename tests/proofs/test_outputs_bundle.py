"""Bundles about outputs as bytes, and their sheets: hostile bytes raise MalformedProof or parse, nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.tiny_outputs import ProvenOutputs
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.bundle import FIELD, MAX_BATCHES
from proofs.commitment.test_set import BatchOpening
from proofs.errors import MalformedProof
from proofs.outputs import Predictions
from proofs.outputs_bundle import OutputsBundle, OutputsProof, pack_outputs, parse_outputs
from proofs.predicate import CLASS, MAX_THRESHOLD, THRESHOLD, Predicate
from proofs.read_bundle import read_bundle
from proofs.sheets import SECTIONS, leaks_of, sheet_of
from proofs.statements.outputs import Inference, Retrieval

D32 = st.binary(min_size=32, max_size=32)
ELEMENT = st.integers(0, FIELD - 1)
WORD = st.integers(-(FIELD // 2), FIELD // 2)
PREDICATES = st.one_of(
    st.builds(Predicate, st.just(CLASS), st.integers(0, 4095)),
    st.builds(Predicate, st.just(THRESHOLD), st.integers(0, 4095), st.integers(-MAX_THRESHOLD, MAX_THRESHOLD)),
)
COMMON = {
    "backend": st.just("halo2"),
    "zero_knowledge": st.booleans(),
    **{name: D32 for name in ("circuit", "model", "weights", "data", "format", "context")},
    "total": st.integers(1, 1 << 20),
    "batch": st.integers(1, 256),
}
STATEMENTS = st.one_of(st.builds(Inference, **COMMON), st.builds(Retrieval, **COMMON, predicate=PREDICATES))


@st.composite
def batches(draw: st.DrawFn) -> OutputsProof:
    pairs = draw(st.lists(st.tuples(ELEMENT, D32), max_size=4))
    opening = BatchOpening(
        draw(st.integers(0, (1 << 32) - 1)),
        tuple(h for h, _ in pairs),
        tuple(p for _, p in pairs),
        tuple(draw(st.lists(D32, max_size=4))),
    )
    return OutputsProof(opening, draw(ELEMENT), tuple(draw(st.lists(WORD, max_size=6))), draw(st.binary(max_size=60)))


BUNDLES = st.builds(
    OutputsBundle,
    STATEMENTS,
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=3),
    st.lists(batches(), min_size=1, max_size=3).map(tuple),
)


@given(BUNDLES)
@settings(max_examples=60, deadline=None)
def test_bytes_and_back(bundle: OutputsBundle) -> None:
    raw = bundle.to_bytes()
    assert read_bundle(raw) == OutputsBundle.from_bytes(raw) == bundle
    assert len({bundle.statement.digest, bundle.note, replace(bundle.statement, data=bytes(32)).digest}) >= 2
    assert set(bundle.selected) <= set(range(bundle.statement.total))
    assert len(bundle.logits(2)) <= bundle.statement.total


@given(batches(), st.integers(0, 10_000), st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_changed_bytes_parse_to_something_else_or_not_at_all(batch: OutputsProof, place: int, value: int) -> None:
    raw = pack_outputs(batch)
    place %= len(raw)
    changed = raw[:place] + bytes([value]) + raw[place + 1 :]
    try:
        parsed = parse_outputs(changed)
    except MalformedProof:
        return
    assert pack_outputs(parsed) == changed
    assert (parsed == batch) == (changed == raw)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_rubbish_is_malformed(raw: bytes) -> None:
    for parse in (parse_outputs, read_bundle, lambda r: read_bundle(b"ASSAYPRF\0\1\0\1OUTP" + r)):
        with pytest.raises(MalformedProof):
            parse(raw)


def test_limits(proven_class: ProvenOutputs) -> None:
    assert MAX_BATCHES + 3 < 1 << 16
    for change in ({"total": (1 << 20) + 1}, {"batch": 257}, {"context": bytes(31)}):
        statement = replace(proven_class.bundle.statement, **change)
        with pytest.raises(MalformedProof):
            read_bundle(replace(proven_class.bundle, statement=statement).to_bytes())


def test_sheets_of_both_kinds(
    proven_class: ProvenOutputs, proven_threshold: ProvenOutputs, proven_inference: ProvenOutputs
) -> None:
    for proven in (proven_class, proven_threshold, proven_inference):
        sheet = sheet_of(proven.bundle, "insecure")
        assert [name for name, _ in sheet.sections] == list(SECTIONS)
        assert all(lines for _, lines in sheet.sections)
        assert "MADE ON A MACHINE FOR TESTS" in sheet.to_text()
        assert dict(sheet.sections)["Leaks"] == leaks_of(proven.bundle)
    assert "exactly these 2 satisfy" in sheet_of(proven_class.bundle).to_text()
    assert "at least 0.203125 (26 / 2^7)" in sheet_of(proven_threshold.bundle).to_text()
    assert "are: 0, 2, 0." in sheet_of(proven_inference.bundle).to_text()
    with pytest.raises(MalformedProof):
        sheet_of(replace(proven_class.bundle, circuit=proven_class.model.commitment.details))


def test_predictions_name_the_first_largest_logit() -> None:
    predictions = Predictions(((3, 7, 7), (-4, -5, -4)), 2)
    assert predictions.classes == (1, 0)
    assert predictions.values == ((0.75, 1.75, 1.75), (-1.0, -1.25, -1.0))
