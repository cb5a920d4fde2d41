"""Committing a test set: hiding when secret, recomputable when public, and what is refused. No circuit is involved."""

from __future__ import annotations

import io
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny_models import examples
from hypothesis import given
from hypothesis import strategies as st

from proofs.commitment.input_format import InputFormat
from proofs.commitment.secret_files import (
    read_arrays,
    read_test_set,
    secret_path,
    test_set_from_arrays,
    write_arrays,
    write_test_set,
)
from proofs.commitment.test_set import TestSet, TestSetCommitment, commit_test_set
from proofs.encoding import keccak256
from proofs.errors import InvalidInput, MalformedProof, MissingArtifact, RejectedProof

SHAPE = InputFormat((8,), 7, 3, 2)


def stand_in_hash(rows: np.ndarray) -> list[int]:
    """Any injective map to field elements will do here; the circuit's own hash is tested with the circuit."""
    return [int.from_bytes(keccak256(row.astype(">i8").tobytes())[:31], "big") for row in rows]


def committed(total: int = 6, shape: InputFormat = SHAPE, **options: bool) -> TestSet:
    x, y = examples(total)
    return commit_test_set(x, y, shape, stand_in_hash, **options)


def test_secret_commitments_are_salted() -> None:
    first, second = committed(), committed()
    assert (first.raw == second.raw).all()
    assert first.commitment.root != second.commitment.root
    assert len({tuple(salt) for salt in first.salts.tolist() + second.salts.tolist()}) == 12
    assert 0 <= first.salts.min() <= first.salts.max() < 1 << 16


def test_public_commitments_are_recomputable_and_depend_on_everything() -> None:
    x, y = examples(6)
    root = committed(public=True).commitment.root
    assert root == committed(public=True).commitment.root
    moved, relabelled = x.copy(), (y + 1) % 3
    moved[5, 7] += 0.5
    roots = {
        root,
        commit_test_set(moved, y, SHAPE, stand_in_hash, public=True).commitment.root,
        commit_test_set(x, relabelled, SHAPE, stand_in_hash, public=True).commitment.root,
        commit_test_set(x[::-1], y[::-1], SHAPE, stand_in_hash, public=True).commitment.root,
        commit_test_set(x[:4], y[:4], SHAPE, stand_in_hash, public=True).commitment.root,
        commit_test_set(x, y, replace(SHAPE, batch=1), stand_in_hash, public=True).commitment.root,
    }
    assert len(roots) == 6
    assert len({tuple(salt) for salt in committed(public=True).salts.tolist()}) == 6


@pytest.mark.parametrize("labels", [[0, 1, 3, 0, 0, 0], [0, -1, 0, 0, 0, 0]])
def test_labels_out_of_range(labels: list[int]) -> None:
    with pytest.raises(InvalidInput, match="out of range"):
        commit_test_set(examples(6)[0], np.array(labels), SHAPE, stand_in_hash)


@pytest.mark.parametrize(
    "y", [np.zeros(5, int), np.zeros((6, 1), int), np.zeros(6), np.array(["a"] * 6), np.zeros(7, int), np.array(0)]
)
def test_unusable_labels(y: np.ndarray) -> None:
    with pytest.raises(InvalidInput):
        commit_test_set(examples(6)[0], y, SHAPE, stand_in_hash)


def test_scalar_x_is_refused() -> None:
    with pytest.raises(InvalidInput):
        commit_test_set(np.array(1.0), np.zeros(0, int), SHAPE, stand_in_hash)


@pytest.mark.parametrize("total", [0, 1, 3, 7])
def test_total_must_be_a_positive_multiple_of_the_batch(total: int) -> None:
    with pytest.raises(InvalidInput):
        committed(total)


def test_duplicates() -> None:
    x, y = examples(6)
    x[4] = x[1]
    with pytest.raises(InvalidInput, match="example 4 repeats example 1"):
        commit_test_set(x, y, SHAPE, stand_in_hash)
    assert commit_test_set(x, y, SHAPE, stand_in_hash, allow_duplicates=True).total == 6
    x[4] = x[1] + 1e-6  # the same integers: the same example
    with pytest.raises(InvalidInput, match="repeats"):
        commit_test_set(x, y, SHAPE, stand_in_hash)


@given(st.sampled_from([1, 2, 4, 8, 16]), st.integers(1, 5))
def test_every_opening_leads_to_the_root_of_its_own_batch(batch: int, batches: int) -> None:
    test_set = committed(batch * batches, replace(SHAPE, batch=batch))
    commitment = test_set.commitment
    for index in range(batches):
        opening = test_set.opening(index)
        commitment.check_opening(opening)
        for other in {index - 1, index + 1, batches}:
            with pytest.raises(RejectedProof):
                commitment.check_opening(replace(opening, index=other))


def test_commitment_bytes() -> None:
    commitment = committed().commitment
    raw = commitment.to_bytes()
    assert TestSetCommitment.from_bytes(raw) == commitment
    for length in range(len(raw)):
        with pytest.raises(MalformedProof):
            TestSetCommitment.from_bytes(raw[:length])
    with pytest.raises(MalformedProof, match="multiple of the batch"):
        TestSetCommitment.from_bytes(replace(commitment, total=5).to_bytes())


def test_total_and_format_are_bound_by_the_root() -> None:
    commitment = committed().commitment
    others = [
        replace(commitment, total=8),
        replace(commitment, format=replace(SHAPE, classes=4)),
        replace(commitment, tree_root=bytes(32)),
    ]
    assert len({commitment.root, *(other.root for other in others)}) == 4


def test_files_round_trip_and_secrets_are_private(tmp_path: Path) -> None:
    test_set, path = committed(), tmp_path / "data.commit"
    write_test_set(path, test_set)
    assert stat.S_IMODE(secret_path(path).stat().st_mode) == 0o600
    again = read_test_set(path)
    assert again.commitment == test_set.commitment
    assert (again.rows == test_set.rows).all()
    for name in ("raw", "labels", "salts", "hashes"):
        assert np.load(secret_path(path))[name].tobytes() not in path.read_bytes()


def test_parts_that_do_not_belong_together(tmp_path: Path) -> None:
    one, two = tmp_path / "one.commit", tmp_path / "two.commit"
    write_test_set(one, committed())
    write_test_set(two, committed())
    secret_path(one).write_bytes(secret_path(two).read_bytes())
    with pytest.raises(InvalidInput, match="does not belong"):
        read_test_set(one)
    secret_path(one).unlink()
    with pytest.raises(MissingArtifact):
        read_test_set(one)


@pytest.mark.parametrize("name", ["raw", "labels", "salts", "hashes"])
@pytest.mark.parametrize(
    "value", [np.array(1), np.zeros((6, 1)), np.zeros(0, int), np.full((6, 8), 70000), np.zeros((2, 2), int)]
)
def test_hostile_secret_arrays(name: str, value: np.ndarray) -> None:
    good = {"raw": np.zeros((6, 8), int), "labels": np.zeros(6, int), "salts": np.zeros((6, 8), int)}
    good["hashes"] = np.zeros((6, 32), np.uint8)
    if value.shape == good[name].shape and name == "raw":
        return
    with pytest.raises(InvalidInput):
        test_set_from_arrays(SHAPE, {**good, name: value})


def test_damaged_archives(tmp_path: Path) -> None:
    path = tmp_path / "arrays"
    write_arrays(path, {"a": np.arange(50)})
    raw = path.read_bytes()
    assert read_arrays(path, {"a"}, "arrays")["a"].sum() == 1225
    with pytest.raises(InvalidInput, match="lacks the arrays"):
        read_arrays(path, {"a", "b"}, "arrays")
    for length in range(0, len(raw), 7):
        path.write_bytes(raw[:length])
        with pytest.raises(InvalidInput):
            read_arrays(path, {"a"}, "arrays")
    pickled = io.BytesIO()
    np.savez(pickled, a=np.array([{"x": 1}], dtype=object))
    path.write_bytes(pickled.getvalue())
    with pytest.raises(InvalidInput):
        read_arrays(path, {"a"}, "arrays")
