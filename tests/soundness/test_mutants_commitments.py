"""Every refusal over test sets and encrypted examples by its name: found without a quick test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from proofs.canonical import canonical_bytes
from proofs.commitment import cipher
from proofs.commitment.delivery import Delivery, Parcel
from proofs.commitment.examples import OpenableTestSet, encrypted, openings_of
from proofs.commitment.examples_open import from_chain, with_paths
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import (
    MAGIC,
    VERSION,
    BatchOpening,
    TestSet,
    TestSetCommitment,
    commit_test_set,
    data_root,
)
from proofs.container import pack, unpack
from proofs.encoding import keccak256
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.poseidon.constants import FIELD

SHAPE = InputFormat((4,), scale_bits=7, classes=3, batch=2)
X = np.arange(24).reshape(6, 4) / 128
Y = np.array([0, 1, 2, 0, 1, 2])


def stand_in_hash(rows: np.ndarray) -> list[int]:
    return [int.from_bytes(keccak256(row.astype(">i8").tobytes())[:31], "big") for row in rows]


def committed(x: np.ndarray = X, y: np.ndarray = Y, **options: bool) -> TestSet:
    return commit_test_set(x, y, SHAPE, stand_in_hash, **options)


@pytest.fixture(scope="module")
def owned() -> OpenableTestSet:
    return OpenableTestSet.of(committed())


@pytest.fixture(scope="module")
def sent(owned: OpenableTestSet) -> Delivery:
    return encrypted(owned, (1, 4), b"\x01" * 32, b"\x02" * 32, b"\x03" * 32)


def data_root_of(owned: OpenableTestSet) -> bytes:
    return data_root(owned.total, SHAPE.digest, owned.tree.root)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(RejectedProof) as caught:
        attempt()
    return caught.value.check


def test_examples_with_their_paths(owned: OpenableTestSet, sent: Delivery) -> None:
    opened = with_paths(sent, SHAPE, 6, data_root_of(owned))
    assert all(opened.parcels[i].path == owned.tree.batch_path(i, 1) for i in range(6))


def test_all_examples_in_order(owned: OpenableTestSet, sent: Delivery) -> None:
    root = data_root_of(owned)
    for parcels in (sent.parcels[:4], (*sent.parcels[1:], sent.parcels[0]), (*sent.parcels, sent.parcels[5])):
        assert refused(lambda parcels=parcels: with_paths(Delivery(parcels), SHAPE, 6, root)) == "examples"


def changed_second(sent: Delivery, change: Callable[[Parcel], Parcel]) -> Delivery:
    return Delivery((sent.parcels[0], change(sent.parcels[1]), *sent.parcels[2:]))


@pytest.mark.parametrize(
    "change",
    [
        lambda parcel: replace(parcel, payload_bytes=1),
        lambda parcel: replace(parcel, view_steps=parcel.view_steps + 1),
        lambda parcel: replace(parcel, payload_chunks=1),
        lambda parcel: replace(parcel, hash=FIELD),
        lambda parcel: replace(parcel, hash=-1),
        lambda parcel: replace(parcel, ciphertexts=()),
        lambda parcel: replace(parcel, digests=parcel.digests * 2),
        lambda parcel: replace(parcel, ciphertexts=(parcel.ciphertexts[0] + b"\0", *parcel.ciphertexts[1:])),
    ],
)
def test_examples_of_other_shapes(owned: OpenableTestSet, sent: Delivery, change: Callable[[Parcel], Parcel]) -> None:
    root = data_root_of(owned)
    assert refused(lambda: with_paths(changed_second(sent, change), SHAPE, 6, root)) == "document-shape"


def test_examples_of_another_root(owned: OpenableTestSet, sent: Delivery) -> None:
    other = changed_second(sent, lambda parcel: replace(parcel, hash=parcel.hash ^ 1))
    assert refused(lambda: with_paths(other, SHAPE, 6, data_root_of(owned))) == "data-root"
    assert refused(lambda: with_paths(sent, SHAPE, 6, b"\x07" * 32)) == "data-root"


def test_examples_from_the_chain(owned: OpenableTestSet, sent: Delivery) -> None:
    texts = [text for parcel in sent.parcels for text in parcel.ciphertexts]
    words = openings_of(sent)
    assert from_chain(texts, words, SHAPE, 6) == sent
    for few, part in ((texts[:-1], words), (texts, words[:-1]), ([*texts, b""], words), (texts, words + b"\0")):
        assert refused(lambda few=few, part=part: from_chain(few, part, SHAPE, 6)) == "examples"
    high = FIELD.to_bytes(32, "big") + words[32:]
    assert refused(lambda: from_chain(texts, high, SHAPE, 6)) == "document-shape"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda opening: replace(opening, index=3), "batch-range"),
        (lambda opening: replace(opening, index=-1), "batch-range"),
        (lambda opening: replace(opening, hashes=opening.hashes[:1]), "data-root"),
        (lambda opening: replace(opening, payload_roots=opening.payload_roots * 2), "data-root"),
        (lambda opening: replace(opening, path=opening.path[:-1]), "data-root"),
        (lambda opening: replace(opening, path=(*opening.path, bytes(32))), "data-root"),
        (lambda opening: replace(opening, hashes=opening.hashes[::-1]), "data-root"),
        (lambda opening: replace(opening, index=0), "data-root"),
    ],
)
def test_openings_of_a_batch(change: Callable[[BatchOpening], BatchOpening], check: str) -> None:
    owned = committed()
    owned.commitment.check_opening(owned.opening(1))
    assert refused(lambda: owned.commitment.check_opening(change(owned.opening(1)))) == check


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        (X, Y.reshape(2, 3), "one label for each"),
        (X, Y[:5], "one label for each"),
        (X, Y.astype(float), "dtype"),
        (X, np.array([0, 1, 2, 0, 1, 3]), "out of range"),
        (X, np.array([0, 1, 2, 0, 1, -1]), "out of range"),
        (X[:0], Y[:0], "0 examples"),
        (X[:5], Y[:5], "not a multiple of the batch"),
        (X[[0, 1, 2, 3, 4, 2]], Y, "example 5 repeats example 2"),
    ],
)
def test_sets_that_cannot_be_committed(x: np.ndarray, y: np.ndarray, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        committed(x, y)


def test_commitment_files() -> None:
    raw = committed().commitment.to_bytes()
    (head,) = unpack(raw, MAGIC, VERSION, "test-set commitment")
    for sections in ([], [head, head], [(b"HAED", head[1])], [head, (b"MORE", b"")]):
        with pytest.raises(MalformedProof, match=r"HEAD|section"):
            TestSetCommitment.from_bytes(pack(MAGIC, VERSION, sections))
    fields = {"format": SHAPE.to_json(), "total": 5, "tree_root": f"0x{'00' * 32}"}
    with pytest.raises(MalformedProof, match="multiple of the batch"):
        TestSetCommitment.from_bytes(pack(MAGIC, VERSION, [(b"HEAD", canonical_bytes(fields))]))


def test_model_commitment_files() -> None:
    own = ModelCommitment("halo2", b"\1" * 20, b"\2" * 32, b"\3" * 32, b"\4" * 32, SHAPE, {})
    raw = own.to_bytes()
    assert ModelCommitment.from_bytes(raw) == own
    with pytest.raises(MalformedProof, match="HEAD and CIRC"):
        ModelCommitment.from_bytes(raw.replace(b"CIRC", b"CRIC"))
    with pytest.raises(MalformedProof, match="backend must be a string"):
        ModelCommitment.from_bytes(raw.replace(b'"halo2"', b"1234567"))


@pytest.mark.parametrize(("key", "job"), [(b"\1" * 31, b"\2" * 32), (b"\1" * 32, b"\2" * 33)])
def test_keys_and_jobs_have_32_bytes(key: bytes, job: bytes) -> None:
    with pytest.raises(InvalidInput):
        cipher.crypt(key, job, 0, 0, b"text")
    with pytest.raises(InvalidInput):
        cipher.key_hash(job, b"\3" * 20, key)
