"""Statement, receipt and model commitment: canonical bytes, and a digest that every field changes."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.canonical import canonical_bytes, parse_canonical
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.encoding import abi_digest, domain
from proofs.errors import InvalidInput, MalformedProof
from proofs.fidelity import FidelityReceipt, compare
from proofs.intervals import clopper_pearson
from proofs.statements.accuracy import Accuracy

D32 = st.binary(min_size=32, max_size=32)
STATEMENT = Accuracy(
    "halo2", True, *(bytes([i]) * 32 for i in range(5)), total=8, batch=2, at_least=5, context=bytes(32)
)
OTHERS = {
    "backend": "sumcheck", "zero_knowledge": False, "circuit": b"c" * 32, "model": b"m" * 32, "weights": b"w" * 32,
    "data": b"d" * 32, "format": b"f" * 32, "total": 10, "batch": 4, "at_least": 4, "context": b"x" * 32, "top_k": 2,
}  # fmt: skip
COMMITMENT = ModelCommitment(
    "halo2", bytes(20), b"a" * 32, b"w" * 32, b"q" * 32, InputFormat((8,), 7, 3, 2), {"k": [1]}
)


@given(D32, D32, st.integers(1, 1 << 20), st.data())
def test_statement_round_trip(model: bytes, data: bytes, total: int, draw: st.DataObject) -> None:
    statement = replace(STATEMENT, model=model, data=data, total=total, at_least=draw.draw(st.integers(0, total)))
    assert Accuracy.from_bytes(statement.to_bytes()) == statement


def test_every_field_changes_the_statement_digest() -> None:
    assert set(OTHERS) == {field.name for field in fields(Accuracy)}
    digests = {STATEMENT.digest, *(replace(STATEMENT, **{name: value}).digest for name, value in OTHERS.items())}
    assert len(digests) == len(OTHERS) + 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("protocol", "assay/inference"), ("version", 2), ("backend", 1), ("zero_knowledge", 1),
        ("circuit", "0x00"), ("model", None), ("total", 0), ("total", 1 << 21), ("batch", 512), ("top_k", 2),
        ("top_k", True), ("at_least", 9), ("at_least", -1), ("context", "0x" + "A" * 64), ("more", 1),
    ],
)  # fmt: skip
def test_malformed_statements(key: str, value: object) -> None:
    with pytest.raises(MalformedProof):
        Accuracy.from_bytes(canonical_bytes({**STATEMENT.to_json(), key: value}))


def test_receipt() -> None:
    receipt = FidelityReceipt(8, 7, 6, 6, 1234)
    assert FidelityReceipt.from_bytes(receipt.to_bytes()) == receipt
    for change in ({"agree": 9}, {"total": 0}, {"integer_correct": -1}, {"max_logit_error_ppm": 1 << 61}):
        with pytest.raises(MalformedProof):
            FidelityReceipt.from_bytes(replace(receipt, **change).to_bytes())


def test_receipt_counts_first_maxima() -> None:
    integer = np.array([[5, 5, 1], [0, 2, 2], [1, 0, 3]])
    receipt = compare(integer, 0, integer.astype(np.float32) + np.float32([0, 0.25, 0]), np.array([0, 1, 0]))
    assert receipt == FidelityReceipt(3, 2, 2, 1, 250_000)
    with pytest.raises(InvalidInput, match="NaN"):
        compare(integer, 0, np.full((3, 3), np.nan, np.float32), np.array([0, 1, 0]))
    with pytest.raises(MalformedProof):
        compare(integer, 0, np.zeros((3, 2), np.float32), np.array([0, 1, 0]))


def test_model_id_is_the_registrys_and_binds_the_owner() -> None:
    owner = bytes.fromhex("70997970C51812dc3A010C7d01b50e0d17dc79C8")
    owned = COMMITMENT.owned_by(owner)
    words = ["0x" + owner.hex(), b"a" * 32, b"w" * 32, b"q" * 32, COMMITMENT.format.digest]
    assert owned.model_id == abi_digest(["bytes32", "address", *["bytes32"] * 4], [domain("assay/model/v1"), *words])
    others = [
        replace(COMMITMENT, architecture_digest=b"x" * 32), replace(COMMITMENT, weights_commitment=b"x" * 32),
        replace(COMMITMENT, quantisation_digest=b"x" * 32), replace(COMMITMENT, format=InputFormat((8,), 7, 3, 4)),
    ]  # fmt: skip
    assert len({COMMITMENT.model_id, owned.model_id, *(other.model_id for other in others)}) == 6


def test_model_commitment_bytes() -> None:
    raw = COMMITMENT.to_bytes()
    assert ModelCommitment.from_bytes(raw) == COMMITMENT
    for length in range(len(raw)):
        with pytest.raises(MalformedProof):
            ModelCommitment.from_bytes(raw[:length])
    for place in range(len(raw)):
        damaged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        try:
            assert ModelCommitment.from_bytes(damaged) != COMMITMENT
        except MalformedProof:
            continue


def test_statement_json_is_what_is_hashed() -> None:
    assert parse_canonical(STATEMENT.to_bytes(), "statement") == STATEMENT.to_json()


def at_least_chance(correct: int, total: int, rate: float) -> float:
    return sum(math.comb(total, k) * rate**k * (1 - rate) ** (total - k) for k in range(correct, total + 1))


@pytest.mark.parametrize(("correct", "total"), [(0, 10), (10, 10), (1, 2), (58, 64), (33, 64), (540, 600)])
def test_interval_by_its_definition(correct: int, total: int) -> None:
    low, high = clopper_pearson(correct, total)
    assert 0 <= low < high <= 1
    if correct:
        assert at_least_chance(correct, total, low) == pytest.approx(0.025)
    if correct < total:
        assert at_least_chance(correct + 1, total, high) == pytest.approx(0.975)
