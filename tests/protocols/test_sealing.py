"""Envelopes and the sealed test set: nothing opens out of its place, altered, or for anybody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.encoding import keccak256
from proofs.errors import InvalidInput
from protocols.errors import MessageRejected
from protocols.hand_over import CHUNK_BYTES, MAX_CHUNKS, ciphertext_root, seal_test_set, unseal_test_set
from protocols.sealing import OVERHEAD_BYTES, ChannelKey, Direction, Slot, seal, unseal

BUYER, SELLER, EVE = (ChannelKey(bytes([n]) * 32) for n in (1, 2, 3))
JOB = b"\x0a" * 32
SLOT = Slot("message", JOB, Direction.BUYER_TO_SELLER, (3,))
LOW_ORDER = [bytes(32), (1).to_bytes(32, "little"), (2**255 - 19).to_bytes(32, "little")]


def rejected(envelope: bytes, mine: ChannelKey = SELLER, their: bytes = BUYER.public, slot: Slot = SLOT) -> str:
    with pytest.raises(MessageRejected) as caught:
        unseal(envelope, mine, their, slot)
    return caught.value.check


@given(st.binary(max_size=200))
@settings(max_examples=20, deadline=None)
def test_round_trip(plaintext: bytes) -> None:
    envelope = seal(plaintext, BUYER, SELLER.public, SLOT)
    assert unseal(envelope, SELLER, BUYER.public, SLOT) == plaintext
    assert len(envelope) == len(plaintext) + OVERHEAD_BYTES


def test_sealing_twice_gives_unlike_envelopes() -> None:
    first, second = (seal(b"same", BUYER, SELLER.public, SLOT) for _ in range(2))
    assert first[1:33] != second[1:33] and first[33:] != second[33:]


@pytest.mark.parametrize(
    "slot",
    [
        replace(SLOT, position=(4,)),
        replace(SLOT, position=(3, 1)),
        replace(SLOT, job_id=b"\x0b" * 32),
        replace(SLOT, direction=Direction.SELLER_TO_BUYER),
        replace(SLOT, purpose="test-set"),
    ],
)
def test_an_envelope_opens_in_its_own_slot_only(slot: Slot) -> None:
    assert rejected(seal(b"word", BUYER, SELLER.public, SLOT), slot=slot) == "seal"


def test_other_parties() -> None:
    envelope = seal(b"word", BUYER, SELLER.public, SLOT)
    assert rejected(envelope, mine=EVE) == "seal"
    assert rejected(envelope, their=EVE.public) == "seal"
    assert rejected(seal(b"word", EVE, SELLER.public, SLOT)) == "seal"  # an impostor who knows every public key
    assert rejected(envelope, mine=BUYER, their=SELLER.public) == "seal"  # reflected to its sender


def test_every_byte_counts() -> None:
    envelope = seal(b"word", BUYER, SELLER.public, SLOT)
    for position in range(len(envelope)):
        flipped = bytearray(envelope)
        flipped[position] ^= 1
        assert rejected(bytes(flipped)) == ("envelope" if position == 0 else "seal")
    for length in range(len(envelope)):
        assert rejected(envelope[:length]) == ("envelope" if length < OVERHEAD_BYTES else "seal")
    assert rejected(envelope + b"\0") == "seal"


@pytest.mark.parametrize("point", LOW_ORDER)
def test_low_order_points_are_refused(point: bytes) -> None:
    envelope = seal(b"word", BUYER, SELLER.public, SLOT)
    assert rejected(envelope[:1] + point + envelope[33:]) == "seal"
    with pytest.raises(InvalidInput, match="channel key"):
        seal(b"word", BUYER, point, SLOT)
    with pytest.raises(InvalidInput, match="channel key"):
        unseal(envelope, SELLER, point, SLOT)


def test_keys() -> None:
    assert ChannelKey.generate() != ChannelKey.generate()
    assert "secret" not in repr(BUYER) and BUYER.secret.hex() not in repr(BUYER)
    for secret in (b"short", "x" * 32):
        with pytest.raises(InvalidInput, match="32 secret bytes"):
            ChannelKey(secret)
    with pytest.raises(InvalidInput, match="channel key"):
        seal(b"word", BUYER, b"short", SLOT)


TEST_SET = bytes(range(256)) * 4


def hand_over(chunk_bytes: int = 100) -> list[bytes]:
    return seal_test_set(TEST_SET, BUYER, SELLER.public, JOB, chunk_bytes)


@pytest.mark.parametrize(("plaintext", "chunk_bytes", "count"), [(b"", 10, 1), (b"x" * 10, 10, 1), (b"x" * 11, 10, 2)])
def test_hand_over_round_trip(plaintext: bytes, chunk_bytes: int, count: int) -> None:
    chunks = seal_test_set(plaintext, BUYER, SELLER.public, JOB, chunk_bytes)
    assert len(chunks) == count
    assert unseal_test_set(chunks, ciphertext_root(chunks), SELLER, BUYER.public, JOB) == plaintext


def test_root_word_for_word() -> None:
    chunks = hand_over(600)
    label, words = keccak256(b"assay/ciphertext-chunk/v1"), []
    for index, chunk in enumerate(chunks):
        words.append(keccak256(label + index.to_bytes(32, "big") + keccak256(chunk)))
    encoded = encode(["bytes32", "uint256", "bytes32[]"], [keccak256(b"assay/ciphertext/v1"), 1024 + 2 * 49, words])
    assert ciphertext_root(chunks) == keccak256(encoded)


def test_chunks_changed_in_any_way_miss_the_root() -> None:
    chunks = hand_over()
    root = ciphertext_root(chunks)
    altered = [
        chunks[1:],
        chunks[:-1],
        [chunks[1], chunks[0], *chunks[2:]],
        [*chunks, chunks[-1]],
        [chunks[0][:-1] + bytes([chunks[0][-1] ^ 1]), *chunks[1:]],
        hand_over(),
    ]
    for bad in altered:
        with pytest.raises(MessageRejected, match="ciphertext-root"):
            unseal_test_set(bad, root, SELLER, BUYER.public, JOB)


@pytest.mark.parametrize(
    "mix",
    [
        lambda chunks: [chunks[1], chunks[0], *chunks[2:]],
        lambda chunks: chunks[:-1],
        lambda chunks: [chunks[0], chunks[0], *chunks[2:]],
        lambda chunks: [seal(b"word", BUYER, SELLER.public, SLOT), *chunks[1:]],
        lambda chunks: [seal(b"word", EVE, SELLER.public, replace(SLOT, purpose="test-set")), *chunks[1:]],
    ],
)
def test_a_root_over_shuffled_chunks_does_not_open(mix: object) -> None:
    chunks = mix(hand_over())
    with pytest.raises(MessageRejected, match="seal"):
        unseal_test_set(chunks, ciphertext_root(chunks), SELLER, BUYER.public, JOB)


def test_chunks_of_another_job_do_not_open() -> None:
    chunks = hand_over()
    with pytest.raises(MessageRejected, match="seal"):
        unseal_test_set(chunks, ciphertext_root(chunks), SELLER, BUYER.public, b"\x0b" * 32)


@pytest.mark.parametrize("chunks", [[], [b"short"], [bytes(CHUNK_BYTES + 50)], [bytes(49)] * (MAX_CHUNKS + 1)])
def test_impossible_chunks(chunks: list[bytes]) -> None:
    with pytest.raises(MessageRejected, match="chunk"):
        ciphertext_root(chunks)


def test_impossible_sizes() -> None:
    with pytest.raises(InvalidInput, match="split the test set"):
        seal_test_set(b"x" * (MAX_CHUNKS + 1), BUYER, SELLER.public, JOB, 1)
    for size in (0, CHUNK_BYTES + 1):
        with pytest.raises(InvalidInput, match="chunk_bytes"):
            seal_test_set(b"x", BUYER, SELLER.public, JOB, size)
