"""Uniform elements: uniform, of their seed and label alone, and the same for ever."""

from __future__ import annotations

from hashlib import shake_256

import numpy as np
import pytest
from Crypto.Cipher import AES

from proofs.sumcheck.ligero import randomness
from proofs.sumcheck.ligero.hashes import LEAF_BLOCK, NODE_BLOCK, SALT_BLOCK
from proofs.sumcheck.ligero.randomness import DOMAIN, PIECE, uniform

P = 2**31 - 1
GOLDEN = [703533459, 1855474502, 634531235, 1534797986]
SEED = b"a seed of thirty-two bytes......"


def reference(seed: bytes, label: bytes, count: int, prime: int) -> list[int]:
    """Counter after counter encrypted alone, word after word looked at."""
    key = shake_256(DOMAIN + len(label).to_bytes(8, "little") + label + seed).digest(32)
    cipher, found, counter = AES.new(key, AES.MODE_ECB), list[int](), 0
    while len(found) < count:
        block = cipher.encrypt(counter.to_bytes(16, "big"))
        words = [int.from_bytes(block[k : k + 4], "little") & prime for k in range(0, 16, 4)]
        found += [word for word in words if word != prime]
        counter += 1
    return found[:count]


@pytest.mark.parametrize("prime", [3, 7, 127, P])
def test_elements_are_words_of_the_key_stream_but_those_that_are_none(prime: int) -> None:
    assert uniform(SEED, b"label", 1001, prime).tolist() == reference(SEED, b"label", 1001, prime)


def test_elements_of_the_released_format_stay() -> None:
    """A model's blocks are made again from its seed."""
    assert uniform(SEED, b"blocks of a matrix", 4).tolist() == GOLDEN


@pytest.mark.parametrize("prime", [7, P])
def test_pieces_join_and_an_array_begins_like_any_longer_one(prime: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = uniform(SEED, b"x", 2 * PIECE + 50, prime)
    assert np.array_equal(uniform(SEED, b"x", PIECE + 1, prime), whole[: PIECE + 1])
    assert np.array_equal(uniform(SEED, b"x", (7, 11), prime), whole[:77].reshape(7, 11))
    assert uniform(SEED, b"x", (0, 5), prime).shape == (0, 5)
    monkeypatch.setattr(randomness, "_ZEROS", bytes(64))
    assert np.array_equal(uniform(SEED, b"x", 1000, prime), whole[:1000])


def test_the_largest_word_is_left_out_and_the_next_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key stream of one's choice: p, also with the highest bit set, is no element."""
    words = np.array([5, P, P - 1, 2**32 - 1, 2**31, 2**31 + 6, 0, P] * 8, dtype="<u4").tobytes()

    class Stream:
        def encrypt(self, _: bytes, output: bytearray) -> None:
            output[:] = words

    monkeypatch.setattr(randomness, "_ZEROS", bytes(len(words)))
    monkeypatch.setattr(AES, "new", lambda *_, **__: Stream())
    assert uniform(SEED, b"x", 83).tolist() == ([5, P - 1, 0, 6, 0] * 17)[:83]


@pytest.mark.parametrize("prime", [7, 127])
def test_every_element_comes_as_often_as_any_other(prime: int) -> None:
    count = 400_000
    found = np.bincount(uniform(SEED, b"uniform", count, prime), minlength=prime)
    assert found.size == prime
    chi = float(((found - count / prime) ** 2).sum() / (count / prime))
    assert abs(chi - (prime - 1)) < 5 * (2 * prime) ** 0.5


def test_bits_are_set_half_the_time_and_alone() -> None:
    drawn = uniform(SEED, b"bits", 200_000)
    assert drawn.dtype == np.uint32 and int(drawn.max()) < P
    bits = (drawn[:, None] >> np.arange(31, dtype=np.uint32) & 1).astype(np.float64) - 0.5
    bound = 6 * drawn.size**-0.5
    assert np.abs(2 * bits.mean(axis=0)).max() < bound
    correlations = 4 * bits.T @ bits / len(bits) - np.eye(31)
    next_one = 4 * bits[1:].T @ bits[:-1] / len(bits)
    assert max(np.abs(correlations).max(), np.abs(next_one).max()) < bound


def test_every_seed_and_label_has_an_array_of_its_own() -> None:
    pairs = [
        (b"ab", b"c"),
        (b"b", b"ca"),
        (b"", b"cab"),
        (b"cab", b""),
        (b"c", b"ab"),
        (b"ab\0", b"c"),
        (b"ab", b"c\0"),
    ]
    arrays = [uniform(seed, label, 1000) for seed, label in pairs]
    for k, one in enumerate(arrays):
        assert np.array_equal(one, uniform(*pairs[k], 1000))
        assert not any((one == other).any() for other in arrays[:k])


def test_keys_are_no_other_hash_of_the_seed() -> None:
    assert len({DOMAIN, SALT_BLOCK, LEAF_BLOCK, NODE_BLOCK}) == 4 and len(DOMAIN) == len(SALT_BLOCK)
