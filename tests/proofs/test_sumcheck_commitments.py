"""Commitments of the sumcheck backend: integers of inputs, roots of examples, ids of networks, files on disk."""

from __future__ import annotations

import stat
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import CHUNK, LOG_COLUMNS, TOTAL, committed, inputs, network, subject
from hypothesis import given
from hypothesis import strategies as st

from proofs.canonical import canonical_bytes
from proofs.commitment.model import ModelCommitment
from proofs.commitment.secret_files import secret_path
from proofs.container import pack, unpack
from proofs.errors import InvalidInput, MalformedProof, MissingArtifact
from proofs.networks.fidelity import NetworkFidelity
from proofs.sumcheck_backend.data_commitment import MAGIC, VERSION, DataCommitment
from proofs.sumcheck_backend.example_files import read_examples, write_examples
from proofs.sumcheck_backend.examples import Examples, examples_of
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.lineage import Earlier, Root
from proofs.sumcheck_backend.model_commitment import NetworkCommitment, is_network_commitment
from proofs.sumcheck_backend.secret_network import read_secret_network, write_secret_network

FORMAT = IntegerFormat((4,), False, (4, 1, 1), "0.5", -3, 4, 3)


def test_halves_go_up_and_values_beyond_the_range_are_counted() -> None:
    x = np.array([[0.25, -0.25, 0.75, -0.75], [1.9, 2.0, 2.3, 1e300], [-1.5, -1.6, -1.8, -9]])
    found, clamped = FORMAT.quantise(x)
    assert found.reshape(3, 4).tolist() == [[1, 0, 2, -1], [4, 4, 4, 4], [-3, -3, -3, -3]]
    assert clamped == 4
    assert found.dtype == np.int16 and found.shape == (3, 4, 1, 1)


def test_a_number_just_below_a_half_is_not_rounded_up() -> None:
    unit = replace(FORMAT, scale="1")
    below = np.nextafter(0.5, 0)
    assert unit.quantise(np.full((1, 4), below))[0].reshape(-1).tolist() == [0] * 4


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(bad: float) -> None:
    x = np.zeros((2, 4))
    x[1, 2] = bad
    with pytest.raises(InvalidInput, match="example 1"):
        FORMAT.quantise(x)


def test_shapes_and_kinds_are_the_models_own() -> None:
    for x in (np.zeros((2, 5)), np.zeros(4), np.zeros((2, 4), complex), np.zeros((2, 4), object), np.array(1.0)):
        with pytest.raises(InvalidInput):
            FORMAT.quantise(x)
    assert FORMAT.quantise(np.array([[1, 0, 0, 1]], bool))[0].reshape(-1).tolist() == [2, 0, 0, 2]
    assert FORMAT.quantise(np.full((1, 4), 2**63, np.uint64))[1] == 4


def test_channels_last_is_only_another_order() -> None:
    last = IntegerFormat((2, 3, 4), True, (4, 2, 3), "1", -100, 100, 3)
    first = replace(last, shape=(4, 2, 3), channels_last=False)
    x = np.arange(48).reshape(2, 2, 3, 4)
    assert (last.quantise(x)[0] == first.quantise(x.transpose(0, 3, 1, 2))[0]).all()


def test_every_field_of_a_format_is_bound() -> None:
    assert IntegerFormat.from_json(FORMAT.to_json()) == FORMAT
    changes = {
        "shape": (2, 2), "channels_last": True, "tensor": (1, 4, 1), "scale": "0.25", "low": -2, "high": 5, "classes": 4
    }  # fmt: skip
    assert set(changes) == {field.name for field in fields(IntegerFormat)}
    for name, value in changes.items():
        assert replace(FORMAT, **{name: value}).digest != FORMAT.digest


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("shape", []), ("shape", [4, 0]), ("shape", [5]), ("shape", "4"), ("tensor", [4, 1]), ("tensor", [2, 1, 1]),
        ("scale", "0"), ("scale", "0.50"), ("scale", "1e3"), ("scale", 0.5), ("scale", "-1"), ("low", 4),
        ("high", 1 << 15), ("low", True), ("classes", 1), ("channels_last", 1), ("extra", 1),
    ],
)  # fmt: skip
def test_formats_take_nothing_else(key: str, value: object) -> None:
    with pytest.raises(MalformedProof):
        IntegerFormat.from_json({**FORMAT.to_json(), key: value})


def test_data_roots_bind_order_number_labels_and_chunks() -> None:
    x, y = inputs()
    own = subject().data
    swapped = [1, 0, *range(2, TOTAL)]
    others = [
        committed(x[swapped], y[swapped]),
        committed(x[:-1], y[:-1]),
        committed(np.concatenate([x, x[:1]]), np.append(y, y[0])),
        committed(x, (y + 1) % 3),
        committed(x, None),
        committed(x, y, chunk=CHUNK + 1),
    ]
    roots = {own.root, *(other.root for _, other in others)}
    assert len(roots) == 1 + len(others)
    assert committed(x, y)[1] == own, "public data lead to the same roots for everybody"


def test_every_field_of_a_data_commitment_is_in_its_root() -> None:
    own = subject().data
    changes = {
        "format": replace(own.format, high=own.format.high + 1),
        "total": own.total + 1,
        "chunk": own.chunk - 1,
        "labelled": False,
        "log_columns": own.log_columns + 1,
        "roots": (own.roots[1], own.roots[0]),
        "block": 256,
    }
    assert set(changes) == {field.name for field in fields(DataCommitment)}
    for name, value in changes.items():
        assert replace(own, **{name: value}).root != own.root


def test_secret_salts_are_fresh() -> None:
    x, y = inputs()
    one, two = (
        examples_of(x, y, subject().data.format, LOG_COLUMNS, public=False, proofs=0)[0].commitment().root
        for _ in range(2)
    )
    assert one != two


def test_chunks_have_salts_of_their_own() -> None:
    x = np.repeat(inputs(1)[0], 4, axis=0)
    _, commitment = committed(x, None, chunk=2)
    assert commitment.roots[0] != commitment.roots[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": np.array([0, 1, 2, 0, 1, 2, 3])}, "label 3 of example 6"),
        ({"y": np.array([0, 1, 2, 0, 1, 2, -1])}, "out of range"),
        ({"y": np.array([0, 1, 2, 0, 1, 2, 2**63 + 5], np.uint64)}, "out of range"),
        ({"y": np.zeros(6, int)}, "one label for each"),
        ({"y": np.zeros(7)}, "must be integers"),
        ({"x": inputs()[0][[0, 1, 2, 3, 4, 5, 0]]}, "example 6 repeats example 0"),
        ({"x": np.zeros((0, 8)), "y": np.zeros(0, int)}, "0 examples"),
        ({"chunk": 8}, "8 examples a chunk"),
        ({"chunk": -1}, "-1 examples a chunk"),
    ],
)
def test_examples_that_cannot_be_committed(change: dict[str, object], words: str) -> None:
    x, y = inputs()
    given = {"x": x, "y": y, "chunk": None, **change}
    with pytest.raises(InvalidInput, match=words):
        examples_of(
            given["x"], given["y"], subject().data.format, LOG_COLUMNS, public=True, chunk=given["chunk"]
        )  # fmt: skip


def test_data_files_belong_together(tmp_path: Path) -> None:
    path, own = tmp_path / "data.commit", subject()
    write_examples(path, own.examples, own.data)
    assert stat.S_IMODE(secret_path(path).stat().st_mode) == 0o600
    examples, commitment = read_examples(path)
    assert commitment == own.data and (examples.x == own.examples.x).all() and examples.seed == own.examples.seed
    assert examples.commitment() == own.data
    other = replace(own.data, total=own.data.total - 1)
    path.write_bytes(other.to_bytes())
    with pytest.raises(InvalidInput, match="does not belong"):
        read_examples(path)
    secret_path(path).unlink()
    with pytest.raises(MissingArtifact):
        read_examples(path)


@pytest.mark.parametrize("name", ["labels", "x"])
def test_secret_integers_stay_in_range(name: str, tmp_path: Path) -> None:
    own = subject().examples
    changed = {"labels": own.labels, "x": own.x.copy()}
    changed["x" if name == "x" else "labels"] = (own.x if name == "x" else own.labels) + np.int16(300)
    path = tmp_path / "data.commit"
    spoilt = Examples(own.format, changed["x"], changed["labels"], own.seed, own.chunk, own.log_columns)
    write_examples(path, spoilt, subject().data)
    with pytest.raises(InvalidInput, match="does not belong"):
        read_examples(path)


def _head(own: DataCommitment, **changes: object) -> bytes:
    head = {
        "format": own.format.to_json(), "total": own.total, "chunk": own.chunk, "labelled": own.labelled,
        "log_columns": own.log_columns,
    }  # fmt: skip
    return pack(MAGIC, VERSION, [(b"HEAD", canonical_bytes({**head, **changes})), (b"ROOT", b"".join(own.roots))])


def test_data_commitments_have_one_spelling() -> None:
    own = subject().data
    assert DataCommitment.from_bytes(own.to_bytes()) == own and _head(own) == own.to_bytes()
    hostile: list[dict[str, object]] = [
        {"total": 11}, {"total": 0}, {"total": 1 << 21}, {"chunk": 8}, {"chunk": 0}, {"chunk": 3}, {"labelled": 1},
        {"log_columns": 0}, {"log_columns": 21}, {"format": {}}, {"extra": 1},
    ]  # fmt: skip
    for changes in hostile:
        with pytest.raises(MalformedProof):
            DataCommitment.from_bytes(_head(own, **changes))


@given(st.binary(max_size=80), st.integers(0, 1 << 12))
def test_hostile_commitments_raise_nothing_but_malformed(noise: bytes, place: int) -> None:
    for honest, parse in (
        (subject().data.to_bytes(), DataCommitment.from_bytes),
        (network().commitment.to_bytes(), NetworkCommitment.from_bytes),
    ):
        where = place % len(honest)
        for raw in (noise, honest[:where] + noise + honest[where + len(noise) :], honest[:where]):
            try:
                assert parse(raw).to_bytes() == raw
            except MalformedProof:
                continue


def test_network_commitments_compute_their_own_digests() -> None:
    own = network().commitment
    raw = own.to_bytes()
    parsed = NetworkCommitment.from_bytes(raw)
    assert parsed.model_id == own.model_id and parsed.to_bytes() == raw and is_network_commitment(raw)
    sections = unpack(raw, b"ASSAYMDL", 1, "model")
    for old in (own.architecture_digest, own.quantisation_digest):
        spoilt = raw.replace(old.hex().encode(), bytes(32).hex().encode())
        assert spoilt != raw
        with pytest.raises(MalformedProof, match="is not the digest"):
            NetworkCommitment.from_bytes(spoilt)
    with pytest.raises(MalformedProof):
        NetworkCommitment.from_bytes(pack(b"ASSAYMDL", 1, sections[::-1]))
    with pytest.raises(MalformedProof):
        ModelCommitment.from_bytes(raw)


def test_every_field_of_a_network_commitment_is_in_its_id() -> None:
    own = network().commitment
    receipt = own.receipt
    assert isinstance(receipt, NetworkFidelity)
    changes = {
        "owner": b"\1" * 20,
        "network": network(1).commitment.network,
        "weights_commitment": bytes(32),
        "log_columns": LOG_COLUMNS + 1,
        "format": replace(own.format, classes=own.format.classes + 1),
        "receipt": replace(receipt, agree=receipt.agree - 1),
        "block": 256,
        "earlier": (Earlier(Root(bytes(32), 256), b"proof"),),
    }
    assert set(changes) == {field.name for field in fields(NetworkCommitment)}
    for name, value in changes.items():
        assert replace(own, **{name: value}).model_id != own.model_id
    assert own.owned_by(b"\1" * 20).weights_commitment == own.weights_commitment


def test_a_format_must_be_its_networks(tmp_path: Path) -> None:
    own = network().commitment
    for change in ({"low": 1}, {"classes": 4}, {"scale": "0.5"}):
        with pytest.raises(MalformedProof, match="its network's"):
            NetworkCommitment.from_bytes(replace(own, format=replace(own.format, **change)).to_bytes())


def test_model_files_belong_together(tmp_path: Path) -> None:
    path, own = tmp_path / "model.commit", network()
    write_secret_network(path, own)
    assert stat.S_IMODE(secret_path(path).stat().st_mode) == 0o600
    read = read_secret_network(path, mlp(0))
    assert read.commitment.model_id == own.commitment.model_id
    assert read.matrix().root == own.commitment.weights_commitment
    with pytest.raises(InvalidInput, match="not the one committed"):
        read_secret_network(path, mlp(1))
    path.write_bytes(network(1).commitment.to_bytes())
    with pytest.raises(InvalidInput, match=r"does not belong|not of this commitment"):
        read_secret_network(path, mlp(0)).matrix()
