"""Statements and bundles of the sumcheck backend: one spelling each, every field bound, hostile bytes refused."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.bundle import MAGIC, VERSION
from proofs.canonical import canonical_bytes, to_hex
from proofs.container import pack
from proofs.errors import AssayError, MalformedProof
from proofs.predicate import CLASS, THRESHOLD, Predicate
from proofs.read_bundle import read_bundle
from proofs.sheets import HIDES_NOTHING, SECTIONS, leaks_of, sheet_of
from proofs.statements.sumcheck import SumcheckStatement
from proofs.statements.sumcheck_claims import Claim, Logits, Score, Selection
from proofs.sumcheck_backend.answers import (
    LARGEST,
    logits_bytes,
    logits_digest,
    parse_logits,
    parse_selected,
    selected_bytes,
    selected_digest,
)
from proofs.sumcheck_backend.bundle import SumcheckBundle

LOGITS = logits_bytes(np.arange(-10, 11).reshape(7, 3))
BITS = selected_bytes(np.array([True, False, True, False, False, False, True]))
CLAIMS: dict[str, Claim] = {
    "score": Score(1, 3, 4, (2, 1, 1, 0)),
    "logits": Logits(3, logits_digest(LOGITS)),
    "class": Selection(Predicate(CLASS, 2), selected_digest(BITS)),
    "threshold": Selection(Predicate(THRESHOLD, 2, -5), selected_digest(BITS)),
}
ANSWERS = {"score": b"", "logits": LOGITS, "class": BITS, "threshold": BITS}


def statement(claim: Claim, zero_knowledge: bool = False) -> SumcheckStatement:
    return SumcheckStatement(
        zero_knowledge=zero_knowledge,
        soundness_bits=100,
        network=b"\1" * 32,
        model=b"\2" * 32,
        weights=b"\3" * 32,
        model_rows=2,
        log_columns=15,
        data=b"\4" * 32,
        format=b"\5" * 32,
        labelled=True,
        total=7,
        chunk=5,
        shard=2,
        context=b"\6" * 32,
        claim=claim,
    )


def bundle(name: str) -> SumcheckBundle:
    return SumcheckBundle(statement(CLAIMS[name]), ANSWERS[name], (b"a", b"b", b"c", b"d"))


@pytest.mark.parametrize("name", CLAIMS)
def test_bundles_and_statements_have_one_spelling(name: str) -> None:
    own = bundle(name)
    assert SumcheckStatement.from_bytes(own.statement.to_bytes()) == own.statement
    assert read_bundle(own.to_bytes()) == own
    assert len(own.statement.shards) == 4
    hiding = statement(CLAIMS[name], zero_knowledge=True)
    assert SumcheckStatement.from_bytes(hiding.to_bytes()) == hiding != own.statement
    spaced = json.dumps(own.statement.to_json(), sort_keys=True).encode()
    with pytest.raises(MalformedProof):
        SumcheckStatement.from_bytes(spaced)


@pytest.mark.parametrize("name", CLAIMS)
def test_every_field_enters_the_digest_and_what_shards_absorb(name: str) -> None:
    own = statement(CLAIMS[name])
    changes = {
        field.name: replace(own, **{field.name: _other(getattr(own, field.name))})
        for field in fields(SumcheckStatement)
    }
    shard = own.shards[0]
    for changed in changes.values():
        assert changed.digest != own.digest and changed.bytes_for(shard) != own.bytes_for(shard)
    assert len({own.bytes_for(shard) for shard in own.shards}) == 4


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return bytes(32)
    return next(claim for claim in CLAIMS.values() if claim != value)


REFUSED: dict[str, list[object]] = {
    "protocol": ["assay/safetynets", 1, None, ["assay/accuracy"]],
    "version": [2, True, "1"],
    "backend": ["halo2", 0],
    "zero_knowledge": [None, 0, 1, "false"],
    "soundness_bits": [0, 129, "100", True],
    "labelled": [1, "true", None],
    "model_rows": [0, -1, 1 << 20],
    "log_columns": [0, 21, "15"],
    "total": [0, 1 << 21, 4, True, "7"],
    "chunk": [0, 8, "5"],
    "shard": [0, 6, None],
    **{name: ["0x12", "0x" + "AB" * 32, 5, "00" * 32] for name in ("network", "model", "weights", "data", "format")},
    "context": [None, "0x" + "0" * 63],
    "extra": [1],
}
REFUSED_OF = {
    "score": {
        "top_k": [0, True, 1 << 18],
        "at_least": [-1, 5, "3"],
        "correct": [3, 8, -1],
        "counts": [[], [2, 1, 1], [2, 1, 1, 0, 0], [3, 0, 1, 0], [2, 1, 2, -1], [1, 1, 2, 0], [2, 1, 1, False], 4, "x"],
        "labelled": [False],
    },
    "logits": {"classes": [0, 1 << 18, "3"], "outputs": [None, "0x"]},
    "class": {
        "selected": [None, []],
        "predicate": [{}, None, {"kind": "class", "selected": 2, "threshold": 0}, {"kind": "threshold", "selected": 2}],
    },
}


@pytest.mark.parametrize("name", REFUSED_OF)
def test_no_field_takes_what_it_must_not_hold(name: str) -> None:
    honest = statement(CLAIMS[name]).to_json()
    for key, values in [*REFUSED.items(), *REFUSED_OF[name].items()]:
        for value in values:
            with pytest.raises(MalformedProof):
                SumcheckStatement.from_bytes(canonical_bytes({**honest, key: value}))
    for key in honest:
        with pytest.raises(MalformedProof):
            SumcheckStatement.from_bytes(canonical_bytes({k: v for k, v in honest.items() if k != key}))
    keys = set(REFUSED) | set(REFUSED_OF[name])
    assert set(honest) <= keys, "a field without hostile values"


def test_too_many_chunks_or_shards_are_refused_before_they_are_listed() -> None:
    honest = statement(CLAIMS["logits"]).to_json()
    for sizes in ({"total": 1 << 20, "chunk": 1, "shard": 1}, {"total": 1 << 20, "chunk": 1 << 20, "shard": 1}):
        with pytest.raises(MalformedProof, match="shards"):
            SumcheckStatement.from_bytes(canonical_bytes({**honest, **sizes}))


def sections(own: SumcheckBundle) -> list[tuple[bytes, bytes]]:
    head = [(b"STMT", own.statement.to_bytes())] + ([(b"OUTS", own.answers)] if own.answers else [])
    return head + [(b"SHRD", proof) for proof in own.proofs]


@pytest.mark.parametrize("name", CLAIMS)
def test_sections_are_those_the_statement_needs(name: str) -> None:
    own = sections(bundle(name))
    assert pack(MAGIC, VERSION, own) == bundle(name).to_bytes()
    wrong = [
        own[1:],
        own[:-1],
        [*own, own[-1]],
        [*own, (b"MORE", b"")],
        own[::-1],
        [own[0], *own],
        [*own[:-1], (b"SHRD", b"")],
        [*own[:-1], (b"PRF0", b"x")],
        [own[0], (b"OUTS", b""), *own[1:]],
    ]
    for changed in wrong:
        with pytest.raises(MalformedProof):
            SumcheckBundle.from_bytes(pack(MAGIC, VERSION, changed))
    with pytest.raises(MalformedProof):
        read_bundle(bundle(name).to_bytes() + b"\0")


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("logits", LOGITS[:-1]),
        ("logits", LOGITS + b"\0" * 4),
        ("logits", LOGITS[:-4] + (LARGEST + 1).to_bytes(4, "little")),
        ("logits", LOGITS[:-4] + b"\0\0\0\x80"),
        ("class", BITS + b"\0"),
        ("class", b""),
        ("class", bytes([BITS[0] | 1])),
    ],
)
def test_answers_have_one_spelling(name: str, answers: bytes) -> None:
    own = sections(bundle(name))
    own[1] = (b"OUTS", answers)
    with pytest.raises(MalformedProof):
        read_bundle(pack(MAGIC, VERSION, own))


def test_answers_come_back() -> None:
    assert parse_logits(LOGITS, 7, 3).tolist() == np.arange(-10, 11).reshape(7, 3).tolist()
    assert parse_selected(BITS, 7).nonzero()[0].tolist() == [0, 2, 6]
    edge = np.array([[LARGEST, -LARGEST]])
    assert parse_logits(logits_bytes(edge), 1, 2).tolist() == edge.tolist()
    with pytest.raises(AssayError):
        logits_bytes(np.array([[LARGEST + 1]]))


@given(st.binary(max_size=200), st.integers(0, 400), st.sampled_from(sorted(CLAIMS)))
def test_hostile_bytes_raise_nothing_but_malformed(noise: bytes, place: int, name: str) -> None:
    honest = bundle(name).to_bytes()
    place %= len(honest)
    for raw in (noise, honest[:place] + noise + honest[place + len(noise) :], honest[:place]):
        try:
            assert read_bundle(raw).to_bytes() == raw
        except MalformedProof:
            continue


@pytest.mark.parametrize("name", CLAIMS)
def test_the_sheet_says_that_nothing_is_hidden(name: str) -> None:
    sheet = sheet_of(bundle(name))
    said = dict(sheet.sections)
    assert tuple(said) == SECTIONS and all(said.values())
    assert HIDES_NOTHING in said["Hidden"][0] and HIDES_NOTHING in " ".join(leaks_of(bundle(name)))
    hiding = replace(bundle(name), statement=statement(CLAIMS[name], zero_knowledge=True))
    assert HIDES_NOTHING not in sheet_of(hiding).to_text() + " ".join(leaks_of(hiding))
    text = sheet.to_text()
    assert "integrity proof" in sheet.title and "shift" in text and "extents" in text
    for digest in ("model", "data", "network", "context", "weights"):
        assert to_hex(getattr(statement(CLAIMS[name]), digest)) in text
    expected = {
        "score": "at least 3 of the 7",
        "logits": "are: 2, 2, 2, 2, 2, 2, 2.",
        "class": "exactly these 3 satisfy",
        "threshold": "at least the integer -5",
    }
    assert expected[name] in text
